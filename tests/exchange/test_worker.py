"""With a real Celery worker that is killed in the middle: nothing is doubled, nothing is lost."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest
from celery import current_app
from django.db import connection, transaction
from django.http import QueryDict
from django.utils import timezone

from consultations.models import Case, Consultation, Enterprise
from exchange.actions import exporting, importing
from exchange.choices import FileFormat
from exchange.lists import LISTS
from exchange.models import ImportedRecord, ImportRow, ImportRun
from hubs.tenancy import Scope, entered
from jobs import actions as jobs
from jobs.choices import JobState
from jobs.models import Job
from tests import making
from tests.exchange.making import csv_upload, row

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 90
ROWS = 1800


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


def test_an_import_whose_worker_is_killed_goes_on_where_it_stopped(worker, tokyo, chief, tmp_path):
    log = tmp_path / "worker.log"
    with entered(Scope.of_hub(tokyo.pk)):
        run = importing.upload(
            hub=tokyo, kind="consultations", source="旧", file=csv_upload([row(n) for n in range(ROWS)]).file,
            name="相談.csv", by=chief, at=timezone.now(),
        )  # fmt: skip
        check = importing.check(run=run, mapping=run.mapping, by=chief, at=timezone.now())
    ended(check, log)
    with entered(Scope.of_hub(tokyo.pk)):
        assert ImportRun.objects.get().good_count == ROWS
        commit = importing.commit(run=run, by=chief, at=timezone.now())
    wait_until(lambda: seen(commit).percent > 0, log)  # at least one batch is in
    with locked("exchange_importedrecord"):  # and the next cannot end
        kill_child_of(worker)
    made = len(consultations(tokyo))
    again(commit)
    ended(commit, log)
    assert seen(commit).attempt == 2, log.read_text()
    with entered(Scope.of_hub(tokyo.pk)):
        run = ImportRun.objects.get()
        assert (run.state, run.made_count, run.good_count, run.bad_count) == ("done", ROWS, 0, 0)
        assert 0 < made < ROWS, "killed before it began, or after it ended"
        assert Consultation.objects.count() == len(set(consultations(tokyo))) == ROWS
        assert (Enterprise.objects.count(), Case.objects.count()) == (ROWS // 3, ROWS // 3)
        assert ImportedRecord.objects.filter(what="consultation").count() == ROWS
        assert set(ImportRow.objects.values_list("state", flat=True)) == {"made"}
        numbers = sorted(Case.objects.values_list("number", flat=True))
    assert numbers == [f"2026-13-{number:05d}" for number in range(1, ROWS // 3 + 1)], "no number was lost"


def test_an_export_whose_worker_is_killed_leaves_one_whole_file(worker, tokyo, chief, tmp_path):
    log = tmp_path / "worker.log"
    making.make_consultation(hub=tokyo)
    with locked("consultations_consultation"):
        with entered(Scope.of_hub(tokyo.pk)):
            order = exporting.Order(LISTS["consultations"], QueryDict(""), FileFormat.CSV)
            job = exporting.order_export(order=order, hub=tokyo, by=chief, at=timezone.now())
        wait_until(lambda: seen(job).state == JobState.RUNNING, log)
        kill_child_of(worker)
    again(job)
    ended(job, log)
    done = seen(job)
    assert (done.state, done.attempt, done.parameters["rows"]) == (JobState.DONE, 2, 1), log.read_text()
    files = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert [path.stat().st_size for path in files] == [done.result_bytes]


def consultations(hub) -> list[str]:
    with entered(Scope.of_hub(hub.pk)):
        return list(Consultation.objects.values_list("content", flat=True))


def seen(job: Job) -> Job:
    with entered(Scope.of_figures([job.hub_id])):
        return Job.objects.get(pk=job.pk)


def ended(job: Job, log: Path) -> None:
    wait_until(lambda: not seen(job).is_under_way, log)
    assert seen(job).state == JobState.DONE, (seen(job).message, log.read_text())


def again(job: Job) -> None:
    """As the beat would, when no sign of life has come for long enough."""
    with entered(Scope.of_figures([job.hub_id])), transaction.atomic():
        jobs.send_again(job=job, at=timezone.now() + jobs.SILENCE + timedelta(seconds=1))


def kill_child_of(worker: subprocess.Popen) -> None:
    for child in Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split():
        os.kill(int(child), signal.SIGKILL)


def wait_until(found: Callable[[], bool], log: Path) -> None:
    pause = threading.Event()
    for _ in range(PATIENCE * 20):
        if found():
            return
        pause.wait(0.05)
    pytest.fail(log.read_text())


class locked:  # noqa: N801  (reads as a sentence)
    """Nobody can touch a table meanwhile, so whoever works on it stands still in the middle."""

    def __init__(self, table: str) -> None:
        self.table = table

    def __enter__(self) -> None:
        parts = psycopg2.extensions.parse_dsn(os.environ["DATABASE_OWNER_URL"])
        self.session = psycopg2.connect(**(parts | {"dbname": connection.settings_dict["NAME"]}))
        self.session.cursor().execute(f"LOCK TABLE {self.table} IN ACCESS EXCLUSIVE MODE")

    def __exit__(self, *_: object) -> None:
        self.session.rollback()
        self.session.close()
