"""What the monthly report says, in whatever form: read once, from facts only, within a figures scope.

Excel, PDF and CSV all render the one MonthlyContent, so they cannot disagree. It is Japanese whatever language
the reader's screens are in: it is an official document.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Min
from django.utils import timezone, translation

from foundation.periods import Month
from hubs.models import Bureau, Hub
from metrics.indicators import INDICATORS, PROGRAMS, UNSTATED, Indicator
from metrics.models import Count, Level, Span
from metrics.queries import Figures, Labels, Place, change, counted_at, figures
from reports.editions import Edition

TREND_MONTHS = 13
NOTHING = "―"  # there is nothing to compare with


@dataclass(frozen=True)
class Compared:
    """A figure beside the one a year before; None where nothing was counted then."""

    now: int
    before: int | None

    @property
    def percent(self) -> float | None:
        """The change in percent, of one decimal; None where there is nothing to compare with."""
        found = None if self.before is None else change(self.now, self.before)
        return None if found is None else round(found, 1)


@dataclass(frozen=True)
class Line:
    """An indicator, or one code of its breakdown, for the month and the fiscal year to date."""

    code: str
    label: str
    unit: str
    month: Compared
    year: Compared


@dataclass(frozen=True)
class PlaceRow:
    """A nation's, bureau's or hub's totals, in the order of MonthlyContent.totals."""

    level: Level
    code: str
    name: str
    bureau: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class BreakdownTable:
    """A total and what it divides into."""

    indicator: Indicator
    total: Line
    lines: tuple[Line, ...]

    @property
    def by(self) -> str:
        """What it is divided by: 相談区分, 相談方法 …"""
        return str(self.indicator.breakdown.label) if self.indicator.breakdown else ""

    @property
    def overlaps(self) -> bool:
        """Whether one record may stand in several lines, so that shares exceed 100%."""
        return self.indicator.breakdown is not None and self.indicator.breakdown.overlaps


class FlatFact(NamedTuple):
    """One fact as it stands in the CSV and on the data sheet."""

    month: str
    level: str
    place_code: str
    place: str
    indicator: str
    label: str
    code: str
    code_label: str
    value: int
    unit: str
    span: str


@dataclass(frozen=True)
class MonthlyContent:
    """Everything that a monthly report says."""

    edition: Edition
    month: Month
    totals: tuple[Indicator, ...]
    summaries: tuple[PlaceRow, ...]  # the nation; in a bureau's edition the bureau too
    bureaus: tuple[PlaceRow, ...]
    hubs: tuple[PlaceRow, ...]
    breakdowns: tuple[BreakdownTable, ...]
    trend: tuple[tuple[Month, tuple[int, ...]], ...]  # per month: the totals of the edition's place
    facts: tuple[FlatFact, ...]
    counted_at: dt.datetime
    made_at: dt.datetime

    @property
    def is_over(self) -> bool:
        """Whether the month had ended when the report was made; else its figures will still grow."""
        return timezone.localdate(self.made_at) > self.month.last

    @property
    def standing(self) -> str:
        """How far one may rely on the figures, in a sentence."""
        return "速報値(今後の修正で変わることがあります)" if self.is_over else "月の途中の値(今後増えます)"

    @property
    def span_note(self) -> str:
        """Over what the figures of the year run."""
        first, last = self.month.fiscal_year.months[0], self.month
        span = f"{first.year}年{first.number}月から{last.year}年{last.number}月まで"
        return f"年度累計は{span}。前年の集計がないものは「{NOTHING}」。"

    @property
    def focus(self) -> PlaceRow:
        """The row of the place that the edition is about."""
        return self.summaries[-1]

    @property
    def title(self) -> str:
        return f"よろず支援拠点 月次報告 {self.month.year}年{self.month.number}月"


class NotCounted(LookupError):
    """The month has never been counted: there is nothing to report."""


def read_content(*, edition: Edition, month: Month, at: dt.datetime) -> MonthlyContent:
    """Read a month's report, in a figures scope that holds the edition's hubs. Raises NotCounted, NoScope."""
    counted = counted_at(month)
    if counted is None:
        raise NotCounted(str(month))
    with translation.override("ja"):
        return _Reading(edition, month).content(counted, at)


