"""Taking a file in: uploaded, its columns mapped, every row held against the rules, the good ones written.

A dry run and a commit are jobs. Rows are written some hundreds at a time, each time in one transaction with what it
says of them: a worker that is killed leaves whole batches or nothing of one, and the next goes on with the rows that
are still to be made. Two workers are never at it together: the run names the one that has it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DataError, IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from audit import trail
from exchange.checking import Checker, forms_for
from exchange.choices import ImportMove, ImportState, RowState
from exchange.columns import fields_of, guessed
from exchange.excel import write_table
from exchange.models import ImportMapping, ImportRow, ImportRun
from exchange.queries import jobs_of
from exchange.sheets import PREVIEWED, SheetRefused, open_sheet
from exchange.workflow import IMPORT
from exchange.writing import Changed, write
from foundation.errors import MoveRefused
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from jobs import actions as jobs
from jobs.choices import JobState
from jobs.models import Job

CHECK, COMMIT = "exchange.check", "exchange.commit"
KEPT = dt.timedelta(days=30)  # of error sheets
ROWS_KEPT = dt.timedelta(days=90)  # of the rows themselves; what they made stays
BATCH = 500
FORGOTTEN = gettext_noop("個人情報の消去により、このファイルは削除されました。もう一度アップロードしてください。")
CHECKING_ROWS = gettext_noop("行を確かめています")


class AlreadyTaken(Exception):
    """This very file has been taken in already."""

    def __init__(self, run: ImportRun) -> None:
        super().__init__(str(run.pk))
        self.run = run


@transaction.atomic
def upload(*, hub: Hub, kind: str, source: str, file: IO[bytes], name: str, by: User, at: dt.datetime) -> ImportRun:
    """Keep a file, with its columns mapped as far as their headings tell. Raises SheetRefused, AlreadyTaken."""
    digest = hashlib.sha256(file.read()).hexdigest()
    taken = ImportRun.objects.filter(hub=hub, kind=kind, source=source, sha256=digest, state=ImportState.DONE).first()
    if taken is not None:
        raise AlreadyTaken(taken)
    sheet = open_sheet(file, name)
    preview = [cells for _number, cells in islice(sheet.rows, PREVIEWED)]
    file.seek(0, 2)
    run = ImportRun(
        hub=hub, kind=kind, source=source, file_name=name[-120:], file_bytes=file.tell(), sha256=digest,
        headings=sheet.headings, preview=preview, state=ImportState.UPLOADED, uploaded_by=by, uploaded_at=at,
    )  # fmt: skip
    saved = ImportMapping.objects.filter(hub=hub, kind=kind, source=source).values_list("headings", flat=True).first()
    fields = fields_of(kind, forms_for(run, timezone.localdate(at)))
    run.mapping = guessed(fields, sheet.headings, saved or {})
    file.seek(0)
    ending = ".xlsx" if name.lower().endswith(".xlsx") else ".csv"
    run.file.name = default_storage.save(f"imports/{at:%Y/%m}/{digest[:16]}{ending}", File(file))
    run.save()
    trail.record("import.uploaded", by=by, at=at, on=run, kind=kind, bytes=run.file_bytes, sha256=digest)
    return run


@transaction.atomic
def check(*, run: ImportRun, mapping: dict[str, int], by: User, at: dt.datetime) -> Job:
    """Have every row held against the rules, nothing written. The mapping is remembered for the next file from there.
    Raises MoveRefused; while a worker is at it, too."""
    current = _waiting(run)
    current.state = IMPORT.after(current.state, ImportMove.CHECK)
    current.mapping, current.worker = mapping, ""
    current.save(update_fields=["state", "mapping", "worker"])
    headings = {key: current.headings[place] for key, place in mapping.items()}
    ImportMapping.objects.update_or_create(
        hub_id=current.hub_id, kind=current.kind, source=current.source, defaults={"headings": headings}
    )
    trail.record("import.mapped", by=by, at=at, on=current)
    return jobs.request(kind=CHECK, parameters={"run": current.pk}, by=by, at=at, hub=run.hub)


@transaction.atomic
def commit(*, run: ImportRun, by: User, at: dt.datetime) -> Job:
    """Have the good rows written. Raises MoveRefused; while a worker is at it, too."""
    current = _waiting(run)
    current.state = IMPORT.after(current.state, ImportMove.COMMIT)
    current.worker = ""
    current.save(update_fields=["state", "worker"])
    return jobs.request(kind=COMMIT, parameters={"run": current.pk}, by=by, at=at, hub=run.hub)


def _waiting(run: ImportRun) -> ImportRun:
    """The run, locked, if no job is under way for it. Raises MoveRefused."""
    current = ImportRun.objects.select_for_update().get(pk=run.pk)
    at_work = Job.objects.filter(kind__in=[CHECK, COMMIT], hub=current.hub_id, parameters__run=current.pk)
    if at_work.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).exists():
        raise MoveRefused(current.state)
    return current


# ---- in the worker
def make_check(*, job: Job, progress: jobs.Progress, clock: jobs.Clock) -> jobs.Product:
    """The dry run: rows with what is said of them, and a sheet of those that are refused. Raises CannotBeMade."""
    scope, me = Scope.of_hub(job.hub_id or 0), f"{job.pk}-{job.attempt}"
    with translation.override("ja"):
        with entered(scope):
            run = _take(job, me, ImportState.CHECKING, ImportState.CHECKED)
            if run.state == ImportState.CHECKED:
                return _sheet(run, RowState.BAD)
            if not run.file:
                raise jobs.CannotBeMade(FORGOTTEN)
            run.rows.all().delete()
            checker = Checker(run, timezone.localdate(clock()))
        try:
            with default_storage.open(str(run.file.name)) as stored:
                _check_rows(run, checker, stored, scope, me, progress)
        except SheetRefused as problem:
            raise jobs.CannotBeMade(str(problem)) from problem
        with entered(scope):
            run = _mine(run.pk, me)
            run.state = IMPORT.after(run.state, ImportMove.FIND)
            run.save(update_fields=["state"])
            trail.record(
                "import.checked", by=job.requested_by, at=clock(), on=run, rows=run.good_count, bad=run.bad_count
            )
            return _sheet(run, RowState.BAD)


def _check_rows(
    run: ImportRun, checker: Checker, stored: IO[bytes], scope: Scope, me: str, progress: jobs.Progress
) -> None:
    sheet = open_sheet(stored, run.file_name)
    done = 0
    for batch in _batches(sheet.rows):
        with entered(scope):
            current = _mine(run.pk, me)
            rows = []
            for number, cells in batch:
                verdict = checker.judge(number, cells)
                rows.append(ImportRow(hub_id=run.hub_id, run=run, number=number, cells=cells, state=verdict.state,
                                      problems=verdict.problems))  # fmt: skip
            ImportRow.objects.bulk_create(rows)
            _count(current)
        done += len(batch)
        # how many there will be, no spreadsheet says beforehand: the bar nears its end without reaching it
        progress(round(100 * done / (done + 2000)), CHECKING_ROWS)
    if came_on := checker.came_on():
        with entered(scope):
            again = Checker(run, checker.today)
        _check_again(run, again, came_on, scope, me, progress)


def _check_again(
    run: ImportRun, checker: Checker, came_on: dict[int, dt.date], scope: Scope, me: str, progress: jobs.Progress
) -> None:
    """The same rows, now that it is known when each new case came: what depends on that day is judged by it, and the
    commit finds it beside the row."""
    last = 0
    while True:
        with entered(scope):
            current = _mine(run.pk, me)
            rows = list(current.rows.filter(number__gt=last).order_by("number")[:BATCH])
            for row in rows:
                row.came_on = came_on.get(row.number)
                verdict = checker.judge(row.number, row.cells, row.came_on)
                row.state, row.problems = verdict.state, verdict.problems
            ImportRow.objects.bulk_update(rows, ["came_on", "state", "problems"], batch_size=100)
            _count(current)
        if not rows:
            break
        last = rows[-1].number
        progress(99, CHECKING_ROWS)


def make_commit(*, job: Job, progress: jobs.Progress, clock: jobs.Clock) -> jobs.Product:
    """Write the good rows, batch after batch; those that are in already stay as they are. Raises CannotBeMade."""
    scope, me = Scope.of_hub(job.hub_id or 0), f"{job.pk}-{job.attempt}"
    with translation.override("ja"):
        with entered(scope):
            run = _take(job, me, ImportState.COMMITTING, ImportState.DONE)
            if run.state == ImportState.DONE:
                return _sheet(run, None)
            waiting = run.rows.filter(state=RowState.GOOD).count()
            checker = Checker(run, timezone.localdate(clock()))
        done = 0
        while True:
            count, checker = _commit_batch(run, checker, job.requested_by, scope, me, clock)
            if not count:
                break
            done += count
            progress(98 * done // max(1, waiting), gettext_noop("行を取り込んでいます"))
        with entered(scope):
            run = _mine(run.pk, me)
            run.state = IMPORT.after(run.state, ImportMove.FINISH)
            run.save(update_fields=["state"])
            trail.record(
                "import.committed", by=job.requested_by, at=clock(), on=run, made=run.made_count, bad=run.bad_count
            )
            return _sheet(run, None)


def _commit_batch(
    run: ImportRun, checker: Checker, by: User, scope: Scope, me: str, clock: jobs.Clock
) -> tuple[int, Checker]:
    """The next rows, all at once; one by one if the database refuses any of them or the world has changed. Returns how
    many were dealt with, and who judges the next."""
    try:
        with entered(scope):
            return _write_rows(run, checker, by, me, clock(), BATCH), checker
    except (IntegrityError, DataError, Changed):
        pass
    count = 0
    for _each in range(BATCH):
        with entered(scope):
            checker = Checker(run, timezone.localdate(clock()))
        try:
            with entered(scope):
                dealt = _write_rows(run, checker, by, me, clock(), 1)
        except Changed:
            dealt = 1  # merged this very moment: the next round knows
        except (IntegrityError, DataError):
            with entered(scope):
                dealt = _refuse_next(run, me)
        if not dealt:
            break
        count += dealt
        if count >= RETRIED:
            break
    return count, checker


RETRIED = 25  # rows one by one before the next batch is tried at once again


def _write_rows(run: ImportRun, checker: Checker, by: User, me: str, at: dt.datetime, at_most: int) -> int:
    current = _mine(run.pk, me)
    rows = list(current.rows.filter(state=RowState.GOOD).order_by("number")[:at_most])
    plans = []
    for row in rows:
        verdict = checker.judge(row.number, row.cells, row.came_on)
        row.state, row.problems = verdict.state, verdict.problems
        if verdict.plan is not None:
            row.state = RowState.MADE
            plans.append(verdict.plan)
    if plans:
        write(run=run, plans=plans, by=by, at=at)
        trail.record("import.batch", by=by, at=at, on=run, made=len(plans))
    made = [row.pk for row in rows if row.state == RowState.MADE]
    current.rows.filter(pk__in=made).update(state=RowState.MADE)
    for row in rows:
        if row.state != RowState.MADE:  # few: the dry run has found most of them
            row.save(update_fields=["state", "problems"])
    _count(current)
    return len(rows)


def _refuse_next(run: ImportRun, me: str) -> int:
    """The row that the database itself has refused, so that it holds up no other."""
    current = _mine(run.pk, me)
    row = current.rows.filter(state=RowState.GOOD).order_by("number").first()
    if row is None:
        return 0
    row.state, row.problems = RowState.BAD, [["", _("登録できません。値の組み合わせを確かめてください。")]]
    row.save(update_fields=["state", "problems"])
    _count(current)
    return 1


def _take(job: Job, me: str, state: ImportState, after: ImportState) -> ImportRun:
    """The run is this attempt's from now on. One that an earlier attempt of the same job has brought to its end lacks
    nothing but its sheet. Raises CannotBeMade where it is no longer waiting for the job."""
    rows = ImportRun.objects.select_for_update(of=("self",)).select_related("hub__prefecture", "uploaded_by")
    waiting = Q(state=state) | Q(state=after, worker__startswith=f"{job.pk}-")
    run = rows.filter(waiting, pk=job.parameters["run"]).first()
    if run is None:
        raise jobs.CannotBeMade(gettext_noop("この取込はすでに先へ進んでいます。"))
    run.worker = me
    run.save(update_fields=["worker"])
    return run


def _mine(pk: int, me: str) -> ImportRun:
    """The run, held until the transaction ends. Raises Superseded if another attempt has it."""
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("hub").get(pk=pk)
    if run.worker != me:
        raise jobs.Superseded(f"import {pk}: {run.worker}, not {me}")
    return run


def _count(run: ImportRun) -> None:
    """Keep how many rows are in which state."""
    found = dict(run.rows.order_by().values_list("state").annotate(Count("pk")))
    run.good_count, run.bad_count = found.get(RowState.GOOD, 0), found.get(RowState.BAD, 0)
    run.known_count, run.made_count = found.get(RowState.KNOWN, 0), found.get(RowState.MADE, 0)
    run.save(update_fields=["good_count", "bad_count", "known_count", "made_count"])


def _batches(rows: Iterator[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


# ---- sheets of rows
def sheet_rows(run: ImportRun, state: str | None) -> Iterator[Sequence[str]]:
    """Rows as they were written in the file, each with its number, its state, the columns and the problems."""
    rows = run.rows.order_by("number")
    rows = rows.filter(state=state) if state else rows
    for row in rows.iterator(chunk_size=1000):
        columns = "\n".join(dict.fromkeys(heading for heading, _message in row.problems if heading))
        messages = "\n".join(message for _heading, message in row.problems)
        yield [str(row.number), row.get_state_display(), columns, messages, *row.cells]


def sheet_headings(run: ImportRun) -> list[str]:
    """Above them."""
    return [_("行"), _("結果"), _("誤りのある列"), _("誤りの内容"), *run.headings]


def _sheet(run: ImportRun, state: RowState | None) -> jobs.Product:
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the job closes it)
    name = _("誤りのある行") if state == RowState.BAD else _("取込結果")
    write_table(file, title=name, headings=sheet_headings(run), rows=sheet_rows(run, state), numbers=frozenset({0}))
    file.seek(0)
    return jobs.Product(file, f"{name}_{run.file_name.rsplit('.', 1)[0][-80:]}.xlsx", "", KEPT)


# ---- upkeep
@transaction.atomic
def wipe(*, run: ImportRun, at: dt.datetime) -> None:
    """The file and its rows go when their time is over; what they made, and by which numbers, stays."""
    current = ImportRun.objects.select_for_update(skip_locked=True).filter(pk=run.pk, wiped_at=None).first()
    if current is None:
        return
    if current.file:
        default_storage.delete(str(current.file.name))
    current.rows.all().delete()
    current.file, current.preview, current.wiped_at = "", [], at
    current.save(update_fields=["file", "preview", "wiped_at"])
    trail.record("import.wiped", by=None, at=at, on=current)


@transaction.atomic
def forget_file(*, run: ImportRun, at: dt.datetime) -> int:
    """Somebody who stands in the file is anonymised: the file itself goes, its first rows, and the sheets that were
    made of it. The other rows stay for as long as they would have. Returns how many files went."""
    current = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    count = jobs.withdraw(jobs=jobs_of(current), at=at)
    if current.file:
        default_storage.delete(str(current.file.name))
        count += 1
    if current.file or current.preview:
        current.file, current.preview = "", []
        current.save(update_fields=["file", "preview"])
        trail.record("import.wiped", by=None, at=at, on=current)
    return count
