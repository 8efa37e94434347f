"""When hubs told their months: the one rule behind on-time rates, warnings and headquarters' own report."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.utils import timezone

from foundation.periods import Month
from reports.choices import MonthMove
from reports.models import MonthStep


def first_sent(months: Iterable[Month]) -> Mapping[int, Mapping[Month, dt.date]]:
    """When each hub first submitted each of some months, by hub and month: what was returned and came again was in time
    all the same; what the hub itself took back was not submitted. The first closing settles it."""
    steps = MonthStep.objects.filter(
        move__in=[MonthMove.SUBMIT, MonthMove.WITHDRAW, MonthMove.CLOSE],
        report__reporting_month__in=[month.first for month in months],
    )
    found: dict[int, dict[Month, dt.date]] = defaultdict(dict)
    settled: set[int] = set()
    for report_id, hub_id, day, move, at in steps.order_by("at", "pk").values_list(
        "report_id", "hub_id", "report__reporting_month_id", "move", "at"
    ):
        month = Month.of(day)
        if move == MonthMove.CLOSE:
            settled.add(report_id)
        elif report_id in settled:
            continue
        elif move == MonthMove.WITHDRAW:
            found[hub_id].pop(month, None)
        else:
            found[hub_id].setdefault(month, timezone.localdate(at))
    return found
