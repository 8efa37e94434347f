"""成果: what became of a case, confirmed by the client; and when to ask again."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consultations.choices import AsOf, Confirming, FollowUpEnding, OutcomeKind, Trend
from consultations.models.cases import Case
from foundation.constraints import SameHub, both_or_neither, one_of
from hubs.tenancy import HubManager, HubOwned, HubQuerySet

_PROGRAMME = (dt.date(2014, 4, 1), dt.date(2100, 3, 31))


class OutcomeQuerySet(HubQuerySet["Outcome"]):
    """Sentences about outcomes."""

    def standing(self) -> Self:
        """Not taken back."""
        return self.filter(deleted_at__isnull=True)

    def confirmed(self) -> Self:
        """Those that the client has confirmed: the ones that count."""
        return self.standing().filter(confirmed_on__isnull=False)

    def newest_first(self) -> Self:
        return self.order_by("-measured_on", "-pk")


class OutcomeManager(HubManager.from_queryset(OutcomeQuerySet)):  # type: ignore[misc]
    """The hub's own outcomes."""


class Outcome(HubOwned):
    """One outcome of a case at one time after it. Whose it is, the case knows: a merged enterprise takes it along."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("案件"), related_name="outcomes")
    kind = models.CharField(_("成果の種類"), max_length=20, choices=OutcomeKind.choices)
    trend = models.CharField(_("変化"), max_length=10, choices=Trend.choices)
    amount_yen = models.PositiveBigIntegerField(_("金額(円)"), null=True, blank=True)
    before_value = models.BigIntegerField(_("支援前の値"), null=True, blank=True)
    after_value = models.BigIntegerField(_("支援後の値"), null=True, blank=True)
    as_of = models.CharField(_("時点"), max_length=20, choices=AsOf.choices)
    measured_on = models.DateField(_("把握した日"))
    evidence = models.TextField(_("根拠"), blank=True)
    confirmed_on = models.DateField(_("本人確認の日"), null=True, blank=True)
    confirmed_how = models.CharField(_("確認の方法"), max_length=20, choices=Confirming.choices, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("確認を記録した人"), related_name="+", null=True
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("登録日時"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(_("更新日時"))
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    deleted_at = models.DateTimeField(_("削除日時"), null=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )

    objects = OutcomeManager()

    class Meta:
        verbose_name = _("成果")
        verbose_name_plural = _("成果")
        indexes = [
            models.Index(fields=["hub", "case", "-measured_on"], name="outcome_by_case"),
            models.Index(
                fields=["hub", "measured_on"],
                condition=Q(confirmed_on__isnull=False, deleted_at__isnull=True),
                name="outcome_counted_by_day",
            ),
        ]
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(fields=["id", "hub"], name="outcome_and_hub"),
            SameHub(
                name="an_outcome_is_of_its_hubs_case",
                columns=["case_id", "hub_id"],
                to_table="consultations_case",
                to_columns=["id", "hub_id"],
            ),
            one_of("kind", OutcomeKind, name="outcome_kind_is_known"),
            one_of("trend", Trend, name="outcome_trend_is_known"),
            one_of("as_of", AsOf, name="outcome_time_is_known"),
            models.CheckConstraint(condition=Q(measured_on__range=_PROGRAMME), name="outcome_within_the_programme"),
            models.CheckConstraint(
                condition=Q(confirmed_on__isnull=True, confirmed_how="", confirmed_by__isnull=True)
                | Q(confirmed_on__isnull=False, confirmed_how__in=Confirming.values, confirmed_by__isnull=False),
                name="a_confirmation_says_when_how_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_on__isnull=True) | Q(confirmed_on__gte=F("measured_on")),
                name="an_outcome_is_confirmed_when_it_is_known",
            ),
            both_or_neither("deleted_at", "deleted_by", name="an_outcomes_deletion_has_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.as_of}"

    def get_absolute_url(self) -> str:
        return reverse("consultations:outcome", args=[self.hub.slug, self.pk])


class FollowUpQuerySet(HubQuerySet["FollowUp"]):
    """Sentences about follow-ups."""

    def pending(self) -> Self:
        """Neither done nor skipped nor cancelled."""
        return self.filter(ending="")

    def soonest_first(self) -> Self:
        return self.order_by("due_on", "pk")


class FollowUpManager(HubManager.from_queryset(FollowUpQuerySet)):  # type: ignore[misc]
    """The hub's own follow-ups."""


class FollowUp(HubOwned):
    """A due action: ask the client 3, 6 or 12 months after the case ended what has become of it."""

    case = models.ForeignKey(Case, models.CASCADE, verbose_name=_("案件"), related_name="follow_ups")
    point = models.CharField(_("追跡時点"), max_length=20, choices=AsOf.choices)
    closed_on = models.DateField(_("終了日"))  # the end that it follows: a case may end twice
    due_on = models.DateField(_("期日"))
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="+", null=True)
    ending = models.CharField(_("結果"), max_length=10, choices=FollowUpEnding.choices, blank=True)
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    ended_at = models.DateTimeField(_("完了日時"), null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects = FollowUpManager()

    class Meta:
        verbose_name = _("追跡")
        verbose_name_plural = _("追跡")
        indexes = [
            models.Index(fields=["hub", "due_on"], condition=Q(ending=""), name="followup_pending"),
            models.Index(fields=["hub", "case"], name="followup_by_case"),
        ]
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["hub", "case", "closed_on", "point"],
                condition=~Q(ending=FollowUpEnding.CANCELLED),
                name="one_followup_per_end_and_point",
            ),
            SameHub(
                name="a_followup_is_of_its_hubs_case",
                columns=["case_id", "hub_id"],
                to_table="consultations_case",
                to_columns=["id", "hub_id"],
            ),
            SameHub(
                name="a_followup_is_done_by_its_hubs_outcome",
                columns=["outcome_id", "hub_id"],
                to_table="consultations_outcome",
                to_columns=["id", "hub_id"],
            ),
            models.CheckConstraint(
                condition=Q(point__in=[AsOf.MONTHS_3, AsOf.MONTHS_6, AsOf.MONTHS_12]), name="followup_point_is_known"
            ),
            models.CheckConstraint(
                condition=Q(ending="", ended_at__isnull=True, ended_by__isnull=True, outcome__isnull=True, reason="")
                | (
                    Q(ending__in=FollowUpEnding.values, ended_at__isnull=False, ended_by__isnull=False)
                    & (~Q(ending=FollowUpEnding.DONE) | Q(outcome__isnull=False))
                    & (~Q(ending=FollowUpEnding.SKIPPED) | ~Q(reason=""))
                ),
                name="a_followup_ends_by_an_outcome_or_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.point} {self.due_on}"
