"""締め and 公表: the nation's month is frozen in one deed, with what must be corrected of the months before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from typing import TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from psycopg2 import errorcodes

from accounts.models import User
from audit import trail
from consultations.actions.locks import lock_months
from foundation.periods import Month
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics import actions as metrics
from metrics import corrections, freezing
from metrics.models import Freeze
from reports import publishing
from reports.actions.months import NotOver
from reports.actions.steps import note_steps
from reports.choices import MonthMove, MonthState
from reports.models import MonthlyReport, Publication, ReportingMonth
from reports.queries import closing as queries
from reports.workflow import MONTH

Done = TypeVar("Done")
ATTEMPTS = 3
_OVERTAKEN = (errorcodes.SERIALIZATION_FAILURE, errorcodes.DEADLOCK_DETECTED, errorcodes.UNIQUE_VIOLATION)


class NotInOrder(Exception):
    """Months close one after the other: `month` is the one whose turn it is."""

    def __init__(self, month: Month) -> None:
        super().__init__(str(month))
        self.month = month


class Unconfirmed(Exception):
    """Hubs whose month headquarters has not accepted; closing without them demands a reason."""

    def __init__(self, hub_ids: Collection[int]) -> None:
        super().__init__(", ".join(map(str, sorted(hub_ids))))
        self.hub_ids = sorted(hub_ids)


class MovedSince(Exception):
    """Figures that headquarters accepted are others now, and nobody has said that this was seen."""


class NotClosed(Exception):
    """Only what is closed can be published."""


def close_month(*, month: Month, note: str, by: User, at: dt.datetime, seen: str = "") -> Freeze:
    """Close a month for the nation, in one transaction: its figures with what is behind them are frozen, earlier closed
    months that count differently now get a further version, accepted hubs' months become closed, and their records
    are locked. Closing again what is closed changes nothing.

    `note` says why hubs that are not accepted, or that have an earlier month open again, are not waited for; their
    figures are frozen as they stand, unconfirmed. `seen` marks what has changed of the accepted ones since
    (queries.closing.mark_of_moved). Enters the nation's scope itself. Raises NotOver, NotInOrder, Unconfirmed,
    MovedSince, metrics.freezing.Disagrees, and OperationalError where others ran into it again and again.
    """
    if timezone.localdate(at) <= month.last:
        raise NotOver
    return _undisturbed(lambda: _close_month(month=month, note=note, seen=seen, by=by, at=at))


def _close_month(*, month: Month, note: str, seen: str, by: User, at: dt.datetime) -> Freeze:
    metrics.recount_touched(at=at)
    with entered(Scope.nationwide(), snapshot=True):
        row = _locked(month)
        if row.closed_at is not None:
            return Freeze.objects.get(month=month.first, version=1)
        _refuse_disorder(month)
        missing = set(HUB_IDS) - queries.accepted_hubs(month)
        open_again = {report.hub_id for report in queries.open_again()}
        if (missing or open_again) and not note.strip():
            raise Unconfirmed(missing | open_again)
        if queries.mark_of_moved(queries.moved_hubs(month)) != seen:
            raise MovedSince
        frozen = _freeze_all(month, by=by, at=at)
        row.closed_at, row.closed_by, row.closing_note = at, by, note.strip() if missing or open_again else ""
        row.save(update_fields=["closed_at", "closed_by", "closing_note"])
        trail.record(
            "month.closed", by=by, at=at, on=row, month=str(month), sha256=frozen.sha256, unconfirmed=sorted(missing)
        )
        return frozen


def correct_month(*, month: Month, by: User, at: dt.datetime) -> Freeze | None:
    """Make a further version of the newest closed month without waiting for the next closing: it tells of its own
    corrections and of those before it. None if nothing differs. Enters the nation's scope itself. Raises NotClosed,
    metrics.freezing.Disagrees, and OperationalError as close_month does."""
    return _undisturbed(lambda: _correct_month(month=month, by=by, at=at))


def _correct_month(*, month: Month, by: User, at: dt.datetime) -> Freeze | None:
    metrics.recount_touched(at=at)
    with entered(Scope.nationwide(), snapshot=True):
        row = _locked(month)
        newest = Freeze.objects.newest_first().first()
        if row.closed_at is None or newest is None or newest.as_month != month:
            raise NotClosed
        made = _correct(month, by=by, at=at)
        if made:
            trail.record("month.corrected", by=by, at=at, on=row, months=[str(one.as_month) for one in made])
        return made[-1] if made else None


def _undisturbed(deed: Callable[[], Done]) -> Done:
    """A snapshot that another closing or a recount overtook is refused by the database, and nothing of it is left:
    taken anew, it holds what the other did. Within a transaction there is no beginning anew."""
    for _attempt in range(ATTEMPTS - 1):
        try:
            return deed()
        except (OperationalError, IntegrityError) as problem:
            if connection.in_atomic_block or getattr(problem.__cause__, "pgcode", "") not in _OVERTAKEN:
                raise
    return deed()


def _locked(month: Month) -> ReportingMonth:
    usual = ReportingMonth.usual(month)
    ReportingMonth.objects.get_or_create(
        month=month.first, defaults={"due_on": usual.due_on, "closes_on": usual.closes_on}
    )
    return ReportingMonth.objects.select_for_update(of=("self",)).get(month=month.first)


def _refuse_disorder(month: Month) -> None:
    newest = Freeze.objects.newest_first().first()
    if newest is not None and newest.as_month.next() != month:
        raise NotInOrder(newest.as_month.next())


def _freeze_all(month: Month, *, by: User, at: dt.datetime) -> Freeze:
    """The month itself first: the year to date of the others does not depend on it, but who is new might."""
    metrics.recount([month], at=at)
    frozen = freezing.freeze(month=month, confirmed=queries.accepted_hubs(month), carried_in=month, by=by, at=at)
    _close_hubs(month, by=by, at=at)
    _correct(month, by=by, at=at)
    return frozen


def _correct(carried_in: Month, *, by: User, at: dt.datetime) -> list[Freeze]:
    """A further version of every closed month that counts differently now, or that hubs have confirmed anew."""
    resubmitted = MonthlyReport.objects.filter(
        state=MonthState.ACCEPTED, reporting_month__closed_at__isnull=False, reporting_month_id__lte=carried_in.first
    )
    again = {Month.of(day) for day in resubmitted.values_list("reporting_month_id", flat=True)}
    due = sorted({*corrections.months_to_correct(), *again})
    if due:
        metrics.recount(due, at=at)
    made = [
        freezing.freeze(month=one, confirmed=queries.accepted_hubs(one), carried_in=carried_in, by=by, at=at)
        for one in due
    ]
    for one in again:
        _close_hubs(one, by=by, at=at)
    return made


def _close_hubs(month: Month, *, by: User, at: dt.datetime) -> None:
    """From accepted to closed, and their records locked."""
    reports = list(MonthlyReport.objects.of(month).filter(state=MonthState.ACCEPTED).select_for_update(of=("self",)))
    for report in reports:
        report.state, report.version = MONTH.after(report.state, MonthMove.CLOSE), report.version + 1
        report.closed_at, report.closed_by = at, by
    MonthlyReport.objects.bulk_update(reports, ["state", "version", "closed_at", "closed_by"])
    note_steps(reports, MonthMove.CLOSE, by=by, at=at)
    lock_months(month=month, hub_ids=[report.hub_id for report in reports], at=at)


def publish(*, month: Month, by: User, at: dt.datetime) -> list[Publication]:
    """公表: every version up to this closed month's package that was not published yet, with small figures suppressed;
    the hubs' closed months of which everything is published now become published. Where there is nothing to publish,
    nothing changes. Enters the scope of all figures itself. Raises NotClosed, reports.relations.Disagreement."""
    with entered(Scope.of_figures(HUB_IDS)):
        if not ReportingMonth.objects.select_for_update(of=("self",)).filter(
            month=month.first, closed_at__isnull=False
        ).exists():  # fmt: skip
            raise NotClosed
        made = [_publish(frozen, by=by, at=at) for frozen in queries.to_publish(month)]
        transaction.on_commit(publishing.begin_edition)  # ever: who published it may not have come so far
        if made:
            _publish_hubs(month, by=by, at=at)
        return made


def _publish_hubs(month: Month, *, by: User, at: dt.datetime) -> None:
    """From closed to published; not where a version waits for a later month's package."""
    waiting = Freeze.objects.filter(publication__isnull=True).values("month")
    closed = MonthlyReport.objects.filter(state=MonthState.CLOSED, reporting_month_id__lte=month.first)
    reports = list(closed.exclude(reporting_month_id__in=waiting).select_for_update(of=("self",)).order_by("pk"))
    for report in reports:
        report.state, report.version = MONTH.after(report.state, MonthMove.PUBLISH), report.version + 1
    MonthlyReport.objects.bulk_update(reports, ["state", "version"])
    note_steps(reports, MonthMove.PUBLISH, by=by, at=at)


def _publish(frozen: Freeze, *, by: User, at: dt.datetime) -> Publication:
    told = publishing.figures_to_publish(frozen)
    made = Publication.objects.create(
        freeze=frozen, month=frozen.month, version=frozen.version, published_at=at, published_by=by, figures=told,
        sha256=publishing.digest(told),
    )  # fmt: skip
    trail.record("month.published", by=by, at=at, on=made, month=str(frozen.as_month), version=frozen.version)
    return made
