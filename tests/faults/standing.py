"""Making "in the middle" certain: whoever writes a row of a kind stands still before it until we let go, or until we
kill them. And processes of our own that do the deeds."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

PATIENCE = 90  # seconds: only the end of waiting for what never comes
_GATE = 20261101  # an advisory lock that nobody but these tests takes

_CLOSE_GATE = f"""
    CREATE FUNCTION stand_still() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock_shared({_GATE});
        RETURN NEW;
    END $$;
    CREATE TRIGGER a_gate BEFORE {{event}} ON {{table}} FOR EACH ROW WHEN ({{row}}) EXECUTE FUNCTION stand_still()"""


class Gate:
    """Before a row of a table: whoever comes, waits."""

    def __init__(self, table: str, row: str = "true", event: str = "INSERT") -> None:
        self.table = table
        self.holding = psycopg2.connect(owner_url())
        self.holding.autocommit = True
        self.ask(_CLOSE_GATE.format(table=table, row=row, event=event))
        self.ask(f"SELECT pg_advisory_lock({_GATE})")

    def ask(self, sql: str) -> Any:
        with self.holding.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0] if cursor.description else None

    def someone_waits(self) -> bool:
        return bool(
            self.ask(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
        )

    def waiting(self) -> int:
        """How many sessions wait for anybody."""
        return int(self.ask("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"))

    def open(self) -> None:
        """Let go."""
        self.ask("SELECT pg_advisory_unlock_all()")

    def open_and_clear(self) -> None:
        """Let go, and wait until whoever was killed here is gone from the database too."""
        self.open()
        working = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL"
        wait_until(lambda: self.ask(f"{working} AND pid <> pg_backend_pid()") == 0)

    def remove(self) -> None:
        with contextlib.suppress(psycopg2.Error):
            self.holding.close()
        self.holding = psycopg2.connect(owner_url())
        self.holding.autocommit = True
        self.ask(f"DROP TRIGGER a_gate ON {self.table}; DROP FUNCTION stand_still()")
        self.holding.close()


@contextlib.contextmanager
def gate(table: str, row: str = "true", event: str = "INSERT") -> Iterator[Gate]:
    """A gate that is gone afterwards."""
    made = Gate(table, row, event)
    try:
        yield made
    finally:
        made.remove()


def owner_url() -> str:
    """The test's database, as its owner."""
    parts = psycopg2.extensions.parse_dsn(os.environ["DATABASE_OWNER_URL"])
    return psycopg2.extensions.make_dsn(**(parts | {"dbname": connection.settings_dict["NAME"]}))


def application_url() -> str:
    """The test's database, as the application."""
    return os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/" + connection.settings_dict["NAME"]


_BEGIN = """
import sys
import django
django.setup()
import datetime as dt
from accounts.models import User
from foundation.periods import Month
from metrics import actions as metrics
from reports.actions import closing
at = dt.datetime.fromisoformat(sys.argv[1])
by = User.objects.filter(email=sys.argv[2]).first()
"""


def doing(deed: str, *, at: Any, by: Any = None) -> subprocess.Popen:
    """A process of its own that does one thing; `at` and `by` are at hand, `metrics`, `closing` and Month are known."""
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", _BEGIN + deed, at.isoformat(), by.email if by else ""],
        env=os.environ | {"DATABASE_URL": application_url(), "DJANGO_SETTINGS_MODULE": "yorozu.settings"},
        cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def killed_at(table: str, row: str, event: str, start: Callable[[], subprocess.Popen]) -> None:
    """Start a process and kill it, as hard as it goes, when it stands before such a row."""
    with gate(table, row, event) as closed:
        process = start()
        stands_still(process, closed)
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
        closed.open_and_clear()


def stands_still(process: subprocess.Popen, closed: Gate) -> None:
    """Wait until it does."""
    wait_until(lambda: closed.someone_waits() or process.poll() is not None)
    if process.poll() is not None:
        pytest.fail(f"it ended without coming by: {process.communicate()[0]}")


def done(process: subprocess.Popen) -> str:
    """What it printed, when it has ended well."""
    told, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, told
    return str(told).strip()


def wait_until(found: Callable[[], object]) -> None:
    pause = threading.Event()
    for _ in range(PATIENCE * 20):
        if found():
            return
        pause.wait(0.05)
    pytest.fail("never came")
