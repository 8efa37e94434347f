"""Reading targets: of a place, and all places side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from foundation.periods import FiscalYear
from hubs.models import Hub
from metrics.indicators import INDICATORS, Indicator
from metrics.models import Level, Span
from metrics.queries import Figures, Place, figures
from plans.models import Target


class Targets:
    """What was found, by place and total."""

    def __init__(self, rows: Iterable[Target]) -> None:
        self._rows = {(row.hub_id, row.indicator): row for row in rows}

    def row(self, place: Place, indicator: Indicator) -> Target | None:
        """The target itself, with who set it. None for a bureau: it has none of its own."""
        return None if place.level == Level.BUREAU else self._rows.get((place.hub_id, indicator.code))

    def value(self, place: Place, indicator: Indicator) -> int | None:
        """None where there is no target."""
        found = self.row(place, indicator)
        return None if found is None else found.value

    def sum_of(self, hubs: Sequence[Hub], indicator: Indicator) -> int | None:
        """What some hubs mean to reach together. None where their figures do not add up (者), and where one of them has
        no target: a sum that lacks a hub would be met too easily."""
        values = [self.value(Place.of_hub(hub), indicator) for hub in hubs]
        known = [value for value in values if value is not None]
        return sum(known) if known and indicator.additive and len(known) == len(values) else None

    def indicators(self) -> list[Indicator]:
        """The totals that somebody has a target for, in the registry's order."""
        named = {code for _hub_id, code in self._rows}
        return [indicator for indicator in INDICATORS.totals() if indicator.code in named]


def targets(*, year: FiscalYear) -> Targets:
    """Every target of a year that is in scope: the nation's, and those of hubs whose figures may be seen. One query."""
    return Targets(Target.objects.of_year(year).with_people())


@dataclass(frozen=True)
class Aim:
    """One total of a place: what was reached last year, this year so far, and what is meant to be reached."""

    indicator: Indicator
    before: int
    reached: int
    target: Target | None

    @property
    def percent(self) -> float | None:
        """How much of the year's target has been reached."""
        return attainment(self.reached, self.target.value if self.target else None)


def attainment(reached: int, target: int | None) -> float | None:
    """Percent of a target; None without one, and where it is 0: anything would be infinitely more."""
    return reached * 100 / target if target else None


def aims_of(place: Place, year: FiscalYear, found: Targets) -> list[Aim]:
    """Every total of a place. Figures of whole years: one query."""
    known = _year_figures([place], year)
    last, before = year.months[-1], year.months[0].previous()
    return [
        Aim(i, known.value(place, before, i), known.value(place, last, i), found.row(place, i))
        for i in INDICATORS.totals()
    ]


@dataclass(frozen=True)
class Promise:
    """One hub's targets in the national table: (target, percent reached) by the table's columns."""

    hub: Hub
    cells: Sequence[tuple[int | None, float | None]]


def promises(hubs: Sequence[Hub], columns: Sequence[Indicator], year: FiscalYear, found: Targets) -> list[Promise]:
    """Hubs side by side, in their order. One query."""
    known = _year_figures([Place.of_hub(hub) for hub in hubs], year, columns)
    last = year.months[-1]

    def cell(place: Place, indicator: Indicator) -> tuple[int | None, float | None]:
        value = found.value(place, indicator)
        return value, attainment(known.value(place, last, indicator), value)

    return [Promise(hub, [cell(Place.of_hub(hub), indicator) for indicator in columns]) for hub in hubs]


def _year_figures(places: Sequence[Place], year: FiscalYear, indicators: Sequence[Indicator] | None = None) -> Figures:
    """Of the year and of the one before, as far as they have been counted."""
    wanted = INDICATORS.totals() if indicators is None else indicators
    months = [year.months[-1], year.months[0].previous()]
    return figures(places=places, months=months, span=Span.YEAR_TO_DATE, indicators=wanted)
