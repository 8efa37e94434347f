"""A real Celery worker process on the test's database, files and mail server, and how to kill what it is doing."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection

PATIENCE = 90  # seconds: not a limit that anything is measured by, only the end of waiting for what never comes


# What a task sends on must come back to this worker and to no other.
_START = """
import sys
from yorozu.celery import app
app.conf.update(task_default_queue=sys.argv[1], task_routes={})
app.worker_main(["worker", "--concurrency", sys.argv[2], "--loglevel", "INFO", "--queues", sys.argv[1]])
"""


class Worker:
    """The process, and its log."""

    def __init__(self, process: subprocess.Popen, log: Path) -> None:
        self.process, self.log = process, log

    def kill_what_works(self) -> None:
        """Kill the process that does the task, as hard as it goes. The one above it starts another."""
        pid = self.process.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)

    def wait_until(self, found: Callable[[], object]) -> None:
        """Until it is so; the log if it never is."""
        pause = threading.Event()
        for _ in range(PATIENCE * 10):
            if found():
                return
            pause.wait(0.1)
        pytest.fail(self.log.read_text())


@contextlib.contextmanager
def working(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, concurrency: int = 1, **environment: str
) -> Iterator[Worker]:
    """A worker with a queue of its own, to which this process sends its tasks meanwhile. `concurrency`: how many
    processes take tasks."""
    queue = f"test-{uuid.uuid4().hex}"
    monkeypatch.setattr(current_app, "send_task", functools.partial(current_app.send_task, queue=queue))
    database = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/" + connection.settings_dict["NAME"]
    with (folder / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", _START, queue, str(concurrency)],
            env=os.environ | {"DATABASE_URL": database, "DATA_DIR": str(folder)} | environment,
            cwd=settings.BASE_DIR, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield Worker(process, folder / "worker.log")
    finally:
        process.terminate()
        process.wait(PATIENCE)
