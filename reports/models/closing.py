"""What follows the closing of a month: reopenings, and what was published of it."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.constraints import FIGURES, SameHub, Wall, both_or_neither, one_of
from foundation.periods import Month
from hubs.tenancy import FigureManager, HubOwned, HubQuerySet
from metrics.models import Freeze
from reports.choices import ReopeningState
from reports.models.months import MonthlyReport


class ReopeningQuerySet(HubQuerySet["Reopening"]):
    """Sentences about reopenings."""

    def undecided(self) -> Self:
        return self.filter(state=ReopeningState.ASKED)

    def standing(self) -> Self:
        """Asked for or granted: at most one of a hub's month."""
        return self.filter(state__in=[ReopeningState.ASKED, ReopeningState.GRANTED])

    def granted_for(self, report: MonthlyReport) -> Self:
        """What a month is open by: one row at most."""
        return self.filter(report=report, state=ReopeningState.GRANTED)

    def run_out(self, at: dt.datetime) -> Self:
        return self.filter(state=ReopeningState.GRANTED, until__lte=at)

    def with_people(self) -> Self:
        return self.select_related("asked_by", "decided_by", "report__hub__prefecture", "hub__prefecture")

    def newest_first(self) -> Self:
        return self.order_by("-asked_at", "-pk")


class ReopeningManager(FigureManager.from_queryset(ReopeningQuerySet)):  # type: ignore[misc]
    """Those of the hubs whose figures are in scope."""


class Reopening(HubOwned):
    """再開: a hub asks to change a closed month, headquarters decides, for a scope and until a moment."""

    report = models.ForeignKey(MonthlyReport, models.PROTECT, related_name="reopenings")
    state = models.CharField(_("状態"), max_length=10, choices=ReopeningState.choices, default=ReopeningState.ASKED)
    reason = models.CharField(_("再開の理由"), max_length=1000)
    consultations = ArrayField(models.BigIntegerField(), verbose_name=_("直す相談記録"), default=list, blank=True)
    asked_at = models.DateTimeField(_("申請日時"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("承認・却下の日時"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answer = models.CharField(_("本部の回答"), max_length=1000, blank=True)
    until = models.DateTimeField(_("再開の期限"), null=True)
    ended_at = models.DateTimeField(_("終了日時"), null=True)

    objects = ReopeningManager()

    class Meta:
        verbose_name = _("月次報告の再開")
        verbose_name_plural = _("月次報告の再開")
        indexes = [models.Index(fields=["state", "until"], name="reopening_by_state")]
        constraints = [
            Wall(name="reports_reopening_wall", sees=FIGURES),
            SameHub(
                name="a_reopening_is_of_its_hubs_report",
                columns=["report_id", "hub_id"],
                to_table="reports_monthlyreport",
                to_columns=["id", "hub_id"],
            ),
            one_of("state", ReopeningState, name="reopening_state_is_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_reopening_says_why"),
            both_or_neither("decided_at", "decided_by", name="a_decision_has_a_person"),
            models.CheckConstraint(
                condition=Q(state=ReopeningState.ASKED, decided_at__isnull=True)
                | (~Q(state=ReopeningState.ASKED) & Q(decided_at__isnull=False)),
                name="a_reopening_asked_for_is_undecided",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ReopeningState.GRANTED, ReopeningState.ENDED]) | Q(until__isnull=False),
                name="a_granted_reopening_has_its_end",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReopeningState.REFUSED) | ~Q(answer=""), name="a_refused_reopening_says_why"
            ),
            models.UniqueConstraint(
                fields=["hub", "report"],
                condition=Q(state__in=[ReopeningState.ASKED, ReopeningState.GRANTED]),
                name="one_standing_reopening_per_report",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.state}"


class PublicationQuerySet(models.QuerySet["Publication"]):
    """Sentences about what was published."""

    def of(self, month: Month) -> Self:
        return self.filter(month=month.first)

    def newest_first(self) -> Self:
        return self.order_by("-month", "-version")

    def newest_of_each_month(self) -> Self:
        return self.order_by("-month", "-version").distinct("month")


class Publication(models.Model):
    """公表版: what the public reads of one version of a month; small figures are suppressed in it. Never changed.

    `figures` holds what is published and what it is called, as reports.publishing writes it; nobody's rows, so it
    stands behind no wall.
    """

    freeze = models.OneToOneField(Freeze, models.PROTECT, related_name="publication")
    month = models.DateField(_("対象月"))
    version = models.PositiveSmallIntegerField(_("版"))
    published_at = models.DateTimeField(_("公表日時"))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    figures: Any = models.JSONField(_("公表値"))
    sha256 = models.CharField("SHA-256", max_length=64)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("公表")
        verbose_name_plural = _("公表")
        constraints = [
            models.UniqueConstraint(fields=["month", "version"], name="one_publication_per_month_and_version")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} v{self.version}"

    @property
    def as_month(self) -> Month:
        return Month.of(self.month)
