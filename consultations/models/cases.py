"""案件: one trouble of one enterprise, with its state and history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consultations.choices import CaseMove, CaseState, Category, Reception, Resolution
from consultations.models.desks import SpecialDesk
from consultations.models.enterprises import Enterprise
from consultations.workflow import CLOSED
from foundation.constraints import SameHub, one_of
from foundation.text import fold, search_words
from hubs.tenancy import HubManager, HubOwned, HubQuerySet


class CaseQuerySet(HubQuerySet["Case"]):
    """Sentences about cases."""

    def open(self) -> Self:
        return self.exclude(state__in=CLOSED)

    def with_people(self) -> Self:
        return self.select_related("enterprise", "lead")

    def newest_first(self) -> Self:
        return self.order_by("-received_on", "-pk")

    def matching(self, query: str) -> Self:
        """Those whose number, title, issue or plan hold every word of the query, however written."""
        found = self
        for word in search_words(query):
            found = found.filter(search_text__contains=word)
        return found

    def bulk_create(self, objs: Iterable[Case], *args: Any, **kwargs: Any) -> list[Case]:
        rows = list(objs)
        for row in rows:
            row.search_text = search_text_of(row)
        return super().bulk_create(rows, *args, **kwargs)


class CaseManager(HubManager.from_queryset(CaseQuerySet)):  # type: ignore[misc]
    """The hub's own cases."""


class Case(HubOwned):
    """A case. Its number is year-hub-sequence: 2026-13-00042."""

    number = models.CharField(_("案件番号"), max_length=16)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("事業者"), related_name="cases")
    title = models.CharField(_("件名"), max_length=120)
    category = models.CharField(_("主たる相談区分"), max_length=20, choices=Category.choices)
    received_on = models.DateField(_("受付日"))
    reception = models.CharField(_("受付経路"), max_length=20, choices=Reception.choices)
    introduced_by = models.CharField(_("案件紹介元機関"), max_length=40, blank=True)
    heard_from = models.CharField(_("認知媒体"), max_length=40, blank=True)
    issue = models.TextField(_("本質的課題"), blank=True)
    plan = models.TextField(_("実行計画"), blank=True)
    special_desk = models.ForeignKey(
        SpecialDesk,
        models.PROTECT,
        verbose_name=_("特別相談窓口"),
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )  # the database lets one choose only what was open on received_on, at this hub
    unit = models.ForeignKey("hubs.Unit", models.PROTECT, verbose_name=_("ユニット"), null=True, blank=True)
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("主担当"), related_name="+")
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("副担当"), related_name="+", null=True, blank=True,
        db_index=False,
    )  # fmt: skip
    state = models.CharField(_("状態"), max_length=20, choices=CaseState.choices)
    closed_on = models.DateField(_("終了日"), null=True, blank=True)
    resolution = models.CharField(_("解決度"), max_length=20, choices=Resolution.choices, blank=True)
    next_action = models.CharField(_("次回アクション"), max_length=200, blank=True)
    next_due_on = models.DateField(_("期日"), null=True, blank=True)
    search_text = models.TextField(db_default="", default="", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("登録日時"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(_("更新日時"))

    when_merged = {"enterprise": "moves"}
    objects = CaseManager()

    class Meta:
        verbose_name = _("相談案件")
        verbose_name_plural = _("相談案件")
        indexes = [
            models.Index(fields=["hub", "-received_on", "-id"], name="case_by_hub"),
            models.Index(fields=["hub", "enterprise"], name="case_by_enterprise"),
            models.Index(fields=["hub", "closed_on"], condition=Q(closed_on__isnull=False), name="case_by_closing"),
            models.Index(
                fields=["hub", "lead", "next_due_on"],
                condition=Q(closed_on__isnull=True, next_due_on__isnull=False),
                name="case_by_next_action",
            ),
            models.Index(
                fields=["hub", "deputy", "next_due_on"],
                condition=Q(closed_on__isnull=True, next_due_on__isnull=False, deputy__isnull=False),
                name="case_by_deputys_next_action",
            ),
        ]
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(fields=["id", "hub"], name="case_and_hub"),
            models.UniqueConstraint(fields=["id", "enterprise", "hub"], name="case_enterprise_and_hub"),
            models.UniqueConstraint(fields=["hub", "number"], name="one_case_per_hub_and_number"),
            SameHub(
                name="a_case_is_of_its_hubs_enterprise",
                columns=["enterprise_id", "hub_id"],
                to_table="consultations_enterprise",
                to_columns=["id", "hub_id"],
            ),
            SameHub(
                name="a_case_is_in_its_hubs_unit",
                columns=["unit_id", "hub_id"],
                to_table="hubs_unit",
                to_columns=["id", "hub_id"],
            ),
            one_of("category", Category, name="case_category_is_known"),
            one_of("reception", Reception, name="case_reception_is_known"),
            one_of("state", CaseState, name="case_state_is_known"),
            models.CheckConstraint(condition=~Q(title=""), name="a_case_has_a_title"),
            models.CheckConstraint(
                condition=Q(state__in=CLOSED, closed_on__isnull=False, resolution__in=Resolution.values)
                | (~Q(state__in=CLOSED) & Q(closed_on__isnull=True, resolution="")),
                name="a_closed_case_has_day_and_resolution",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True)
                | Q(closed_on__gte=F("received_on"), closed_on__lte=dt.date(2100, 3, 31)),
                name="a_case_is_closed_after_it_came",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = search_text_of(self)
        if (written := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*written, "search_text"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("consultations:case", args=[self.hub.slug, self.pk])


def search_text_of(case: Case) -> str:
    """The folded text that a search looks through; its pairs stand in the index."""
    parts = (case.number, case.title, case.issue, case.plan)
    return fold("\n".join(part for part in parts if part))


class CaseCounter(HubOwned):
    """The last case number given out, per hub and fiscal year."""

    fiscal_year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(fields=["hub", "fiscal_year"], name="one_counter_per_hub_and_year"),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year}-{self.hub_id}: {self.last}"


class CaseStep(HubOwned):
    """One move of a case: its history."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="steps")
    move = models.CharField(_("操作"), max_length=20, choices=CaseMove.choices)
    state = models.CharField(_("状態"), max_length=20, choices=CaseState.choices)
    at = models.DateTimeField(_("日時"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.CharField(_("備考"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("案件の経過")
        verbose_name_plural = _("案件の経過")
        indexes = [models.Index(fields=["hub", "case"], name="casestep_by_case")]
        constraints = [
            *HubOwned.Meta.constraints,
            SameHub(
                name="a_step_is_of_its_hubs_case",
                columns=["case_id", "hub_id"],
                to_table="consultations_case",
                to_columns=["id", "hub_id"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.move}"
