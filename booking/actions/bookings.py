"""The life of a booking. Who receives whom, when and where is held by the database: nobody and no place twice."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audit import trail
from booking import emails
from booking.choices import BookingMove, BookingState, Source
from booking.models import Booking, token_of
from booking.workflow import BOOKING
from consultations import actions as consultations
from consultations.actions import assignments
from consultations.choices import AssignmentRoute, Reception
from consultations.models import Consultation, Draft, Handover
from foundation.turns import take_turn
from hubs.models import Hub
from hubs.tenancy import hash_of

TWICE = {"no_coordinator_is_booked_twice": "coordinator", "no_place_is_booked_twice": "place"}
WHEN_AND_WHERE = ("starts_at", "ends_at", "place", "method")  # what a client must be told of


class Taken(Exception):
    """The person or the place is booked at that time: `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Edited(Exception):
    """Somebody else changed the booking since this person opened it."""

    def __init__(self, current: Booking) -> None:
        super().__init__("edited in between")
        self.current = current


class DoesNotFit(Exception):
    """A handover that was not done at all: why, by the numbers of the cases and of the bookings."""

    def __init__(self, cases: dict[int, Exception], bookings: dict[int, Exception]) -> None:
        super().__init__(f"{len(cases)} cases and {len(bookings)} bookings do not fit")
        self.cases, self.bookings = cases, bookings


@transaction.atomic
def book(*, hub: Hub, by: User, at: dt.datetime, **fields: Any) -> Booking:
    """A booking that the hub made with its client. Raises Taken, CapReached, Paused."""
    made = Booking(
        hub=hub, state=BookingState.CONFIRMED, source=Source.HUB, created_at=at, created_by=by, updated_at=at, **fields
    )
    made.token_hash, made.takes_place = hash_of(token_of(made.client_id)), not made.place.is_shared  # type: ignore[union-attr]
    _take_turn(hub.pk)
    _write(made, force_insert=True)
    _assign(made, by=by, at=at)
    trail.record("booking.made", by=by, at=at, on=made, person=made.coordinator_id)
    emails.tell_confirmed(made, at=at)
    return made


@transaction.atomic
def confirm(*, booking: Booking, version: int, by: User, at: dt.datetime, **fields: Any) -> Booking:
    """Accept a request: with a time, a place and a person. Raises Edited, MoveRefused, Taken, CapReached, Paused."""
    current = _locked(booking, version)
    current.state = BOOKING.after(current.state, BookingMove.CONFIRM)
    _fill(current, fields)
    current.token_hash = hash_of(token_of(current.client_id))  # what the mail will say, should the secret have changed
    _keep(current, at)
    _assign(current, by=by, at=at)
    trail.record("booking.confirm", by=by, at=at, on=current, person=current.coordinator_id)
    emails.tell_confirmed(current, at=at)
    return current


@transaction.atomic
def revise(*, booking: Booking, version: int, by: User, at: dt.datetime, **fields: Any) -> Booking:
    """Change a confirmed booking: another time, place or person is told to the client. Raises Edited, MoveRefused,
    Taken, CapReached, Paused."""
    current = _locked(booking, version)
    BOOKING.after(current.state, BookingMove.MISS)  # only what is confirmed and still to come
    before = (current.coordinator_id, _day(current))
    changed = _fill(current, fields)
    moved = any(name in changed for name in WHEN_AND_WHERE)
    if moved:
        current.sequence, current.reminded_at = current.sequence + 1, None
    current.token_hash = hash_of(token_of(current.client_id))
    _keep(current, at)
    if (current.coordinator_id, _day(current)) != before:
        assignments.release(hub=current.hub, reference=current.reference, by=by, at=at)
        _assign(current, by=by, at=at)
    trail.record("booking.revised", by=by, at=at, on=current, fields=changed)
    if moved:
        emails.tell_confirmed(current, at=at)
    return current


@transaction.atomic
def decline(*, booking: Booking, version: int, reason: str, by: User, at: dt.datetime) -> Booking:
    """Refuse a request; the client is told why. Raises Edited, MoveRefused."""
    current = _move(_locked(booking, version), BookingMove.DECLINE, by=by, at=at, reason=reason)
    emails.tell_declined(current, at=at)
    return current


@transaction.atomic
def cancel(*, booking: Booking, version: int, reason: str, by: User | None, at: dt.datetime) -> Booking:
    """Take a booking back; `by` None is the client. Its time is free again. Raises Edited, MoveRefused."""
    current = _move(_locked(booking, version), BookingMove.CANCEL, by=by, at=at, reason=reason)
    assignments.release(hub=current.hub, reference=current.reference, by=by, at=at)
    emails.tell_cancelled(current, at=at)
    return current


@transaction.atomic
def miss(*, booking: Booking, version: int, by: User, at: dt.datetime) -> Booking:
    """The client did not come. It stays counted: the hour was kept for them. Raises Edited, MoveRefused."""
    current = _locked(booking, version)
    return _move(current, BookingMove.MISS, by=by, at=at)


@transaction.atomic
def begin_logging(*, booking: Booking, by: User, at: dt.datetime) -> None:
    """Lay a draft for the consultation, with the booking's number and what it knows. A draft that is there already is
    left as it is. By a draft and not by the address: names and telephone numbers do not belong into addresses, which
    every log keeps."""
    mine = Draft.objects.filter(hub=booking.hub, owner=by, client_id=booking.client_id)
    if not mine.exists():
        consultations.keep_draft(
            hub=booking.hub, client_id=booking.client_id, fields=_draft_of(booking, at), by=by, at=at
        )


@transaction.atomic
def settle(*, booking: Booking, consultation: Consultation, at: dt.datetime) -> Booking | None:
    """Its consultation is recorded: the client was here. None where somebody was faster."""
    _take_turn(booking.hub_id)
    current = Booking.objects.select_for_update(skip_locked=True).filter(pk=booking.pk).first()
    if current is None or (current.state, BookingMove.ATTEND) not in BOOKING.moves:
        return None
    current.consultation, current.enterprise_id = consultation, consultation.enterprise_id
    return _move(current, BookingMove.ATTEND, by=None, at=at)


@transaction.atomic
def remind(*, booking: Booking, at: dt.datetime) -> None:
    """Write the day-before mail, once for each time that was agreed. A booking that was moved since it was found, to
    another day than tomorrow, is not of tomorrow."""
    _take_turn(booking.hub_id)
    current = Booking.objects.select_for_update(of=("self",)).select_related("hub", "place").get(pk=booking.pk)
    if current.state != BookingState.CONFIRMED or current.reminded_at is not None:
        return
    if _day(current) != timezone.localtime(at).date() + dt.timedelta(days=1):
        return
    emails.tell_tomorrow(current, at=at)
    Booking.objects.filter(pk=current.pk).update(reminded_at=at)
    trail.record("booking.reminded", by=None, at=at, on=current)


@transaction.atomic
def hand_over(
    *,
    hub: Hub,
    giver: User,
    cases: Sequence[assignments.Giving],
    bookings: Sequence[tuple[Booking, User]],
    by: User,
    at: dt.datetime,
) -> Handover:
    """Pass somebody's open cases and coming bookings on, all or none. Raises DoesNotFit."""
    _take_turn(hub.pk)
    receivers = [giving.to.pk for giving in cases] + [to.pk for _booking, to in bookings]
    assignments.hold(hub=hub, coordinators=receivers)
    today = timezone.localtime(at).date()
    refused: dict[int, Exception] = {}
    try:
        with transaction.atomic():
            handover = assignments.hand_over(hub=hub, giver=giver, givings=cases, on=today, by=by, at=at)
    except assignments.DoesNotFit as problem:
        raise DoesNotFit(problem.problems, {}) from None
    for booking, to in bookings:
        try:
            with transaction.atomic():
                _pass_on(booking, to, handover, by=by, at=at)
        except (Edited, Taken, assignments.NotFree) as problem:
            refused[booking.pk] = problem
    if refused:
        raise DoesNotFit({}, refused)
    return handover


def reference_under(hub: Hub, client_id: uuid.UUID) -> str:
    """Under which reference the booking of this number was given to somebody; "" for none. For the ledger."""
    found = Booking.objects.filter(hub=hub, client_id=client_id).only("pk").first()
    return found.reference if found is not None else ""


# ---- inside
def _pass_on(booking: Booking, to: User, handover: Handover, *, by: User, at: dt.datetime) -> None:
    current = _locked(booking, booking.version)
    if current.state != BookingState.CONFIRMED or current.coordinator_id != handover.giver_id:
        raise Edited(current)
    current.coordinator = to
    _keep(current, at)
    assignments.release(hub=current.hub, reference=current.reference, by=by, at=at)
    _assign(current, by=by, at=at, route=AssignmentRoute.HANDOVER, handover=handover)
    trail.record("booking.handed_over", by=by, at=at, on=current, person=to.pk, before=handover.giver_id)


def _take_turn(hub_id: int) -> None:
    """One change of a hub's bookings at a time, until the transaction ends. To be taken before any other lock: two
    rows that exclude each other and are written at the same moment wait for each other, and the database lets one of
    them fail with a deadlock instead of saying what was taken."""
    take_turn(hub_id, "bookings")


def _locked(booking: Booking, version: int) -> Booking:
    _take_turn(booking.hub_id)
    rows = Booking.objects.select_for_update(of=("self",)).select_related("hub", "place", "coordinator", "enterprise")
    current = rows.get(pk=booking.pk)
    if current.version != version:
        raise Edited(current)
    return current


def _fill(current: Booking, fields: dict[str, Any]) -> list[str]:
    changed = [name for name, value in fields.items() if getattr(current, name) != value]
    for name in changed:
        setattr(current, name, fields[name])
    if current.place is not None:
        current.takes_place = not current.place.is_shared
    return changed


def _keep(current: Booking, at: dt.datetime) -> None:
    current.version, current.updated_at = current.version + 1, at
    _write(current)


def _write(booking: Booking, **how: Any) -> None:
    try:
        with transaction.atomic():
            booking.save(**how)
    except IntegrityError as problem:
        for name, field in TWICE.items():
            if name in str(problem):
                raise Taken(field) from None
        raise


def _move(current: Booking, move: str, *, by: User | None, at: dt.datetime, reason: str = "") -> Booking:
    current.state = BOOKING.after(current.state, move)
    current.reason = reason or current.reason
    if move == BookingMove.CANCEL:
        current.sequence += 1
    _keep(current, at)
    trail.record(f"booking.{move}", by=by, at=at, on=current)
    return current


def _assign(
    booking: Booking,
    *,
    by: User,
    at: dt.datetime,
    route: str = AssignmentRoute.BOOKING,
    handover: Handover | None = None,
) -> None:
    assert booking.coordinator is not None
    assignments.assign(
        hub=booking.hub, coordinator=booking.coordinator, route=route, on=_day(booking), by=by, at=at,
        reference=booking.reference, handover=handover,
    )  # fmt: skip


def _day(booking: Booking) -> dt.date:
    """The day in Tokyo on which it begins."""
    assert booking.starts_at is not None
    return timezone.localtime(booking.starts_at).date()


def _draft_of(booking: Booking, at: dt.datetime) -> dict[str, Any]:
    """As the page for logging names its fields. A booking of tomorrow that is logged today was held today."""
    fields: dict[str, Any] = {
        "held_on": min(_day(booking), timezone.localtime(at).date()).isoformat(), "minutes": str(booking.length),
        "method": booking.method, "place": booking.place.name if booking.place else "",
        "client_people": booking.client_name, "content": booking.topic,
        "case_reception": Reception.WEB if booking.source == Source.PUBLIC else Reception.PHONE,
    }  # fmt: skip
    if booking.enterprise_id:
        return fields | {"enterprise": str(booking.enterprise_id)}
    return fields | {"q": booking.company or booking.client_name} | booking.prefilled()
