"""Months, fiscal years, eras."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import Unreadable
from foundation.periods import ERAS, FiscalQuarter, FiscalYear, Month, era_year, japanese_day, parse_day

days = st.dates(date(1869, 1, 1), date(2199, 12, 31))
months = st.builds(Month, st.integers(1900, 2100), st.integers(1, 12))


@given(days)
def test_a_day_lies_in_its_month_and_the_month_in_its_fiscal_year(day):
    month = Month.of(day)
    assert month.first <= day <= month.last
    assert month.fiscal_year.first <= day <= month.fiscal_year.last
    assert month in month.fiscal_year.months


@given(months, st.integers(-300, 300))
def test_months_can_be_counted_there_and_back(month, n):
    assert month.plus(n).plus(-n) == month
    assert (month.plus(n) > month) == (n > 0)
    assert month.next().previous() == month


@given(months)
def test_a_month_is_read_as_it_is_written(month):
    assert Month.parse(str(month)) == month


@given(st.integers(1900, 2100).map(FiscalYear))
def test_a_fiscal_year_is_april_to_march_without_a_gap(year):
    assert len(year.months) == 12
    assert year.last + timedelta(days=1) == FiscalYear(year.year + 1).first
    assert year.months_through(year.months[2]) == year.months[:3]


@given(days)
def test_a_day_written_in_its_era_is_the_same_day(day):
    assert parse_day(japanese_day(day)) == day
    assert parse_day(day.isoformat()) == day


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_day_or_unreadable(text):
    with contextlib.suppress(Unreadable):
        assert isinstance(parse_day(text), date)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("令和元年5月1日", date(2019, 5, 1)), ("R1.5.1", date(2019, 5, 1)), ("平成31年4月30日", date(2019, 4, 30)),
        ("Ｈ３１／４／３０", date(2019, 4, 30)), ("昭和64年1月7日", date(1989, 1, 7)), ("２０２６年４月１日", date(2026, 4, 1)),
        ("20260401", date(2026, 4, 1)), ("2026/4/1", date(2026, 4, 1)), (" 令和 8 年 4 月 1 日 ", date(2026, 4, 1)),
    ],
)  # fmt: skip
def test_ways_to_write_a_day(typed, meant):
    assert parse_day(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "平成31年5月1日",
        "令和元年4月30日",
        "昭和64年1月8日",
        "令和0年1月1日",
        "2026-02-29",
        "2026-13-01",
        "0001-01-01",
        "9999-01-01",
        "",
        "明日",
    ],
)
def test_days_outside_their_era_or_any_year_are_refused(typed):
    with pytest.raises(Unreadable):
        parse_day(typed)


@pytest.mark.parametrize("typed", ["1868-01", "1868-04", "2200-12"])
def test_the_first_and_the_last_months_that_may_be_typed_can_be_shown(typed):
    month = Month.parse(typed)
    assert str(month.year) in month.fiscal_year.japanese or typed == "1868-01"
    assert len(month.fiscal_year.months) == 12
    assert month in month.fiscal_year.months
    assert parse_day(japanese_day(month.first)) == month.first
    assert month.japanese.endswith(f"{month.number}月")


def test_before_the_first_era_a_year_has_its_number_only():
    assert Month(1868, 1).japanese == "1868年1月"
    assert Month(1868, 1).fiscal_year.japanese == "1867年度"
    assert FiscalYear(1868).japanese == "明治元年度(1868年度)"


@pytest.mark.parametrize("typed", ["1867-12", "2201-01", "9999-12", "0000-01"])
def test_months_outside_any_year_are_refused(typed):
    with pytest.raises(Unreadable):
        Month.parse(typed)


def test_eras_and_years_as_officials_write_them():
    assert FiscalYear(2025).japanese == "令和7年度(2025年度)"
    assert FiscalYear(2019).japanese == "令和元年度(2019年度)"
    assert era_year(ERAS[0][2] - timedelta(days=1)) == ("平成", "31")
    assert Month(2027, 3).fiscal_year == FiscalYear(2026)


@given(days)
def test_a_day_lies_in_its_quarter_and_the_quarter_in_its_year(day):
    quarter = Month.of(day).quarter
    assert quarter == FiscalQuarter.of(day)
    assert quarter.first <= day <= quarter.last
    assert quarter in quarter.fiscal_year.quarters
    assert quarter.fiscal_year == FiscalYear.of(day)
    assert quarter.months == tuple(m for m in quarter.fiscal_year.months if m.quarter == quarter)


def test_quarters_begin_in_april():
    assert [str(Month(2026, n).quarter) for n in (3, 4, 6, 7, 10, 12)] == [
        "2025-Q4", "2026-Q1", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q3",
    ]  # fmt: skip
    assert Month(2026, 4).quarter.japanese == "令和8年度(2026年度)第1四半期"
    assert Month(2027, 3).quarter > Month(2026, 12).quarter
    with pytest.raises(Unreadable):
        FiscalQuarter(2026, 5)
