"""What is booked, what is free, and what waits for an answer."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from booking.choices import BookingState
from booking.models import Booking, BookingQuerySet, ClosedDay, OpenHours, Place
from consultations.models import Assignment, Capacity
from consultations.queries.timelines import About, Source, words_of
from hubs.access import Permission
from hubs.models import Hub, Membership
from hubs.tenancy import Scope, entered

SHOWN = (BookingState.CONFIRMED, BookingState.ATTENDED, BookingState.NO_SHOW)
NOTICE = dt.timedelta(hours=24)  # strangers ask at least a day ahead
AHEAD_DAYS = 28
DAY, WEEK = "day", "week"  # what a calendar shows


@dataclass(frozen=True)
class Slot:
    """Free time of one coordinator at one place. Aware moments."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    coordinator_id: int
    place_id: int


@dataclass(frozen=True)
class PublicSlot:
    """A time at which somebody is free: never who, and nothing of who comes otherwise."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    place_id: int
    place: str
    kind: str

    @property
    def code(self) -> str:
        """As a form sends it."""
        return f"{self.place_id}_{self.starts_at.astimezone(dt.UTC):%Y%m%dT%H%MZ}"


@dataclass
class Row:
    """One line of the calendar: a coordinator or a place, and what it has in each column."""

    name: str
    cells: list[Cell]


@dataclass
class Cell:
    """One day, or one hour, of a row."""

    begins: dt.datetime
    bookings: list[Booking] = field(default_factory=list)
    free: list[Slot] = field(default_factory=list)
    closed: str = ""


def todays_bookings(*, hub: Hub, coordinator: User | None, day: dt.date) -> list[Booking]:
    """Whom a coordinator (None: anybody) receives on a day of Tokyo's, soonest first; those who did not come too."""
    first, end = bounds(day, day)
    rows = Booking.objects.filter(hub=hub, state__in=SHOWN).beginning_between(first, end).with_people()
    return list((rows if coordinator is None else rows.filter(coordinator=coordinator)).soonest_first())


def open_requests(*, hub: Hub, at_most: int = 50) -> list[Booking]:
    """Requests that nobody has answered, the longest waiting first."""
    rows = Booking.objects.filter(hub=hub).requested().with_people()
    return list(rows.order_by("created_at", "pk")[:at_most])


def confirmed_ahead(*, hub: Hub, coordinator: User, at: dt.datetime, at_most: int) -> list[Booking]:
    """What a coordinator has promised from a moment on, soonest first."""
    rows = Booking.objects.filter(hub=hub, coordinator=coordinator, starts_at__gt=at).confirmed().with_people()
    return list(rows.soonest_first()[:at_most])


def bounds(first: dt.date, last: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """From the midnight in Tokyo that begins the first day until the one that ends the last."""
    zone = timezone.get_default_timezone()
    begin = dt.datetime.combine(first, dt.time(), zone)
    return begin, dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), zone)


def shown_between(*, hub: Hub, first: dt.date, last: dt.date) -> BookingQuerySet:
    """What stands in the calendar of these days, soonest first."""
    begin, end = bounds(first, last)
    rows: BookingQuerySet = Booking.objects.filter(hub=hub, state__in=SHOWN)
    return rows.beginning_between(begin, end).soonest_first()


def bookings_between(*, hub: Hub, first: dt.date, last: dt.date) -> list[Booking]:
    """The same, with the people."""
    return list(shown_between(hub=hub, first=first, last=last).with_people())


def asked_day(text: str, today: dt.date) -> dt.date:
    """The day that a page was asked for; today, if none was. Raises ValueError."""
    day = dt.date.fromisoformat(text) if text else today
    if not 2014 <= day.year < 2100:
        raise ValueError(text)
    return day


