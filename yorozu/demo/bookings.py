"""Rooms, open hours, bookings around today and requests from strangers, at a few hubs."""

from __future__ import annotations

import datetime as dt
import uuid
from random import Random

from django.utils import timezone

from accounts.models import User
from booking.choices import BookingState, PlaceKind, Source
from booking.models import Booking, ClosedDay, OpenHours, Place, token_of
from consultations.models import Assignment, Capacity, Enterprise
from hubs.models import Hub
from hubs.tenancy import hash_of
from yorozu.demo.accounts import Staff

BOOKING_HUBS = frozenset({1, 13, 27})  # Hokkaido, Tokyo, Osaka
_DAYS = range(-3, 9)
_TOPICS = (
    "新商品の売り先を広げたい。",
    "補助金の申請書を見てほしい。",
    "値上げの伝え方に悩んでいる。",
    "店のSNSを始めたい。",
)
_STRANGERS = (
    ("坂本 りえ", "こもれび工房", "平日の午後を希望します。"), ("中野 大輔", "", ""), ("森 直美", "森青果店", "土曜は都合がつきません。"),
)  # fmt: skip


def tell_bookings(hub: Hub, staff: Staff, *, at: dt.datetime) -> None:
    """Nothing happens at the other hubs. Runs in the hub's scope."""
    if hub.pk not in BOOKING_HUBS:
        return
    rng, today = Random(f"bookings {hub.pk}"), timezone.localtime(at).date()
    rooms = [
        Place(hub=hub, name=name, kind=kind, address=address, is_shared=shared)
        for name, kind, address, shared in (
            ("相談室A", PlaceKind.HUB, "拠点3階", False), ("相談室B", PlaceKind.HUB, "拠点3階", False),
            ("サテライト", PlaceKind.SATELLITE, "駅前プラザ2階", False), ("オンライン", PlaceKind.ONLINE, "", True),
        )
    ]  # fmt: skip
    Place.objects.bulk_create(rooms)
    people = staff.consultants[:6]
    _open_hours(hub, people, rooms, today)
    ClosedDay.objects.create(hub=hub, on=today + dt.timedelta(days=20), name="館内点検")
    Capacity.objects.bulk_create(
        Capacity(hub=hub, coordinator=person, weekly_cap=12, set_at=at, set_by=staff.chief) for person in people[1:4]
    )
    _bookings(hub, people, rooms, rng, at)
    _requests(hub, rooms, at)


def _open_hours(hub: Hub, people: list[User], rooms: list[Place], today: dt.date) -> None:
    """Everybody in one place, three days a week."""
    OpenHours.objects.bulk_create(
        OpenHours(
            hub=hub, coordinator=person, place=rooms[number % 4], weekday=str((number + step) % 5), opens=dt.time(10),
            closes=dt.time(16), minutes=60, valid_from=today - dt.timedelta(days=60),
        )
        for number, person in enumerate(people)
        for step in (0, 1, 3)
    )  # fmt: skip


def _bookings(hub: Hub, people: list[User], rooms: list[Place], rng: Random, at: dt.datetime) -> None:
    clients = list(Enterprise.objects.filter(hub=hub).order_by("-pk")[:40])
    today, rows = timezone.localtime(at).date(), []
    for step in _DAYS:
        day = today + dt.timedelta(days=step)
        if day.weekday() > 4 and step:  # today always has something to show
            continue
        for number, person in enumerate(people[:4]):
            rows += [
                _booking(hub, person, rooms[number], rng.choice(clients), day, hour, rng, at)
                for hour in rng.sample((10, 11, 13, 14, 15), 2)
            ]
    Booking.objects.bulk_create(rows)
    Assignment.objects.bulk_create(
        Assignment(
            hub=hub, coordinator=row.coordinator, route="booking", on=timezone.localtime(row.starts_at).date(),
            reference=row.reference, at=at, by=row.created_by,
        )
        for row in rows
    )  # fmt: skip


def _booking(
    hub: Hub, person: User, room: Place, client: Enterprise, day: dt.date, hour: int, rng: Random, at: dt.datetime
) -> Booking:
    begins = dt.datetime.combine(day, dt.time(hour), timezone.get_default_timezone())
    number = uuid.UUID(int=rng.getrandbits(128), version=4)
    is_missed = begins.date() < timezone.localtime(at).date() and rng.random() < 0.15
    return Booking(
        hub=hub, client_id=number, token_hash=hash_of(token_of(number)), source=Source.HUB, created_by=person,
        state=BookingState.NO_SHOW if is_missed else BookingState.CONFIRMED, coordinator=person, place=room,
        takes_place=not room.is_shared, starts_at=begins, ends_at=begins + dt.timedelta(hours=1),
        method="online" if room.kind == PlaceKind.ONLINE else "visit_to_hub", enterprise=client,
        client_name=client.representative or "ご担当者", company=client.name, phone=client.phone,
        topic=rng.choice(_TOPICS), created_at=at - dt.timedelta(days=7), updated_at=at,
    )  # fmt: skip


def _requests(hub: Hub, rooms: list[Place], at: dt.datetime) -> None:
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = []
    for number, (name, company, wish) in enumerate(_STRANGERS, 3):
        begins = midnight + dt.timedelta(days=number + 3, hours=13) if not wish else None
        key = uuid.uuid5(uuid.NAMESPACE_URL, f"{hub.slug} {name}")
        rows.append(
            Booking(
                hub=hub, client_id=key, token_hash=hash_of(token_of(key)), state=BookingState.REQUESTED,
                source=Source.PUBLIC, consented_at=at, starts_at=begins, client_name=name, company=company, wish=wish,
                ends_at=begins + dt.timedelta(hours=1) if begins else None, place=rooms[0] if begins else None,
                method="visit_to_hub", email=f"client{number}@shop.example", topic=_TOPICS[number % 4],
                created_at=at - dt.timedelta(hours=number), updated_at=at,
            )
        )  # fmt: skip
    Booking.objects.bulk_create(rows)
