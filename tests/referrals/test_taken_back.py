"""Whoever takes back the consent to being handed on is not sent, chased or shown any more, until they consent anew."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit.models import Entry
from consultations.actions import consents
from consultations.models import Consent
from hubs.tenancy import Scope, entered
from letters.models import Letter
from referrals import actions, tasks
from referrals.actions import ConsentGiven, ConsentWithdrawn
from referrals.choices import ReferralState
from referrals.models import ReferralLink, ReferralWork
from tests import making
from tests.consultations.making_privacy import make_consent
from tests.referrals.making import TOLD, fresh, make_referral, make_sent, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_company(tokyo):
    return making.make_enterprise(hub=tokyo, **TOLD)


@pytest.fixture
def case(tokyo, client_company):
    return making.make_case(hub=tokyo, enterprise=client_company)


@pytest.fixture
def consent(client_company) -> Consent:
    return make_consent(enterprise=client_company, purpose="provision", given_on=date(2026, 4, 1))


def take_back(consent, at=None):
    at = at or timezone.now()
    with entered(Scope.of_hub(consent.hub_id)):
        consents.withdraw(consent=consent, on=timezone.localtime(at).date(), by=making.staff_of(consent.hub), at=at)


def send(referral, **who):
    with entered(Scope.of_hub(referral.hub_id)):
        return actions.send(referral=referral, version=fresh(referral).version, at=timezone.now(), **who)


def test_nothing_is_sent_after_it(tokyo, case, consent, coordinator, client):
    referral = make_referral(hub=tokyo, case=case)
    take_back(consent)
    with pytest.raises(ConsentWithdrawn):
        send(referral, by=coordinator)
    client.force_login(coordinator)
    answer = client.post(f"/hubs/tokyo/referrals/{referral.pk}/sending/", {"version": fresh(referral).version})
    assert "提供の同意を撤回しています" in client.get(answer["Location"]).content.decode()
    path = f"/api/v1/hubs/tokyo/referrals/{referral.pk}/sending/"
    tag = {"If-Match": f'"{referral.pk}-{fresh(referral).version}"'}
    assert client.post(path, {}, content_type="application/json", headers=tag).status_code == 409
    with entered(Scope.of_hub(tokyo.pk)):
        assert not Letter.objects.exists()


def test_nor_once_more_nor_as_a_chase(tokyo, case, consent, coordinator):
    referral = make_sent(hub=tokyo, case=case)
    take_back(consent)
    with entered(Scope.of_hub(tokyo.pk)):
        with pytest.raises(ConsentWithdrawn):
            actions.resend(referral=referral, version=fresh(referral).version, by=coordinator, at=timezone.now())
        assert not actions.chase(referral_id=referral.pk, number=1, at=timezone.now())
        assert Letter.objects.count() == 1


def test_the_link_opens_nothing_from_that_moment(tokyo, case, consent, client):
    referral = make_sent(hub=tokyo, case=case)
    address = f"/answers/{token_of(referral)}/"
    assert client.get(address).status_code == 200
    take_back(consent)
    assert client.get(address).status_code == 404
    told = {"answer-move": "receive", "answer-client_id": str(uuid.uuid4())}
    assert client.post(f"{address}steps/", told).status_code == 404
    done = {"worked_on": timezone.localdate().isoformat(), "times": "1", "content": "面談", "client_id": uuid.uuid4()}
    assert client.post(f"{address}works/", {f"work-{k}": str(v) for k, v in done.items()}).status_code == 404
    assert fresh(referral).state == ReferralState.SENT
    with entered(Scope.of_hub(tokyo.pk)):
        assert not ReferralWork.objects.exists()
        assert {e.detail["reason"] for e in Entry.objects.filter(action="link.refused")} == {"withdrawn"}


def test_the_clock_ends_the_link_and_gives_the_coordinator_something_to_do(tokyo, case, consent):
    referral, other = make_sent(hub=tokyo, case=case), make_sent(hub=tokyo)
    take_back(consent)
    tasks.end_links()
    tasks.end_links()
    assert fresh(referral).case.next_action.startswith("提供の同意が撤回された")
    assert fresh(referral).state == ReferralState.SENT, "what to do about it is the hub's to decide"
    assert not fresh(other).case.next_action
    with entered(Scope.of_hub(tokyo.pk)):
        assert [link.referral_id for link in ReferralLink.objects.filter(revoked_at__isnull=True)] == [other.pk]
        assert referral.steps.filter(what="withdrawn").count() == 1


def test_a_newer_consent_counts_again(tokyo, case, consent, coordinator, client):
    referral = make_sent(hub=tokyo, case=case)
    take_back(consent)
    with entered(Scope.of_hub(tokyo.pk)):
        consents.give(
            enterprise=case.enterprise, purpose="provision", given_on=timezone.localdate(), means="oral",
            by=coordinator, at=timezone.now(),
        )  # fmt: skip
    assert client.get(f"/answers/{token_of(referral)}/").status_code == 200
    tasks.end_links()
    assert token_of(referral)


def test_the_referrals_own_consent_counts_if_it_was_given_afterwards(tokyo, case, consent, coordinator):
    referral = make_referral(hub=tokyo, case=case)
    take_back(consent)
    with entered(Scope.of_hub(tokyo.pk)):
        given = ConsentGiven(timezone.localdate(), "oral")
        actions.revise(referral=referral, version=1, by=coordinator, at=timezone.now(), consent=given)
    assert send(referral, by=coordinator).state == ReferralState.SENT


def test_the_same_days_earlier_consent_does_not(tokyo, case, consent, coordinator):
    at = timezone.now()
    referral = make_referral(hub=tokyo, case=case, at=at - timedelta(minutes=1), consented=False)
    with entered(Scope.of_hub(tokyo.pk)):
        given = ConsentGiven(timezone.localtime(at).date(), "oral")
        actions.revise(referral=referral, version=1, by=coordinator, at=at - timedelta(minutes=1), consent=given)
    take_back(consent, at)
    with pytest.raises(ConsentWithdrawn):
        send(referral, by=coordinator)


@pytest.mark.parametrize("purpose", ["records", "survey", "case_study"])
def test_other_purposes_are_other_consents(tokyo, case, coordinator, purpose):
    referral = make_referral(hub=tokyo, case=case)
    take_back(make_consent(enterprise=case.enterprise, purpose=purpose))
    assert send(referral, by=coordinator).state == ReferralState.SENT


def test_a_link_sees_its_own_clients_consents_to_this_and_no_others(tokyo, osaka, case, consent):
    make_consent(enterprise=case.enterprise, purpose="survey")
    make_consent(enterprise=making.make_enterprise(hub=tokyo), purpose="provision")
    make_consent(enterprise=making.make_enterprise(hub=osaka), purpose="provision")
    token = token_of(make_sent(hub=tokyo, case=case))
    with entered(Scope.of_link(token)), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM consultations_consent")
        assert cursor.fetchall() == [(consent.pk,)]
        cursor.execute("UPDATE consultations_consent SET withdrawn_on = NULL")
        assert cursor.rowcount == 0
        transaction.set_rollback(True)
    with entered(Scope.of_link("0" * 64)), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM consultations_consent")
        assert cursor.fetchone() == (0,)
