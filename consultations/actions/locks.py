"""Closing and opening a hub's months for changes. Called from upstairs, where months are closed and reopened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from consultations.actions.refusals import MonthClosed
from consultations.models import Consultation, MonthLock
from foundation.periods import Month


def lock_months(*, month: Month, hub_ids: Iterable[int], at: dt.datetime) -> None:
    """Close a month of some hubs; one that a reopening had opened is closed again."""
    MonthLock.objects.bulk_create(
        [MonthLock(hub_id=hub_id, month=month.first, locked_at=at) for hub_id in hub_ids],
        update_conflicts=True, unique_fields=["hub", "month"],
        update_fields=["locked_at", "open_until", "open_for"],
    )  # fmt: skip


def open_month(*, hub_id: int, month: Month, until: dt.datetime, consultations: Sequence[int]) -> None:
    """Let a closed month's records be changed until then: these ones, or all of them if none are named."""
    MonthLock.objects.filter(hub_id=hub_id, month=month.first).update(open_until=until, open_for=list(consultations))


def shut_month(*, hub_id: int, month: Month) -> None:
    """End what `open_month` allowed."""
    MonthLock.objects.filter(hub_id=hub_id, month=month.first).update(open_until=None, open_for=[])


def lock_on(*, hub_id: int, day: dt.date) -> MonthLock | None:
    """The lock of the month that a day lies in, if that month was closed."""
    return MonthLock.objects.filter(hub_id=hub_id, month=Month.of(day).first).first()


def refuse_closed(*, consultation: Consultation, at: dt.datetime) -> None:
    """Raises MonthClosed if what counts of a consultation may not change. The database keeps it too."""
    lock = lock_on(hub_id=consultation.hub_id, day=consultation.held_on)
    if lock is not None and not lock.is_open(at, consultation.pk):
        raise MonthClosed(lock)
