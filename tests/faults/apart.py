"""A PostgreSQL and a Redis of these tests' own, which may be killed: as the embedded services start them, but with
every promise that a server makes about a crash. The schema is copied from the tests' database."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
from celery import current_app
from django.core.management import call_command
from django.db import connection
from kombu import Connection

from tests.faults.standing import owner_url, wait_until
from yorozu import local


class Apart:
    """Both servers, and how to kill them."""

    def __init__(self, home: Path) -> None:
        keys = local.kept_secrets(home)
        self.home = home
        self.database, self.queue = local.Postgres(home, keys, durable=True), local.Valkey(home, keys["app"])

    def url(self, role: str) -> str:
        """A DATABASE_URL for `owner` or `app`."""
        return self.database.url(role).rsplit("/", 1)[0] + "/apart"

    def copy_schema(self) -> None:
        """The tests' database as it is, which is empty but for the reference lists."""
        with contextlib.closing(psycopg2.connect(self.database.url("owner"))) as session:
            session.autocommit = True
            session.cursor().execute("DROP DATABASE IF EXISTS apart WITH (FORCE)")
            session.cursor().execute("CREATE DATABASE apart")
        administrator = (
            f"postgresql://postgres:{self.database.passwords['superuser']}@127.0.0.1:{self.database.port}/apart"
        )
        dump = self._ask("pg_dump", "--enable-row-security", "--dbname", owner_url())
        self._ask("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", administrator, told=dump)

    def _ask(self, tool: str, *options: str, told: bytes = b"") -> bytes:
        command = [self.database.binaries / tool, *options]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        done = subprocess.run(command, check=False, input=told, capture_output=True, env=environment)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def crash_database(self) -> None:
        """The server and every session of it, as if the power were gone."""
        assert self.database.process
        pid = self.database.process.pid
        sessions = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in (pid, *map(int, sessions)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self.database.process.wait()
        wait_until(lambda: not local.is_listening(self.database.port))

    def recover_database(self) -> None:
        """Start it again, on what reached the disk."""
        self.database.start()
        connection.close()

    def lose_queue(self) -> None:
        """The server, and whatever it had kept."""
        self.crash_queue()
        shutil.rmtree(self.queue.state)

    def crash_queue(self) -> None:
        assert self.queue.process
        self.queue.process.kill()
        self.queue.process.wait()


@pytest.fixture(scope="module")
def apart(django_db_setup: None, django_db_blocker: Any, worker_id: str) -> Iterator[Apart]:
    """This module's tests on servers of their own."""
    made = Apart(local.data_dir() / f"apart-{worker_id}")
    made.database.start()
    made.queue.start()
    before = dict(connection.settings_dict)
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        made.copy_schema()
        connection.close()
        url = urlsplit(made.url("app"))
        connection.settings_dict |= {
            "NAME": "apart", "HOST": url.hostname, "PORT": url.port, "USER": url.username, "PASSWORD": url.password,
        }  # fmt: skip
        patch.setenv("DATABASE_URL", made.url("app"))
        patch.setenv("DATABASE_OWNER_URL", made.url("owner"))
        patch.setenv("REDIS_URL", made.queue.url())
        call_command("load_reference", verbosity=0)
        yield made
        connection.close()
        connection.settings_dict |= before
    made.queue.stop()
    made.database.stop()


@pytest.fixture
def sent_apart(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    """What this process sends goes to the queue that may be killed."""
    send = current_app.send_task

    def send_there(*arguments: Any, **options: Any) -> Any:
        with Connection(apart.queue.url()) as there:
            return send(*arguments, **(options | {"connection": there}))

    monkeypatch.setattr(current_app, "send_task", send_there)
