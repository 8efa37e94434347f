"""What clients consent to, and the texts that headquarters puts before them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import User
from audit import trail
from consultations.models import Consent, ConsentText, Enterprise, ProgramRules


@transaction.atomic
def give(*, enterprise: Enterprise, purpose: str, given_on: dt.date, means: str, by: User, at: dt.datetime) -> Consent:
    """Note a consent, to the version of the text that held on that day. The same sent twice is one consent."""
    Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    text = ConsentText.objects.on(given_on).get(purpose)
    consent, new = Consent.objects.get_or_create(
        hub_id=enterprise.hub_id, enterprise=enterprise, purpose=purpose, given_on=given_on, means=means,
        withdrawn_on=None, defaults={"text": text, "recorded_at": at, "recorded_by": by},
    )  # fmt: skip
    if new:
        version = text.version if text else ""
        trail.record("consent.given", by=by, at=at, on=enterprise, kind=purpose, edition=version)
    return consent


@transaction.atomic
def withdraw(*, consent: Consent, on: dt.date, by: User, at: dt.datetime) -> Consent:
    """The client takes a consent back. What is withdrawn already stays as it is."""
    current = Consent.objects.select_for_update().get(pk=consent.pk)
    if current.withdrawn_on is None:
        current.withdrawn_on, current.withdrawn_at, current.withdrawn_by = on, at, by
        current.save(update_fields=["withdrawn_on", "withdrawn_at", "withdrawn_by"])
        trail.record("consent.withdrawn", by=by, at=at, on=current.enterprise, kind=current.purpose)
    return current


@transaction.atomic
def set_text(*, purpose: str, version: str, valid_from: dt.date, body: str, by: User, at: dt.datetime) -> ConsentText:
    """A new version of a text. The old ones stay for those who have consented to them."""
    text = ConsentText.objects.create(
        purpose=purpose, version=version, valid_from=valid_from, body=body, set_by=by, set_at=at
    )
    trail.record("consent_text.set", by=by, at=at, on=text, kind=purpose, edition=version, first=valid_from)
    return text


@transaction.atomic
def set_rules(*, by: User, at: dt.datetime, **numbers: Any) -> ProgramRules:
    """New rules of the programme, valid from a day. The old ones stay readable."""
    rules = ProgramRules.objects.create(set_by=by, set_at=at, **numbers)
    trail.record("rules.set", by=by, at=at, on=rules, **numbers)
    return rules
