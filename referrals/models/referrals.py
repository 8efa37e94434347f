"""紹介・連携: a client handed on to another agency, with what the client agreed to."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consultations.models.enterprises import ANONYMISED
from foundation.constraints import LINK, LinkDoor, SameHub, both_or_neither, one_of
from hubs.tenancy import HubManager, HubOwned, HubQuerySet, LinkManager
from referrals.choices import Consent, ReferralKind, ReferralState, Shared
from referrals.workflow import ANSWERED, FINISHED, OPEN, UNSENT

# The referral that a living link was made for. The link's own row is visible to who has it, dead or not.
BY_LINK = (
    "(SELECT l.referral_id FROM referrals_referrallink l"  # noqa: S608  (put together from constants)
    f" WHERE l.token_hash = {LINK} AND l.revoked_at IS NULL AND l.expires_at > now())"
)
ONE_ADDRESS = r'^[^[:cntrl:][:space:]<>()\[\],;:"@]+@[^[:cntrl:][:space:]<>()\[\],;:"@]+$'


class ReferralQuerySet(HubQuerySet["Referral"]):
    """Sentences about referrals."""

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def unanswered(self) -> Self:
        """Sent, and not a word since."""
        return self.filter(state=ReferralState.SENT)

    def resultless(self) -> Self:
        """Answered, but not yet finished."""
        return self.filter(state__in=[ReferralState.RECEIVED, ReferralState.ACTIVE])

    def sent_by(self, day: dt.date) -> Self:
        return self.filter(sent_on__lte=day)

    def with_people(self) -> Self:
        return self.select_related("enterprise", "organization", "case", "created_by")

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")


class ReferralManager(HubManager.from_queryset(ReferralQuerySet)):  # type: ignore[misc]
    """The hub's own referrals."""


