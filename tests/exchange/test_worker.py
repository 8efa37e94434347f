"""With a real Celery worker that is killed in the middle: nothing is doubled, nothing is lost."""

from __future__ import annotations

import contextlib
import csv
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
from typing import Any

import psycopg2
import pytest
from celery import current_app
from django.db import connection, transaction
from django.http import QueryDict
from django.utils import timezone

from audit.models import Entry
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
    files = files_in(tmp_path)
    assert [path.stat().st_size for path in files] == [done.result_bytes]


def test_a_dry_run_whose_worker_is_killed_finds_each_row_once(worker, tokyo, chief, tmp_path):
    log = tmp_path / "worker.log"
    rows = [row(n, 相談日="いつか" if n % 9 == 0 else f"2026-{10 - n % 3:02d}-01") for n in range(ROWS)]
    with entered(Scope.of_hub(tokyo.pk)):
        run = importing.upload(
            hub=tokyo, kind="consultations", source="旧", file=csv_upload(rows).file, name="相談.csv", by=chief,
            at=timezone.now(),
        )  # fmt: skip
        check = importing.check(run=run, mapping=run.mapping, by=chief, at=timezone.now())
    wait_until(lambda: seen(check).percent > 0, log)  # at least one batch is judged
    with locked("exchange_importrow"):  # and the next cannot be kept
        kill_child_of(worker)
    with entered(Scope.of_hub(tokyo.pk)):
        judged = ImportRow.objects.count()
    wait_until(lambda: sent_again(check), log)
    ended(check, log)
    assert seen(check).attempt == 2, log.read_text()
    with entered(Scope.of_hub(tokyo.pk)):
        run = ImportRun.objects.get()
        assert 0 < judged < ROWS, "killed before it began, or after it ended"
        assert (run.state, run.good_count, run.bad_count) == ("checked", ROWS * 8 // 9, ROWS // 9)
        assert list(ImportRow.objects.order_by("number").values_list("number", flat=True)) == list(range(2, ROWS + 2))
        assert Consultation.objects.count() == 0
    assert len(files_in(tmp_path, "jobs")) == 1


def test_an_import_whose_worker_is_killed_before_it_hands_in_its_sheet_is_done_all_the_same(
    worker, tokyo, chief, tmp_path
):
    log = tmp_path / "worker.log"
    with entered(Scope.of_hub(tokyo.pk)):
        run = importing.upload(
            hub=tokyo, kind="consultations", source="旧", file=csv_upload([row(n) for n in range(9)]).file,
            name="相談.csv", by=chief, at=timezone.now(),
        )  # fmt: skip
        check = importing.check(run=run, mapping=run.mapping, by=chief, at=timezone.now())
    killed_at_its_end(check, worker, log)
    with entered(Scope.of_hub(tokyo.pk)):
        assert ImportRun.objects.get().state == "checked"
        commit = importing.commit(run=run, by=chief, at=timezone.now())
    killed_at_its_end(commit, worker, log)
    with entered(Scope.of_hub(tokyo.pk)):
        assert (ImportRun.objects.get().state, ImportRun.objects.get().made_count) == ("done", 9)
        assert Consultation.objects.count() == 9
    assert len(files_in(tmp_path, "jobs")) == 2


def killed_at_its_end(job: Job, worker: subprocess.Popen, log: Path) -> None:
    """The first attempt does everything but declare itself done; the second ends."""
    with standing_still(
        "CREATE TRIGGER stand_still BEFORE UPDATE ON jobs_job FOR EACH ROW WHEN (NEW.state = 'done')"
        " EXECUTE FUNCTION stand_still_before()",
        "DROP TRIGGER stand_still ON jobs_job",
    ) as still:
        wait_until(still.is_awaited, log)
        kill_child_of(worker)
    wait_until(lambda: sent_again(job), log)
    ended(job, log)
    assert seen(job).attempt == 2, log.read_text()


LINES = 400


def test_an_export_whose_worker_is_killed_in_the_middle_of_its_file_leaves_one_whole_file(
    by_index, worker, tokyo, chief, tmp_path
):
    """The worker has written some of the rows and waits for the next one when it is killed."""
    log, case = tmp_path / "worker.log", making.make_case(hub=tokyo)
    for n in range(LINES):
        making.make_consultation(hub=tokyo, case=case, content=f"{n}回目の相談。" + "長い記録。" * 60)
    with entered(Scope.of_hub(tokyo.pk)):
        middle = list(Consultation.objects.newest_first().values_list("pk", flat=True))[LINES // 2]
    with standing_still(
        "CREATE POLICY stand_still ON consultations_consultation AS RESTRICTIVE FOR SELECT"
        f" USING (stand_still_at(id, {middle}))",
        "DROP POLICY stand_still ON consultations_consultation",
    ) as still:
        with entered(Scope.of_hub(tokyo.pk)):
            order = exporting.Order(LISTS["consultations"], QueryDict(""), FileFormat.CSV)
            job = exporting.order_export(order=order, hub=tokyo, by=chief, at=timezone.now())
        wait_until(still.is_awaited, log)
        wait_until(lambda: 0 < written_by_child_of(worker) < LINES * 900, log)
        kill_child_of(worker)
    wait_until(lambda: sent_again(job), log)
    ended(job, log)
    done = seen(job)
    assert (done.attempt, done.parameters["rows"]) == (2, LINES), log.read_text()
    (file,) = files_in(tmp_path)
    assert file.stat().st_size == done.result_bytes
    with file.open(encoding="utf-8-sig", newline="") as table:
        told = [line["相談内容"].split("回目")[0] for line in csv.DictReader(table)]
    assert sorted(told, key=int) == [str(n) for n in range(LINES)]
    with entered(Scope.of_hub(tokyo.pk)):
        assert Entry.objects.filter(action="list.exported", hub_id=tokyo.pk).count() == 1


@pytest.fixture
def by_index(monkeypatch) -> None:
    """The worker's rows come in the order of an index, one by one: none is held back to be sorted."""
    monkeypatch.setenv("PGOPTIONS", "-c enable_sort=off -c enable_seqscan=off -c enable_bitmapscan=off")


def written_by_child_of(worker: subprocess.Popen) -> int:
    """Bytes in the file without a name that the working process has open."""
    sizes = [0]
    for child in Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split():
        for one in Path(f"/proc/{child}/fd").iterdir():
            with contextlib.suppress(OSError):
                if str(one.readlink()).endswith("(deleted)") and one.stat().st_nlink == 0:
                    sizes.append(one.stat().st_size)
    return max(sizes)


def files_in(folder: Path, below: str = "") -> list[Path]:
    return [path for path in (folder / "files" / below).rglob("*") if path.is_file()]


def sent_again(job: Job) -> bool:
    """As `again`, once the database has noticed that the worker is dead."""
    again(job)
    return seen(job).state == JobState.QUEUED or seen(job).attempt > 1


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


STILL = 20261120  # the key of the lock
_FUNCTIONS = (
    "CREATE FUNCTION stand_still_before() RETURNS trigger LANGUAGE plpgsql AS"
    f" 'BEGIN PERFORM pg_advisory_xact_lock({STILL}); RETURN NEW; END'",
    "CREATE FUNCTION stand_still_at(id bigint, here bigint) RETURNS boolean LANGUAGE plpgsql AS"
    f" 'BEGIN IF id = here AND current_query() LIKE ''COPY%'' THEN PERFORM pg_advisory_xact_lock({STILL}); END IF;"
    " RETURN true; END'",
)


class standing_still:  # noqa: N801  (reads as a sentence)
    """Planted into the database, whoever comes by a place waits for a lock that the test holds."""

    def __init__(self, plant: str, uproot: str) -> None:
        self.plant, self.uproot = plant, uproot

    def __enter__(self) -> standing_still:
        self.session = owners_session()
        self.session.autocommit = True
        self._run(*_FUNCTIONS, self.plant, f"SELECT pg_advisory_lock({STILL})")
        return self

    def is_awaited(self) -> bool:
        cursor = self._run(
            f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = {STILL} AND NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return bool(cursor.fetchone()[0])

    def __exit__(self, *_: object) -> None:
        self._run(f"SELECT pg_advisory_unlock({STILL})", self.uproot)
        self._run("DROP FUNCTION stand_still_before()", "DROP FUNCTION stand_still_at(bigint, bigint)")
        self.session.close()

    def _run(self, *statements: str) -> Any:
        cursor = self.session.cursor()
        for statement in statements:
            cursor.execute(statement)
        return cursor


def owners_session() -> Any:
    parts = psycopg2.extensions.parse_dsn(os.environ["DATABASE_OWNER_URL"])
    return psycopg2.connect(**(parts | {"dbname": connection.settings_dict["NAME"]}))


class locked:  # noqa: N801  (reads as a sentence)
    """Nobody can touch a table meanwhile, so whoever works on it stands still in the middle."""

    def __init__(self, table: str) -> None:
        self.table = table

    def __enter__(self) -> None:
        self.session = owners_session()
        self.session.cursor().execute(f"LOCK TABLE {self.table} IN ACCESS EXCLUSIVE MODE")

    def __exit__(self, *_: object) -> None:
        self.session.rollback()
        self.session.close()
