"""Where and when a hub receives clients."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import User
from audit import trail
from booking.models import ClosedDay, OpenHours, Place
from hubs.models import Hub


@transaction.atomic
def set_place(*, hub: Hub, place: Place | None, by: User, at: dt.datetime, **fields: Any) -> Place:
    """Add a place, or change one. What is booked there stays."""
    row = place or Place(hub=hub)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    trail.record("place.set", by=by, at=at, on=row)
    return row


@transaction.atomic
def set_hours(*, hub: Hub, by: User, at: dt.datetime, **fields: Any) -> OpenHours:
    """Open a coordinator's hours at a place."""
    row = OpenHours.objects.create(hub=hub, **fields)
    trail.record("hours.set", by=by, at=at, on=row, person=row.coordinator_id)
    return row


@transaction.atomic
def end_hours(*, hours: OpenHours, by: User, at: dt.datetime) -> None:
    """No more of these hours. What is booked stays."""
    trail.record("hours.ended", by=by, at=at, on=hours, person=hours.coordinator_id)
    hours.delete()


@transaction.atomic
def close_day(*, hub: Hub, on: dt.date, coordinator: User | None, name: str, by: User, at: dt.datetime) -> ClosedDay:
    """Nobody, or one person, is received on a day. What is booked stays, and shows on the calendar."""
    row, made = ClosedDay.objects.get_or_create(hub=hub, on=on, coordinator=coordinator, defaults={"name": name})
    if made:
        trail.record("closed_day.set", by=by, at=at, on=row, first=on)
    return row


@transaction.atomic
def open_day(*, day: ClosedDay, by: User, at: dt.datetime) -> None:
    """Take a closed day back."""
    trail.record("closed_day.deleted", by=by, at=at, on=day, first=day.on)
    day.delete()
