"""Figures of a place beside last year's, trends, the nation's hubs side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from foundation.periods import Month
from hubs.models import Hub
from metrics.indicators import INDICATORS, Indicator
from metrics.models import Span
from metrics.queries import Figures, Labels, Place, change, figures

TREND_MONTHS = 13
SHADES = 5


@dataclass(frozen=True)
class Shown:
    """One figure with last year's beside it."""

    indicator: Indicator
    value: int
    before: int
    code: str = ""
    label: str = ""

    @property
    def change(self) -> float | None:
        """Percent against last year; None where there was nothing."""
        return change(self.value, self.before)


@dataclass(frozen=True)
class Division:
    """One breakdown: its rows, largest list order kept."""

    indicator: Indicator
    rows: Sequence[Shown]


@dataclass(frozen=True)
class Step:
    """One month of a trend."""

    month: Month
    value: int
    before: int


@dataclass(frozen=True)
class Row:
    """One hub in the national table and on the map. `shade` is 1 (fewest) to 5 (most)."""

    hub: Hub
    totals: Sequence[Shown]
    chosen: Shown
    shade: int


def totals_of(found: Figures, place: Place, month: Month) -> list[Shown]:
    """Every total of a place in a month, with last year's."""
    return [shown(found, place, month, indicator) for indicator in INDICATORS.at(month).totals()]


def shown(found: Figures, place: Place, month: Month, indicator: Indicator, code: str = "", label: str = "") -> Shown:
    """One figure beside the one of a year before."""
    before = found.value(place, month.year_before(), indicator, code)
    return Shown(indicator, found.value(place, month, indicator, code), before, code, label or str(indicator))


def divisions_of(found: Figures, place: Place, month: Month) -> list[Division]:
    """Every breakdown of a place in a month; codes that never occurred in either year are left out."""
    labels = Labels()
    return [
        Division(
            indicator,
            [
                row
                for code, label in labels.of(indicator).items()
                if (row := shown(found, place, month, indicator, code, label)).value or row.before
            ],
        )
        for indicator in INDICATORS.at(month).breakdowns()
    ]


def trend_of(place: Place, month: Month, indicator: Indicator) -> list[Step]:
    """The last thirteen months of one figure, each beside its year before."""
    months = [month.plus(-n) for n in reversed(range(TREND_MONTHS))]
    found = figures(
        places=[place], months={*months, *(m.year_before() for m in months)}, span=Span.MONTH, indicators=[indicator]
    )
    return [Step(m, found.value(place, m, indicator), found.value(place, m.year_before(), indicator)) for m in months]


def with_year_before(
    places: Iterable[Place], month: Month, span: Span, indicators: Iterable[Indicator] | None = None
) -> Figures:
    """The figures of a month and of the same month a year before."""
    return figures(places=places, months=[month, month.year_before()], span=span, indicators=indicators)


def side_by_side(hubs: Sequence[Hub], found: Figures, month: Month, chosen: Indicator) -> list[Row]:
    """The hubs' totals, shaded by the chosen indicator: fifths by rank, so that one giant does not pale the rest."""
    marked = {hub.pk: shown(found, Place.of_hub(hub), month, chosen) for hub in hubs}
    ranked = sorted(marked, key=lambda pk: (marked[pk].value, pk))
    shade = {pk: 1 + position * SHADES // max(1, len(ranked)) for position, pk in enumerate(ranked)}
    return [Row(hub, totals_of(found, Place.of_hub(hub), month), marked[hub.pk], shade[hub.pk]) for hub in hubs]


def sorted_rows(rows: Sequence[Row], order: str) -> list[Row]:
    """By hub code, by the chosen figure, or by its change."""
    keys: dict[str, Any] = {
        "value": lambda row: (-row.chosen.value, row.hub.pk),
        "change": lambda row: (-(row.chosen.change if row.chosen.change is not None else float("-inf")), row.hub.pk),
    }
    return sorted(rows, key=keys.get(order, lambda row: row.hub.pk))