class _Reading:
    """The three queries that a report is made from, and how they become its parts."""

    def __init__(self, edition: Edition, month: Month) -> None:
        self.edition, self.month = edition, month
        self.hubs, self.bureaus = edition.hubs(), edition.bureaus()
        places = [Place.nation(), *map(Place.of_bureau, self.bureaus), *map(Place.of_hub, self.hubs)]
        both = [month, month.year_before()]
        self.of_month = figures(places=places, months=both, span=Span.MONTH)
        self.of_year = figures(places=places, months=both, span=Span.YEAR_TO_DATE)
        self.counted_from = {Span.MONTH: _first_counted(both[1], both[1]),
                             Span.YEAR_TO_DATE: _first_counted(both[1].fiscal_year.months[0], both[1])}  # fmt: skip
        names, self.defined = Labels(), INDICATORS.at(month)
        self.labels = {indicator.code: names.of(indicator) for indicator in self.defined}

    def content(self, counted: dt.datetime, at: dt.datetime) -> MonthlyContent:
        bureaus, hubs = tuple(map(self._bureau, self.bureaus)), tuple(map(self._hub, self.hubs))
        nation = self._row(Place.nation(), "00", "全国", "")
        return MonthlyContent(
            edition=self.edition,
            month=self.month,
            totals=self.defined.totals(),
            summaries=(nation,) if self.edition.bureau is None else (nation, bureaus[0]),
            bureaus=bureaus,
            hubs=hubs,
            breakdowns=tuple(map(self._breakdown, self.defined.breakdowns())),
            trend=tuple(self._trend()),
            facts=tuple(self._facts([nation, *bureaus, *hubs])),
            counted_at=counted,
            made_at=at,
        )

    def _bureau(self, bureau: Bureau) -> PlaceRow:
        return self._row(Place.of_bureau(bureau), f"{bureau.position:02d}", bureau.name, bureau.name)

    def _hub(self, hub: Hub) -> PlaceRow:
        return self._row(Place.of_hub(hub), hub.code, hub.prefecture.name, hub.prefecture.bureau.name)

    def _row(self, place: Place, code: str, name: str, bureau: str) -> PlaceRow:
        lines = tuple(self._line(place, indicator, "", str(indicator.label)) for indicator in self.defined.totals())
        return PlaceRow(place.level, code, name, bureau, lines)

    def _line(self, place: Place, indicator: Indicator, code: str, label: str) -> Line:
        return Line(
            code=code or indicator.code,
            label=label,
            unit=str(indicator.unit),
            month=self._compared(self.of_month, place, indicator, code),
            year=self._compared(self.of_year, place, indicator, code),
        )

    def _compared(self, found: Figures, place: Place, indicator: Indicator, code: str) -> Compared:
        now = found.value(place, self.month, indicator, code)
        first = self.counted_from[found.span]
        if first is None or INDICATORS.versions(indicator.code)[0].since > self.month.year_before():
            return Compared(now, None)
        return Compared(now, found.value(place, self.month.year_before(), indicator, code))

    def _breakdown(self, indicator: Indicator) -> BreakdownTable:
        place, total = self.edition.place(), self.defined[indicator.of]
        lines = (self._line(place, indicator, code, label) for code, label in self.labels[indicator.code].items())
        kept = tuple(line for line in lines if not self._is_padding(indicator, line))
        return BreakdownTable(indicator, self._line(place, total, "", str(total.label)), kept)

    @staticmethod
    def _is_padding(indicator: Indicator, line: Line) -> bool:
        """A programme that nobody used, or that nothing was left unstated, need not be told. Zeros of the national
        code lists stay: that there was none is a statement."""
        figures_of = (line.month.now, line.month.before, line.year.now, line.year.before)
        of_programs = indicator.breakdown is not None and indicator.breakdown.codes == PROGRAMS
        return not any(figures_of) and (of_programs or line.code == UNSTATED)

    def _trend(self) -> Iterator[tuple[Month, tuple[int, ...]]]:
        """From the first month that was counted: before it a zero would say what nobody knows."""
        totals, place = self.defined.totals(), self.edition.place()
        latest = [self.month.plus(n - TREND_MONTHS + 1) for n in range(TREND_MONTHS)]
        counted = Count.objects.filter(month__range=(latest[0].first, self.month.first)).aggregate(first=Min("month"))
        months = [month for month in latest if month.first >= counted["first"]]
        found = figures(places=[place], months=months, span=Span.MONTH, indicators=totals)
        for month in months:
            yield month, tuple(found.value(place, month, indicator) for indicator in totals)

    def _facts(self, rows: list[PlaceRow]) -> Iterator[FlatFact]:
        """Every fact of the rows' places; of the breakdowns, those that are not zero."""
        places = [Place.nation(), *map(Place.of_bureau, self.bureaus), *map(Place.of_hub, self.hubs)]
        month, words = str(self.month), [_Words.of(indicator) for indicator in self.defined]
        spans = [(found, str(found.span.label)) for found in (self.of_month, self.of_year)]
        for row, place in zip(rows, places, strict=True):
            where = (month, str(row.level.label), row.code, row.name)
            for (indicator, label, unit), (found, span) in itertools.product(words, spans):
                values = found.breakdown(place, self.month, indicator)
                for code, name in self.labels[indicator.code].items():
                    if code in values or indicator.breakdown is None:
                        what = (indicator.code, label, code, name if code else "")
                        yield FlatFact(*where, *what, values.get(code, 0), unit, span)


class _Words(NamedTuple):
    """An indicator with its texts in the language at hand, looked up once."""

    indicator: Indicator
    label: str
    unit: str

    @classmethod
    def of(cls, indicator: Indicator) -> _Words:
        return cls(indicator, str(indicator.label), str(indicator.unit))


def _first_counted(first: Month, last: Month) -> Month | None:
    """`first` if any month from it to `last` has been counted: only then is a zero of that time a statement."""
    return first if Count.objects.filter(month__range=(first.first, last.first)).exists() else None
