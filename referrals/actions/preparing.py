"""Writing a referral, before anything of it leaves the hub."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from audit import trail
from consultations.actions.privacy import Anonymised
from consultations.models import Case, Enterprise
from foundation.errors import MoveRefused
from referrals.actions.steps import keep, refuse_forgotten, taken
from referrals.choices import ReferralState
from referrals.models import Referral

WRITTEN = ("organization", "kind", "recipient_name", "recipient_email", "request", "outline", "fields")


@dataclass(frozen=True)
class ConsentGiven:
    """The client's consent: on which day, how."""

    on: dt.date
    how: str


class WrittenOtherwise(Exception):
    """The client-made id is that of a referral which says something else: `twin`, and in which fields."""

    def __init__(self, twin: Referral, names: list[str]) -> None:
        super().__init__(f"referral {twin.pk} differs in {names}")
        self.twin, self.names = twin, names


@transaction.atomic
def prepare(
    *, case: Case, client_id: uuid.UUID, by: User, at: dt.datetime, consent: ConsentGiven | None = None, **fields: Any
) -> Referral:
    """A referral of a case's enterprise. The same client-made id with the same content is the same referral, however
    often it is sent. Raises WrittenOtherwise: whoever sends something else does not mean what was written before.
    And Anonymised."""
    client = Enterprise.objects.select_for_update(no_key=True).get(pk=case.enterprise_id)  # waits for an erasure
    if client.anonymised_at is not None:
        raise Anonymised
    known = _twin(case, client_id)
    if known is not None:
        return _same(known, case, consent, fields)
    try:
        with transaction.atomic():
            referral = Referral.objects.create(
                hub=case.hub, case=case, enterprise_id=case.enterprise_id, client_id=client_id,
                created_at=at, created_by=by, updated_at=at, **_consent(consent, by, at), **fields,
            )  # fmt: skip
    except IntegrityError:
        twin = _twin(case, client_id)
        if twin is None:
            raise
        return _same(twin, case, consent, fields)
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
    """Change what was not sent yet. Whoever records a consent anew stands for it. Raises Edited, MoveRefused,
    Anonymised."""
    current = taken(referral, version)
    refuse_forgotten(current)
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


def _twin(case: Case, client_id: uuid.UUID) -> Referral | None:
    rows = Referral.objects.filter(hub_id=case.hub_id, client_id=client_id)
    return rows.select_related("hub", "organization").first()


def _same(twin: Referral, case: Case, consent: ConsentGiven | None, fields: dict[str, Any]) -> Referral:
    """The twin, if it says what was sent now: of whom, to whom, which fields, with what consent."""
    names = [
        name for name in WRITTEN if name in fields and _comparable(getattr(twin, name)) != _comparable(fields[name])
    ]
    names += ["case"] if twin.case_id != case.pk else []
    names += ["consented_on"] if given(twin) != consent else []
    if names:
        raise WrittenOtherwise(twin, names)
    return twin


def _comparable(value: Any) -> Any:
    """The fields that are handed over are a set: their order says nothing."""
    return sorted(value) if isinstance(value, list) else value


def _consent(consent: ConsentGiven | None, by: User, at: dt.datetime) -> dict[str, Any]:
    if consent is None:
        return dict.fromkeys(("consented_on", "consent_recorded_by", "consent_recorded_at")) | {"consent_how": ""}
    return {
        "consented_on": consent.on,
        "consent_how": consent.how,
        "consent_recorded_by": by,
        "consent_recorded_at": at,
    }
