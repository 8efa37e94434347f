"""Whatever may hold a client's words is named here, with who makes it forget them. A new table with free text below an
enterprise fails until somebody has thought about it."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from consultations.actions.privacy import holdings
from consultations.models import Enterprise
from hubs.tenancy import HubOwned

ITSELF = ""  # consultations.actions.privacy.anonymise

# Table → the holding that erases it (registered with consultations.actions.privacy.register).
FORGETS: dict[str, str] = {
    "consultations.Enterprise": ITSELF,
    "consultations.Case": ITSELF,
    "consultations.CaseStep": ITSELF,
    "consultations.Consultation": ITSELF,
    "consultations.PrivacyRequest": ITSELF,
    "consultations.MatchKey": ITSELF,  # made anew from the enterprise by the database
    "consultations.Attachment": "attachments",
    "consultations.FollowUp": "outcomes",
    "consultations.Outcome": "outcomes",
    "consultations.ReviewComment": "review_comments",
    "consultations.LikelyPair": "merges",
    "consultations.Merge": "merges",
    "booking.Booking": "bookings",
    "referrals.Referral": "referrals",
    "referrals.ReferralStep": "referrals",
    "referrals.ReferralWork": "referrals",
    "sharing.HandedOver": "handed_over",
}
# Tables with text that nobody writes about a client, each with the reason.
NOTHING_PERSONAL: dict[str, str] = {
    "consultations.Assignment": "the number of a booking or of a case",
    "consultations.MergedRow": "names of tables and columns",
    "referrals.ReferralLink": "a hash",
}


def below() -> list[type[models.Model]]:
    """The tables whose rows lead to an enterprise and that take whatever somebody writes."""
    found: set[type[models.Model]] = {Enterprise}
    grown = True
    while grown:
        more = {
            model
            for model in apps.get_models()
            if issubclass(model, HubOwned) and any(f.related_model in found for f in model._meta.concrete_fields)
        }
        grown = not more <= found
        found |= more
    return sorted((model for model in found if takes_words(model)), key=lambda model: model._meta.label)


def takes_words(model: type[models.Model]) -> bool:
    free = (models.TextField, models.CharField, models.JSONField, models.FileField)
    return any(isinstance(field, free) and not field.choices for field in model._meta.concrete_fields)


@pytest.mark.parametrize("model", below(), ids=lambda model: model._meta.label)
def test_what_is_written_about_a_client_can_be_forgotten(model):
    label = model._meta.label
    known = {ITSELF, *(holding.name for holding in holdings())}
    assert label in NOTHING_PERSONAL or FORGETS.get(label, f"{label} is in neither list") in known
