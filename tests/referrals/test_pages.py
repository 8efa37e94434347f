"""Writing a referral on its page: what is sent is what was typed last, and what is refused is said."""

from __future__ import annotations

import re
import uuid

import pytest
from django.utils import timezone

from hubs.tenancy import Scope, entered
from letters.models import Letter
from referrals import actions
from referrals.choices import ReferralMove, ReferralState, Shared
from referrals.models import Referral
from referrals.views import deeds
from tests import making
from tests.referrals.making import AGENCY, TOLD, fresh, make_sent

pytestmark = pytest.mark.django_db
RIGHT = "right@shien.example"


@pytest.fixture
def page(client, coordinator, tokyo):
    """Posts the form of one case's referral."""
    client.force_login(coordinator)
    case = making.make_case(hub=tokyo, enterprise=making.make_enterprise(hub=tokyo, **TOLD))
    agency = making.make_organization(prefecture_id=tokyo.prefecture_id)
    typed = {
        "client_id": str(uuid.uuid4()), "version": "1", "organization": agency.pk, "kind": "referral",
        "recipient_name": "窓口", "recipient_email": AGENCY, "request": "融資の相談に乗ってください。",
        "fields_shared": ["name", "phone"], "consented_on": "2026-11-01", "consent_how": "written",
    }  # fmt: skip

    def post(**changes):
        return client.post(f"/hubs/tokyo/referrals/new/?case={case.pk}", typed | changes)

    return post


def only(hub) -> Referral:
    with entered(Scope.of_hub(hub.pk)):
        return fresh(Referral.objects.get())


def said(client, answer) -> str:
    return client.get(answer["Location"]).content.decode()


def test_what_was_corrected_after_the_way_back_is_what_goes_out(client, tokyo, page):
    assert page(keep="1").status_code == 302
    answer = page(send="1", fields_shared=["name"], recipient_email=RIGHT)
    assert answer.status_code == 302
    sent = only(tokyo)
    assert (sent.state, sent.recipient_email, sent.shared) == ("sent", RIGHT, {"name": TOLD["name"]})
    with entered(Scope.of_hub(tokyo.pk)):
        assert [letter.to for letter in Letter.objects.all()] == [RIGHT]


def test_the_same_form_twice_is_sent_once(client, tokyo, page):
    assert {page(send="1").status_code, page(send="1").status_code} == {302}
    with entered(Scope.of_hub(tokyo.pk)):
        assert Letter.objects.count() == Referral.objects.count() == 1


def test_a_consent_that_was_added_after_the_way_back_counts(client, tokyo, page):
    assert page(keep="1", consented_on="", consent_how="").status_code == 302
    assert page(send="1").status_code == 302
    assert only(tokyo).state == ReferralState.SENT


def test_what_went_out_is_not_sent_otherwise_and_the_page_comes_back_as_typed(client, tokyo, page):
    page(send="1")
    answer = page(send="1", fields_shared=["name"], recipient_email=RIGHT)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "異なる項目: 送付先のメール、提供する情報" in text
    assert RIGHT in text
    assert only(tokyo).recipient_email == AGENCY
    anew = re.search(r'name="client_id" value="([^"]+)"', text).group(1)
    assert page(send="1", fields_shared=["name"], recipient_email=RIGHT, client_id=anew).status_code == 302
    with entered(Scope.of_hub(tokyo.pk)):
        assert [letter.to for letter in Letter.objects.order_by("pk")] == [AGENCY, RIGHT]


def test_somebody_elses_change_is_not_overwritten_by_an_old_form(client, tokyo, page, chief):
    page(keep="1")
    with entered(Scope.of_hub(tokyo.pk)):
        actions.revise(referral=only(tokyo), version=1, by=chief, at=timezone.now(), fields=[Shared.PHONE])
    assert page(send="1", fields_shared=["name"]).status_code == 409
    assert (only(tokyo).state, only(tokyo).fields) == ("prepared", [Shared.PHONE])


def test_another_cases_form_is_not_this_ones(client, tokyo, page, coordinator):
    page(keep="1")
    before = only(tokyo)
    case = making.make_case(hub=tokyo)
    typed = {
        "client_id": str(before.client_id), "version": "1", "organization": before.organization_id, "kind": "referral",
        "recipient_email": AGENCY, "request": "x", "fields_shared": ["name"], "send": "1",
    }  # fmt: skip
    with_consent = typed | {"consented_on": "2026-11-01", "consent_how": "written"}
    answer = client.post(f"/hubs/tokyo/referrals/new/?case={case.pk}", with_consent)
    assert answer.status_code == 409
    assert only(tokyo).state == ReferralState.PREPARED


def test_an_answer_that_came_by_link_meanwhile_is_said_and_breaks_nothing(client, tokyo, coordinator, monkeypatch):
    client.force_login(coordinator)
    stale = make_sent(hub=tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        actions.answer(
            referral=stale, move=ReferralMove.DECLINE, client_id=uuid.uuid4(), by=coordinator, at=timezone.now(),
            note="担当者がいない",
        )  # fmt: skip
    # between reading the page and locking the row lies the other agency's answer
    monkeypatch.setattr(deeds.ToldAnswer, "referral", lambda self, pk: stale)
    told = {"answer-move": "receive", "answer-client_id": str(uuid.uuid4())}
    answer = client.post(f"/hubs/tokyo/referrals/{stale.pk}/answers/", told)
    assert answer.status_code == 302
    monkeypatch.undo()
    assert "今の状態では、この操作はできません。" in said(client, answer)
    assert fresh(stale).state == ReferralState.DECLINED
