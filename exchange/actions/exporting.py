"""A list becomes a file: asked for by a person, made by a worker, kept for a week."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Self

from django.db import connection, transaction
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from accounts.models import User
from audit import trail
from exchange.choices import FileFormat
from exchange.copying import Cp932Lines, Lines, copy_out, count_of, limit_statements, select_of
from exchange.excel import MOST_ROWS, write_table
from exchange.lists import LISTS, Column, ExportedList
from exchange.telling import Telling, telling
from foundation.spreadsheets import name_letters
from hubs.access import Permission
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from jobs import actions as jobs
from jobs.choices import JobState
from jobs.models import Job

KIND = "exchange.export"
KEPT = dt.timedelta(days=7)  # clients' data lie about no longer than it takes to fetch them
_ERASURES = 20140404  # with the hub's number: the lock between exports and erasures
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Order:
    """Which list, what of it, as what."""

    declared: ExportedList
    query: QueryDict
    form: FileFormat

    @property
    def parameters(self) -> dict[str, Any]:
        """As a job keeps it and the trail tells it: typed words apart, for the trail hides them outside the hub."""
        filters = self.declared.filters_of(self.query)
        words = filters.pop("q", "")
        rest = QueryDict(mutable=True)
        rest.update(filters)
        return {"list": self.declared.name, "format": str(self.form.value), "filters": rest.urlencode(), "q": words}

    @classmethod
    def of(cls, job: Job) -> Self:
        """What a job was asked for. Raises KeyError for a list that is no more, ValueError."""
        asked = job.parameters
        query = QueryDict(asked["filters"], mutable=True)
        if asked["q"]:
            query["q"] = asked["q"]
        return cls(LISTS[asked["list"]], query, FileFormat(asked["format"]))


@transaction.atomic
def order_export(*, order: Order, hub: Hub, by: User, at: dt.datetime) -> Job:
    """Ask for a file; if the same person waits for the same one already, that. Raises FiltersRefused."""
    order.declared.rows(hub, order.query, by, timezone.localdate(at))
    waiting = Job.objects.filter(kind=KIND, hub=hub, requested_by=by, parameters=order.parameters)
    found = waiting.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).newest_first().first()
    return found or jobs.request(kind=KIND, parameters=order.parameters, by=by, at=at, hub=hub)


def make_export(*, job: Job, progress: jobs.Progress, clock: jobs.Clock) -> jobs.Product:
    """The file that a job asks for. The rows are copied out of one snapshot in the hub's own scope; a workbook is
    built after that, so that no transaction stays open meanwhile. Raises CannotBeMade."""
    order, hub, who = Order.of(job), job.hub, job.requested_by
    assert hub is not None
    at = clock()
    if not who.has_perm(Permission.EXPORT_RECORDS, hub) or not who.has_perm(order.declared.permission, hub):
        raise jobs.CannotBeMade(gettext_noop("書き出す権限がありません。"))
    with translation.override("ja"), telling(progress) as tell:
        with entered(Scope.of_hub(hub.pk), read_only=True):
            _wait_for_erasures(hub.pk)
            columns = order.declared.columns()
        file, count, message = _WRITERS[order.form](_Work(order, hub, who, timezone.localdate(at), columns, tell))
    jobs.note(job=job, rows=count)
    with entered(Scope.of_hub(hub.pk)):
        trail.record("list.exported", by=who, at=at, on=job, rows=count, **order.parameters)
    name = f"{hub.name}_{order.declared.label}_{timezone.localtime(at):%Y%m%d_%H%M}"
    return jobs.Product(file, name + _ENDINGS[order.form], message, KEPT)


def withdraw_exports(*, hub_id: int, at: dt.datetime) -> int:
    """Somebody of the hub is anonymised, in the caller's transaction: every file that was made of its lists may hold
    them. What is done goes, what is being made begins anew. Returns how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_ERASURES, hub_id])
    return jobs.withdraw(jobs=Job.objects.filter(kind=KIND, hub=hub_id), at=at)


def _wait_for_erasures(hub_id: int) -> None:
    """Before the rows are looked at, in a transaction before theirs: an erasure that has counted the exports already
    did not see this one. One that comes later finds it running, and takes it back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [_ERASURES, hub_id])


@dataclass(frozen=True)
class _Work:
    """What every format needs to know."""

    order: Order
    hub: Hub
    who: User
    today: dt.date
    columns: list[Column]
    tell: Telling

    def copy(self, lines: Lines, *, neutralised: bool) -> int:
        """The rows, out of one snapshot. Returns how many."""
        with entered(Scope.of_hub(self.hub.pk, user_id=self.who.pk), read_only=True, snapshot=True):
            limit_statements()
            rows = self.order.declared.rows(self.hub, self.order.query, self.who, self.today)
            self.tell.expect(count_of(rows))
            if self.order.form is FileFormat.XLSX and self.tell.whole > MOST_ROWS:
                raise jobs.CannotBeMade(
                    gettext_noop("Excelの上限(1,048,575行)を超えています。CSVで書き出してください。")
                )
            return copy_out(select_of(rows, self.columns, neutralised=neutralised), lines)

    @property
    def headings(self) -> list[str]:
        return [str(column.label) for column in self.columns]

    def first_line(self, encoding: str) -> bytes:
        """The headings as a line of CSV."""
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\r\n").writerow(self.headings)
        return out.getvalue().encode(encoding)


def _csv(work: _Work) -> tuple[IO[bytes], int, str]:
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the job closes it)
    file.write(BOM + work.first_line("utf-8"))
    count = work.copy(Lines(file, work.tell.reached), neutralised=True)
    file.seek(0)
    return file, count, ""


def _cp932(work: _Work) -> tuple[IO[bytes], int, str]:
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the job closes it)
    file.write(work.first_line("cp932"))
    lines = Cp932Lines(file, work.tell.reached)
    count = work.copy(lines, neutralised=True)
    file.seek(0)
    return file, count, name_letters(lines.lost)


def _xlsx(work: _Work) -> tuple[IO[bytes], int, str]:
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the job closes it)
    with tempfile.TemporaryFile() as spool:
        work.copy(Lines(spool, work.tell.reached_half), neutralised=False)
        spool.seek(0)
        count = write_table(
            file, title=str(work.order.declared.label), headings=work.headings,
            rows=_told(csv.reader(io.TextIOWrapper(spool, "utf-8", newline="")), work.tell),
            numbers=frozenset(place for place, column in enumerate(work.columns) if column.is_number),
        )  # fmt: skip
    file.seek(0)
    return file, count, ""


def _told(rows: Any, tell: Telling) -> Iterator[list[str]]:
    for count, row in enumerate(rows, start=1):
        if count % 1000 == 0:
            tell.reached_second_half(count)
        yield row


_WRITERS = {FileFormat.CSV: _csv, FileFormat.CSV_CP932: _cp932, FileFormat.XLSX: _xlsx}
_ENDINGS = {FileFormat.CSV: ".csv", FileFormat.CSV_CP932: "_sjis.csv", FileFormat.XLSX: ".xlsx"}
