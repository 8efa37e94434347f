"""With a real Celery worker over the real queue: an order is made, and made again when its worker is killed."""

from __future__ import annotations

import contextlib
import csv
import functools
import io
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from celery import current_app
from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone

from foundation.periods import Month
from hubs.models import Hub
from hubs.tenancy import HUB_IDS, Scope, entered
from jobs import actions as jobs
from jobs.choices import JobState
from jobs.models import Job
from metrics import actions as metrics
from metrics.models import Fact
from reports import tasks
from reports.actions.editions import order_edition
from reports.choices import Format
from reports.editions import Edition
from reports.queries.editions import Order
from tests import making

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 90  # seconds: not a limit that anything is measured by, only the end of waiting for what never comes


@pytest.fixture
def counted(tokyo, now) -> Month:
    making.make_consultation(hub=tokyo)
    metrics.recount([Month(2026, 11)], at=now)
    return Month(2026, 11)


@pytest.fixture
def worker(tmp_path, monkeypatch, settings) -> Iterator[subprocess.Popen]:
    """A Celery worker with a queue of its own, on the test's database and files."""
    queue = f"test-{uuid.uuid4().hex}"
    settings.MEDIA_ROOT = tmp_path / "files"
    monkeypatch.setattr(current_app, "send_task", functools.partial(current_app.send_task, queue=queue))
    database = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/" + connection.settings_dict["NAME"]
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "--app", "yorozu", "worker", "--concurrency", "1", "--queues", queue],
            env=os.environ | {"DATABASE_URL": database, "DATA_DIR": str(tmp_path)},
            cwd=settings.BASE_DIR, stdout=log, stderr=log,
        )  # fmt: skip
    yield process
    process.terminate()
    process.wait(PATIENCE)


def order(counted: Month, form: Format) -> Job:
    return order_edition(order=Order(Edition.named("nation"), counted, form), by=making.make_user(), at=timezone.now())


def wait_until(found: Callable[[], bool], log: Path) -> None:
    pause = threading.Event()
    for _ in range(PATIENCE * 10):
        if found():
            return
        pause.wait(0.1)
    pytest.fail(log.read_text())


def test_an_order_is_made_by_the_worker(worker, counted, tmp_path):
    job = order(counted, Format.XLSX)
    wait_until(lambda: not Job.objects.get(pk=job.pk).is_under_way, tmp_path / "worker.log")
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.DONE, 1)
    assert (Path(settings.MEDIA_ROOT) / job.result.name).stat().st_size == job.result_bytes


def test_a_worker_that_is_killed_in_the_middle_leaves_one_file_in_the_end(worker, counted, tmp_path):
    log = tmp_path / "worker.log"
    with facts_withheld():
        job = order(counted, Format.PDF)
        wait_until(lambda: Job.objects.get(pk=job.pk).percent == 10, log)
        for child in Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)
    with transaction.atomic():
        jobs.send_again(job=job, at=timezone.now() + jobs.SILENCE + timedelta(seconds=1))
    wait_until(lambda: not Job.objects.get(pk=job.pk).is_under_way, log)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.DONE, 2), log.read_text()
    files = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert [path.read_bytes()[:5] for path in files] == [b"%PDF-"]


def test_a_recount_in_the_middle_is_in_all_of_the_report_or_in_none(counted, tokyo, settings, tmp_path, monkeypatch):
    """The month's figures are read, then a recount is committed, then the year's are read: they agree."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(current_app, "send_task", lambda *_, **__: None)
    job = order(counted, Format.CSV)
    with between_statements("metrics_fact", lambda: count_one_more(tokyo, counted)) as happened:
        tasks.make_edition(job_id=job.pk)
    assert happened == ["once"]
    job.refresh_from_db()
    with job.result.open() as file:
        rows = list(csv.DictReader(io.StringIO(file.read().decode("utf-8-sig"), newline="")))
    told = {
        row["期間"]: row["値"] for row in rows if row["地域コード"] == "00" and row["指標コード"] == "consultations"
    }
    assert set(told.values()) == {"1"}, told
    with entered(Scope.of_figures(HUB_IDS)):
        assert Fact.objects.get(level="nation", indicator="consultations", code="", span="month").value == 2


def count_one_more(tokyo: Hub, month: Month) -> None:
    making.make_consultation(hub=tokyo)
    metrics.recount([month], at=timezone.now())


@contextlib.contextmanager
def between_statements(table: str, deed: Callable[[], None]) -> Iterator[list[str]]:
    """Behind the first statement of this connection that reads the table, do something over another connection."""
    happened: list[str] = []

    def elsewhere() -> None:
        deed()
        connections.close_all()

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        result = execute(sql, *rest)
        if table in sql and not happened:
            happened.append("once")
            other = threading.Thread(target=elsewhere)
            other.start()
            other.join()
        return result

    with connection.execute_wrapper(watch):
        yield happened


class facts_withheld:  # noqa: N801  (reads as a sentence)
    """Nobody can read a figure meanwhile, so whoever makes a report stands still in the middle of it."""

    def __enter__(self) -> None:
        parts = psycopg2.extensions.parse_dsn(os.environ["DATABASE_OWNER_URL"])
        self.session = psycopg2.connect(**(parts | {"dbname": connection.settings_dict["NAME"]}))
        self.session.cursor().execute("LOCK TABLE metrics_fact IN ACCESS EXCLUSIVE MODE")

    def __exit__(self, *_: object) -> None:
        self.session.rollback()
        self.session.close()
