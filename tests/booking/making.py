"""Makes places, open hours and bookings."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from accounts.models import User
from booking.models import Booking, OpenHours, Place, token_of
from hubs.models import Hub
from hubs.tenancy import Scope, entered, hash_of
from tests import making

TOKYO_TIME = making.MOMENT.tzinfo
MONDAY = date(2026, 11, 23)


def at_hour(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), TOKYO_TIME)


def make_place(*, hub: Hub, **fields: Any) -> Place:
    values = {"name": f"相談室{next(making.NUMBERS)}", "kind": "hub", "address": "拠点3階"} | fields
    with entered(Scope.of_hub(hub.pk)):
        return Place.objects.create(hub=hub, **values)


def make_hours(*, hub: Hub, coordinator: User, place: Place, **fields: Any) -> OpenHours:
    values = {
        "weekday": "0", "opens": time(10), "closes": time(12), "minutes": 60, "valid_from": date(2026, 4, 1),
    }  # fmt: skip
    with entered(Scope.of_hub(hub.pk)):
        return OpenHours.objects.create(hub=hub, coordinator=coordinator, place=place, **(values | fields))


def make_booking(*, hub: Hub, begins: datetime | None = None, state: str = "confirmed", **fields: Any) -> Booking:
    """A booking in any state, as the database allows it."""
    begins = begins or at_hour(MONDAY, 10)
    number = uuid.uuid4()
    values = {
        "client_id": number, "token_hash": hash_of(token_of(number)), "source": "hub", "starts_at": begins,
        "ends_at": begins + timedelta(hours=1), "method": "visit_to_hub", "client_name": "山本 太郎",
        "company": "山本製作所", "email": "yamamoto@shop.example", "phone": "0311112222", "created_at": making.MOMENT,
        "updated_at": making.MOMENT, "created_by": making.staff_of(hub),
    }  # fmt: skip
    if state != "requested":
        values |= {"place": fields.pop("place", None) or make_place(hub=hub), "takes_place": True}
        values |= {"coordinator": making.staff_of(hub)}
    with entered(Scope.of_hub(hub.pk)):
        return Booking.objects.create(hub=hub, state=state, **(values | fields))
