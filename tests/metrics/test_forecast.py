"""Where a year will end: series whose end is known, and ranges that hold as often as they say."""

from __future__ import annotations

import math
import random

import pytest

from metrics.forecast import FEWEST, Why, of_months, of_years

SEASON = [80, 90, 100, 110, 80, 100, 110, 120, 100, 90, 100, 120]  # April to March: 1,200


def grown(years: int, growth: float = 1.1) -> list[int]:
    """The season, year after year, each so much more."""
    return [round(value * 1000 * growth**year) for year in range(years) for value in SEASON]


@pytest.mark.parametrize("so_far", range(1, 12))
def test_a_steady_growth_is_continued(so_far):
    series = grown(6)
    found = of_months(series[: 60 + so_far], so_far)
    assert found.value == pytest.approx(sum(series[-12:]), rel=0.02)
    assert found.low <= sum(series[-12:]) * 1.001
    assert found.high >= sum(series[-12:]) * 0.999


def test_the_same_every_year_is_foretold_exactly():
    found = of_months([value for _ in range(5) for value in SEASON][: 48 + 7], 7)
    assert (found.value, found.low, found.high, found.error, found.coverage) == (1200, 1200, 1200, 0, 100)


def test_last_year_alone_gives_a_figure_and_no_range():
    found = of_months([*SEASON, *(value * 2 for value in SEASON[:7])], 7)
    assert (found.value, found.why, found.has_range) == (2400, Why.FEW_TESTS, False)
    assert found.tests < FEWEST


@pytest.mark.parametrize(
    ("series", "so_far", "why"),
    [
        ([], 0, Why.NOT_BEGUN),
        (SEASON, 0, Why.NOT_BEGUN),
        ([], 5, Why.NO_LAST_YEAR),
        (SEASON[:5], 5, Why.NO_LAST_YEAR),
        ([0] * 12 + SEASON[:5], 5, Why.NO_LAST_YEAR),  # months before records began are no past
        ([0] * 60 + SEASON[:5], 5, Why.NO_LAST_YEAR),
        ([0] * 9 + SEASON[9:] + SEASON[:5], 5, Why.NO_LAST_YEAR),  # it began in January: April has nothing before it
    ],
)
def test_too_little_history_gives_no_figure(series, so_far, why):
    found = of_months(series, so_far)
    assert (found.value, found.why, found.has_range) == (None, why, False)


def test_a_year_that_is_over_is_told_as_it_was():
    found = of_months(SEASON * 3, 12)
    assert (found.value, found.why) == (1200, Why.OVER)


def test_no_range_lies_below_what_has_been_reached():
    chance = random.Random(3)  # noqa: S311
    series = [chance.choice([0, 0, 1, 40]) for _ in range(58)]
    found = of_months(series, 10)
    assert found.low >= sum(series[-10:])


def simulated(chance: random.Random, years: int, size: float, drift: float) -> list[int]:
    """Months around a season and a level that wanders, with noise."""
    level, found = size, []
    for n in range(years * 12):
        level *= math.exp(chance.gauss(0.003, drift))
        mean = level * SEASON[n % 12] / 100 * math.exp(chance.gauss(0, 0.05))
        found.append(max(0, round(chance.gauss(mean, math.sqrt(mean)))))
    return found


@pytest.mark.parametrize("size", [85, 1260, 59_000])
@pytest.mark.parametrize("drift", [0.0, 0.01, 0.02])
def test_the_range_holds_about_as_often_as_it_says(size, drift):
    chance, held, tries = random.Random(1), 0, 200  # noqa: S311
    for _ in range(tries):
        series, so_far = simulated(chance, 6, size, drift), chance.randint(1, 11)
        found = of_months(series[: 60 + so_far], so_far)
        held += found.low <= sum(series[-12:]) <= found.high
    assert 0.72 <= held / tries <= 0.93, held / tries


def test_clients_are_followed_by_the_year_to_date_itself():
    """者: new faces become rarer through the year, so months would add up to too much."""
    profile = [100, 180, 250, 310, 360, 400, 435, 465, 490, 510, 525, 540]
    years = {2023: profile, 2024: profile, 2025: profile, 2026: [value * 2 for value in profile[:7]]}
    found = of_years(years, 2026, 7)
    assert (found.value, found.why) == (1080, Why.FEW_TESTS)
    found = of_years({2021: profile, 2022: profile} | years, 2026, 7)
    assert (found.value, found.low, found.high) == (1080, 1080, 1080)


@pytest.mark.parametrize(
    "years", [{}, {2026: [1, 2, 3]}, {2025: [0] * 12, 2026: [1, 2, 3]}, {2025: [9] * 11, 2026: [1, 2, 3]}]
)
def test_clients_without_a_year_before_give_no_figure(years):
    assert of_years(years, 2026, 3).why == Why.NO_LAST_YEAR
