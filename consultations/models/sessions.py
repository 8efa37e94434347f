"""相談記録: one session with one enterprise; what was involved; drafts; months touched."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.choices import InvolvementKind, Method, NotCounted, ProgramUseKind
from consultations.models.cases import Case
from consultations.models.enterprises import Enterprise
from foundation.constraints import SameHub, both_or_neither, one_of
from foundation.paging import behind
from foundation.periods import Month
from foundation.text import fold, grams
from hubs.tenancy import HubManager, HubOwned, HubQuerySet


class ConsultationQuerySet(HubQuerySet["Consultation"]):
    """Sentences about consultations."""

    def standing(self) -> Self:
        """Not deleted."""
        return self.filter(deleted_at__isnull=True)

    def counted(self) -> Self:
        """Those that 相談対応件数 counts (domain.md §4)."""
        return self.filter(deleted_at__isnull=True, not_counted="")

    def held_in(self, month: Month) -> Self:
        return self.filter(held_on__gte=month.first, held_on__lte=month.last)

    def held_between(self, first: dt.date, last: dt.date) -> Self:
        return self.filter(held_on__gte=first, held_on__lte=last)

    def with_people(self) -> Self:
        return self.select_related("enterprise", "case", "lead")

    def for_lists(self) -> Self:
        """Without what only search needs."""
        return self.defer("search_text", "search_grams")

    def newest_first(self) -> Self:
        return self.order_by("-held_on", "-pk")

    def behind(self, place: tuple[dt.date, int] | None) -> Self:
        """The rows that follow a place in the order of newest_first."""
        return behind(self, "held_on", place)


class ConsultationManager(HubManager.from_queryset(ConsultationQuerySet)):  # type: ignore[misc]
    """The hub's own consultations."""


