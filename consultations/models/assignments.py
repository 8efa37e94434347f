"""割当: who may take how much a week, and what each was given, over every route."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consultations.choices import AssignmentRoute
from consultations.models.cases import Case
from foundation.constraints import SameHub, one_of
from hubs.tenancy import HubManager, HubOwned, HubQuerySet


class Capacity(HubOwned):
    """What one coordinator can take: so much a week, and nothing in a pause. Without a row: no limit."""

    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("コーディネーター"), related_name="+", db_index=False
    )
    weekly_cap = models.PositiveSmallIntegerField(_("週の上限(件)"), null=True, blank=True)
    paused_from = models.DateField(_("割当停止の初日"), null=True, blank=True)
    paused_until = models.DateField(_("割当停止の最終日"), null=True, blank=True)
    set_at = models.DateTimeField(_("設定日時"))
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("設定者"), related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("受けられる件数")
        verbose_name_plural = _("受けられる件数")
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(fields=["hub", "coordinator"], name="one_capacity_per_hub_and_coordinator"),
            models.CheckConstraint(
                condition=Q(paused_until__isnull=True) | Q(paused_until__gte=F("paused_from")),
                name="a_pause_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(paused_from__isnull=False) | Q(paused_until__isnull=True), name="a_pause_has_a_first_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.coordinator_id}: {self.weekly_cap}"

    def is_paused_on(self, day: dt.date) -> bool:
        """Both ends included; a pause without an end goes on."""
        if self.paused_from is None or day < self.paused_from:
            return False
        return self.paused_until is None or day <= self.paused_until


class Handover(HubOwned):
    """One bulk handover: what somebody who leaves, or is away for long, passed on."""

    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("引き継ぐ人"), related_name="+", db_index=False
    )
    at = models.DateTimeField(_("日時"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("実施者"), related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("一括の引き継ぎ")
        verbose_name_plural = _("一括の引き継ぎ")
        indexes = [models.Index(fields=["hub", "-at"], name="handover_by_hub")]
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(fields=["id", "hub"], name="handover_and_hub"),
        ]

    def __str__(self) -> str:
        return f"{self.giver_id} {self.at:%Y-%m-%d}"


def week_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """Monday and Sunday."""
    monday = day - dt.timedelta(days=day.weekday())
    return monday, monday + dt.timedelta(days=6)


class AssignmentQuerySet(HubQuerySet["Assignment"]):
    """Sentences about assignments."""

    def standing(self) -> Self:
        """Not taken back."""
        return self.filter(released_at__isnull=True)

    def in_week_of(self, day: dt.date) -> Self:
        return self.filter(on__range=week_of(day))


class AssignmentManager(HubManager.from_queryset(AssignmentQuerySet)):  # type: ignore[misc]
    """The hub's own assignments."""


class Assignment(HubOwned):
    """One case or booking given to one person. `reference` names what is not a case: "booking:12"; where a case came of
    it, both are set, and it counts once. `on` is the day that
    it burdens; the week of that day is the one whose cap it counts towards."""

    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("コーディネーター"), related_name="+", db_index=False
    )
    route = models.CharField(_("経路"), max_length=10, choices=AssignmentRoute.choices)
    on = models.DateField(_("日付"))
    case = models.ForeignKey(
        Case, models.PROTECT, verbose_name=_("案件"), related_name="assignments", null=True, db_index=False
    )
    reference = models.CharField(_("対象"), max_length=40, blank=True)
    handover = models.ForeignKey(Handover, models.PROTECT, related_name="assignments", null=True, db_index=False)
    at = models.DateTimeField(_("日時"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("割り当てた人"), related_name="+", db_index=False
    )
    released_at = models.DateTimeField(_("取消日時"), null=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )  # none: the client

    objects = AssignmentManager()

    class Meta:
        verbose_name = _("割当")
        verbose_name_plural = _("割当")
        indexes = [
            models.Index(
                fields=["hub", "on", "coordinator"], condition=Q(released_at__isnull=True), name="assignment_by_week"
            ),
            models.Index(fields=["hub", "case"], condition=Q(case__isnull=False), name="assignment_by_case"),
            models.Index(
                fields=["hub", "handover"], condition=Q(handover__isnull=False), name="assignment_by_handover"
            ),
        ]
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["hub", "reference"],
                condition=Q(released_at__isnull=True) & ~Q(reference=""),
                name="one_standing_assignment_per_hub_and_reference",
            ),
            one_of("route", AssignmentRoute, name="assignment_route_is_known"),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True) | Q(released_at__isnull=False),
                name="who_takes_back_does_so_at_a_moment",
            ),
            SameHub(
                name="an_assignment_is_of_its_hubs_case",
                columns=["case_id", "hub_id"],
                to_table="consultations_case",
                to_columns=["id", "hub_id"],
            ),
            SameHub(
                name="an_assignment_is_of_its_hubs_handover",
                columns=["handover_id", "hub_id"],
                to_table="consultations_handover",
                to_columns=["id", "hub_id"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.coordinator_id} {self.route}"
