"""All hubs' months side by side, as headquarters and a bureau see them: what needs attention, and who reports in time
over a year."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from foundation.periods import Month
from hubs.models import Bureau, Hub
from metrics.indicators import INDICATORS
from metrics.queries import Figures, Place, Told, figures
from reports.choices import MonthState
from reports.models import MonthlyReport, ReportingMonth
from reports.outliers import LOOKED_BACK, Outlier, outliers_of
from reports.queries.months import Changed, Confirmed, changes_of, jumps_of
from reports.queries.submissions import first_sent
from reports.workflow import CLOSED, WAITING_FOR_HUB

YEAR = 12  # months over which rates are told
LATE, LOOK = "late", "look"  # filters beside the states


class Urgency(IntEnum):
    """What comes first on the page."""

    LOOK = 1  # submitted or accepted, and something about it wants a look
    LATE = 2  # 提出期限 has passed and it waits for the hub
    READY = 3  # submitted, and nothing strikes the eye
    WAITING = 4  # waits for the hub, in time
    DONE = 5


@dataclass(frozen=True)
class Rate:
    """Of so many months that are due, how many were submitted and how many of these by 提出期限."""

    due: int = 0
    submitted: int = 0
    on_time: int = 0

    @property
    def reporting(self) -> float | None:
        """提出率 in percent."""
        return 100 * self.submitted / self.due if self.due else None

    @property
    def timeliness(self) -> float | None:
        """期限内提出率 in percent."""
        return 100 * self.on_time / self.due if self.due else None

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.due + other.due, self.submitted + other.submitted, self.on_time + other.on_time)


@dataclass(frozen=True)
class HubStanding:
    """How far a hub's month is, what about it wants a look, and how the hub has reported over a year."""

    hub: Hub
    report: MonthlyReport
    is_late: bool
    on_time: bool | None
    jumps: int
    outliers: list[Outlier] = field(default_factory=list)
    changes: list[Changed] = field(default_factory=list)
    year: Rate = Rate()

    @property
    def urgency(self) -> Urgency:
        waiting = self.report.state in WAITING_FOR_HUB
        if not waiting and (self.changes or (self.outliers and self.report.state == MonthState.SUBMITTED)):
            return Urgency.LOOK
        if self.is_late:
            return Urgency.LATE
        if waiting:
            return Urgency.WAITING
        return Urgency.READY if self.report.state == MonthState.SUBMITTED else Urgency.DONE

    @property
    def is_ready(self) -> bool:
        """Whether it may be accepted without looking at it by itself."""
        return self.urgency == Urgency.READY

    def passes(self, wanted: str) -> bool:
        """Whether a filter leaves it: a state, LATE, LOOK, or nothing."""
        if wanted == LATE:
            return self.is_late
        if wanted == LOOK:
            return self.urgency == Urgency.LOOK
        return wanted in ("", self.report.state)


def standings(hubs: Sequence[Hub], month: Month, *, today: dt.date) -> list[HubStanding]:
    """Every hub's month, in the hubs' order. Four queries."""
    months = {Month.of(row.month): row for row in ReportingMonth.objects.filter(month__range=_year(month))}
    dates = months.setdefault(month, ReportingMonth.usual(month))
    reports: dict[int, dict[Month, MonthlyReport]] = defaultdict(dict)
    for report in MonthlyReport.objects.filter(reporting_month__month__range=_year(month)):
        reports[report.hub_id][report.month] = report
    sent, found = first_sent(month.plus(-n) for n in range(YEAR)), _figures(hubs, month)

    def standing(hub: Hub) -> HubStanding:
        report = reports[hub.pk].get(month) or MonthlyReport(hub=hub)
        report.reporting_month, report.hub = dates, hub
        confirmed = _confirmed(hub, month, found)
        mine = sent.get(hub.pk, {})
        return HubStanding(
            hub, report, report.is_late(today),
            on_time=mine[month] <= dates.due_on if month in mine else None,
            jumps=len(jumps_of(confirmed)), outliers=outliers_of(hub, month, found),
            changes=[] if report.state in CLOSED else changes_of(report, confirmed),
            year=_rate(reports[hub.pk], months, mine, today),
        )  # fmt: skip

    return [standing(hub) for hub in hubs]


def rates(rows: Iterable[HubStanding]) -> tuple[float, float]:
    """Reporting rate and on-time rate of some hubs in the month itself, in percent."""
    rows = list(rows)
    if not rows:
        return 0.0, 0.0
    sent = [row for row in rows if not row.report.is_owed]
    on_time = [row for row in sent if row.on_time]
    return len(sent) * 100 / len(rows), len(on_time) * 100 / len(rows)


def bureau_rates(rows: Iterable[HubStanding]) -> list[tuple[Bureau, Rate]]:
    """The year's rates of the bureaus' hubs together, in the bureaus' order."""
    found: dict[Bureau, Rate] = defaultdict(Rate)
    for row in rows:
        found[row.hub.prefecture.bureau] += row.year
    return sorted(found.items(), key=lambda entry: entry[0].position)


def most_urgent_first(rows: Iterable[HubStanding]) -> list[HubStanding]:
    """In the order in which headquarters looks at them; hubs of one urgency from north to south."""
    return sorted(rows, key=lambda row: (row.urgency, row.hub.pk))


def _year(month: Month) -> tuple[dt.date, dt.date]:
    return month.plus(1 - YEAR).first, month.first


def _figures(hubs: Sequence[Hub], month: Month) -> Figures:
    places = [Place.nation(), *map(Place.of_hub, hubs)]
    months = [month.plus(n - LOOKED_BACK) for n in range(LOOKED_BACK + 1)]
    return figures(places=places, months=months, indicators=INDICATORS.at(month).totals(), told=Told.LIVE)


def _confirmed(hub: Hub, month: Month, found: Figures) -> list[Confirmed]:
    place, before, totals = Place.of_hub(hub), month.previous(), INDICATORS.at(month).totals()
    return [Confirmed(i, found.value(place, month, i), found.value(place, before, i)) for i in totals]


def _rate(
    reports: Mapping[Month, MonthlyReport], months: Mapping[Month, ReportingMonth], sent: Mapping[Month, dt.date],
    today: dt.date,
) -> Rate:  # fmt: skip
    """A hub's year. A month whose 提出期限 lies ahead counts once it is submitted."""
    rate = Rate()
    for month, dates in months.items():
        report = reports.get(month)
        is_sent = report is not None and not report.is_owed
        if is_sent or dates.due_on < today:
            in_time = is_sent and month in sent and sent[month] <= dates.due_on
            rate += Rate(1, int(is_sent), int(in_time))
    return rate
