"""How a hub's month stands: its figures, what was said about them, what has changed since it was submitted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from foundation.periods import Month
from hubs.models import Hub
from metrics.indicators import INDICATORS, Indicator
from metrics.queries import Place, Told, change, figures
from reports.choices import MonthMove
from reports.models import Explanation, MonthlyReport, MonthStep, Remark, ReportingMonth

JUMP_PERCENT = 30  # beyond it an explanation is compulsory (domain.md §5)


@dataclass(frozen=True)
class Confirmed:
    """A total of the month beside the month before."""

    indicator: Indicator
    now: int
    before: int

    @property
    def percent(self) -> float | None:
        return change(self.now, self.before)

    @property
    def is_jump(self) -> bool:
        """More than ±30 %, or something out of nothing."""
        if self.before == 0:
            return self.now > 0
        return abs(self.percent or 0) > JUMP_PERCENT


@dataclass(frozen=True)
class Changed:
    """A figure that is another one now than when the month was submitted."""

    indicator: Indicator
    told: int
    now: int


@dataclass(frozen=True)
class Round:
    """One return of a month: its number, what headquarters said, and what it asked figure by figure."""

    number: int
    step: MonthStep
    remarks: list[tuple[Indicator, Remark]] = field(default_factory=list)


def reporting_month(month: Month) -> ReportingMonth:
    """With its two dates; the usual ones where headquarters has set none."""
    return ReportingMonth.objects.filter(pk=month.first).first() or ReportingMonth.usual(month)


def report_of(hub: Hub, month: Month) -> MonthlyReport:
    """The hub's month; an unsaved draft where nobody has touched it."""
    said = Explanation.objects.filter(report=OuterRef("pk")).values(told=JSONObject(indicator="indicator", text="text"))
    rows = MonthlyReport.objects.filter(hub=hub).of(month).with_dates()
    found = rows.annotate(explained=ArraySubquery(said)).first()  # at once: pages before submission have many questions
    return found or MonthlyReport(hub=hub, reporting_month=reporting_month(month))


def figures_to_confirm(hub: Hub, month: Month, *, told: Told = Told.LIVE) -> list[Confirmed]:
    """The totals that a chief signs, 相談対応件数 first: as the records count now, or as they were told."""
    place, before = Place.of_hub(hub), month.previous()
    totals = INDICATORS.at(month).totals()
    found = figures(places=[place], months=[month, before], indicators=totals, told=told)
    return [
        Confirmed(indicator, found.value(place, month, indicator), found.value(place, before, indicator))
        for indicator in totals
    ]


def jumps_of(confirmed: Sequence[Confirmed]) -> list[Confirmed]:
    """Those that must be explained."""
    return [figure for figure in confirmed if figure.is_jump]


def told_by(confirmed: Sequence[Confirmed]) -> dict[str, int]:
    """The totals as a submission keeps them."""
    return {figure.indicator.code: figure.now for figure in confirmed}


def changes_of(report: MonthlyReport, confirmed: Sequence[Confirmed]) -> list[Changed]:
    """The figures that are no longer what the hub submitted. None of an indicator that was declared later."""
    told = report.submitted_figures
    return [
        Changed(figure.indicator, told[figure.indicator.code], figure.now)
        for figure in confirmed
        if told.get(figure.indicator.code, figure.now) != figure.now
    ]


def mark_of(changes: Sequence[Changed]) -> str:
    """What says that somebody has seen just these changes; empty where there are none."""
    return mark([(change.indicator.code, change.told, change.now) for change in changes]) if changes else ""


def mark_of_all(confirmed: Sequence[Confirmed]) -> str:
    """What says that somebody has seen just these totals."""
    return mark(told_by(confirmed))


def mark(seen: Any) -> str:
    """A short name of what somebody was shown, to be sent back with what they decide."""
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:16]


def explanations_of(report: MonthlyReport) -> dict[str, str]:
    """By indicator, in the hub's words. Of a report that report_of found."""
    return {row["indicator"]: row["text"] for row in getattr(report, "explained", ())}


def newest_remarks(report: MonthlyReport) -> dict[str, Remark]:
    """What headquarters asked at the last return, by indicator."""
    if not report.pk:
        return {}
    rows = list(report.remarks.select_related("by", "replied_by").order_by("-at", "pk"))
    return {row.indicator: row for row in rows if row.at == rows[0].at and row.indicator in INDICATORS}


def rounds_of(report: MonthlyReport, steps: Sequence[MonthStep]) -> list[Round]:
    """Every return of a month with its remarks and their replies, the newest first."""
    returns = sorted((step for step in steps if step.move == MonthMove.RETURN), key=lambda step: step.at)
    rounds = {step.at: Round(number, step) for number, step in enumerate(returns, start=1)}
    if rounds:
        for remark in report.remarks.select_related("by", "replied_by").order_by("pk"):
            if remark.at in rounds and remark.indicator in INDICATORS:
                rounds[remark.at].remarks.append((INDICATORS[remark.indicator], remark))
    return list(reversed(list(rounds.values())))
