"""A forgotten client is forgotten in what was referred as well; what is counted stays."""

from __future__ import annotations

from datetime import date

import pytest

from consultations.actions import privacy
from consultations.queries import privacy as retention
from hubs.tenancy import Scope, entered
from referrals.models import Referral
from tests import making
from tests.consultations.making_privacy import make_silent
from tests.referrals.making import make_referral

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
    assert (left["kind"], left["state"]) == (referral.kind, referral.state)


def test_a_client_with_a_late_referral_is_kept(tokyo, now):
    enterprise = make_silent(hub=tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        case = enterprise.cases.get()
    make_referral(hub=tokyo, case=case)
    with entered(Scope.of_hub(tokyo.pk)):
        assert not retention.due(tokyo.pk, on=date(2026, 11, 24)).exists()
