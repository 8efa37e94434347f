"""A week's cap and a pause hold through every page that gives somebody something; a visit and its case count once."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from booking import tasks
from booking.models import Booking
from consultations.models import Assignment, Case
from hubs.tenancy import Scope, entered
from tests import making
from tests.booking.making import at_hour, make_booking, make_place
from tests.booking.test_pages import typed
from tests.consultations.making_assignments import make_assignments, make_capacity, make_colleague

pytestmark = pytest.mark.django_db
PAGE = "/hubs/tokyo/bookings/"


@pytest.fixture
def colleague(tokyo):
    return make_colleague(tokyo)


@pytest.fixture(params=["full", "paused"])
def busy(request, tokyo, colleague):
    """Somebody who takes nothing more this week."""
    today = timezone.localdate()
    if request.param == "full":
        make_capacity(hub=tokyo, coordinator=colleague, cap=2)
        make_assignments(hub=tokyo, coordinator=colleague, on=today, count=2)
    else:
        make_capacity(hub=tokyo, coordinator=colleague, paused_from=today, paused_until=today)
    return colleague


def given(hub, person) -> list[Assignment]:
    with entered(Scope.of_hub(hub.pk)):
        return list(Assignment.objects.filter(coordinator=person).standing().order_by("pk"))


def today_at(hour: int, person, place) -> dict[str, str]:
    return typed(person, place, on=timezone.localdate().isoformat(), time=f"{hour:02d}:00")


def log_new_case(client, number: uuid.UUID | None = None):
    """A consultation of today with a client and a case that are both new."""
    sent = {
        "client_id": str(number or uuid.uuid4()), "enterprise": "new", "new_kind": "corporation",
        "new_name": f"株式会社新規{next(making.NUMBERS)}", "case": "new", "case_title": "販路", "case_category": "sales",
        "case_reception": "phone", "held_on": timezone.localdate().isoformat(), "minutes": "60",
        "method": "visit_to_hub", "themes": ["channels"], "content": "売上が落ちた。", "advice": "価格を見直す。",
    }  # fmt: skip
    answer = client.post("/hubs/tokyo/consultations/new/", sent)
    assert answer.status_code == 302, answer.context["form"].errors


# ---- every page


def test_a_change_of_lead_is_refused(client, tokyo, coordinator, busy):
    case = making.make_case(hub=tokyo, lead=coordinator)
    client.force_login(coordinator)
    answer = client.post(f"/hubs/tokyo/cases/{case.pk}/lead/", {"lead": busy.pk, "version": 1})
    assert answer.status_code == 422


def test_a_new_case_given_to_somebody_else_at_once_is_refused(client, tokyo, coordinator, busy):
    client.force_login(coordinator)
    log_new_case(client)
    with entered(Scope.of_hub(tokyo.pk)):
        case = Case.objects.get()
    answer = client.post(f"/hubs/tokyo/cases/{case.pk}/lead/", {"lead": busy.pk, "version": case.version})
    assert answer.status_code == 422
    with entered(Scope.of_hub(tokyo.pk)):
        assert Case.objects.get().lead == coordinator


def test_a_booking_is_refused(client, tokyo, coordinator, busy):
    client.force_login(coordinator)
    assert client.post(f"{PAGE}new/", today_at(10, busy, make_place(hub=tokyo))).status_code == 422
    with entered(Scope.of_hub(tokyo.pk)):
        assert not Booking.objects.exists()


def test_the_confirmation_of_a_request_is_refused(client, tokyo, coordinator, busy):
    asked = make_booking(hub=tokyo, state="requested")
    client.force_login(coordinator)
    sent = today_at(10, busy, make_place(hub=tokyo))
    assert client.post(f"{PAGE}{asked.pk}/confirmation/", sent).status_code == 422
    with entered(Scope.of_hub(tokyo.pk)):
        assert Booking.objects.get().state == "requested"


def test_a_booking_is_not_moved_to_somebody_who_is_full(client, tokyo, coordinator, busy):
    room = make_place(hub=tokyo)
    made = make_booking(hub=tokyo, coordinator=coordinator, place=room, begins=at_hour(timezone.localdate(), 10))
    client.force_login(coordinator)
    assert client.post(f"{PAGE}{made.pk}/edit/", today_at(10, busy, room)).status_code == 422


def test_a_handover_is_refused_as_a_whole(client, tokyo, coordinator, chief, busy):
    case = making.make_case(hub=tokyo, lead=coordinator)
    client.force_login(chief)
    sent = {f"case_{case.pk}": "on", "everything_to": busy.pk}
    assert client.post(f"/hubs/tokyo/assignments/{coordinator.pk}/handover/", sent).status_code == 422
    with entered(Scope.of_hub(tokyo.pk)):
        assert Case.objects.get().lead == coordinator


# ---- once


def test_six_visits_that_became_cases_fill_a_cap_of_six(client, tokyo, colleague):
    make_capacity(hub=tokyo, coordinator=colleague, cap=6)
    client.force_login(colleague)
    room = make_place(hub=tokyo)
    for hour in range(9, 15):
        assert client.post(f"{PAGE}new/", today_at(hour, colleague, room)).status_code == 302, hour
        with entered(Scope.of_hub(tokyo.pk)):
            booking = Booking.objects.latest("pk")
        client.post(f"{PAGE}{booking.pk}/logging/")
        log_new_case(client, booking.client_id)
    tasks.settle()
    rows = given(tokyo, colleague)
    assert [(row.route, bool(row.case_id), bool(row.reference)) for row in rows] == [("booking", True, True)] * 6
    assert client.post(f"{PAGE}new/", today_at(16, colleague, room)).status_code == 422


def test_who_opens_the_case_of_anothers_visit_has_a_case_of_their_own(client, tokyo, coordinator, colleague):
    client.force_login(coordinator)
    client.post(f"{PAGE}new/", today_at(10, colleague, make_place(hub=tokyo)))
    with entered(Scope.of_hub(tokyo.pk)):
        booking = Booking.objects.get()
    log_new_case(client, booking.client_id)
    assert [row.case_id for row in given(tokyo, colleague)] == [None]
    assert [row.route for row in given(tokyo, coordinator)] == ["own"]


def test_a_case_without_a_booking_counts_by_itself(client, tokyo, colleague):
    client.force_login(colleague)
    log_new_case(client)
    assert [row.route for row in given(tokyo, colleague)] == ["own"]


def test_a_case_that_came_of_a_visit_stays_counted_when_the_booking_is_cancelled_after_all(client, tokyo, colleague):
    client.force_login(colleague)
    client.post(f"{PAGE}new/", today_at(10, colleague, make_place(hub=tokyo)))
    with entered(Scope.of_hub(tokyo.pk)):
        booking = Booking.objects.get()
    log_new_case(client, booking.client_id)
    sent = {"reason": "取り違え", "version": booking.version}
    assert client.post(f"{PAGE}{booking.pk}/cancellation/", sent).status_code == 302
    assert [(bool(row.case_id), row.reference) for row in given(tokyo, colleague)] == [(True, "")]


def test_the_list_of_a_handover_names_a_visit_once(client, tokyo, coordinator, chief, colleague):
    begins = timezone.now() + timedelta(hours=2)
    ahead = make_booking(hub=tokyo, coordinator=coordinator, begins=begins)
    client.force_login(chief)
    sent = {f"booking_{ahead.pk}": "on", "everything_to": colleague.pk}
    done = client.post(f"/hubs/tokyo/assignments/{coordinator.pk}/handover/", sent)
    client.force_login(colleague)
    log_new_case(client, ahead.client_id)
    client.force_login(chief)
    page = client.get(done["Location"])
    assert (len(page.context["cases"]), len(page.context["bookings"])) == (0, 1)
