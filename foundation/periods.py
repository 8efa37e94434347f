"""Months, fiscal years and Japanese eras as values (domain.md §6)."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from functools import total_ordering

from django.utils import timezone

from foundation.errors import Unreadable

EARLIEST_YEAR, LATEST_YEAR = 1868, 2200

# First day of each era: 元号法 and the cabinet orders under it (大正 and before: 告示).
ERAS = (
    ("令和", "R", dt.date(2019, 5, 1)),
    ("平成", "H", dt.date(1989, 1, 8)),
    ("昭和", "S", dt.date(1926, 12, 25)),
    ("大正", "T", dt.date(1912, 7, 30)),
    ("明治", "M", dt.date(1868, 1, 25)),
)


@total_ordering
@dataclass(frozen=True)
class Month:
    """A calendar month. `Month(2027, 3).fiscal_year == FiscalYear(2026)`."""

    year: int
    number: int

    def __post_init__(self) -> None:
        # A year more on both sides than may be typed: the fiscal year of a typed month has all of its months.
        if not (EARLIEST_YEAR - 1 <= self.year <= LATEST_YEAR + 1 and 1 <= self.number <= 12):
            raise Unreadable(f"no such month: {self.year}-{self.number}")

    @classmethod
    def of(cls, day: dt.date) -> Month:
        """The month that a day lies in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month:
        """From `2026-04`. Raises Unreadable."""
        found = re.fullmatch(r"(\d{4})-(\d{2})", text, flags=re.ASCII)
        if not found:
            raise Unreadable(f"not a month: {text!r}")
        if not EARLIEST_YEAR <= int(found[1]) <= LATEST_YEAR:
            raise Unreadable(f"outside any year: {text}")
        return cls(int(found[1]), int(found[2]))

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, self.number, 1)

    @property
    def last(self) -> dt.date:
        return dt.date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    @property
    def fiscal_year(self) -> FiscalYear:
        return FiscalYear(self.year if self.number >= 4 else self.year - 1)

    @property
    def quarter(self) -> FiscalQuarter:
        return FiscalQuarter(self.fiscal_year.year, (self.number - 4) % 12 // 3 + 1)

    def plus(self, months: int) -> Month:
        """So many months later; negative for earlier."""
        count = self.year * 12 + self.number - 1 + months
        return Month(count // 12, count % 12 + 1)

    def next(self) -> Month:
        return self.plus(1)

    def previous(self) -> Month:
        return self.plus(-1)

    def year_before(self) -> Month:
        """The same month of the year before: 前年同月."""
        return self.plus(-12)

    def __lt__(self, other: Month) -> bool:
        return (self.year, self.number) < (other.year, other.number)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def japanese(self) -> str:
        """令和8年4月 (2026年4月) without the bracket: for headings that show the fiscal year beside it."""
        return f"{_named_year(self.first)}年{self.number}月"


@total_ordering
@dataclass(frozen=True)
class FiscalYear:
    """年度: 1 April to 31 March, named by the year it starts in."""

    year: int

    @classmethod
    def of(cls, day: dt.date) -> FiscalYear:
        return Month.of(day).fiscal_year

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, 4, 1)

    @property
    def last(self) -> dt.date:
        return dt.date(self.year + 1, 3, 31)

    @property
    def months(self) -> tuple[Month, ...]:
        start = Month(self.year, 4)
        return tuple(start.plus(n) for n in range(12))

    @property
    def quarters(self) -> tuple[FiscalQuarter, ...]:
        return tuple(FiscalQuarter(self.year, number) for number in (1, 2, 3, 4))

    def months_through(self, last: Month) -> tuple[Month, ...]:
        """April to `last`, both included; empty when `last` lies before this year."""
        return tuple(month for month in self.months if month <= last)

    def __lt__(self, other: FiscalYear) -> bool:
        return self.year < other.year

    def __str__(self) -> str:
        return str(self.year)

    @property
    def japanese(self) -> str:
        """令和7年度(2025年度); 1867年度 for the one before the first era."""
        if self.first < ERAS[-1][2]:
            return f"{self.year}年度"
        # the government names the whole of fiscal 2019 令和元年度
        year = "令和元" if self.year == 2019 else _named_year(self.first)
        return f"{year}年度({self.year}年度)"


@total_ordering
@dataclass(frozen=True)
class FiscalQuarter:
    """四半期 of a fiscal year: 1 is April to June, 4 is January to March of the calendar year after."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 4:
            raise Unreadable(f"no such quarter: {self.year}-{self.number}")

    @classmethod
    def of(cls, day: dt.date) -> FiscalQuarter:
        return Month.of(day).quarter

    @property
    def fiscal_year(self) -> FiscalYear:
        return FiscalYear(self.year)

    @property
    def months(self) -> tuple[Month, ...]:
        return self.fiscal_year.months[3 * self.number - 3 : 3 * self.number]

    @property
    def first(self) -> dt.date:
        return self.months[0].first

    @property
    def last(self) -> dt.date:
        return self.months[-1].last

    def __lt__(self, other: FiscalQuarter) -> bool:
        return (self.year, self.number) < (other.year, other.number)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def japanese(self) -> str:
        """令和7年度(2025年度)第1四半期."""
        return f"{self.fiscal_year.japanese}第{self.number}四半期"


def era_year(day: dt.date) -> tuple[str, str]:
    """("令和", "元"), ("令和", "8") … Raises Unreadable for days before 明治."""
    for name, _letter, start in ERAS:
        if day >= start:
            number = day.year - start.year + 1
            return name, "元" if number == 1 else str(number)
    raise Unreadable(f"before the first era: {day}")


def _named_year(day: dt.date) -> str:
    """令和8; 1868 for the days before the first era, which may be typed as well."""
    return "".join(era_year(day)) if day >= ERAS[-1][2] else str(day.year)


def parse_day(text: str) -> dt.date:
    """A date as people write it: 2026-04-01, 2026/4/1, 2026年4月1日, 令和8年4月1日, R8.4.1, 20260401,
    full-width digits included. An era date must lie within its era. Raises Unreadable."""
    folded = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    if found := re.fullmatch(r"(\d{4})(\d{2})(\d{2})", folded, flags=re.ASCII):
        return _day(*map(int, found.groups()))
    if found := re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", folded, flags=re.ASCII):
        return _day(*map(int, found.groups()))
    pattern = r"(令和|平成|昭和|大正|明治|[RHSTMrhstm])\.?(\d{1,3}|元)[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    if found := re.fullmatch(pattern, folded, flags=re.ASCII):
        return _era_day(found[1], found[2], int(found[3]), int(found[4]))
    raise Unreadable(f"not a date: {text[:40]!r}")


def _era_day(era: str, year: str, month: int, day: int) -> dt.date:
    for position, (name, letter, start) in enumerate(ERAS):
        if era.upper() not in (name, letter):
            continue
        number = 1 if year == "元" else int(year)
        found = _day(start.year + number - 1, month, day) if number else None
        ends = ERAS[position - 1][2] if position else dt.date(LATEST_YEAR, 12, 31)
        if found is None or not start <= found < ends:
            raise Unreadable(f"outside the era: {era}{year}-{month}-{day}")
        return found
    raise Unreadable(f"no such era: {era}")


def _day(year: int, month: int, day: int) -> dt.date:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise Unreadable(f"outside any year: {year}")
    try:
        return dt.date(year, month, day)
    except ValueError as problem:
        raise Unreadable(f"no such day: {year}-{month}-{day}") from problem


def japanese_day(day: dt.date) -> str:
    """令和8年4月1日."""
    return f"{_named_year(day)}年{day.month}月{day.day}日"


def midnight(day: dt.date) -> dt.datetime:
    """The moment at which a day begins, in the zone in force (Asia/Tokyo)."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
