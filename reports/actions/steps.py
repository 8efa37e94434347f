"""The history of hubs' months."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from audit import trail
from reports.choices import MonthMove
from reports.models import MonthlyReport, MonthStep


def note_steps(
    reports: list[MonthlyReport], move: MonthMove, *, by: User | None, at: dt.datetime, note: str = ""
) -> None:
    """The history of a move that many hubs' months made at once, and its lines in the trail."""
    MonthStep.objects.bulk_create(
        MonthStep(hub_id=report.hub_id, report=report, move=move, state=report.state, at=at, by=by, note=note)
        for report in reports
    )
    lines = [
        trail.Line(f"month.{move}", on=report, hub_id=report.hub_id, detail={"month": str(report.month)})
        for report in reports
    ]
    if lines:
        trail.write(lines, by=by, at=at)
