"""The other agency's page: the link opens one referral and nothing else; every other link is refused alike."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from audit.models import Entry
from consultations.models import Case, Enterprise, TouchedMonth
from hubs.doors import REFUSED_AN_HOUR
from hubs.tenancy import NoScope, Scope, entered
from referrals import actions
from referrals.choices import ReferralState
from referrals.models import Referral, ReferralLink, ReferralStep, ReferralWork
from tests.referrals.making import fresh, make_sent, token_of


@pytest.fixture
def referral(tokyo) -> Referral:
    return make_sent(hub=tokyo)


@pytest.fixture
def address(referral) -> str:
    return f"/answers/{token_of(referral)}/"


def answer(client, address, move, client_id=None, note=""):
    sent = {"answer-move": move, "answer-note": note, "answer-client_id": str(client_id or uuid.uuid4())}
    return client.post(f"{address}steps/", sent)


def work(client, address, client_id=None, **more):
    sent = {
        "worked_on": timezone.localdate().isoformat(),
        "times": "2",
        "content": "面談2回",
        "client_id": client_id or uuid.uuid4(),
    }
    return client.post(f"{address}works/", {f"work-{name}": str(value) for name, value in (sent | more).items()})


def test_the_agency_sees_what_was_shared_and_nothing_else(client, referral, address):
    page = client.get(address)
    text = page.content.decode()
    assert page.status_code == 200
    assert "株式会社みなと食堂" in text
    assert "0312345678" in text
    for untold in (
        "港 一郎",
        "minato@client.example",
        "運転資金",
        fresh(referral).case.number,
        fresh(referral).case.title,
    ):
        assert untold not in text
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]
    assert "noindex" in page["X-Robots-Tag"]
    assert "sessionid" not in page.cookies


def test_it_answers_without_an_account(client, referral, address):
    assert answer(client, address, "receive").status_code == 302
    assert fresh(referral).state == ReferralState.RECEIVED
    assert answer(client, address, "start", note="来週会います").status_code == 302
    assert "来週会います" in client.get(address).content.decode()
    assert answer(client, address, "support").status_code == 302
    assert fresh(referral).state == ReferralState.SUPPORTED
    assert work(client, address).status_code == 302, "also later, until the link ends"
    with entered(Scope.of_hub(referral.hub_id)):
        (found,) = ReferralWork.objects.all()
        assert (found.times, found.typed_by) == (2, None)
        assert TouchedMonth.objects.filter(hub_id=referral.hub_id, month=found.worked_on.replace(day=1)).exists()


def test_declining_needs_a_reason(client, referral, address):
    refused = answer(client, address, "decline")
    assert refused.status_code == 422
    assert "引き受けられない理由を書いてください" in refused.content.decode()
    answer(client, address, "decline", note="専門外です")
    assert (fresh(referral).state, fresh(referral).reason) == (ReferralState.DECLINED, "専門外です")


def test_the_same_answer_twice_is_stored_once(client, referral, address):
    twice = uuid.uuid4()
    for _ in range(2):
        assert answer(client, address, "receive", twice).status_code == 302
        assert work(client, address, twice).status_code == 302
    with entered(Scope.of_hub(referral.hub_id)):
        assert ReferralStep.objects.filter(what="receive").count() == 1
        assert ReferralWork.objects.count() == 1
        assert Entry.objects.filter(action="referral.sent_again").count() == 2


@pytest.mark.parametrize(
    "wrong", [{"worked_on": "2020-01-01"}, {"times": "0"}, {"times": "100"}, {"content": ""}, {"client_id": "x"}]
)
def test_work_that_cannot_be_is_refused_beside_its_field(client, referral, address, wrong):
    assert work(client, address, **wrong).status_code == 422
    with entered(Scope.of_hub(referral.hub_id)):
        assert not ReferralWork.objects.exists()


def test_every_dead_link_is_answered_alike_and_the_trail_knows_why(client, tokyo, referral, address):
    guessed = client.get("/answers/" + "0" * 64 + "/")
    other = make_sent(hub=tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        other_token = token_of(other)
        actions.revoke(referral=other, version=fresh(other).version, by=None, at=timezone.now())
    revoked = client.get(f"/answers/{other_token}/")
    with entered(Scope.of_hub(tokyo.pk)):
        before = timezone.now() - timedelta(days=70)
        ReferralLink.objects.filter(referral=referral).update(made_at=before, expires_at=before + timedelta(days=60))
    expired = client.get(address)
    assert {page.status_code for page in (guessed, revoked, expired)} == {404}
    assert len({re.sub(rb"\s+", b"", page.content) for page in (guessed, revoked, expired)}) == 1
    assert "みなと食堂" not in expired.content.decode()
    with entered(Scope.of_hub(tokyo.pk)):
        lines = Entry.objects.filter(action="link.refused").order_by("pk")
        assert [line.detail["reason"] for line in lines] == ["unknown", "revoked", "expired"]
        assert [line.hub_id for line in lines] == [None, tokyo.pk, tokyo.pk], "a guess names no hub"
        assert all("answers" not in str(line.detail) for line in lines)


@pytest.mark.parametrize("part", ["", "steps/", "works/"])
def test_a_dead_link_takes_nothing(client, referral, address, part):
    with entered(Scope.of_hub(referral.hub_id)):
        actions.revoke(referral=referral, version=fresh(referral).version, by=None, at=timezone.now())
    sent = {"answer-move": "receive", "answer-client_id": str(uuid.uuid4())}
    page = client.post(address + part, sent) if part else client.get(address)
    assert page.status_code == 404
    assert fresh(referral).state == ReferralState.SENT


def test_the_link_of_a_cancelled_referral_is_dead(client, referral, address, coordinator):
    with entered(Scope.of_hub(referral.hub_id)):
        actions.cancel(
            referral=referral, version=fresh(referral).version, reason="x", by=coordinator, at=timezone.now()
        )
    assert client.get(address).status_code == 404


def test_a_link_opens_its_own_referral_only(client, tokyo, osaka, referral, address):
    others = [make_sent(hub=tokyo), make_sent(hub=osaka)]
    answer(client, address, "receive")
    assert [fresh(other).state for other in others] == ["sent", "sent"]


def test_the_database_shows_a_link_nothing_but_its_referral(tokyo, osaka, referral):
    make_sent(hub=tokyo)
    make_sent(hub=osaka)
    token = token_of(referral)
    with entered(Scope.of_link(token)):
        assert list(Referral.by_link.all()) == [referral]
        assert [link.referral_id for link in ReferralLink.by_link.all()] == [referral.pk]
        assert not ReferralStep.by_link.exists(), "the hub's own lines are its own"
        assert not Case.objects.exists()
        with connection.cursor() as cursor:
            for table in (
                "consultations_case",
                "consultations_enterprise",
                "letters_letter",
                "consultations_touchedmonth",
            ):
                cursor.execute(f"SELECT count(*) FROM {table}")
                assert cursor.fetchone() == (0,), table
            cursor.execute("UPDATE referrals_referral SET request = 'x'")
            assert cursor.rowcount == 1, "its own and no other"
            cursor.execute("DELETE FROM referrals_referral")
            assert cursor.rowcount == 0
            cursor.execute("UPDATE referrals_referrallink SET expires_at = now() + interval '9 years'")
            assert cursor.rowcount == 0
        assert not Enterprise.objects.exists()
        transaction.set_rollback(True)


def test_a_link_cannot_write_for_another_hub(referral, osaka):
    with entered(Scope.of_link(token_of(referral))), pytest.raises(ProgrammingError), transaction.atomic():
        TouchedMonth.objects.create(hub=osaka, month="2026-11-01")


def test_without_a_link_there_is_no_asking(db):
    with entered(Scope()), pytest.raises(NoScope):
        Referral.by_link.count()
    with entered(Scope.of_link("")):
        assert not Referral.by_link.exists()


def test_guessing_is_stopped(client, referral, address):
    for _ in range(REFUSED_AN_HOUR):
        assert client.get("/answers/" + uuid.uuid4().hex + "/").status_code == 404
    assert client.get("/answers/" + uuid.uuid4().hex + "/").status_code == 429
    cache.clear()
    assert client.get(address).status_code == 200


def test_a_post_from_anywhere_needs_no_cookie_because_the_link_is_the_key(referral, address, client):
    strict = type(client)(enforce_csrf_checks=True, headers={"origin": "null"})
    assert answer(strict, address, "receive").status_code == 302
