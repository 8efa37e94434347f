"""Who is to be reminded, and who is late. Due minus done: what was written already, the letters know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from foundation.periods import Month
from hubs.models import Hub
from reports.chasing import LISTED_MONTHS, MADE_UP_FOR_WITHIN, REMINDED_ON, reminder_due
from reports.choices import MonthState
from reports.models import MonthlyReport, ReportingMonth


@dataclass(frozen=True)
class Overdue:
    """A hub that is late with a month, by how many days."""

    hub: Hub
    month: Month
    days: int


def reminders_due(*, hub: Hub, today: dt.date) -> list[tuple[MonthlyReport, int]]:
    """The hub's months that wait for it, each with the reminder that holds today."""
    days = dt.timedelta(days=REMINDED_ON[-1] + MADE_UP_FOR_WITHIN)
    near = ReportingMonth.objects.over(today).filter(
        due_on__range=(today - days, today - dt.timedelta(days=REMINDED_ON[0]))
    )
    found = []
    for report in _waiting(hub, near.order_by("month")):
        day = reminder_due(due_on=report.reporting_month.due_on, today=today)
        if day is not None:
            found.append((report, day))
    return found


def overdue(*, hubs: Iterable[Hub], today: dt.date) -> list[Overdue]:
    """Who is late with what, the oldest month first; hubs from north to south. Two queries."""
    since = Month.of(today).plus(-LISTED_MONTHS).first
    late = list(ReportingMonth.objects.filter(due_on__lt=today, month__gte=since).order_by("month"))
    told = MonthlyReport.objects.filter(reporting_month__in=late).told()
    done = set(told.values_list("hub_id", "reporting_month_id"))
    return [
        Overdue(hub, Month.of(row.month), (today - row.due_on).days)
        for row in late
        for hub in hubs
        if (hub.pk, row.month) not in done
    ]


def ready_count() -> int:
    """How many submissions wait for headquarters."""
    return MonthlyReport.objects.filter(state=MonthState.SUBMITTED).count()


def _waiting(hub: Hub, months: Iterable[ReportingMonth]) -> Sequence[MonthlyReport]:
    """The hub's reports of some months that wait for it; unsaved where nobody has touched the month."""
    months = list(months)
    known = {row.reporting_month_id: row for row in MonthlyReport.objects.filter(hub=hub, reporting_month__in=months)}
    reports = []
    for month in months:
        report = known.get(month.pk) or MonthlyReport(hub=hub, reporting_month=month)
        report.hub, report.reporting_month = hub, month
        if report.is_owed:
            reports.append(report)
    return reports
