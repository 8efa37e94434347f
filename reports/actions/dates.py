"""The two dates of a month: 提出期限 and 締め日, set by headquarters."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit import trail
from foundation.periods import Month
from hubs.models import Hub
from letters import actions as letters
from reports import emails
from reports.actions.months import Moved
from reports.models import ReportingMonth
from reports.queries import people
from reports.queries.months import reporting_month


class AlreadyClosed(Exception):
    """What was planned for a month that is closed is past: whether hubs were on time is told by it."""


@transaction.atomic
def set_dates(
    *, month: Month, due_on: dt.date, closes_on: dt.date, seen: tuple[dt.date, dt.date], by: User, at: dt.datetime
) -> ReportingMonth:
    """Set both, and tell every hub's chief if they are others now. `seen` are those that the page showed. In the scope
    of all figures. Raises AlreadyClosed, and Moved where somebody else has set them meanwhile."""
    usual = reporting_month(month)
    ReportingMonth.objects.get_or_create(
        month=month.first, defaults={"due_on": usual.due_on, "closes_on": usual.closes_on}
    )
    row = ReportingMonth.objects.select_for_update().get(month=month.first)
    if row.closed_at is not None:
        raise AlreadyClosed
    before = (row.due_on, row.closes_on)
    if before != seen:
        raise Moved
    if before == (due_on, closes_on):
        return row
    row.due_on, row.closes_on = due_on, closes_on
    row.save(update_fields=["due_on", "closes_on"])
    trail.record("month.dated", by=by, at=at, on=row, month=str(month), due_on=str(due_on), closes_on=str(closes_on),
                 due_before=str(before[0]), closing_before=str(before[1]))  # fmt: skip
    _announce(row, at=at)
    return row


def _announce(row: ReportingMonth, *, at: dt.datetime) -> None:
    for hub in Hub.objects.order_by("pk"):
        for chief in people.chiefs_of(hub, timezone.localdate(at)):
            text = emails.dates_changed(hub, row, chief)
            key = f"month:{row}:{hub.pk}:dates:{at:%Y%m%d%H%M%S%f}:{chief.pk}"
            letters.post(key=key, hub=None, to=chief.email, subject=text.subject, body=text.body, at=at)
