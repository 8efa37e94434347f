"""Reminding hubs of a month that they have not submitted, and telling headquarters who is late. Each letter once: its
key says what it is about, so that two beats at once write one."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from hubs.models import Hub
from letters import actions as letters
from reports import emails
from reports.chasing import is_copied
from reports.models import MonthlyReport
from reports.queries import chasing, people


@transaction.atomic
def remind(*, hub: Hub, at: dt.datetime) -> int:
    """Write what is due to one hub's chief, and to its implementing body when it has been late for long. In the scope
    of the hub's figures. How many letters are due today, written now or before."""
    today, count = timezone.localdate(at), 0
    for report, day in chasing.reminders_due(hub=hub, today=today):
        for chief in people.chiefs_of(hub, today):
            _post(report, day, chief, emails.reminder(report, chief, day=day), at=at)
            count += 1
        for person in people.body_of(hub, today) if is_copied(day) else ():
            _post(report, day, person, emails.body_copy(report, person, day=day), at=at)
            count += 1
    return count


@transaction.atomic
def tell_headquarters(*, at: dt.datetime) -> int:
    """The day's digest, if anybody is late. In the scope of all figures. How many people read it."""
    today = timezone.localdate(at)
    late = chasing.overdue(hubs=list(Hub.objects.order_by("pk")), today=today)
    if not late:
        return 0
    readers, ready = people.headquarters(today), chasing.ready_count()
    for reader in readers:
        text = emails.digest(reader, late, ready=ready, today=today)
        key = f"months:late:{today}:{reader.pk}"
        letters.post(key=key, hub=None, to=reader.email, subject=text.subject, body=text.body, at=at)
    return len(readers)


def _post(report: MonthlyReport, day: int, to: User, text: emails.Text, *, at: dt.datetime) -> None:
    """With 提出期限 in the key: when headquarters sets another one, its reminders are others too."""
    due_on = report.reporting_month.due_on
    key = f"month:{report.month}:{report.hub_id}:due:{due_on}:{day:+d}:{to.pk}"
    letters.post(key=key, hub=None, to=to.email, subject=text.subject, body=text.body, at=at)
