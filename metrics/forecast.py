"""Where a fiscal year will end, from its months so far. Plain arithmetic: no database, no clock.

The forecast is seasonal and naïve: what is left of the year looks like the same months of last year, times how this
year's months so far compare with last year's. A second candidate believes half of that growth. Whichever erred less in
the back-test is used.

The back-test asks, from every earlier month from which it could have been asked, what the months that are left would
bring, and compares with what came (rolling origin). The range is that of these errors: of n, what comes lies between
the r-th smallest and the r-th largest in (n + 1 − 2r) of (n + 1) cases, if the future errs as the past did. Fewer than
nine errors cannot carry a range of 80 %, and then none is given. The windows overlap, so their errors spread less than
the next one may: the range therefore spans 88 % of them, which held 78 to 86 % in series that were made up (ADR 15).
`coverage` says how often it held in the back-test itself, each window judged by the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

YEAR = 12
SHARE = 0.8  # of cases that the range should hold
TAKEN = 0.88  # of the errors that it spans: see above
FEWEST = 9  # errors, for a range of that share
BELIEVED = {"growth": 1.0, "half": 0.5}  # how much of this year's growth goes on, by candidate


class Why(StrEnum):
    """Why there is no figure, or no range."""

    NOT_BEGUN = "not_begun"  # no month of the year is over
    NO_LAST_YEAR = "no_last_year"  # nothing to compare with
    FEW_TESTS = "few_tests"  # a figure, but too little past to say how far off it may be
    OVER = "over"  # the year has ended: no forecast, the figure itself


@dataclass(frozen=True)
class Forecast:
    """A year's end. `value` None: none can be told, `why` says so. `low` and `high` None: no range. `error`: mean
    absolute error of the back-test in percent; `coverage`: percent of the back-test's windows whose range held."""

    value: int | None
    why: Why | None = None
    low: int | None = None
    high: int | None = None
    error: float | None = None
    coverage: float | None = None
    tests: int = 0
    share: int = round(SHARE * 100)

    @property
    def has_range(self) -> bool:
        return self.low is not None


def of_months(series: Sequence[int], so_far: int) -> Forecast:
    """Of a figure whose months add up. `series`: months without a gap, the last one over; zeros at its beginning are
    months before records began. `so_far`: how many of them belong to this fiscal year."""
    values = _begun(series)
    if so_far == 0 or so_far >= YEAR:
        return _no_forecast(sum(series[-YEAR:]), so_far)
    if len(values) < so_far + YEAR:
        return Forecast(None, Why.NO_LAST_YEAR)
    tested = {name: list(_months_tested(values, so_far, share)) for name, share in BELIEVED.items()}
    name = _better(tested)
    rest = _rest_of_months(values, len(values), so_far, BELIEVED[name])
    return _told(sum(values[-so_far:]), rest, tested[name])


def of_years(years: Mapping[int, Sequence[int]], year: int, so_far: int) -> Forecast:
    """Of a figure that is counted anew for each span (者): `years` has the year-to-date values of April, May … of past
    fiscal years (twelve) and of `year` (as many as are over). Last year's profile, scaled. The back-test asks in each
    past year at the same month and at the ones beside it."""
    this = years.get(year, ())
    if so_far == 0 or so_far >= YEAR:
        return _no_forecast(this[-1] if this else 0, so_far)
    places = [place for place in (so_far - 1, so_far, so_far + 1) if 1 <= place < YEAR]
    past = [one for one in sorted(years) if one < year and len(years[one]) == YEAR]
    asked = [(years[one][-1] - years[one][n - 1], _rest_of_years(years, one, n)) for one in past for n in places]
    errors = [came / said - 1 for came, said in asked if said]
    return _told(this[so_far - 1] if len(this) >= so_far else 0, _rest_of_years(years, year, so_far), errors)


def _no_forecast(reached: int, so_far: int) -> Forecast:
    return Forecast(None, Why.NOT_BEGUN) if so_far == 0 else Forecast(reached, Why.OVER)


def _begun(series: Sequence[int]) -> list[int]:
    first = next((n for n, value in enumerate(series) if value), len(series))
    return list(series[first:])


def _rest_of_months(values: Sequence[int], at: int, so_far: int, believed: float) -> float | None:
    """What the months from position `at` on will bring, until there are twelve with the `so_far` before it. None where
    last year has nothing."""
    now = sum(values[at - so_far : at])
    then = sum(values[at - so_far - YEAR : at - YEAR])
    rest = sum(values[at - YEAR : at - so_far])
    return rest * (1 + believed * (now / then - 1)) if then else None


def _months_tested(values: Sequence[int], so_far: int, believed: float) -> Iterable[float]:
    """Errors of what was left: what came against what would have been said, from every month that has enough before
    and behind it. Relative to what was left, because that weighs differently in each season."""
    left = YEAR - so_far
    for at in range(so_far + YEAR, len(values) - left + 1):
        said = _rest_of_months(values, at, so_far, believed)
        if said:
            yield sum(values[at : at + left]) / said - 1


def _rest_of_years(years: Mapping[int, Sequence[int]], year: int, so_far: int) -> float | None:
    before, this = years.get(year - 1, ()), years.get(year, ())
    if len(before) < YEAR or len(this) < so_far or not before[so_far - 1]:
        return None
    return this[so_far - 1] * (before[-1] / before[so_far - 1] - 1)


def _better(tested: Mapping[str, Sequence[float]]) -> str:
    """The candidate that erred less; the plain one where there is too little to choose by."""
    first = next(iter(tested))
    if len(tested[first]) < FEWEST:
        return first
    error: Callable[[str], float] = lambda name: _mean_error(tested[name])  # noqa: E731
    return min(tested, key=error)


def _mean_error(errors: Sequence[float]) -> float:
    return sum(map(abs, errors)) / len(errors)


def _told(reached: int, rest: float | None, errors: Sequence[float]) -> Forecast:
    """`rest`: what is still to come; `errors`: how the back-test erred in it."""
    if rest is None:
        return Forecast(None, Why.NO_LAST_YEAR)
    tests, end = len(errors), reached + rest
    error = _mean_error(errors) * rest * 100 / end if errors and end else None
    if tests < FEWEST:
        return Forecast(round(end), Why.FEW_TESTS, error=error, tests=tests)
    low, high = _range(errors)
    held = sum(_holds(errors, n) for n in range(tests))
    return Forecast(
        round(end), None, round(reached + rest * max(0, 1 + low)), round(reached + rest * (1 + high)), error,
        held * 100 / tests, tests,
    )  # fmt: skip


def _range(errors: Sequence[float]) -> tuple[float, float]:
    ranked = sorted(errors)
    r = max(1, int((len(ranked) + 1) * (1 - TAKEN) / 2 + 1e-9))
    return ranked[r - 1], ranked[-r]


def _holds(errors: Sequence[float], n: int) -> bool:
    """Whether the range that the other errors give holds this one."""
    low, high = _range([error for other, error in enumerate(errors) if other != n])
    return low <= errors[n] <= high
