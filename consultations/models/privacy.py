"""Consent with its versions, and what people ask about their own data."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consultations.choices import ConsentMeans, ConsentPurpose, IdentityCheck, PrivacyKind, PrivacyState, Relation
from consultations.models.enterprises import Enterprise
from foundation.constraints import SameHub, both_or_neither, one_of
from hubs.tenancy import HubManager, HubOwned, HubQuerySet, LinkManager


class ConsentTextQuerySet(models.QuerySet["ConsentText"]):
    """Sentences about texts."""

    def on(self, day: dt.date) -> dict[str, ConsentText]:
        """The text of each purpose that holds on a day."""
        rows = self.filter(valid_from__lte=day).order_by("purpose", "valid_from", "pk")
        return {row.purpose: row for row in rows}

    def newest_first(self) -> Self:
        return self.order_by("purpose", "-valid_from", "-pk")


class ConsentText(models.Model):
    """What a client is asked to consent to, word for word. Headquarters changes it by a new version; the old ones
    stay, because clients have consented to them."""

    purpose = models.CharField(_("目的"), max_length=20, choices=ConsentPurpose.choices)
    version = models.CharField(_("版"), max_length=20)
    valid_from = models.DateField(_("適用開始日"))
    body = models.TextField(_("文面"))
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("設定者"), related_name="+", null=True
    )
    set_at = models.DateTimeField(_("設定日時"))

    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("同意の文面")
        verbose_name_plural = _("同意の文面")
        constraints = [
            models.UniqueConstraint(fields=["purpose", "version"], name="one_text_per_purpose_and_version"),
            models.UniqueConstraint(fields=["purpose", "valid_from"], name="one_text_per_purpose_and_day"),
            models.UniqueConstraint(fields=["id", "purpose"], name="text_and_purpose"),
            one_of("purpose", ConsentPurpose, name="text_purpose_is_known"),
            models.CheckConstraint(condition=~Q(body="") & ~Q(version=""), name="a_text_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.version}"


class ConsentQuerySet(HubQuerySet["Consent"]):
    """Sentences about consents."""

    def standing(self) -> Self:
        """Not withdrawn."""
        return self.filter(withdrawn_on__isnull=True)

    def newest_first(self) -> Self:
        return self.order_by("-given_on", "-pk")


class ConsentManager(HubManager.from_queryset(ConsentQuerySet)):  # type: ignore[misc]
    """The hub's own."""


class Consent(HubOwned):
    """A client consented to one purpose, on a day, to one version of its text; and may withdraw it."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("事業者"), related_name="consents")
    purpose = models.CharField(_("目的"), max_length=20, choices=ConsentPurpose.choices)
    text = models.ForeignKey(ConsentText, models.PROTECT, verbose_name=_("文面の版"), related_name="+", null=True)
    given_on = models.DateField(_("同意した日"))
    means = models.CharField(_("方法"), max_length=20, choices=ConsentMeans.choices)
    recorded_at = models.DateTimeField(_("記録日時"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    withdrawn_on = models.DateField(_("撤回した日"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("撤回の記録日時"), null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    when_merged = {"enterprise": "moves"}
    objects = ConsentManager()
    by_link = LinkManager()

    class Meta:
        verbose_name = _("同意")
        verbose_name_plural = _("同意")
        indexes = [models.Index(fields=["hub", "enterprise", "purpose"], name="consent_by_enterprise")]
        constraints = [
            *HubOwned.Meta.constraints,
            SameHub(
                name="a_consent_is_of_its_hubs_enterprise",
                columns=["enterprise_id", "hub_id"],
                to_table="consultations_enterprise",
                to_columns=["id", "hub_id"],
            ),
            SameHub(
                name="a_consent_is_to_a_text_of_its_purpose",
                columns=["text_id", "purpose"],
                to_table="consultations_consenttext",
                to_columns=["id", "purpose"],
            ),
            one_of("purpose", ConsentPurpose, name="consent_purpose_is_known"),
            one_of("means", ConsentMeans, name="consent_means_is_known"),
            both_or_neither("withdrawn_on", "withdrawn_by", name="a_withdrawal_has_its_recorder"),
            both_or_neither("withdrawn_on", "withdrawn_at", name="a_withdrawal_has_its_moment"),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("given_on")),
                name="a_consent_is_withdrawn_after_it_was_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.purpose} {self.given_on}"


class PrivacyRequestQuerySet(HubQuerySet["PrivacyRequest"]):
    """Sentences about requests."""

    def newest_first(self) -> Self:
        return self.order_by("-received_on", "-pk")


class PrivacyRequestManager(HubManager.from_queryset(PrivacyRequestQuerySet)):  # type: ignore[misc]
    """The hub's own."""


class PrivacyRequest(HubOwned):
    """Somebody asks what is held of them, or that it be erased; and what came of it.

    `proof` is what was erased in counts, never in words; `sha256` is of `proof` as canonical JSON. The requester's
    name goes with the erasure: whoever is to be forgotten is not remembered for having asked.
    """

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, verbose_name=_("事業者"), related_name="privacy_requests"
    )
    kind = models.CharField(_("請求の種類"), max_length=20, choices=PrivacyKind.choices)
    requester = models.CharField(_("請求者"), max_length=80, blank=True)
    relation = models.CharField(_("請求者の立場"), max_length=20, choices=Relation.choices)
    identity_check = models.CharField(_("本人確認の方法"), max_length=20, choices=IdentityCheck.choices)
    received_on = models.DateField(_("受付日"))
    received_at = models.DateTimeField(_("記録日時"))
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(_("状態"), max_length=20, choices=PrivacyState.choices, default=PrivacyState.RECEIVED)
    reason = models.CharField(_("実施しない理由"), max_length=400, blank=True)
    decided_at = models.DateTimeField(_("決定日時"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    proof = models.JSONField(_("証明"), default=dict)
    sha256 = models.CharField(_("ハッシュ値"), max_length=64, blank=True)

    when_merged = {"enterprise": "moves"}
    objects = PrivacyRequestManager()

    class Meta:
        verbose_name = _("開示・消去の請求")
        verbose_name_plural = _("開示・消去の請求")
        indexes = [
            models.Index(fields=["hub", "-received_on", "-id"], name="privacy_request_by_hub"),
            models.Index(fields=["hub", "enterprise"], name="privacy_request_by_enterprise"),
        ]
        constraints = [
            *HubOwned.Meta.constraints,
            SameHub(
                name="a_privacy_request_is_about_its_hubs_enterprise",
                columns=["enterprise_id", "hub_id"],
                to_table="consultations_enterprise",
                to_columns=["id", "hub_id"],
            ),
            one_of("kind", PrivacyKind, name="privacy_kind_is_known"),
            one_of("state", PrivacyState, name="privacy_state_is_known"),
            one_of("relation", Relation, name="privacy_relation_is_known"),
            one_of("identity_check", IdentityCheck, name="identity_check_is_known"),
            both_or_neither("decided_at", "decided_by", name="a_privacy_decision_has_a_person"),
            models.CheckConstraint(
                condition=Q(state=PrivacyState.RECEIVED, decided_at__isnull=True)
                | (~Q(state=PrivacyState.RECEIVED) & Q(decided_at__isnull=False)),
                name="a_decided_privacy_request_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state=PrivacyState.REFUSED) | ~Q(reason=""), name="a_refusal_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state=PrivacyState.DONE) | Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="what_was_done_has_its_proof",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.received_on} {self.kind} {self.enterprise_id}"

    def get_absolute_url(self) -> str:
        return reverse("consultations:privacy_request", args=[self.hub.slug, self.pk])
