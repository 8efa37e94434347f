"""A forgotten client is forgotten in bookings and in the letters about them; and so is who asked once and never came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import actions, tasks
from booking.actions.traces import KEPT
from booking.models import Booking
from consultations.actions import privacy
from consultations.queries import privacy as retention
from hubs.tenancy import Scope, entered
from letters import actions as letters
from letters.models import Letter
from tests import making
from tests.booking.making import make_booking

pytestmark = pytest.mark.django_db
WORDS = {
    "client_name": "青空 太郎", "company": "株式会社青空", "phone": "0312345678", "email": "taro@aozora.example",
    "wish": "青空が見える日", "topic": "青空の資金繰り",
}  # fmt: skip


def ended(hub, days: int, **fields) -> Booking:
    """A stranger's request that was refused so many days ago."""
    then = timezone.now() - timedelta(days=days)
    values = WORDS | {
        "source": "public", "created_by": None, "consented_at": then, "created_at": then, "updated_at": then,
        "begins": then, "state": "declined", "reason": "青空さんは対象外",
    }  # fmt: skip
    return make_booking(hub=hub, **(values | fields))


def test_what_was_booked_and_written_to_the_client_is_told_and_forgotten(tokyo, coordinator, chief):
    enterprise, at = making.make_enterprise(hub=tokyo, name="株式会社青空"), timezone.now()
    made = make_booking(hub=tokyo, enterprise=enterprise, begins=at + timedelta(days=2), **WORDS)
    other = make_booking(hub=tokyo, begins=at + timedelta(days=3))
    with entered(Scope.of_hub(tokyo.pk)):
        for booking in (made, other):
            actions.cancel(booking=booking, version=booking.version, reason="青空さんの都合", by=chief, at=at)
        sections = {s.name: str(s.rows) for s in retention.everything_held(enterprise)}
        for told in ("青空の資金繰り", "青空さんの都合", "taro@aozora.example", "ご相談の予約の取消"):
            assert told in sections["bookings"]
        version = Booking.objects.get(pk=made.pk).version
        privacy.anonymise(enterprise=enterprise, ground="request", by=None, at=at)
        left = Booking.objects.get(pk=made.pk)
        assert "青空" not in str(Booking.objects.filter(pk=made.pk).values().get())
        assert (left.state, left.starts_at, left.email) == ("cancelled", made.starts_at, "")
        assert left.version > version, "an old form does not write it back"
        letter = Letter.objects.get(key=f"{made.reference}:cancelled")
        assert (letter.state, letter.to, letter.body, letter.calendar) == ("failed", "", "", "")
        assert letters.claim(letter_id=letter.pk, at=at + timedelta(days=1)) is None
        assert Letter.objects.get(key=f"{other.reference}:cancelled").state == "queued"


def test_of_a_letter_that_was_sent_remains_that_it_was(tokyo, chief):
    made, at = make_booking(hub=tokyo, begins=timezone.now() + timedelta(days=2)), timezone.now()
    with entered(Scope.of_hub(tokyo.pk)):
        actions.cancel(booking=made, version=made.version, reason="", by=chief, at=at)
        Letter.objects.update(state="sent", sent_at=at, ended_at=at, next_try_at=None)
        assert letters.forget(hub_id=tokyo.pk, about=f"{made.reference}:", at=at) == 1
        assert letters.forget(hub_id=tokyo.pk, about=f"{made.reference}:", at=at) == 0, "once"
        letter = Letter.objects.get()
        assert (letter.state, letter.sent_at, letter.to) == ("sent", at, "")


@pytest.mark.parametrize("state", ["requested", "declined", "cancelled", "no_show", "confirmed"])
def test_who_asked_and_never_became_a_client_is_forgotten_after_a_year(tokyo, osaka, state):
    old, young = ended(tokyo, KEPT.days + 1, state=state), ended(tokyo, KEPT.days - 1, state=state)
    there = ended(osaka, KEPT.days + 1, state=state)
    tasks.forget_strangers()
    tasks.forget_strangers()
    with entered(Scope.of_hub(tokyo.pk)):
        left = Booking.objects.filter(pk=old.pk).values().get()
        assert "青空" not in str(left)
        assert "0312345678" not in str(left)
        assert (left["state"], left["source"], left["version"]) == (state, "public", 2), "once, and counted as before"
        assert Booking.objects.get(pk=young.pk).client_name == "青空 太郎"
    with entered(Scope.of_hub(osaka.pk)):
        assert Booking.objects.get(pk=there.pk).phone == ""


def test_a_clients_booking_goes_with_the_client_and_a_coming_one_stays(tokyo):
    clients = ended(tokyo, KEPT.days + 1, enterprise=making.make_enterprise(hub=tokyo))
    coming = ended(tokyo, KEPT.days + 1, state="confirmed", begins=timezone.now() + timedelta(days=1))
    tasks.forget_strangers()
    with entered(Scope.of_hub(tokyo.pk)):
        for kept in (clients, coming):
            assert Booking.objects.get(pk=kept.pk).client_name == "青空 太郎"
            assert not actions.forget_stranger(booking=kept, at=timezone.now())