def days_of(view: str, day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of a calendar: one day, or its week from Monday on."""
    first = day if view == DAY else day - dt.timedelta(days=day.weekday())
    return first, first if view == DAY else first + dt.timedelta(days=6)


def closed_days(*, hub: Hub, first: dt.date, last: dt.date) -> list[ClosedDay]:
    """Days of these on which nobody, or one person, is received."""
    return list(ClosedDay.objects.filter(hub=hub, on__range=(first, last)).order_by("on", "pk"))


def free_slots(*, hub: Hub, first: dt.date, last: dt.date, not_before: dt.datetime) -> list[Slot]:
    """Open hours less closed days, what is booked, pauses and full weeks; soonest first. Eight statements, however many
    coordinators there are."""
    begin, end = bounds(first, last)
    booked = list(
        Booking.objects.filter(hub=hub, starts_at__lt=end, ends_at__gt=begin)
        .holding()
        .values_list("coordinator_id", "place_id", "takes_place", "starts_at", "ends_at")
    )
    closed = {(row.on, row.coordinator_id) for row in closed_days(hub=hub, first=first, last=last)}
    hours: dict[int, list[OpenHours]] = defaultdict(list)
    rows = OpenHours.objects.filter(hub=hub, place__is_active=True, valid_from__lte=last)
    here = Membership.objects.people_of(hub, first).order_by().values("user")
    rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=first), coordinator__in=here)
    for row in rows.order_by("opens", "pk"):
        hours[int(row.weekday)].append(row)
    able = _able(hub, first, last)
    found = []
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        if (day, None) in closed:
            continue
        for row in hours[day.weekday()]:
            if (day, row.coordinator_id) in closed or not _holds(row, day) or not able(row.coordinator_id, day):
                continue
            found += [slot for slot in _slots_of(row, day) if slot.starts_at >= not_before and _is_free(slot, booked)]
    return sorted(found, key=lambda slot: (slot.starts_at, slot.place_id, slot.coordinator_id))


def public_slots(*, hub: Hub, at: dt.datetime) -> list[PublicSlot]:
    """Times and places that a stranger may wish for, over the next weeks: each once, whoever and however many are free.
    The one thing that leaves the hub's rows without a sign-in; nothing else passes out of this scope."""
    first = timezone.localtime(at).date()
    with entered(Scope.of_hub(hub.pk)):
        slots = free_slots(hub=hub, first=first, last=first + dt.timedelta(days=AHEAD_DAYS), not_before=at + NOTICE)
        places = {row.pk: row for row in Place.objects.filter(hub=hub, is_active=True)}
    seen = dict.fromkeys((slot.starts_at, slot.ends_at, slot.place_id) for slot in slots)
    return [PublicSlot(*slot, place=places[slot[2]].name, kind=places[slot[2]].kind) for slot in seen]


def _holds(row: OpenHours, day: dt.date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


def _slots_of(row: OpenHours, day: dt.date) -> Iterable[Slot]:
    zone, length = timezone.get_default_timezone(), dt.timedelta(minutes=row.minutes)
    begins, closes = dt.datetime.combine(day, row.opens, zone), dt.datetime.combine(day, row.closes, zone)
    while begins + length <= closes:
        yield Slot(begins, begins + length, row.coordinator_id, row.place_id)
        begins += length


def _is_free(slot: Slot, booked: Iterable[tuple]) -> bool:
    return not any(
        starts < slot.ends_at
        and ends > slot.starts_at
        and (coordinator == slot.coordinator_id or (takes_place and place == slot.place_id))
        for coordinator, place, takes_place, starts, ends in booked
    )


def _able(hub: Hub, first: dt.date, last: dt.date) -> Callable[[int, dt.date], bool]:
    """Whether somebody may be given anything on a day: no pause, and the week not full."""
    capacities = {row.coordinator_id: row for row in Capacity.objects.filter(hub=hub)}
    monday, sunday = first - dt.timedelta(days=first.weekday()), last + dt.timedelta(days=6 - last.weekday())
    rows = Assignment.objects.filter(hub=hub, on__range=(monday, sunday)).standing().order_by()
    given: dict[tuple[int, dt.date], int] = defaultdict(int)
    for person, on, count in rows.values_list("coordinator", "on").annotate(n=Count("pk")):
        given[person, on - dt.timedelta(days=on.weekday())] += count

    def able(person: int, day: dt.date) -> bool:
        capacity = capacities.get(person)
        if capacity is None:
            return True
        cap = capacity.weekly_cap
        return not capacity.is_paused_on(day) and (
            cap is None or given[person, day - dt.timedelta(days=day.weekday())] < cap
        )

    return able


@dataclass(frozen=True)
class Calendar:
    """Rows of people or places over columns of days or hours."""

    columns: list[dt.datetime]
    rows: list[Row]
    bookings: list[Booking]
    closed: dict[dt.date, str]


def calendar(*, hub: Hub, first: dt.date, last: dt.date, by: str, at: dt.datetime) -> Calendar:
    """One day by its hours, several by their days; `by` "place" or "coordinator"."""
    booked = bookings_between(hub=hub, first=first, last=last)
    free = free_slots(hub=hub, first=first, last=last, not_before=at)
    closed = {row.on: row.name for row in closed_days(hub=hub, first=first, last=last) if row.coordinator_id is None}
    columns = _hours(first, booked, free) if first == last else _days(first, last)
    owners = _places(hub, booked) if by == "place" else _people(hub, first, booked)
    rows = {pk: Row(name, [Cell(begins) for begins in columns]) for pk, name in owners.items()}
    place_of = _column_finder(columns)
    for booking in booked:
        assert booking.starts_at is not None
        owner = booking.place_id if by == "place" else booking.coordinator_id
        rows[owner].cells[place_of(booking.starts_at)].bookings.append(booking)  # type: ignore[index]
    for slot in free:
        owner = slot.place_id if by == "place" else slot.coordinator_id
        if owner in rows:
            rows[owner].cells[place_of(slot.starts_at)].free.append(slot)
    return Calendar(columns, list(rows.values()), booked, closed)


def _days(first: dt.date, last: dt.date) -> list[dt.datetime]:
    return [bounds(first + dt.timedelta(days=n), first)[0] for n in range((last - first).days + 1)]


def _hours(day: dt.date, booked: list[Booking], free: list[Slot]) -> list[dt.datetime]:
    """Nine to six, and whatever lies outside."""
    hours = {timezone.localtime(row.starts_at).hour for row in (*booked, *free)} | {9, 17}  # type: ignore[attr-defined]
    midnight = bounds(day, day)[0]
    return [midnight + dt.timedelta(hours=hour) for hour in range(min(hours), max(hours) + 1)]


def _column_finder(columns: list[dt.datetime]) -> Callable[[dt.datetime], int]:
    return lambda moment: bisect_right(columns, moment) - 1


def _people(hub: Hub, day: dt.date, booked: list[Booking]) -> dict[int, str]:
    here = {row.user_id: row.user.name for row in Membership.objects.people_of(hub, day)}
    return here | {row.coordinator_id: row.coordinator.name for row in booked if row.coordinator is not None}  # type: ignore[return-value]


def _places(hub: Hub, booked: list[Booking]) -> dict[int, str]:
    active = {row.pk: row.name for row in Place.objects.filter(hub=hub, is_active=True).order_by("pk")}
    return active | {row.place_id: row.place.name for row in booked if row.place is not None}


def _visits(about: About) -> QuerySet[Booking]:
    """Those agreed on, held and missed. Which case one was about is known from its consultation."""
    return Booking.objects.filter(about.of("consultation__case", "enterprise"), state__in=SHOWN)


_state = words_of(BookingState)
MOMENTS = (
    Source(
        "bookings", 20, _visits, {
            "day": TruncDate("starts_at"), "leads_to": F("pk"), "code": F("state"), "words": F("place__name"),
            "person": F("coordinator__name"), "matter": F("consultation__case__title"),
        },
        label=lambda _row: _("予約"), said=lambda row: _state(row.code), permission=Permission.BOOK,
        url=lambda hub, row: reverse("booking:booking", args=[hub.slug, row.leads_to]),
    ),
)  # fmt: skip
