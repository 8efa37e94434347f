"""The month at scale: one record changed, every month counted, months closed and checked, figures read. Times are in
milliseconds. What a worker does is done in a process forked for it, as Celery does, and its memory is told."""

from __future__ import annotations

import json
import os
import resource
import statistics
import tempfile
import traceback
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from celery import current_app
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from bench.measures import NotThere, differences, timed
from consultations.models import Consultation
from foundation.periods import Month
from hubs.models import Hub
from hubs.tenancy import HUB_IDS, Scope, entered
from jobs.choices import JobState
from jobs.models import Job
from metrics import actions, corrections, freezing
from metrics.models import Freeze, Span
from metrics.queries import Place, figures
from reports.actions import closing
from reports.choices import MonthState
from reports.models import MonthlyReport, ReportingMonth

TRIES = 5


def in_worker(work: Callable[[], Any]) -> dict[str, Any]:
    """What `work` returned (anything that JSON can say), its milliseconds, and the most memory that its process and
    its database session held, in MB. Raises NotThere with what went wrong in there."""
    connection.close()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        with os.fdopen(writing, "w") as told:
            json.dump(_worked(work), told)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        found = json.loads(told.read() or '{"problem": "it was killed"}')
    os.waitpid(child, 0)
    if "problem" in found:
        raise NotThere(found["problem"])
    return found


