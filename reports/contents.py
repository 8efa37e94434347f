"""What a report says, in whatever form: Excel, PDF, CSV and JSON all render the one MonthlyContent, so they cannot
disagree. reports.readings reads it, from facts only. It is Japanese whatever language the reader's screens are in: it
is an official document.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from django.utils import timezone

from foundation.periods import Month, japanese_day
from metrics.indicators import Indicator
from metrics.models import Level, Span
from metrics.queries import Place, change
from reports.choices import PackageKind
from reports.editions import Edition

TREND_MONTHS = 13
NAMED = 5  # hubs that a sentence names
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


class Definition(NamedTuple):
    """How an indicator is counted, in the words that held when the month was closed."""

    code: str
    label: str
    unit: str
    adds: bool
    text: str
    version: int
    since: str


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


class CorrectionLine(NamedTuple):
    """One figure of an earlier month that is told differently now."""

    month: Month
    span: Span  # the month itself, or the quarter or fiscal year that ends with it
    version: int
    where: Place
    place: str
    indicator: str
    label: str
    code_label: str
    before: int
    after: int
    unit: str
    reason: str

    @property
    def difference(self) -> int:
        return self.after - self.before

    @property
    def what(self) -> str:
        """The indicator, with the entry of its breakdown, and over how long it counts if not over the month."""
        named = f"{self.label}:{self.code_label}" if self.code_label else self.label
        return f"{named}{self.span.in_brackets}"


@dataclass(frozen=True)
class Stamp:
    """Which version of a closed month the figures are of, and the hash over them."""

    version: int
    closed_on: dt.date
    made_at: dt.datetime
    sha256: str
    unconfirmed: frozenset[int] = frozenset()  # the hubs whose figures headquarters had not confirmed


@dataclass(frozen=True)
class MonthsTable:
    """Figures of each month of a fiscal year side by side; the last column is of the year. None: nothing was told."""

    heading: str
    by: str
    months: tuple[Month, ...]
    rows: tuple[tuple[str, str, tuple[int | None, ...]], ...]  # code, name, figures


@dataclass(frozen=True)
class MonthlyContent:
    """Everything that a report says of a month; or, as a year's, of the fiscal year up to and including the month."""

    edition: Edition
    month: Month
    totals: tuple[Indicator, ...]
    summaries: tuple[PlaceRow, ...]  # the nation; in a bureau's or hub's edition that one too
    bureaus: tuple[PlaceRow, ...]
    hubs: tuple[PlaceRow, ...]
    breakdowns: tuple[BreakdownTable, ...]
    trend: tuple[tuple[Month, tuple[int, ...]], ...]  # per month: the totals of the edition's place
    facts: tuple[FlatFact, ...]
    definitions: tuple[Definition, ...]
    counted_at: dt.datetime
    made_at: dt.datetime
    kind: PackageKind = PackageKind.MONTH
    frozen: Stamp | None = None  # None while the month is open
    corrections: tuple[CorrectionLine, ...] = ()
    months: tuple[MonthsTable, ...] = ()  # of a year only
    targets: tuple[tuple[str, int], ...] = ()  # what the edition's place means to reach this year, by indicator

    @property
    def is_year(self) -> bool:
        return self.kind == PackageKind.YEAR

    @property
    def is_over(self) -> bool:
        """Whether the month had ended when the report was made; else its figures will still grow."""
        return timezone.localdate(self.made_at) > self.month.last

    @property
    def is_whole_year(self) -> bool:
        """Whether the figures run to the end of the fiscal year."""
        return self.month == self.month.fiscal_year.months[-1]

    @property
    def standing(self) -> str:
        """How far one may rely on the figures, in a sentence."""
        if self.frozen is not None:
            midway = "、年度途中" if self.is_year and not self.is_whole_year else ""
            told = f"確定値 第{self.frozen.version}版(締めた日 {japanese_day(self.frozen.closed_on)}{midway})"
            return f"{told}。{self.unconfirmed}" if self.unconfirmed else told
        return "速報値(今後の修正で変わることがあります)" if self.is_over else "月の途中の値(今後増えます)"

    @property
    def unconfirmed(self) -> str:
        """Of which hubs in this edition the figures were closed without headquarters' confirmation; "" for none."""
        found = [row.name for row in self.hubs if self.frozen and int(row.code) in self.frozen.unconfirmed]
        more = f"ほか{len(found) - NAMED}拠点" if len(found) > NAMED else ""
        return f"本部の確認を待たずに締めた拠点: {'、'.join(found[:NAMED])}{more}" if found else ""

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
    def period(self) -> str:
        """2026年10月, 令和8年度(2026年度)."""
        return self.month.fiscal_year.japanese if self.is_year else f"{self.month.year}年{self.month.number}月"

    @property
    def first_day(self) -> dt.date:
        return self.month.fiscal_year.first if self.is_year else self.month.first

    @property
    def kind_name(self) -> str:
        return "年次報告" if self.is_year else "月次報告"

    @property
    def title(self) -> str:
        return f"よろず支援拠点 {self.kind_name} {self.period}"


class NotCounted(LookupError):
    """The month has never been counted: there is nothing to report."""
