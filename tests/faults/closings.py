"""A nation whose October is closed and has a correction waiting, and whose November waits to be closed."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from audit.models import Entry
from consultations.models import MonthLock
from foundation.periods import Month
from hubs.models import Hub
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics import actions as metrics
from metrics import corrections, freezing
from metrics.models import Freeze, FrozenFact, FrozenHub, FrozenRows
from reports.actions import closing
from reports.models import MonthlyReport, MonthStep, Publication, ReportingMonth
from tests import making
from tests.metrics.plain import counted_months, differences, expected, stored
from tests.reports.test_closing import accept_everywhere

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
TOKYO_TIME = ZoneInfo("Asia/Tokyo")
AFTER_OCTOBER = dt.datetime(2026, 11, 20, 9, tzinfo=TOKYO_TIME)
AFTER_NOVEMBER = dt.datetime(2026, 12, 20, 9, tzinfo=TOKYO_TIME)


def make_closed_october(*, tokyo: Hub, osaka: Hub, by: Any) -> None:
    """October closed; since then a late session of October, and November confirmed everywhere."""
    case = making.make_case(hub=tokyo)
    for day in (dt.date(2026, 10, 10), dt.date(2026, 11, 10)):
        making.make_consultation(hub=tokyo, case=case, held_on=day)
        making.make_consultation(hub=osaka, held_on=day)
    accept_everywhere(OCTOBER, by=by, at=AFTER_OCTOBER)
    closing.close_month(month=OCTOBER, note="", by=by, at=AFTER_OCTOBER)
    making.make_consultation(hub=tokyo, case=case, held_on=dt.date(2026, 10, 31))
    accept_everywhere(NOVEMBER, by=by, at=AFTER_NOVEMBER)


def closed_so_far() -> dict[str, Any]:
    """Everything that a closing or a publishing writes, in one look."""
    with entered(Scope.nationwide()):
        return {
            "freezes": sorted(Freeze.objects.values_list("month", "version", "cause", "sha256")),
            "parts": [model.objects.count() for model in (FrozenHub, FrozenRows, FrozenFact)],
            "locks": sorted(MonthLock.objects.values_list("hub_id", "month")),
            "hubs": sorted(MonthlyReport.objects.values_list("hub_id", "reporting_month_id", "state", "version")),
            "months": sorted(ReportingMonth.objects.values_list("month", "closed_at", "closed_by_id")),
            "steps": MonthStep.objects.count(),
            "trail": Entry.objects.filter(action__startswith="month.").count(),
            "publications": sorted(Publication.objects.values_list("month", "version", "sha256")),
        }


def assert_november_is_closed() -> None:
    """All of it: every figure, every hub, every lock, and the correction that it carries."""
    with entered(Scope.nationwide()):
        versions = list(Freeze.objects.order_by("month", "version"))
        assert [str(one) for one in versions] == ["2026-10 v1", "2026-10 v2", "2026-11 v1"]
        for one in versions:
            assert freezing.verify(one).problems == ()
        assert FrozenHub.objects.count() == FrozenRows.objects.count() == 3 * len(HUB_IDS)
        assert MonthLock.objects.filter(month=NOVEMBER.first).count() == len(HUB_IDS)
        states = MonthlyReport.objects.of(NOVEMBER).values_list("state", flat=True).distinct()
        assert list(states) == ["closed"]
        assert ReportingMonth.objects.get(month=NOVEMBER.first).closed_at is not None
        assert Entry.objects.filter(action="month.closed", detail__month="2026-11").count() == 1
        assert corrections.pending() == []


def assert_figures_are_right() -> None:
    """When the beat has come by, the facts are what an independent recount says."""
    metrics.recount_touched(at=AFTER_NOVEMBER)
    assert differences(stored(), expected(counted_months())) == {}