class Consultation(HubOwned):
    """カルテ: a note that lets another coordinator carry on."""

    client_id = models.UUIDField(_("入力番号"), default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("案件"), related_name="consultations")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("事業者"), related_name="consultations")
    unit = models.ForeignKey("hubs.Unit", models.PROTECT, verbose_name=_("ユニット"), null=True, blank=True)
    held_on = models.DateField(_("相談日"))
    minutes = models.PositiveSmallIntegerField(_("相談時間(分)"))
    method = models.CharField(_("相談方法"), max_length=20, choices=Method.choices)
    place = models.CharField(_("場所"), max_length=120, blank=True)
    client_people = models.CharField(_("相談者"), max_length=120, blank=True)
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("対応者"), related_name="+")
    themes = ArrayField(models.CharField(max_length=40), verbose_name=_("相談細目"), default=list)
    content = models.TextField(_("相談内容"))
    advice = models.TextField(_("助言内容"))
    next_step = models.TextField(_("次回まで"), blank=True)
    not_counted = models.CharField(_("非計上の理由"), max_length=20, choices=NotCounted.choices, blank=True)
    search_text = models.TextField(editable=False)
    search_grams = ArrayField(models.IntegerField(), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("登録日時"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(_("更新日時"))
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    deleted_at = models.DateTimeField(_("削除日時"), null=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )

    when_merged = {"enterprise": "moves"}
    objects = ConsultationManager()

    class Meta:
        verbose_name = _("相談記録")
        verbose_name_plural = _("相談記録")
        indexes = [
            models.Index(fields=["hub", "-held_on", "-id"], name="consultation_by_hub"),
            models.Index(fields=["held_on"], name="consultation_by_day"),
            models.Index(fields=["hub", "enterprise", "-held_on"], name="consultation_by_enterprise"),
            models.Index(fields=["hub", "case", "-held_on"], name="consultation_by_case"),
            GinIndex(fields=["hub", "search_grams"], name="consultation_by_gram", fastupdate=True),
        ]
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(fields=["hub", "client_id"], name="one_consultation_per_hub_and_client_id"),
            models.UniqueConstraint(fields=["id", "hub"], name="consultation_and_hub"),
            SameHub(
                name="a_consultation_is_of_its_hubs_case",
                columns=["case_id", "enterprise_id", "hub_id"],
                to_table="consultations_case",
                to_columns=["id", "enterprise_id", "hub_id"],
            ),
            SameHub(
                name="a_consultation_is_in_its_hubs_unit",
                columns=["unit_id", "hub_id"],
                to_table="hubs_unit",
                to_columns=["id", "hub_id"],
            ),
            one_of("method", Method, name="consultation_method_is_known"),
            models.CheckConstraint(
                condition=Q(minutes__range=(1, 1440)), name="a_consultation_lasts_1_to_1440_minutes"
            ),
            models.CheckConstraint(
                condition=Q(held_on__range=(dt.date(2014, 4, 1), dt.date(2100, 3, 31))),
                name="consultation_within_the_programme",
            ),
            models.CheckConstraint(
                condition=Q(not_counted="") | Q(not_counted__in=NotCounted.values),
                name="not_counted_has_a_known_reason",
            ),
            both_or_neither("deleted_at", "deleted_by", name="a_deletion_has_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.enterprise_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text, self.search_grams = search_columns(self)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("consultations:consultation", args=[self.hub.slug, self.pk])

    @property
    def days_late(self) -> int:
        """記録遅延日数: from the session to its entry."""
        return max(0, (timezone.localtime(self.created_at).date() - self.held_on).days)


def search_columns(consultation: Consultation) -> tuple[str, list[int]]:
    """The folded text that a search rechecks, and the pairs that its index knows."""
    parts = (consultation.content, consultation.advice, consultation.next_step, consultation.client_people)
    folded = fold("\n".join(part for part in parts if part))
    return folded, grams(folded)


class Involvement(HubOwned):
    """A support organization that a client was referred to, or that cooperated, in one consultation."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="involvements")
    organization = models.ForeignKey("directory.SupportOrganization", models.PROTECT, verbose_name=_("支援機関"))
    kind = models.CharField(_("種別"), max_length=20, choices=InvolvementKind.choices)

    class Meta:
        verbose_name = _("支援機関との連携")
        verbose_name_plural = _("支援機関との連携")
        constraints = [
            *HubOwned.Meta.constraints,
            SameHub(
                name="an_involvement_is_of_its_hubs_consultation",
                columns=["consultation_id", "hub_id"],
                to_table="consultations_consultation",
                to_columns=["id", "hub_id"],
            ),
            models.UniqueConstraint(
                fields=["hub", "consultation", "organization", "kind"], name="one_involvement_per_kind"
            ),
            one_of("kind", InvolvementKind, name="involvement_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.kind} {self.organization_id}"


class ProgramUse(HubOwned):
    """A support programme that was used or introduced in one consultation."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="program_uses")
    program = models.ForeignKey("directory.SupportProgram", models.PROTECT, verbose_name=_("支援制度"))
    kind = models.CharField(_("種別"), max_length=20, choices=ProgramUseKind.choices)

    class Meta:
        verbose_name = _("支援制度の活用")
        verbose_name_plural = _("支援制度の活用")
        constraints = [
            *HubOwned.Meta.constraints,
            SameHub(
                name="a_program_use_is_of_its_hubs_consultation",
                columns=["consultation_id", "hub_id"],
                to_table="consultations_consultation",
                to_columns=["id", "hub_id"],
            ),
            models.UniqueConstraint(fields=["hub", "consultation", "program", "kind"], name="one_program_use_per_kind"),
            one_of("kind", ProgramUseKind, name="program_use_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.kind} {self.program_id}"


class Draft(HubOwned):
    """What somebody has typed and not saved yet. Never counted; seen by its owner only."""

    client_id = models.UUIDField(_("入力番号"))
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("入力者"))
    fields = models.JSONField(_("内容"))
    saved_at = models.DateTimeField(_("保存日時"))

    class Meta:
        verbose_name = _("下書き")
        verbose_name_plural = _("下書き")
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(fields=["hub", "owner", "client_id"], name="one_draft_per_owner_and_client_id"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.saved_at:%Y-%m-%d %H:%M}"


class TouchedMonth(HubOwned):
    """A hub-month whose figures may have changed. Written by triggers, taken away by metrics."""

    month = models.DateField()
    touched_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        constraints = [*HubOwned.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.hub_id} {self.month:%Y-%m}"
