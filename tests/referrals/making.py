"""Makes referrals, as far along as a test wants them."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from consultations.models import Case
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from referrals import actions
from referrals.actions import ConsentGiven
from referrals.choices import Shared
from referrals.models import Referral, ReferralLink
from tests import making

AGENCY = "tanto@shien.example"
TOLD = {
    "name": "株式会社みなと食堂",
    "representative": "港 一郎",
    "phone": "0312345678",
    "email": "minato@client.example",
}


def make_referral(
    *, hub: Hub, case: Case | None = None, consented: bool = True, at: datetime = making.MOMENT, **fields: Any
) -> Referral:
    """Written, not sent."""
    case = case or making.make_case(hub=hub, enterprise=making.make_enterprise(hub=hub, **TOLD))
    values = {
        "organization": making.make_organization(prefecture_id=hub.prefecture_id), "kind": "referral",
        "recipient_name": "窓口", "recipient_email": AGENCY, "request": "融資の相談に乗ってください。",
        "outline": "運転資金が足りない。", "fields": [Shared.NAME, Shared.PHONE],
    }  # fmt: skip
    consent = ConsentGiven(date(2026, 11, 1), "written") if consented else None
    with entered(Scope.of_hub(hub.pk)):
        case = Case.objects.select_related("hub__prefecture", "enterprise").get(pk=case.pk)
        return actions.prepare(
            case=case, client_id=uuid.uuid4(), by=making.staff_of(hub), at=at, consent=consent, **(values | fields)
        )


def make_sent(*, hub: Hub, at: datetime | None = None, **fields: Any) -> Referral:
    """Sent: now, unless the test says when."""
    at = at or timezone.now()
    referral = make_referral(hub=hub, at=at, **fields)
    with entered(Scope.of_hub(hub.pk)):
        return actions.send(referral=referral, version=referral.version, by=making.staff_of(hub), at=at)


def fresh(referral: Referral) -> Referral:
    """As it stands in the database."""
    with entered(Scope.of_hub(referral.hub_id)):
        return Referral.objects.select_related("hub", "organization", "case", "enterprise").get(pk=referral.pk)


def token_of(referral: Referral) -> str:
    """What the agency has in its letter."""
    with entered(Scope.of_hub(referral.hub_id)):
        return ReferralLink.objects.get(referral=referral, revoked_at__isnull=True).token