def _worked(work: Callable[[], Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    try:
        found["ms"] = timed(lambda: found.update(result=work()))
        found |= {"python MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "postgres MB": session_mb()}
    except Exception:
        found["problem"] = traceback.format_exc()
    return found


def session_mb() -> float:
    """The most memory that our database session has held, shared buffers that it touched included."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with open(f"/proc/{pid}/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


# ---- counting
def count_all(months: Iterable[Month]) -> dict[str, Any]:
    """Every month at every level from nothing, in one go."""
    months = list(months)
    return in_worker(lambda: len(actions.recount(months, at=timezone.now())))


def count_all_again(months: Iterable[Month]) -> dict[str, Any]:
    """What every night does for two years, here for all: year by year, when nothing has changed."""
    months = list(months)
    return in_worker(lambda: len(actions.recount_by_year(months, at=timezone.now())))


_MARK = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint % (2::bigint ^ 32)::bigint"
_WRITTEN = """
    SELECT level, hub_id, bureau_id, month, span, indicator FROM metrics_fact
     WHERE xmin::text::bigint >= %s AND month = ANY (%s)"""


def one_changed(month: Month, months: Iterable[Month]) -> dict[str, float]:
    """A minute more in one record of Tokyo's, then what the beat does: milliseconds (median and worst), facts written,
    and how many of these are neither of its hub, its bureau or the nation, nor of that month or of the quarters and
    years that hold it."""
    tokyo = Hub.objects.select_related("prefecture").get(slug="tokyo")
    with entered(Scope.of_hub(tokyo.pk)):
        rows = Consultation.objects.filter(hub=tokyo).counted().held_between(month.first, month.last).order_by("pk")
        chosen = list(rows.values_list("pk", flat=True)[:TRIES])
    times, written, stray = [], 0, 0
    for pk in chosen:
        mark = _asked(_MARK)[0][0]
        with entered(Scope.of_hub(tokyo.pk)):
            minutes = Consultation.objects.get(pk=pk).minutes
            Consultation.objects.filter(pk=pk).update(minutes=minutes + 1)
        times.append(timed(lambda: actions.recount_touched(at=timezone.now())))
        with entered(Scope.nationwide()):
            found = _asked(_WRITTEN, [mark, [one.first for one in months]])
        written = len(found)
        stray += sum(not _belongs(row, tokyo, month) for row in found)
    if not written:
        raise NotThere(f"a change in {month} wrote no fact")
    if wrong := differences(month):
        raise NotThere(f"{wrong} figures of {month} are wrong")
    return {"median": statistics.median(times), "worst": max(times), "written": written, "stray": stray}


def _belongs(row: tuple[Any, ...], hub: Hub, month: Month) -> bool:
    _level, hub_id, bureau_id, day, span, _indicator = row
    told = Month.of(day)
    if hub_id not in (None, hub.pk) or bureau_id not in (None, hub.prefecture.bureau_id):
        return False
    return told == month or (span != Span.MONTH and told > month and told.fiscal_year == month.fiscal_year)


# ---- closing
def last_march(months: Iterable[Month]) -> Month:
    """The last one whose April is over too."""
    return max(one for one in months if one.number == 3 and one.next().last < timezone.localdate())


def close_two(months: Iterable[Month], by: User) -> dict[str, dict[str, Any]]:
    """Close the last March, whose evidence is the longest, and the April after it with a correction of March; then
    count both anew from what was frozen."""
    found, march = {}, last_march(months)
    for month in (march, march.next()):
        _accept(month, by)
        found[f"close {month}"] = in_worker(lambda month=month: _close(month, by))
        if month == march:
            _change_one_of(march)
            actions.recount_touched(at=timezone.now())
            found["pending corrections"] = {"ms": timed(_pending)}
    versions = list(Freeze.objects.order_by("month", "version"))
    if [str(one) for one in versions] != [f"{march} v1", f"{march} v2", f"{march.next()} v1"]:
        raise NotThere(f"closing made {versions}")
    for one in (versions[0], versions[-1]):
        found[f"verify {one}"] = in_worker(lambda one=one: _verified(one))
    if not all(row.get("result", True) for row in found.values()):
        raise NotThere(f"a closed month does not hold: {found}")
    return found


def _close(month: Month, by: User) -> bool:
    return bool(closing.close_month(month=month, note="", by=by, at=timezone.now()).sha256)


def _pending() -> None:
    with entered(Scope.nationwide()):
        if not corrections.pending():
            raise NotThere("a late record is no correction")


def _verified(version: Freeze) -> bool:
    with entered(Scope.nationwide(), read_only=True):
        return freezing.verify(version).holds


def _accept(month: Month, by: User) -> None:
    at, due = timezone.now(), ReportingMonth.usual(month)
    with entered(Scope.of_figures(HUB_IDS)):
        ReportingMonth.objects.get_or_create(
            month=month.first, defaults={"due_on": due.due_on, "closes_on": due.closes_on}
        )
        MonthlyReport.objects.bulk_create(
            MonthlyReport(
                hub_id=hub, reporting_month_id=month.first, state=MonthState.ACCEPTED, submitted_at=at, submitted_by=by,
                accepted_at=at, accepted_by=by,
            )
            for hub in HUB_IDS
        )  # fmt: skip


def _change_one_of(month: Month) -> None:
    """A late session of a client who is known: what is closed takes new ones."""
    with entered(Scope.of_hub(13)):
        row = Consultation.objects.filter(hub_id=13).counted().held_between(month.first, month.last).first()
        row.pk, row.client_id, row.minutes = None, uuid.uuid4(), 45
        row.save(force_insert=True)


# ---- telling
def make_package(month: Month, by: User) -> dict[str, Any]:
    """The package of a closed month for the nation, every bureau and every hub: time and a worker's memory."""
    from reports.actions import packages

    with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        send, current_app.send_task = current_app.send_task, lambda *_, **__: None
        try:
            ordered = packages.order_package(kind="month", first=month.first, by=by, at=timezone.now())
        finally:
            current_app.send_task = send
        found = in_worker(lambda: _made(ordered.job_id))
    if found["result"] < 2 * len(HUB_IDS):
        raise NotThere(f"a package of {found['result']} files")
    return found


def _made(job_id: int) -> int:
    current_app.loader.import_default_modules()
    job = Job.objects.get(pk=job_id)
    current_app.tasks[job.kind](job_id=job_id)
    job.refresh_from_db()
    if job.state != JobState.DONE:
        raise NotThere(f"{job.state} {job.message}")
    from reports.models import PackageFile

    with entered(Scope.of_figures(HUB_IDS)):
        return PackageFile.objects.filter(package__job=job).count()


# ---- reading
def trend(last: Month, runs: int = 20) -> list[float]:
    """Thirteen months and their years to date of the nation and every hub, all totals: what trends are drawn from."""
    places = [Place.nation(), *(Place.of_hub(hub) for hub in Hub.objects.all())]
    months = [last.plus(-back) for back in range(13)]
    found = []
    for _ in range(runs):
        with entered(Scope.of_figures(HUB_IDS), read_only=True):
            found.append(timed(lambda: figures(places=places, months=months, indicators=["consultations", "visitors"])))
    return found


_READ = """
    SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint FROM pg_stat_user_tables
     WHERE relname IN ('consultations_consultation', 'consultations_case', 'consultations_enterprise')"""


def records_read(work: Callable[[], Any]) -> int:
    """How many rows of consultations, cases and enterprises the database read meanwhile, by its own count."""
    before = _records_read()
    work()
    return _records_read() - before


def _records_read() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
    return int(_asked(_READ)[0][0])


def _asked(sql: str, values: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
