"""One item of the tender's II.7 at one place: its totals against last year, target and the median of all hubs, what
divides them, how they went, and where the year will end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from foundation.periods import Month
from hubs.models import Bureau, Hub
from hubs.tenancy import HUB_IDS
from metrics import forecast, standing
from metrics.forecast import Forecast
from metrics.indicators import INDICATORS, UNSTATED, Indicator
from metrics.models import Level, Span
from metrics.queries import Ask, Figures, Labels, Place, change, figures_for
from metrics.standing import Standing
from metrics.topics import Topic
from plans.queries import Targets, attainment

TREND_MONTHS = 13
PAST_YEARS = 6  # that a forecast is tested on


@dataclass(frozen=True)
class Question:
    """What a page of analysis is about. `hubs`: those in scope that the place has, to be put side by side; `bureaus`:
    all, where they are compared."""

    topic: Topic
    place: Place
    month: Month
    span: Span
    today: dt.date
    hubs: Sequence[Hub] = ()
    bureaus: Sequence[Bureau] = ()

    @property
    def as_of(self) -> Month:
        """The last month that a forecast may know: the chosen one, if it is over."""
        return min(self.month, Month.of(self.today).previous())

    @property
    def beside(self) -> list[Place]:
        """The places that stand beside this one in tables."""
        return [*map(Place.of_hub, self.hubs), *map(Place.of_bureau, self.bureaus)]


class Read:
    """The figures of a period and of the same one a year before."""

    def __init__(self, found: Figures, month: Month) -> None:
        self._found, self._month = found, month

    def value(self, place: Place, indicator: Indicator, code: str = "", *, before: bool = False) -> int:
        month = self._month.year_before() if before else self._month
        return self._found.value(place, month, indicator, code)


def ask(question: Question, places: Sequence[Place], indicators: Sequence[Indicator]) -> Ask:
    """The figures of the period and of the one a year before."""
    return Ask(places, [question.month, question.month.year_before()], question.span, indicators)


@dataclass(frozen=True)
class Line:
    """A total of the place."""

    indicator: Indicator
    value: int
    before: int
    target: int | None
    expected: float | None
    standing: Standing
    among: Standing | None

    @property
    def change(self) -> float | None:
        return change(self.value, self.before)

    @property
    def percent(self) -> float | None:
        """How much of what the period should bring has been reached."""
        return self.value * 100 / self.expected if self.expected else None

    @property
    def median(self) -> float:
        """Of all hubs."""
        return self.standing.median

    @property
    def rank(self) -> int | None:
        """Among the places of its level."""
        return self.among.rank(self.value) if self.among else None


@dataclass(frozen=True)
class Part:
    """One code of a breakdown."""

    indicator: Indicator
    code: str
    label: str
    value: int
    before: int
    whole: int
    nation: int
    nation_whole: int

    @property
    def change(self) -> float | None:
        return change(self.value, self.before)

    @property
    def share(self) -> float | None:
        """Percent of the total."""
        return attainment(self.value, self.whole)

    @property
    def nation_share(self) -> float | None:
        return attainment(self.nation, self.nation_whole)


@dataclass(frozen=True)
class Divided:
    """One breakdown, the largest part first, what a record left open last."""

    indicator: Indicator
    parts: Sequence[Part]


@dataclass(frozen=True)
class Beside:
    """A place below this one: its totals, the first of them measured."""

    name: str
    slug: str
    is_bureau: bool
    lines: Sequence[Line]

    @property
    def first(self) -> Line:
        return self.lines[0]


@dataclass(frozen=True)
class Outlook:
    """Where a total will end the year, and where it was meant to end."""

    indicator: Indicator
    forecast: Forecast
    target: int | None
    before: int

    @property
    def percent(self) -> float | None:
        """The forecast against the target."""
        return None if self.forecast.value is None else attainment(self.forecast.value, self.target)

    @property
    def is_short(self) -> bool:
        """Even the top of the range lies below the target."""
        return bool(self.target and self.forecast.high is not None and self.forecast.high < self.target)


@dataclass(frozen=True)
class Step:
    """A month of the trend."""

    month: Month
    value: int
    before: int


class Analysis:
    """The answer. Everything is read at once: two statements of figures, wherever one looks from."""

    def __init__(self, question: Question, targets: Targets) -> None:
        self.question, self._targets = question, targets
        self.indicators, place, nation = question.topic.at(question.month), question.place, Place.nation()
        self.totals = [indicator for indicator in self.indicators if indicator.breakdown is None]
        whole, *rest = figures_for(
            [
                ask(question, [place, nation], self.indicators),
                ask(question, question.beside, self.totals),
                self._series(),
                self._years(),
            ]
        )
        self._here, self._beside = Read(whole, question.month), Read(rest[0], question.month)
        self._months, self._to_date = rest[1], rest[2]

    def _series(self) -> Ask:
        """Every month that the trend and the forecast look at."""
        first = Month(self.question.as_of.fiscal_year.year - PAST_YEARS, 4)
        shown = self._trend_months()
        months = {*months_between(first, self.question.as_of), *shown, *(month.year_before() for month in shown)}
        return Ask([self.question.place], sorted(months), Span.MONTH, self.totals)

    def _years(self) -> Ask:
        """Years to date of what is counted anew (者)."""
        first = Month(self.question.as_of.fiscal_year.year - PAST_YEARS, 4)
        distinct = [indicator for indicator in self.totals if not indicator.adds_over_months]
        return Ask([self.question.place], months_between(first, self.question.as_of), Span.YEAR_TO_DATE, distinct)

    def _trend_months(self) -> list[Month]:
        return [self.question.month.plus(-n) for n in reversed(range(TREND_MONTHS))]

    @cached_property
    def _all_hubs(self) -> dict[str, Standing]:
        """How all hubs stand: out of what was read, where it was all of them."""
        if len(self.question.hubs) == len(HUB_IDS):
            return self._standings(self._beside, [Place.of_hub(hub) for hub in self.question.hubs])
        (found,) = standing.of_all_hubs([ask(self.question, standing.HUBS, self.totals)])
        return self._standings(Read(found, self.question.month), standing.HUBS)

    def _standings(self, read: Read, places: Sequence[Place]) -> dict[str, Standing]:
        return {i.code: Standing([read.value(place, i) for place in places]) for i in self.totals}

    @cached_property
    def _all_bureaus(self) -> dict[str, Standing]:
        return self._standings(self._beside, [Place.of_bureau(bureau) for bureau in self.question.bureaus])

    def _among(self, place: Place, indicator: Indicator) -> Standing | None:
        if place.level == Level.NATION:
            return None
        return (self._all_hubs if place.level == Level.HUB else self._all_bureaus)[indicator.code]

    def target(self, place: Place, indicator: Indicator) -> int | None:
        """Of the year. A bureau's is its hubs' sum."""
        if place.level != Level.BUREAU:
            return self._targets.value(place, indicator)
        hubs = [hub for hub in self.question.hubs if hub.prefecture.bureau_id == place.bureau_id]
        return self._targets.sum_of(hubs, indicator)

    def _line(self, read: Read, place: Place, indicator: Indicator) -> Line:
        target = self.target(place, indicator)
        return Line(
            indicator, read.value(place, indicator), read.value(place, indicator, before=True), target,
            expected_of(target, indicator, self.question), self._all_hubs[indicator.code],
            self._among(place, indicator),
        )  # fmt: skip

    @cached_property
    def lines(self) -> list[Line]:
        return [self._line(self._here, self.question.place, indicator) for indicator in self.totals]

    @cached_property
    def divisions(self) -> list[Divided]:
        labels = Labels()
        return [Divided(each, self._parts(each, labels)) for each in self.indicators if each.breakdown is not None]

    def _parts(self, indicator: Indicator, labels: Labels) -> list[Part]:
        here, place, nation = self._here, self.question.place, Place.nation()
        whole = {where: here.value(where, INDICATORS[indicator.of]) for where in (place, nation)}
        parts = [
            Part(
                indicator, code, label, here.value(place, indicator, code),
                here.value(place, indicator, code, before=True), whole[place],
                here.value(nation, indicator, code), whole[nation],
            )
            for code, label in labels.of(indicator).items()
        ]  # fmt: skip
        found = [part for part in parts if part.value or part.before]
        return sorted(found, key=lambda part: (part.code == UNSTATED, -part.value))

    @cached_property
    def beside(self) -> list[Beside]:
        """The places below this one: the nation's bureaus first, then hubs."""
        is_nation = self.question.place.level == Level.NATION
        bureaus = [(str(b), b.slug, Place.of_bureau(b)) for b in self.question.bureaus if is_nation]
        hubs = [(str(hub.prefecture), hub.slug, Place.of_hub(hub)) for hub in self.question.hubs]
        return [
            Beside(name, slug, place.level == Level.BUREAU, [self._line(self._beside, place, i) for i in self.totals])
            for name, slug, place in [*bureaus, *hubs]
        ]

    @cached_property
    def trend(self) -> list[Step]:
        """The first total of the last thirteen months."""
        first, place = self.totals[0], self.question.place
        return [
            Step(m, self._months.value(place, m, first), self._months.value(place, m.year_before(), first))
            for m in self._trend_months()
        ]

    @cached_property
    def outlooks(self) -> list[Outlook]:
        """Where each total will end the fiscal year."""
        place, year = self.question.place, self.question.as_of.fiscal_year
        last = year.months[0].previous()
        found = []
        for indicator in self.totals:
            if indicator.adds_over_months:
                ended = forecast_of(self._months, place, indicator, self.question.as_of)
                before = sum(self._months.value(place, month, indicator) for month in last.fiscal_year.months)
            else:
                ended = forecast_of(self._to_date, place, indicator, self.question.as_of)
                before = self._to_date.value(place, last, indicator)
            found.append(Outlook(indicator, ended, self.target(place, indicator), before))
        return found


