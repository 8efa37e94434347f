"""Nobody and no place is booked twice; what is agreed is told once; a consultation settles its booking."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from icalendar import Calendar

from booking import actions, queries, tasks
from booking.models import Booking
from consultations.actions import assignments
from consultations.models import Assignment, Draft
from foundation.errors import MoveRefused
from hubs.tenancy import Scope, entered
from letters.models import Letter
from tests import making
from tests.booking.making import MONDAY, at_hour, make_booking, make_hours, make_place
from tests.consultations.making_assignments import make_capacity, make_colleague
from tests.waiting import wait_until_somebody_waits

CLIENT = {
    "method": "visit_to_hub", "client_name": "山本 太郎", "company": "山本製作所", "phone": "0311112222",
    "email": "yamamoto@shop.example", "topic": "販路", "enterprise": None,
}  # fmt: skip


def book(hub, coordinator, by, now, *, hour=10, place=None, **more):
    begins = at_hour(MONDAY, hour)
    fields = CLIENT | {
        "coordinator": coordinator, "place": place or make_place(hub=hub), "starts_at": begins,
        "ends_at": begins + timedelta(hours=1),
    }  # fmt: skip
    with entered(Scope.of_hub(hub.pk)):
        return actions.book(hub=hub, by=by, at=now, **(fields | more))


def calendars() -> list[Calendar]:
    return [Calendar.from_ical(row.calendar) for row in Letter.objects.order_by("pk") if row.calendar]


def test_the_database_refuses_a_coordinator_booked_twice(tokyo, coordinator):
    make_booking(hub=tokyo, coordinator=coordinator)
    with pytest.raises(IntegrityError, match="no_coordinator_is_booked_twice"), transaction.atomic():
        make_booking(hub=tokyo, coordinator=coordinator, begins=at_hour(MONDAY, 10, 59))
    make_booking(hub=tokyo, coordinator=coordinator, begins=at_hour(MONDAY, 11))  # the end is free again


def test_the_database_refuses_a_place_booked_twice_but_not_a_shared_one(tokyo, coordinator, chief):
    room, online = make_place(hub=tokyo), make_place(hub=tokyo, kind="online", is_shared=True)
    make_booking(hub=tokyo, coordinator=coordinator, place=room)
    with pytest.raises(IntegrityError, match="no_place_is_booked_twice"), transaction.atomic():
        make_booking(hub=tokyo, coordinator=chief, place=room)
    later = at_hour(MONDAY, 15)
    for person in (coordinator, chief):
        make_booking(hub=tokyo, coordinator=person, place=online, begins=later, takes_place=False)


def test_the_same_person_at_another_hub_is_another_matter(tokyo, osaka, coordinator):
    make_booking(hub=tokyo, coordinator=coordinator)
    make_booking(hub=osaka, coordinator=coordinator)


@pytest.mark.parametrize("gone", ["cancelled", "declined", "no_show", "requested"])
def test_what_does_not_take_place_holds_nothing(tokyo, coordinator, gone):
    make_booking(hub=tokyo, coordinator=coordinator, state=gone)
    make_booking(hub=tokyo, coordinator=coordinator)


@pytest.mark.django_db(transaction=True)
def test_who_books_the_same_hour_at_the_same_moment_waits_and_is_told_what_was_taken(tokyo, coordinator, chief, now):
    """Two rows that exclude each other may not both be under way: each would wait for the other, and the database
    would end one of them with a deadlock. So the second must wait before it writes its row."""
    room, outcomes = make_place(hub=tokyo), []

    def booking():
        try:
            book(tokyo, chief, chief, now, place=room)
            outcomes.append("booked")
        except actions.Taken as problem:
            outcomes.append(problem.field)
        finally:
            connection.close()

    second = threading.Thread(target=booking)
    with transaction.atomic():
        book(tokyo, coordinator, chief, now, place=room)
        second.start()
        wait_until_somebody_waits("advisory")
    second.join(20)
    assert outcomes == ["place"]


def test_a_booking_counts_towards_the_week_that_it_is_in(tokyo, coordinator, chief, now):
    make_capacity(hub=tokyo, coordinator=coordinator, cap=1)
    book(tokyo, coordinator, chief, now)
    with pytest.raises(assignments.CapReached):
        book(tokyo, coordinator, chief, now, hour=13)
    with entered(Scope.of_hub(tokyo.pk)):
        assert Booking.objects.count() == 1
        assert Assignment.objects.get().on == MONDAY


def test_after_a_cancellation_the_week_has_room_again(tokyo, coordinator, chief, now):
    make_capacity(hub=tokyo, coordinator=coordinator, cap=1)
    made = book(tokyo, coordinator, chief, now)
    with entered(Scope.of_hub(tokyo.pk)):
        actions.cancel(booking=made, version=1, reason="都合により", by=chief, at=now)
    book(tokyo, coordinator, chief, now)


def test_the_appointment_reads_back_as_it_was_agreed(tokyo, coordinator, chief, now):
    made = book(tokyo, coordinator, chief, now)
    with entered(Scope.of_hub(tokyo.pk)):
        (calendar,) = calendars()
        event = calendar.walk("VEVENT")[0]
        assert str(calendar["METHOD"]) == "REQUEST"
        assert event.start == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
        assert event.end == datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
        assert str(made.client_id) in str(event["UID"])
        assert "販路" not in Letter.objects.get().calendar  # calendars are shared
        moved = at_hour(MONDAY, 15)
        now_at = actions.revise(
            booking=made, version=1, by=chief, at=now, starts_at=moved, ends_at=moved + timedelta(hours=1)
        )
        actions.cancel(booking=now_at, version=2, reason="都合により", by=chief, at=now)
        first, second, last = (one.walk("VEVENT")[0] for one in calendars())
        assert [int(one["SEQUENCE"]) for one in (first, second, last)] == [0, 1, 2]
        assert {str(one["UID"]) for one in (first, second, last)} == {str(event["UID"])}
        assert str(calendars()[-1]["METHOD"]) == "CANCEL"


def test_another_coordinator_alone_is_not_worth_a_mail_but_is_counted_anew(tokyo, coordinator, chief, now):
    colleague = make_colleague(tokyo)
    made = book(tokyo, coordinator, chief, now)
    with entered(Scope.of_hub(tokyo.pk)):
        actions.revise(booking=made, version=1, by=chief, at=now, coordinator=colleague)
        assert Letter.objects.count() == 1
        assert Assignment.objects.standing().get().coordinator == colleague


def test_two_who_change_a_booking_at_once(tokyo, coordinator, chief, now):
    made = book(tokyo, coordinator, chief, now)
    with entered(Scope.of_hub(tokyo.pk)):
        actions.miss(booking=made, version=1, by=chief, at=now)
        with pytest.raises(actions.Edited):
            actions.cancel(booking=made, version=1, reason="x", by=chief, at=now)
        with pytest.raises(MoveRefused):
            actions.cancel(booking=made, version=2, reason="x", by=chief, at=now)


def test_its_consultation_makes_a_booking_attended(tokyo, coordinator, chief, now):
    made = make_booking(hub=tokyo, coordinator=coordinator, begins=timezone.now() - timedelta(hours=2))
    other = make_booking(hub=tokyo, coordinator=coordinator, begins=timezone.now() - timedelta(hours=5))
    held = making.make_consultation(hub=tokyo, client_id=made.client_id)
    tasks.settle()
    tasks.settle()
    with entered(Scope.of_hub(tokyo.pk)):
        made.refresh_from_db()
        other.refresh_from_db()
        assert (made.state, made.consultation_id, made.enterprise_id) == ("attended", held.pk, held.enterprise_id)
        assert other.state == "confirmed"


def test_logging_from_a_booking_begins_with_what_is_known(client, tokyo, coordinator):
    begins = timezone.now() - timedelta(minutes=20)
    made = make_booking(hub=tokyo, coordinator=coordinator, begins=begins, topic="販路を広げたい。")
    client.force_login(coordinator)
    answer = client.post(f"/hubs/tokyo/bookings/{made.pk}/logging/")
    assert answer.status_code == 302
    assert "山本" not in answer["Location"]  # no names in addresses
    page = client.get(answer["Location"]).content.decode()
    assert "山本製作所" in page
    assert "販路を広げたい。" in page
    assert str(made.client_id) in page
    with entered(Scope.of_hub(tokyo.pk)):
        Draft.objects.update(fields={"content": "書きかけ"})
    client.post(f"/hubs/tokyo/bookings/{made.pk}/logging/")
    with entered(Scope.of_hub(tokyo.pk)):
        assert Draft.objects.get().fields == {"content": "書きかけ"}


def test_everybody_who_comes_tomorrow_is_told_once(tokyo, coordinator, monkeypatch):
    evening = at_hour(MONDAY - timedelta(days=1), 20)
    monkeypatch.setattr(timezone, "now", lambda: evening)
    first = make_booking(hub=tokyo, coordinator=coordinator, begins=at_hour(MONDAY, 0))  # Tokyo's midnight
    last = make_booking(hub=tokyo, coordinator=coordinator, begins=at_hour(MONDAY, 23))
    make_booking(hub=tokyo, coordinator=coordinator, begins=at_hour(MONDAY + timedelta(days=1), 0))
    make_booking(hub=tokyo, coordinator=coordinator, begins=at_hour(MONDAY - timedelta(days=1), 22))
    make_booking(hub=tokyo, coordinator=coordinator, begins=at_hour(MONDAY, 12), email="")
    tasks.remind()
    tasks.remind()
    with entered(Scope.of_hub(tokyo.pk)):
        keys = set(Letter.objects.values_list("key", flat=True))
    assert keys == {f"booking:{first.pk}:reminder:0", f"booking:{last.pk}:reminder:0"}


@pytest.mark.parametrize("change", [{"starts_at": at_hour(MONDAY, 15)}, {"state": "cancelled"}], ids=["moved", "off"])
def test_who_was_moved_or_cancelled_since_the_list_was_made_is_not_told_of_tomorrow(tokyo, coordinator, change):
    evening = at_hour(MONDAY - timedelta(days=2), 20)
    found = make_booking(hub=tokyo, coordinator=coordinator, begins=at_hour(MONDAY - timedelta(days=1), 15))
    with entered(Scope.of_hub(tokyo.pk)):
        day_after = change | ({"ends_at": at_hour(MONDAY, 16)} if "starts_at" in change else {})
        Booking.objects.filter(pk=found.pk).update(**day_after)
        actions.remind(booking=found, at=evening)
        found.refresh_from_db()
        assert found.reminded_at is None
        assert not Letter.objects.exists()


def test_a_leavers_bookings_go_along_or_nothing_does(tokyo, coordinator, chief, now):
    colleague = make_colleague(tokyo)
    case = making.make_case(hub=tokyo, lead=coordinator)
    first = book(tokyo, coordinator, chief, now)
    blocked = book(tokyo, coordinator, chief, now, hour=13)
    make_booking(hub=tokyo, coordinator=colleague, begins=at_hour(MONDAY, 13))
    with entered(Scope.of_hub(tokyo.pk)):
        both = [(first, colleague), (blocked, colleague)]
        giving = [assignments.Giving(case, colleague)]
        with pytest.raises(actions.DoesNotFit) as refused:
            actions.hand_over(hub=tokyo, giver=coordinator, cases=giving, bookings=both, by=chief, at=now)
        assert set(refused.value.bookings) == {blocked.pk}
        case.refresh_from_db()
        assert case.lead == coordinator
        both[1] = (blocked, chief)
        done = actions.hand_over(hub=tokyo, giver=coordinator, cases=giving, bookings=both, by=chief, at=now)
        first.refresh_from_db()
        assert first.coordinator == colleague
        assert done.assignments.count() == 3
        assert Assignment.objects.standing().filter(reference=first.reference).get().coordinator == colleague


def test_free_time_is_open_hours_less_what_is_taken(tokyo, coordinator, chief, now):
    room = make_place(hub=tokyo)
    make_hours(hub=tokyo, coordinator=coordinator, place=room)
    early = at_hour(MONDAY - timedelta(days=3), 0)
    with entered(Scope.of_hub(tokyo.pk)):
        span = {"hub": tokyo, "first": MONDAY, "last": MONDAY + timedelta(days=6), "not_before": early}
        assert [slot.starts_at for slot in queries.free_slots(**span)] == [at_hour(MONDAY, 10), at_hour(MONDAY, 11)]
        make_booking(hub=tokyo, coordinator=coordinator, begins=at_hour(MONDAY, 10))
        assert [slot.starts_at for slot in queries.free_slots(**span)] == [at_hour(MONDAY, 11)]
        make_booking(hub=tokyo, coordinator=chief, place=room, begins=at_hour(MONDAY, 11))
        assert queries.free_slots(**span) == []
        later = span | {"first": MONDAY + timedelta(days=7), "last": MONDAY + timedelta(days=13)}
        assert len(queries.free_slots(**later)) == 2
        actions.close_day(hub=tokyo, on=MONDAY + timedelta(days=7), coordinator=None, name="祝日", by=chief, at=now)
        assert queries.free_slots(**later) == []
    make_capacity(hub=tokyo, coordinator=coordinator, paused_from=date(2026, 12, 7))
    with entered(Scope.of_hub(tokyo.pk)):
        paused = span | {"first": date(2026, 12, 7), "last": date(2026, 12, 13)}
        assert queries.free_slots(**paused) == []
