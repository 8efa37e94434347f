"""Months that are accepted, closed, reopened: in bulk, without 47 chiefs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from consultations.models import MonthLock
from foundation.periods import Month
from hubs.models import Hub
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics.models import Freeze, FrozenFact, FrozenHub, FrozenRows
from reports.actions import closing
from reports.choices import MonthMove, MonthState
from reports.models import MonthlyReport, MonthStep, Reopening, ReportingMonth


def accept_everywhere(month: Month, *, by: Any, at: dt.datetime, but: Collection[int] = ()) -> None:
    """Every hub's chief has submitted and headquarters has accepted, but for some."""
    usual = ReportingMonth.usual(month)
    with entered(Scope.of_figures(HUB_IDS)):
        dates = {"due_on": usual.due_on, "closes_on": usual.closes_on}
        ReportingMonth.objects.get_or_create(month=month.first, defaults=dates)
        made = MonthlyReport.objects.bulk_create(
            MonthlyReport(
                hub_id=pk, reporting_month_id=month.first, state=MonthState.ACCEPTED, submitted_at=at, submitted_by=by,
                accepted_at=at, accepted_by=by,
            )
            for pk in HUB_IDS
            if pk not in but
        )  # fmt: skip
        MonthStep.objects.bulk_create(
            MonthStep(hub_id=report.hub_id, report=report, move=move, state=state, at=at, by=by)
            for move, state in ((MonthMove.SUBMIT, MonthState.SUBMITTED), (MonthMove.ACCEPT, MonthState.ACCEPTED))
            for report in made
        )


def close(month: Month, *, by: Any, at: dt.datetime, note: str = "") -> Freeze:
    """A month that every hub had confirmed."""
    accept_everywhere(month, by=by, at=at)
    return closing.close_month(month=month, note=note, by=by, at=at)


def freeze_by_hand(hub: Hub, *, by: Any, at: dt.datetime) -> None:
    """One row of a hub in every table that closing fills: for tests of walls."""
    month = Month(2031, 4)
    with entered(Scope.of_hub(hub.pk)):
        frozen, _new = Freeze.objects.get_or_create(
            month=month.first, version=1,
            defaults={"cause": "closing", "carried_in": month.first, "made_at": at, "made_by": by, "definitions": [],
                      "sha256": "0" * 64},
        )  # fmt: skip
        FrozenHub.objects.create(hub=hub, freeze=frozen, confirmed=True, rows_sha256="0" * 64)
        FrozenRows.objects.create(hub=hub, freeze=frozen, content=b"")
        FrozenFact.objects.create(freeze=frozen, level="hub", hub=hub, span="month", indicator="consultations", value=1)
        MonthLock.objects.create(hub=hub, month=month.first, locked_at=at)
        ReportingMonth.objects.get_or_create(
            month=month.first, defaults={"due_on": month.next().first, "closes_on": month.next().first}
        )
        report = MonthlyReport.objects.create(hub=hub, reporting_month_id=month.first)
        Reopening.objects.create(hub=hub, report=report, reason="x", asked_at=at, asked_by=by)