class Referral(HubOwned):
    """One request of a hub to another agency. `shared` holds what the agency may read: a copy, made when it was sent,
    of just the fields that the client consented to."""

    client_id = models.UUIDField(_("入力番号"), default=uuid.uuid4, editable=False)
    case = models.ForeignKey("consultations.Case", models.PROTECT, verbose_name=_("案件"), related_name="+")
    enterprise = models.ForeignKey(
        "consultations.Enterprise", models.PROTECT, verbose_name=_("事業者"), related_name="+"
    )
    consultation = models.ForeignKey(
        "consultations.Consultation", models.PROTECT, verbose_name=_("相談記録"), related_name="+", null=True
    )
    organization = models.ForeignKey(
        "directory.SupportOrganization", models.PROTECT, verbose_name=_("支援機関"), related_name="+"
    )
    kind = models.CharField(_("種別"), max_length=20, choices=ReferralKind.choices)
    recipient_name = models.CharField(_("担当者名"), max_length=80, blank=True)
    recipient_email = models.EmailField(_("送付先のメール"))
    request = models.TextField(_("依頼内容"))
    outline = models.TextField(_("相談概要"), blank=True)
    fields = ArrayField(
        models.CharField(max_length=20, choices=Shared.choices), verbose_name=_("提供する情報"), default=list
    )
    shared = models.JSONField(_("提供した情報"), default=dict, editable=False)
    consented_on = models.DateField(_("同意日"), null=True, blank=True)
    consent_how = models.CharField(_("同意の方法"), max_length=20, choices=Consent.choices, blank=True)
    consent_recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("同意を記録した人"), related_name="+", null=True
    )
    consent_recorded_at = models.DateTimeField(_("同意を記録した日時"), null=True)
    state = models.CharField(_("状態"), max_length=20, choices=ReferralState.choices, default=ReferralState.PREPARED)
    reason = models.CharField(_("理由"), max_length=400, blank=True)
    sent_on = models.DateField(_("送付日"), null=True)
    answered_on = models.DateField(_("応答日"), null=True)
    finished_on = models.DateField(_("終了日"), null=True)
    letters = models.PositiveSmallIntegerField(_("送付回数"), default=0)
    chased = models.PositiveSmallIntegerField(_("督促回数"), default=0)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("登録日時"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("担当"), related_name="+")
    updated_at = models.DateTimeField(_("更新日時"))

    objects = ReferralManager()
    by_link = LinkManager()
    when_merged = {"enterprise": "moves"}

    class Meta:
        verbose_name = _("紹介・連携")
        verbose_name_plural = _("紹介・連携")
        indexes = [
            models.Index(fields=["hub", "-created_at", "-id"], name="referral_by_hub"),
            models.Index(fields=["hub", "state", "-created_at", "-id"], name="referral_by_state"),
            models.Index(fields=["hub", "case"], name="referral_by_case"),
            models.Index(fields=["hub", "enterprise"], name="referral_by_enterprise"),
            models.Index(fields=["hub", "organization"], name="referral_by_organization"),
            models.Index(fields=["hub", "sent_on"], condition=Q(sent_on__isnull=False), name="referral_by_sending"),
            models.Index(
                fields=["hub", "answered_on"], condition=Q(answered_on__isnull=False), name="referral_by_answer"
            ),
            models.Index(fields=["hub", "finished_on"], condition=Q(finished_on__isnull=False), name="referral_by_end"),
        ]
        constraints = [
            *HubOwned.Meta.constraints,
            LinkDoor(name="referrals_referral_by_link", condition=f"id = {BY_LINK}", commands=["SELECT", "UPDATE"]),
            models.UniqueConstraint(fields=["id", "hub"], name="referral_and_hub"),
            models.UniqueConstraint(fields=["hub", "client_id"], name="one_referral_per_hub_and_client_id"),
            SameHub(
                name="a_referral_is_of_its_hubs_case",
                columns=["case_id", "enterprise_id", "hub_id"],
                to_table="consultations_case",
                to_columns=["id", "enterprise_id", "hub_id"],
            ),
            SameHub(
                name="a_referral_is_of_its_hubs_enterprise",
                columns=["enterprise_id", "hub_id"],
                to_table="consultations_enterprise",
                to_columns=["id", "hub_id"],
            ),
            SameHub(
                name="a_referral_is_of_its_hubs_consultation",
                columns=["consultation_id", "hub_id"],
                to_table="consultations_consultation",
                to_columns=["id", "hub_id"],
            ),
            one_of("kind", ReferralKind, name="referral_kind_is_known"),
            one_of("state", ReferralState, name="referral_state_is_known"),
            models.CheckConstraint(
                condition=Q(consent_how="") | Q(consent_how__in=Consent.values), name="referral_consent_is_known"
            ),
            models.CheckConstraint(
                condition=Q(fields__contained_by=list(Shared.values)), name="what_is_shared_is_known"
            ),
            models.CheckConstraint(
                condition=Q(recipient_email__regex=ONE_ADDRESS), name="a_referral_goes_to_one_address"
            ),
            models.CheckConstraint(condition=~Q(request=""), name="a_referral_asks_for_something"),
            # the rule that matters most: nothing about a client leaves the hub without the client
            models.CheckConstraint(
                condition=Q(sent_on__isnull=True, shared={})
                | Q(consented_on__isnull=False, consent_recorded_by__isnull=False, sent_on__isnull=False)
                & ~Q(consent_how="")
                & Q(consented_on__lte=models.F("sent_on")),
                name="nothing_is_sent_without_consent",
            ),
            both_or_neither("consented_on", "consent_recorded_by", name="a_consent_has_who_recorded_it"),
            both_or_neither("consent_recorded_at", "consent_recorded_by", name="a_consent_was_recorded_at_a_moment"),
            models.CheckConstraint(
                condition=Q(state__in=sorted(UNSENT)) | Q(sent_on__isnull=False), name="a_sent_referral_has_its_day"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(ANSWERED)) | Q(answered_on__isnull=False), name="an_answer_has_its_day"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(FINISHED), finished_on__isnull=False)
                | (~Q(state__in=sorted(FINISHED)) & Q(finished_on__isnull=True)),
                name="a_finished_referral_has_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["declined", "cancelled"]) | ~Q(reason=""), name="who_declines_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.sent_on or ''}".strip()

    def get_absolute_url(self) -> str:
        return reverse("referrals:page", args=[self.hub.slug, self.pk])

    @property
    def is_forgotten(self) -> bool:
        """Whether its client was anonymised. Told by the row itself, because a link opens no other, and because
        whoever has waited for the row's lock reads it anew."""
        return self.request == ANONYMISED

    @property
    def has_consent(self) -> bool:
        """Whether the client's consent is recorded."""
        return self.consented_on is not None and bool(self.consent_how)
