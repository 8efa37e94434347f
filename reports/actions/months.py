"""The month of a hub: submitted by its chief, checked by headquarters (tender II.7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from foundation.errors import MoveRefused
from foundation.periods import Month
from hubs.models import Hub
from reports import emails
from reports.actions.letters import post_about
from reports.actions.reopening import close_if_over, end_with, go_on
from reports.actions.steps import note_steps
from reports.choices import MonthMove, MonthState
from reports.models import Explanation, MonthlyReport, Remark, ReportingMonth
from reports.queries import people
from reports.queries.months import (
    changes_of,
    figures_to_confirm,
    jumps_of,
    mark_of,
    mark_of_all,
    newest_remarks,
    told_by,
)
from reports.queries.oversight import HubStanding
from reports.workflow import MONTH

NOTHING_SAID: Mapping[str, str] = MappingProxyType({})


class NotOver(Exception):
    """The month still runs: its figures grow."""


class ExplanationMissing(Exception):
    """A figure jumped by more than 30 % and nobody says why."""

    def __init__(self, indicators: list[str]) -> None:
        super().__init__(", ".join(indicators))
        self.indicators = indicators


class ZeroUnconfirmed(Exception):
    """There was no consultation at all, and the chief has not said that this is so."""


class FiguresChanged(Exception):
    """The figures are no longer those that somebody was shown, or that the hub submitted."""


class Moved(Exception):
    """Somebody else has moved the month since the page was opened."""


def open_months(*, today: dt.date) -> list[ReportingMonth]:
    """What is over since the newest month that is known, with its usual dates: due minus done. The first ever is the
    month before today's."""
    last = Month.of(today).previous()
    newest = ReportingMonth.objects.order_by("-month").first()
    month, missing = Month.of(newest.month).next() if newest else last, []
    while not last < month:
        missing.append(ReportingMonth.usual(month))
        month = month.next()
    return ReportingMonth.objects.bulk_create(missing, ignore_conflicts=True)


@transaction.atomic
def submit(
    *,
    hub: Hub,
    month: Month,
    version: int,
    explanations: Mapping[str, str],
    zero: bool,
    by: User,
    at: dt.datetime,
    replies: Mapping[str, str] = NOTHING_SAID,
    seen: str | None = None,
) -> MonthlyReport:
    """The chief says: so it was, and answers what headquarters asked at the last return. The totals are kept as they
    are told. `seen` marks the totals that the chief was shown (mark_of_all); None where nobody was shown any. Raises
    NotOver, FiguresChanged, ZeroUnconfirmed, ExplanationMissing, Moved, MoveRefused."""
    if timezone.localdate(at) <= month.last:
        raise NotOver
    figures = figures_to_confirm(hub, month)
    if seen is not None and seen != mark_of_all(figures):
        raise FiguresChanged
    missing = [
        jump.indicator.code for jump in jumps_of(figures) if not explanations.get(jump.indicator.code, "").strip()
    ]
    is_zero = figures[0].now == 0
    if is_zero and not zero:
        raise ZeroUnconfirmed
    if missing:
        raise ExplanationMissing(missing)
    report = locked(hub=hub, month=month, version=version)
    _answer(report, replies, by=by, at=at)
    report.submitted_at, report.submitted_by, report.is_zero = at, by, is_zero
    report.submitted_figures = told_by(figures)
    report.accepted_at, report.accepted_by, report.accepted_figures = None, None, {}
    _move(report, MonthMove.SUBMIT, by=by, at=at)
    report.explanations.all().delete()
    Explanation.objects.bulk_create(
        Explanation(hub=hub, report=report, indicator=code, text=text.strip())
        for code, text in explanations.items()
        if text.strip()
    )
    return report


@transaction.atomic
def withdraw(*, hub: Hub, month: Month, version: int, by: User, at: dt.datetime) -> MonthlyReport:
    """The hub takes its submission back: what was never closed is a draft again, what was is open until its reopening
    ends. Raises Moved, MoveRefused."""
    report = locked(hub=hub, month=month, version=version)
    _move(report, MonthMove.TAKE_BACK if report.was_reopened else MonthMove.WITHDRAW, by=by, at=at)
    close_if_over(report=report, at=at)
    return report