def forecast_of(found: Figures, place: Place, indicator: Indicator, as_of: Month) -> Forecast:
    """Out of months, or of years to date for what is counted anew: `found` has them from `PAST_YEARS` ago on."""
    year = as_of.fiscal_year
    so_far = len(year.months_through(as_of))
    if indicator.adds_over_months:
        months = months_between(Month(year.year - PAST_YEARS, 4), as_of)
        return forecast.of_months([found.value(place, month, indicator) for month in months], so_far)
    years: dict[int, list[int]] = {}
    for month in months_between(Month(year.year - PAST_YEARS, 4), as_of):
        years.setdefault(month.fiscal_year.year, []).append(found.value(place, month, indicator))
    return forecast.of_years(years, year.year, so_far)


def expected_of(target: int | None, indicator: Indicator, question: Question) -> float | None:
    """What the period should bring: the year's target for the year to date, so many twelfths of it for a month or a
    quarter. None where months do not add up to a year."""
    if target is None or question.span == Span.YEAR_TO_DATE:
        return target
    return target * twelfths(question.span, question.month) / 12 if indicator.adds_over_months else None


def twelfths(span: Span, month: Month) -> int:
    """How many months a period has, the chosen one included."""
    return len(months_between(span.start(month), month))


def sorted_places(rows: Sequence[Beside], order: str) -> list[Beside]:
    """By code, by the first total, by its change, or by how much of the target is reached."""
    keys: dict[str, Any] = {
        "value": lambda row: row.first.value,
        "change": lambda row: row.first.change,
        "percent": lambda row: row.first.percent,
    }
    if order not in keys:
        return list(rows)
    return sorted(rows, key=lambda row: (keys[order](row) is None, -(keys[order](row) or 0)))


def months_between(first: Month, last: Month) -> list[Month]:
    months = []
    while first <= last:
        months.append(first)
        first = first.next()
    return months
