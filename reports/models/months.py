"""The month as it is told: its two dates for the nation, how far each hub is, and who did what."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from foundation.constraints import FIGURES, SameHub, Wall, both_or_neither, one_of
from foundation.periods import Month
from hubs.models import Hub
from hubs.tenancy import FigureManager, HubOwned, HubQuerySet
from reports.choices import MonthMove, MonthState
from reports.workflow import CLOSED, WAITING_FOR_HUB

USUAL_DUE_DAY, USUAL_CLOSING_DAY = 10, 20  # of the month after


class ReportingMonthQuerySet(models.QuerySet["ReportingMonth"]):
    """Sentences about the nation's months."""

    def over(self, today: dt.date) -> Self:
        return self.filter(month__lt=Month.of(today).first)

    def waiting_at(self, hub: Hub) -> Self:
        """Those that a hub has not submitted, or was asked about again."""
        done = MonthlyReport.objects.filter(hub=hub, reporting_month=OuterRef("pk")).exclude(state__in=WAITING_FOR_HUB)
        return self.exclude(Exists(done))


class ReportingMonth(models.Model):
    """対象月 for the whole nation. 提出期限 and 締め日 are two dates: the hubs' and headquarters' own."""

    month = models.DateField(_("対象月"), primary_key=True)
    due_on = models.DateField(_("提出期限"))
    closes_on = models.DateField(_("締め日"))
    closed_at = models.DateTimeField(_("締め日時"), null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closing_note = models.CharField(_("未確認の拠点がある理由"), max_length=1000, blank=True)

    objects = ReportingMonthQuerySet.as_manager()

    class Meta:
        verbose_name = _("対象月")
        verbose_name_plural = _("対象月")
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="a_reporting_month_is_its_first_day"),
            models.CheckConstraint(
                condition=Q(due_on__gt=F("month"), closes_on__gte=F("due_on")), name="a_month_is_due_before_it_closes"
            ),
            both_or_neither("closed_at", "closed_by", name="the_closing_of_a_month_has_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @classmethod
    def usual(cls, month: Month) -> Self:
        """With the dates that hold unless headquarters sets others."""
        after = month.next().first
        return cls(
            month=month.first, due_on=after.replace(day=USUAL_DUE_DAY), closes_on=after.replace(day=USUAL_CLOSING_DAY)
        )


class MonthlyReportQuerySet(HubQuerySet["MonthlyReport"]):
    """Sentences about hubs' months."""

    def of(self, month: Month) -> Self:
        return self.filter(reporting_month_id=month.first)

    def told(self) -> Self:
        """Those that the hub does not owe (MonthlyReport.is_owed)."""
        return self.exclude(state__in=WAITING_FOR_HUB, was_reopened=False)

    def with_dates(self) -> Self:
        return self.select_related("reporting_month", "hub__prefecture", "submitted_by", "accepted_by", "closed_by")


class MonthlyReportManager(FigureManager.from_queryset(MonthlyReportQuerySet)):  # type: ignore[misc]
    """Those of the hubs whose figures are in scope."""


class MonthlyReport(HubOwned):
    """月次報告 of one hub and month."""

    reporting_month = models.ForeignKey(
        ReportingMonth, models.PROTECT, verbose_name=_("対象月"), related_name="reports"
    )
    state = models.CharField(_("状態"), max_length=12, choices=MonthState.choices, default=MonthState.DRAFTING)
    is_zero = models.BooleanField(_("相談実績なし"), default=False)
    submitted_at = models.DateTimeField(_("提出日時"), null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(_("本部確認日時"), null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(_("締め日時"), null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submitted_figures = models.JSONField(_("提出した集計値"), default=dict)  # {indicator: value}, as last submitted
    # as headquarters saw them
    accepted_figures = models.JSONField(_("本部が確認した集計値"), default=dict, db_default={})
    was_reopened = models.BooleanField(_("再開した月"), default=False, db_default=False)  # and stays so, closed again
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = MonthlyReportManager()

    class Meta:
        verbose_name = _("月次報告")
        verbose_name_plural = _("月次報告")
        indexes = [models.Index(fields=["reporting_month", "state"], name="monthlyreport_by_month")]
        constraints = [
            Wall(name="reports_monthlyreport_wall", sees=FIGURES),
            models.UniqueConstraint(fields=["id", "hub"], name="monthlyreport_and_hub"),
            models.UniqueConstraint(fields=["hub", "reporting_month"], name="one_report_per_hub_and_month"),
            one_of("state", MonthState, name="month_state_is_known"),
            both_or_neither("submitted_at", "submitted_by", name="a_submission_has_a_person"),
            both_or_neither("accepted_at", "accepted_by", name="an_acceptance_has_a_person"),
            both_or_neither("closed_at", "closed_by", name="a_closing_has_a_person"),
            models.CheckConstraint(
                condition=~Q(state__in=[MonthState.SUBMITTED, MonthState.ACCEPTED, *CLOSED])
                | Q(submitted_at__isnull=False),
                name="a_month_beyond_drafting_was_submitted",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[MonthState.ACCEPTED, *CLOSED]) | Q(accepted_at__isnull=False),
                name="an_accepted_month_was_accepted",
            ),
            models.CheckConstraint(
                condition=Q(state__in=CLOSED, closed_at__isnull=False)
                | (~Q(state__in=CLOSED) & Q(closed_at__isnull=True)),
                name="a_closed_month_was_closed",
            ),
            models.CheckConstraint(
                condition=Q(~Q(state=MonthState.REOPENED), was_reopened=False)
                | Q(~Q(state=MonthState.DRAFTING), was_reopened=True),
                name="a_month_that_was_reopened_is_no_draft",
            ),
            models.CheckConstraint(
                condition=Q(submitted_figures={})
                | Q(is_zero=True, submitted_figures__consultations=0)
                | Q(is_zero=False, submitted_figures__consultations__gt=0),
                name="a_zero_month_is_one_without_consultations",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hub_id} {self.reporting_month_id:%Y-%m} {self.state}"

    @property
    def month(self) -> Month:
        return Month.of(self.reporting_month_id)

    @property
    def is_owed(self) -> bool:
        """Whether the hub has yet to tell it: what lateness and rates are counted by. A month that was closed had been
        told, and its reopening has an end of its own."""
        return self.state in WAITING_FOR_HUB and not self.was_reopened

    def is_late(self, today: dt.date) -> bool:
        """Whether the hub has let 提出期限 pass."""
        return self.is_owed and today > self.reporting_month.due_on


class MonthStep(HubOwned):
    """One move of a hub's month: its history."""

    report = models.ForeignKey(MonthlyReport, models.CASCADE, related_name="steps")
    move = models.CharField(_("操作"), max_length=12, choices=MonthMove.choices)
    state = models.CharField(_("状態"), max_length=12, choices=MonthState.choices)
    at = models.DateTimeField(_("日時"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.CharField(_("理由・連絡"), max_length=1000, blank=True)

    objects = FigureManager()

    class Meta:
        verbose_name = _("月次報告の経過")
        verbose_name_plural = _("月次報告の経過")
        indexes = [models.Index(fields=["hub", "report", "-at"], name="monthstep_by_report")]
        constraints = [
            Wall(name="reports_monthstep_wall", sees=FIGURES),
            SameHub(
                name="a_month_step_is_of_its_hubs_report",
                columns=["report_id", "hub_id"],
                to_table="reports_monthlyreport",
                to_columns=["id", "hub_id"],
            ),
            one_of("move", MonthMove, name="month_move_is_known"),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | Q(move__in=[MonthMove.LAPSE, MonthMove.PUBLISH]),
                name="a_month_step_has_a_person",  # a reopening that runs out has none
            ),
            models.CheckConstraint(
                condition=~Q(move__in=[MonthMove.RETURN, MonthMove.REOPEN]) | ~Q(note=""),
                name="a_return_or_reopening_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.move}"


class Explanation(HubOwned):
    """Why a figure jumped, in the hub's words. Compulsory for more than 30 % against the month before."""

    report = models.ForeignKey(MonthlyReport, models.CASCADE, related_name="explanations")
    indicator = models.CharField(max_length=40)
    text = models.CharField(_("説明"), max_length=1000)

    objects = FigureManager()

    class Meta:
        verbose_name = _("増減の説明")
        verbose_name_plural = _("増減の説明")
        constraints = [
            Wall(name="reports_explanation_wall", sees=FIGURES),
            SameHub(
                name="an_explanation_is_of_its_hubs_report",
                columns=["report_id", "hub_id"],
                to_table="reports_monthlyreport",
                to_columns=["id", "hub_id"],
            ),
            models.UniqueConstraint(fields=["hub", "report", "indicator"], name="one_explanation_per_figure"),
            models.CheckConstraint(condition=~Q(text=""), name="an_explanation_explains"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.indicator}"


class Remark(HubOwned):
    """What headquarters asks about a figure when it returns a month, and what the hub answers to it. Those of one
    return bear its moment."""

    report = models.ForeignKey(MonthlyReport, models.CASCADE, related_name="remarks")
    indicator = models.CharField(max_length=40)
    text = models.CharField(_("本部からの指摘"), max_length=1000)
    at = models.DateTimeField(_("日時"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reply = models.CharField(_("拠点の回答"), max_length=1000, blank=True)
    replied_at = models.DateTimeField(_("回答日時"), null=True)
    replied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = FigureManager()

    class Meta:
        verbose_name = _("本部からの指摘")
        verbose_name_plural = _("本部からの指摘")
        indexes = [models.Index(fields=["hub", "report"], name="remark_by_report")]
        constraints = [
            Wall(name="reports_remark_wall", sees=FIGURES),
            SameHub(
                name="a_remark_is_on_its_hubs_report",
                columns=["report_id", "hub_id"],
                to_table="reports_monthlyreport",
                to_columns=["id", "hub_id"],
            ),
            models.CheckConstraint(condition=~Q(text=""), name="a_remark_says_something"),
            both_or_neither("replied_at", "replied_by", name="a_reply_has_a_person"),
            models.CheckConstraint(
                condition=Q(reply="", replied_at__isnull=True) | (~Q(reply="") & Q(replied_at__isnull=False)),
                name="a_reply_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.indicator}"
