"""The calendar and what is done on it; Osaka sees nothing of Tokyo's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import Booking, Place
from hubs.tenancy import Scope, entered
from tests import making
from tests.booking.making import MONDAY, at_hour, make_booking, make_hours, make_place
from tests.consultations.making_assignments import make_capacity, make_colleague
from tests.statements import statements_of

PAGE = "/hubs/tokyo/bookings/"


def typed(coordinator, place, **fields):
    return {
        "on": "2026-11-23", "time": "10:00", "minutes": "60", "coordinator": coordinator.pk, "place": place.pk,
        "method": "visit_to_hub", "client_name": "山本 太郎", "email": "yamamoto@shop.example", "version": "1",
    } | fields  # fmt: skip


@pytest.mark.parametrize("query", ["", "?view=day", "?by=place", "?view=day&by=place&day=2026-11-23"])
def test_the_calendar_shows_who_comes_when(client, tokyo, coordinator, query):
    make_booking(hub=tokyo, coordinator=coordinator, begins=at_hour(MONDAY, 10))
    day = "" if "day=2" in query else ("&" if query else "?") + "day=2026-11-23"
    client.force_login(coordinator)
    assert "山本製作所" in client.get(f"{PAGE}{query}{day}").content.decode()


def test_an_unreadable_day_is_the_askers_mistake(client, coordinator):
    client.force_login(coordinator)
    for day in ("2026-99-99", "9999-01-01", "0001-01-01", "x"):
        assert client.get(PAGE, {"day": day}).status_code == 400


def test_the_calendar_asks_as_often_for_many_as_for_few(client, tokyo, coordinator):
    client.force_login(coordinator)
    room = make_place(hub=tokyo, is_shared=True)
    make_hours(hub=tokyo, coordinator=coordinator, place=room)
    make_booking(hub=tokyo, coordinator=coordinator, place=room, takes_place=False)
    few = statements_of(client, PAGE, day="2026-11-23")
    for number in range(8):
        person = make_colleague(tokyo, f"同僚{number}")
        make_hours(hub=tokyo, coordinator=person, place=room)
        make_booking(hub=tokyo, coordinator=person, place=room, takes_place=False)
    assert len(statements_of(client, PAGE, day="2026-11-23")) == len(few)


@pytest.mark.parametrize("known", [False, True])
def test_the_page_for_a_new_booking_is_accepted_as_it_comes(client, tokyo, coordinator, known):
    """With whatever it has hidden."""
    room, client_row = make_place(hub=tokyo), making.make_enterprise(hub=tokyo, name="青空製作所")
    client.force_login(coordinator)
    asked = {"on": "2026-11-23", "time": "10:00", "place": room.pk} | ({"enterprise": client_row.pk} if known else {})
    form = client.get(f"{PAGE}new/", asked).context["form"]
    shown = {name: value for name in form.fields if (value := form[name].value()) is not None}
    sent = shown | {"method": "visit_to_hub", "client_name": "山本 太郎", "phone": "0312345678"}
    assert client.post(f"{PAGE}new/", sent).status_code == 302
    with entered(Scope.of_hub(tokyo.pk)):
        assert Booking.objects.get().enterprise_id == (client_row.pk if known else None)


def test_a_booking_is_made_moved_and_refused_where_somebody_is_taken(client, tokyo, coordinator):
    room = make_place(hub=tokyo)
    client.force_login(coordinator)
    assert client.post(f"{PAGE}new/", typed(coordinator, room)).status_code == 302
    taken = client.post(f"{PAGE}new/", typed(coordinator, make_place(hub=tokyo), time="10:30"))
    assert taken.status_code == 422
    assert "別の予約" in taken.content.decode()
    with entered(Scope.of_hub(tokyo.pk)):
        made = Booking.objects.get()
    assert client.post(f"{PAGE}{made.pk}/edit/", typed(coordinator, room, time="13:00")).status_code == 302
    late = client.post(f"{PAGE}{made.pk}/edit/", typed(coordinator, room, time="14:00"))
    assert late.status_code == 409


def test_a_request_is_confirmed_within_the_cap(client, tokyo, coordinator, chief):
    asked = make_booking(hub=tokyo, state="requested")
    make_capacity(hub=tokyo, coordinator=coordinator, cap=0)
    room = make_place(hub=tokyo)
    client.force_login(chief)
    assert "山本製作所" in client.get(f"{PAGE}requests/").content.decode()
    assert client.get(f"{PAGE}{asked.pk}/confirmation/").status_code == 200
    refused = client.post(f"{PAGE}{asked.pk}/confirmation/", typed(coordinator, room))
    assert refused.status_code == 422
    assert "上限" in refused.content.decode()
    assert client.post(f"{PAGE}{asked.pk}/confirmation/", typed(chief, room)).status_code == 302
    with entered(Scope.of_hub(tokyo.pk)):
        asked.refresh_from_db()
        assert (asked.state, asked.coordinator) == ("confirmed", chief)


def test_declining_needs_a_reason(client, tokyo, coordinator):
    asked = make_booking(hub=tokyo, state="requested")
    client.force_login(coordinator)
    assert client.post(f"{PAGE}{asked.pk}/refusal/", {"reason": "", "version": 1}).status_code == 422
    assert client.post(f"{PAGE}{asked.pk}/refusal/", {"reason": "対象外のため", "version": 1}).status_code == 302


def test_who_did_not_come_is_noted(client, tokyo, coordinator):
    made = make_booking(hub=tokyo, coordinator=coordinator, begins=timezone.now() - timedelta(hours=1))
    client.force_login(coordinator)
    assert client.post(f"{PAGE}{made.pk}/absence/", {"version": 1}).status_code == 302
    with entered(Scope.of_hub(tokyo.pk)):
        made.refresh_from_db()
        assert made.state == "no_show"


def test_another_hubs_places_people_and_clients_are_no_choices(client, tokyo, osaka, coordinator, osaka_coordinator):
    room, theirs = make_place(hub=tokyo), make_place(hub=osaka)
    enterprise = making.make_enterprise(hub=osaka, name="大阪の会社")
    client.force_login(coordinator)
    assert client.post(f"{PAGE}new/", typed(coordinator, theirs)).status_code == 422
    assert client.post(f"{PAGE}new/", typed(osaka_coordinator, room)).status_code == 422
    assert "大阪の会社" not in client.get(f"{PAGE}new/?enterprise={enterprise.pk}").content.decode()
    assert client.post(f"{PAGE}new/", typed(coordinator, room, enterprise=enterprise.pk)).status_code == 302
    with entered(Scope.of_hub(tokyo.pk)):
        assert Booking.objects.get().enterprise is None


def test_osaka_opens_nothing_of_tokyos(client, tokyo, osaka_coordinator):
    made = make_booking(hub=tokyo)
    client.force_login(osaka_coordinator)
    assert client.get(PAGE).status_code == 404
    assert client.get(f"{PAGE}{made.pk}/").status_code == 404
    assert client.get(f"/hubs/osaka/bookings/{made.pk}/").status_code == 404
    assert client.post(f"/hubs/osaka/bookings/{made.pk}/absence/", {"version": 1}).status_code == 404


def test_the_chief_sets_places_hours_and_closed_days(client, tokyo, coordinator, chief):
    client.force_login(chief)
    sent = {"name": "相談室A", "kind": "hub", "address": "3階", "is_active": "on"}
    assert client.post(f"{PAGE}places/new/", sent).status_code == 302
    assert client.post(f"{PAGE}places/new/", sent).status_code == 422
    with entered(Scope.of_hub(tokyo.pk)):
        place = Place.objects.get()
    hours = {
        "coordinator": coordinator.pk, "place": place.pk, "weekday": "0", "opens": "10:00", "closes": "12:00",
        "minutes": "60", "valid_from": "2026-04-01",
    }  # fmt: skip
    assert client.post(f"{PAGE}hours/new/", hours).status_code == 302
    assert client.post(f"{PAGE}hours/new/", hours | {"closes": "09:00"}).status_code == 422
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    assert client.post(f"{PAGE}closed-days/new/", {"on": day, "name": "祝日"}).status_code == 302
    assert client.post(f"{PAGE}closed-days/new/", {"on": day, "name": "祝日"}).status_code == 422
    page = client.get(f"{PAGE}settings/").content.decode()
    assert "相談室A" in page
    assert "祝日" in page
    client.force_login(coordinator)
    assert client.get(f"{PAGE}settings/").status_code == 403


def test_a_leaver_hands_over_on_one_page_and_the_list_is_a_file(client, tokyo, coordinator, chief):
    colleague = make_colleague(tokyo)
    cases = [making.make_case(hub=tokyo, lead=coordinator, title="=SUM(A1)") for _number in range(2)]
    ahead = make_booking(hub=tokyo, coordinator=coordinator, begins=timezone.now() + timedelta(days=3))
    client.force_login(chief)
    page = f"/hubs/tokyo/assignments/{coordinator.pk}/handover/"
    assert "山本製作所" in client.get(page).content.decode()
    ticks = {f"case_{case.pk}": "on" for case in cases} | {f"booking_{ahead.pk}": "on"}
    assert client.post(page, ticks).status_code == 422  # to whom?
    make_capacity(hub=tokyo, coordinator=colleague, cap=0)
    refused = client.post(page, ticks | {"everything_to": colleague.pk})
    assert refused.status_code == 422
    assert "何も変更していません" in refused.content.decode()
    answer = client.post(page, ticks | {"everything_to": chief.pk})
    assert answer.status_code == 302
    assert "山本製作所" in client.get(answer["Location"]).content.decode()
    file = client.get(f"{answer['Location']}file/")
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert "'=SUM(A1)" in file.content.decode("utf-8-sig")
    assert client.get("/hubs/tokyo/handovers/").status_code == 200
