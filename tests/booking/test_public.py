"""Strangers ask without an account, see nothing of the hub, and only their own booking by its link."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from booking.models import Booking, token_of
from hubs.doors import REFUSED_AN_HOUR
from hubs.tenancy import Scope, entered, hash_of
from letters.models import Letter
from tests import making
from tests.booking.making import make_booking, make_hours, make_place

PAGE = "/book/tokyo/"


def asked(**fields):
    return {
        "client_id": str(uuid.uuid4()), "free_wish": "平日の午後", "method": "visit_to_hub", "client_name": "坂本 りえ",
        "company": "こもれび工房", "email": "sakamoto@shop.example", "topic": "販路を広げたい。", "consent": "on",
    } | fields  # fmt: skip


def in_tokyo_count(tokyo) -> int:
    with entered(Scope.of_hub(tokyo.pk)):
        return Booking.objects.count()


def test_a_stranger_asks_and_sees_what_was_received(client, tokyo):
    answer = client.post(PAGE, asked())
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert "まだ予約は確定していません" in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    with entered(Scope.of_hub(tokyo.pk)):
        made = Booking.objects.get()
        assert (made.state, made.source, made.wish) == ("requested", "public", "平日の午後")
        assert Entry.objects.filter(action="booking.requested").exists()


def test_the_page_shows_times_and_never_who(client, tokyo, coordinator):
    place = make_place(hub=tokyo, name="相談室うみ")
    day = timezone.localdate() + timedelta(days=4)
    make_hours(hub=tokyo, coordinator=coordinator, place=place, weekday=str(day.weekday()))
    make_booking(hub=tokyo, client_name="秘密 花子", company="秘密商事")
    page = client.get(PAGE).content.decode()
    assert "10:00〜11:00 相談室うみ" in page
    for hidden in ("佐藤", "秘密", coordinator.email):
        assert hidden not in page


def test_a_wished_time_is_kept_and_a_made_up_one_refused(client, tokyo, coordinator):
    day = timezone.localdate() + timedelta(days=4)
    make_hours(hub=tokyo, coordinator=coordinator, place=make_place(hub=tokyo), weekday=str(day.weekday()))
    page = client.get(PAGE)
    code = next(iter(page.context["form"].slots))
    assert client.post(PAGE, asked(first_wish="1_20991231T0000Z")).status_code == 422
    assert client.post(PAGE, asked(first_wish=code, free_wish="")).status_code == 302
    with entered(Scope.of_hub(tokyo.pk)):
        assert timezone.localtime(Booking.objects.get().starts_at).hour == 10


def test_another_hubs_page_adds_to_that_hub_only(client, tokyo, osaka):
    client.post("/book/osaka/", asked())
    assert in_tokyo_count(tokyo) == 0
    with entered(Scope.of_hub(osaka.pk)):
        assert Booking.objects.count() == 1
    assert client.get("/book/atlantis/").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_name": ""}, {"email": "", "phone": ""}, {"email": "a@b.example\nBcc: x@y.example"}, {"consent": ""},
        {"email": '"a b"@shop.example'}, {"topic": ""}, {"free_wish": ""}, {"method": "mail"}, {"client_id": "x"},
        {"website": "https://spam.example"}, {"client_name": "坂本\u202eりえ"}, {"topic": "あ" * 1001},
        {"client_name": "り\x07え"},
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_beside_the_field_and_nothing_is_kept(client, tokyo, wrong):
    assert client.post(PAGE, asked(**wrong)).status_code == 422
    assert in_tokyo_count(tokyo) == 0


def test_markup_is_text(client, tokyo, coordinator):
    client.post(PAGE, asked(client_name="<script>alert(1)</script>", company="", topic="<b>x</b>"))
    client.force_login(coordinator)
    page = client.get("/hubs/tokyo/bookings/requests/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_sent_twice_it_is_one_request(client, tokyo):
    twice = asked()
    assert client.post(PAGE, twice)["Location"] == client.post(PAGE, twice)["Location"]
    assert in_tokyo_count(tokyo) == 1


def test_the_sixth_within_an_hour_is_refused_and_says_so(client, tokyo, osaka):
    for _number in range(5):
        assert client.post(PAGE, asked()).status_code == 302
    refused = client.post(PAGE, asked(topic="大切な相談"))
    assert refused.status_code == 429
    assert "1時間ほど後に" in refused.content.decode()
    assert "大切な相談" in refused.content.decode()
    assert in_tokyo_count(tokyo) == 5
    assert client.post("/book/osaka/", asked()).status_code == 302
    assert client.post(PAGE, asked(), REMOTE_ADDR="203.0.113.9").status_code == 302


def test_a_forged_form_is_refused(tokyo):
    assert Client(enforce_csrf_checks=True).post(PAGE, asked()).status_code == 403


def test_by_a_link_one_adds_a_request_and_nothing_else(tokyo, coordinator):
    number = uuid.uuid4()
    token = token_of(number)
    values = {
        "hub": tokyo, "client_id": number, "token_hash": hash_of(token), "source": "public", "method": "phone",
        "client_name": "x", "consented_at": making.MOMENT, "created_at": making.MOMENT, "updated_at": making.MOMENT,
    }  # fmt: skip
    wrong = (
        {"state": "cancelled"},
        {"state": "requested", "coordinator": coordinator},
        {"state": "requested", "token_hash": hash_of("other")},
        {"state": "requested", "source": "hub", "created_by": coordinator},
    )
    for more in wrong:
        with pytest.raises(Exception, match="row-level security"), transaction.atomic(), entered(Scope.of_link(token)):
            Booking(**(values | more)).save(force_insert=True)


def test_by_a_link_one_sees_ones_own_booking_only(tokyo):
    mine, other = make_booking(hub=tokyo), make_booking(hub=tokyo, begins=timezone.now())
    with entered(Scope.of_link(token_of(mine.client_id))), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM booking_booking")
        assert cursor.fetchall() == [(mine.pk,)]
        cursor.execute("SELECT id FROM booking_place")
        assert cursor.fetchall() == [(mine.place_id,)]
        cursor.execute("UPDATE booking_booking SET state = 'cancelled'")
        assert cursor.rowcount == 0
    assert other.pk != mine.pk


def test_guessed_links_are_refused_and_noted(client, tokyo):
    make_booking(hub=tokyo)
    assert client.get(f"/bookings/{'0' * 64}/").status_code == 404
    assert client.post(f"/bookings/{'0' * 64}/cancellation/").status_code == 404
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    with entered(Scope.of_hub(tokyo.pk)):
        assert in_tokyo_count(tokyo) == 1
        assert Entry.objects.filter(action="booking.link_refused").count() == 2


def test_guessing_is_stopped_and_writes_no_more(client, tokyo):
    link = f"/bookings/{token_of(make_booking(hub=tokyo).client_id)}/"
    for _number in range(REFUSED_AN_HOUR):
        assert client.get(f"/bookings/{uuid.uuid4().hex}/").status_code == 404
    assert client.get(f"/bookings/{uuid.uuid4().hex}/").status_code == 429
    assert client.post(f"{link}cancellation/").status_code == 429, "from there, nothing more for an hour"
    assert client.get(link, REMOTE_ADDR="203.0.113.9").status_code == 200
    with entered(Scope.of_hub(tokyo.pk)):
        assert Entry.objects.filter(action="booking.link_refused").count() == REFUSED_AN_HOUR


def test_a_browser_that_tells_no_origin_cancels_all_the_same(tokyo):
    """As Chromium posts from a page that sends no referrer."""
    made = make_booking(hub=tokyo, begins=timezone.now() + timedelta(days=2))
    strict = Client(enforce_csrf_checks=True, headers={"origin": "null"})
    assert strict.post(f"/bookings/{token_of(made.client_id)}/cancellation/").status_code == 302
    with entered(Scope.of_hub(tokyo.pk)):
        made.refresh_from_db()
        assert made.state == "cancelled"


def test_the_client_cancels_and_the_hour_is_free_again(client, tokyo, coordinator):
    begins = timezone.now() + timedelta(days=2)
    made = make_booking(hub=tokyo, coordinator=coordinator, begins=begins)
    link = f"/bookings/{token_of(made.client_id)}/"
    assert "取り消す" in client.get(link).content.decode()
    assert client.post(f"{link}cancellation/").status_code == 302
    assert client.post(f"{link}cancellation/").status_code == 302  # again: nothing more happens
    with entered(Scope.of_hub(tokyo.pk)):
        made.refresh_from_db()
        assert made.state == "cancelled"
        assert Letter.objects.filter(key=f"booking:{made.pk}:cancelled").count() == 1
    make_booking(hub=tokyo, coordinator=coordinator, begins=begins)


def test_what_has_begun_cannot_be_cancelled(client, tokyo):
    made = make_booking(hub=tokyo, begins=timezone.now() - timedelta(minutes=5))
    client.post(f"/bookings/{token_of(made.client_id)}/cancellation/")
    with entered(Scope.of_hub(tokyo.pk)):
        made.refresh_from_db()
        assert made.state == "confirmed"
