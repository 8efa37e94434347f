"""A forgotten client is forgotten in what was referred as well; what is counted stays."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest

from consultations.actions import privacy
from consultations.queries import privacy as retention
from hubs.tenancy import Scope, entered
from letters.models import Letter
from referrals import actions, queries
from referrals.choices import ReferralMove, ReferralState
from referrals.models import Referral, ReferralLink
from tests import making
from tests.consultations.making_privacy import make_silent
from tests.referrals.making import fresh, make_referral, make_sent, token_of

pytestmark = pytest.mark.django_db


def test_what_was_asked_and_handed_over_is_told_and_forgotten(tokyo, now):
    case = making.make_case(
        hub=tokyo, enterprise=making.make_enterprise(hub=tokyo, name="株式会社青空", phone="0312345678")
    )
    referral = make_referral(hub=tokyo, case=case, request="青空の太郎さんをお願いします。", outline="青空の資金繰り。")
    with entered(Scope.of_hub(tokyo.pk)):
        sections = {s.name: s.rows for s in retention.everything_held(case.enterprise)}
        assert "青空の太郎さん" in str(sections["referrals"])
        privacy.anonymise(enterprise=case.enterprise, ground="request", by=None, at=now)
        left = Referral.objects.filter(pk=referral.pk).values().get()
    assert "青空" not in str(left)
    assert "0312345678" not in str(left)
    assert (left["kind"], left["state"]) == (referral.kind, ReferralState.CANCELLED), "a draft goes nowhere any more"


def forget(referral: Referral, at) -> None:
    with entered(Scope.of_hub(referral.hub_id)):
        privacy.anonymise(enterprise=fresh(referral).enterprise, ground="request", by=None, at=at)


def test_what_is_going_on_ends_and_what_was_counted_stays_counted(tokyo, now, client):
    referral, other = make_sent(hub=tokyo, at=now), make_sent(hub=tokyo, at=now)
    by = making.staff_of(tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        actions.answer(referral=referral, move=ReferralMove.START, client_id=uuid.uuid4(), by=by, at=now)
    address, version = f"/answers/{token_of(referral)}/", fresh(referral).version
    forget(referral, now)
    left = fresh(referral)
    assert (left.state, left.sent_on, left.answered_on) == (ReferralState.EXPIRED, now.date(), now.date())
    assert left.version > version, "who read it before reads it anew"
    assert client.get(address).status_code == 404
    with entered(Scope.of_hub(tokyo.pk)):
        waiting = {letter.key: letter for letter in Letter.objects.all()}
        assert waiting[f"referral:{referral.pk}:sent:1"].state == "failed"
        assert waiting[f"referral:{referral.pk}:sent:1"].to == ""
        assert waiting[f"referral:{other.pk}:sent:1"].state == "queued"
        assert fresh(other).state == ReferralState.SENT


def test_a_finished_ones_link_ends_as_well(tokyo, now):
    referral = make_sent(hub=tokyo, at=now)
    by = making.staff_of(tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        actions.answer(referral=referral, move=ReferralMove.SUPPORT, client_id=uuid.uuid4(), by=by, at=now)
    forget(referral, now)
    assert fresh(referral).state == ReferralState.SUPPORTED
    with entered(Scope.of_hub(tokyo.pk)):
        assert not ReferralLink.objects.filter(revoked_at__isnull=True).exists()


def test_nothing_more_is_written_about_who_was_forgotten(tokyo, now):
    draft, sent = make_referral(hub=tokyo), make_sent(hub=tokyo, at=now)
    case, by, who = fresh(draft).case, making.staff_of(tokyo), uuid.uuid4()
    forget(draft, now)
    forget(sent, now)
    late: dict[str, Any] = {"by": by, "at": now}
    work = {"worked_on": now.date(), "times": 1, "content": "面談"}
    deeds = [
        lambda: actions.answer(referral=sent, move=ReferralMove.SUPPORT, client_id=who, **late),
        lambda: actions.log_work(referral=sent, client_id=who, **work, **late),
        lambda: actions.revise(referral=draft, version=fresh(draft).version, request="x", **late),
        lambda: actions.send(referral=draft, version=fresh(draft).version, **late),
        lambda: actions.resend(referral=sent, version=fresh(sent).version, **late),
        lambda: actions.prepare(case=case, client_id=uuid.uuid4(), **late),
    ]
    with entered(Scope.of_hub(tokyo.pk)):
        for deed in deeds:
            with pytest.raises(privacy.Anonymised):
                deed()


def test_nobody_is_chased_for_who_was_forgotten_before_this_was_known(tokyo, now):
    referral = make_sent(hub=tokyo, at=now)
    forget(referral, now)
    with entered(Scope.of_hub(tokyo.pk)):  # as erasures left them once
        Referral.objects.filter(pk=referral.pk).update(state=ReferralState.SENT)
        ReferralLink.objects.update(revoked_at=None)
        assert not queries.chases_due(hub_id=tokyo.pk, today=now.date() + timedelta(days=9))
        assert not actions.chase(referral_id=referral.pk, number=1, at=now)
        assert set(queries.links_to_stop(hub_id=tokyo.pk, at=now)) == {referral.pk}
        assert actions.stop_link(referral_id=referral.pk, at=now)
        assert not fresh(referral).case.next_action


def test_a_client_with_a_late_referral_is_kept(tokyo, now):
    enterprise = make_silent(hub=tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        case = enterprise.cases.get()
    make_referral(hub=tokyo, case=case)
    with entered(Scope.of_hub(tokyo.pk)):
        assert not retention.due(tokyo.pk, on=date(2026, 11, 24)).exists()