@transaction.atomic
def send_back(
    *, hub: Hub, month: Month, version: int, note: str, remarks: Mapping[str, str], by: User, at: dt.datetime
) -> MonthlyReport:
    """Headquarters asks again, figure by figure. What had been closed is open for it until a moment that the chief
    reads. Raises Moved, MoveRefused."""
    report = locked(hub=hub, month=month, version=version)
    report.accepted_at, report.accepted_by, report.accepted_figures = None, None, {}
    _move(report, MonthMove.RETURN, by=by, at=at, note=note)
    until = go_on(report=report, reason=note, by=by, at=at) if report.was_reopened else None
    Remark.objects.bulk_create(
        Remark(hub=hub, report=report, indicator=code, text=text.strip(), at=at, by=by)
        for code, text in remarks.items()
        if text.strip()
    )
    for chief in people.chiefs_of(hub, timezone.localdate(at)):
        text = emails.returned(report, chief, note, remarks, until=until)
        post_about(f"returned:{report.version}", report, chief, text, at=at)
    return report


@transaction.atomic
def accept(*, hub: Hub, month: Month, version: int, by: User, at: dt.datetime, seen: str = "") -> MonthlyReport:
    """Headquarters has checked it. `seen` marks the changes since the submission that it has looked at (mark_of).
    Raises FiguresChanged, Moved, MoveRefused."""
    report = locked(hub=hub, month=month, version=version)
    figures = figures_to_confirm(hub, month)
    if mark_of(changes_of(report, figures)) != seen:
        raise FiguresChanged
    report.accepted_at, report.accepted_by, report.accepted_figures = at, by, told_by(figures)
    _move(report, MonthMove.ACCEPT, by=by, at=at)
    end_with(report=report, at=at)
    for chief in people.chiefs_of(hub, timezone.localdate(at)):
        post_about(f"accepted:{report.version}", report, chief, emails.accepted(report, chief), at=at)
    return report


def accept_ready(
    *, rows: Iterable[HubStanding], versions: Mapping[str, int], by: User, at: dt.datetime
) -> tuple[list[Hub], list[Hub]]:
    """Of these months, accept those that were chosen (version by hub's slug) and that nothing strikes the eye of, each
    by a move of its own. Which were accepted, and which were chosen in vain: somebody else has moved them, or something
    about them wants a look."""
    accepted, left = [], []
    for row in rows:
        if row.hub.slug not in versions:
            continue
        try:
            if not row.is_ready:
                raise FiguresChanged
            accept(hub=row.hub, month=row.report.month, version=versions[row.hub.slug], by=by, at=at)
        except (FiguresChanged, Moved, MoveRefused):
            left.append(row.hub)
        else:
            accepted.append(row.hub)
    return accepted, left


def locked(*, hub: Hub, month: Month, version: int) -> MonthlyReport:
    """The hub's month, made where there is none yet, and locked until the transaction ends. Raises Moved."""
    usual = ReportingMonth.usual(month)
    ReportingMonth.objects.get_or_create(
        month=month.first, defaults={"due_on": usual.due_on, "closes_on": usual.closes_on}
    )
    MonthlyReport.objects.get_or_create(hub=hub, reporting_month_id=month.first)
    report = MonthlyReport.objects.select_for_update().get(hub=hub, reporting_month_id=month.first)
    if report.version != version:
        raise Moved
    return report


def _answer(report: MonthlyReport, replies: Mapping[str, str], *, by: User, at: dt.datetime) -> None:
    """Keep the hub's replies with the remarks of the last return, by indicator."""
    for indicator, remark in newest_remarks(report).items():
        if text := replies.get(indicator, "").strip():
            remark.reply, remark.replied_at, remark.replied_by = text, at, by
            remark.save(update_fields=["reply", "replied_at", "replied_by"])


def _move(report: MonthlyReport, move: MonthMove, *, by: User, at: dt.datetime, note: str = "") -> None:
    report.state = MonthState(MONTH.after(report.state, move))
    report.version += 1
    report.save()
    note_steps([report], move, by=by, at=at, note=note)
