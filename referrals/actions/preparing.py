"""Writing a referral, before anything of it leaves the hub."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from audit import trail
from consultations.models import Case
from foundation.errors import MoveRefused
from referrals.actions.steps import keep, taken
from referrals.choices import ReferralState
from referrals.models import Referral

WRITTEN = ("organization", "kind", "recipient_name", "recipient_email", "request", "outline", "fields")


@dataclass(frozen=True)
class ConsentGiven:
    """The client's consent: on which day, how."""

    on: dt.date
    how: str


@transaction.atomic
def prepare(
    *, case: Case, client_id: uuid.UUID, by: User, at: dt.datetime, consent: ConsentGiven | None = None, **fields: Any
) -> Referral:
    """A referral of a case's enterprise. The same client-made id is the same referral, however often it is sent."""
    known = Referral.objects.filter(hub_id=case.hub_id, client_id=client_id).select_related("hub").first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            referral = Referral.objects.create(
                hub=case.hub, case=case, enterprise_id=case.enterprise_id, client_id=client_id,
                created_at=at, created_by=by, updated_at=at, **_consent(consent, by, at), **fields,
            )  # fmt: skip
    except IntegrityError:
        twin = Referral.objects.filter(hub_id=case.hub_id, client_id=client_id).select_related("hub").first()
        if twin is None:
            raise
        return twin
    trail.record("referral.prepared", by=by, at=at, on=referral, fields=referral.fields)
    return referral


@transaction.atomic
def revise(
    *,
    referral: Referral,
    version: int,
    by: User,
    at: dt.datetime,
    consent: ConsentGiven | None = None,
    **fields: Any,
) -> Referral:
    """Change what was not sent yet. Whoever records a consent anew stands for it. Raises Edited, MoveRefused."""
    current = taken(referral, version)
    if current.state != ReferralState.PREPARED:
        raise MoveRefused("what was sent stays as it was sent")
    if consent != given(current):
        fields |= _consent(consent, by, at)
    for name, value in fields.items():
        setattr(current, name, value)
    keep(current, at, *fields)
    trail.record("referral.revised", by=by, at=at, on=current, fields=current.fields)
    return current


def given(referral: Referral) -> ConsentGiven | None:
    """The consent that is recorded."""
    return ConsentGiven(referral.consented_on, referral.consent_how) if referral.consented_on else None


def _consent(consent: ConsentGiven | None, by: User, at: dt.datetime) -> dict[str, Any]:
    if consent is None:
        return dict.fromkeys(("consented_on", "consent_recorded_by", "consent_recorded_at")) | {"consent_how": ""}
    return {
        "consented_on": consent.on,
        "consent_how": consent.how,
        "consent_recorded_by": by,
        "consent_recorded_at": at,
    }
