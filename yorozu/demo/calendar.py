"""How busy a hub is on a day: working days, some Saturdays, hardly ever a holiday."""

from __future__ import annotations

import datetime as dt
from functools import cache

DAY = dt.timedelta(days=1)
# From April on. The rush before the deadlines of subsidies in early summer, autumn and at the year's end.
SEASON = {4: 0.92, 5: 0.94, 6: 1.06, 7: 1.06, 8: 0.9, 9: 1.02, 10: 1.08, 11: 1.08, 12: 0.98, 1: 0.94, 2: 1.06, 3: 1.0}
SATURDAY, QUIET_DAY, HOLIDAY = 0.09, 0.25, 0.015
FIXED = {(1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23)}
MONDAYS = {1: 2, 7: 3, 9: 3, 10: 2}  # month: which Monday (国民の祝日に関する法律)


@cache
def holidays(year: int) -> frozenset[dt.date]:
    """国民の祝日 of a calendar year with their substitutes; the equinoxes by the usual approximation."""
    found = {dt.date(year, month, day) for month, day in FIXED}
    found |= {_monday(year, month, which) for month, which in MONDAYS.items()}
    since = year - 1980
    found.add(dt.date(year, 3, int(20.8431 + 0.242194 * since - since // 4)))
    found.add(dt.date(year, 9, int(23.2488 + 0.242194 * since - since // 4)))
    for day in sorted(found):
        if day.weekday() == 6:  # the next day that is none yet
            while day in found:
                day += DAY
            found.add(day)
        elif day + 2 * DAY in found and (day + DAY).weekday() not in (5, 6):
            found.add(day + DAY)
    return frozenset(found)


def _monday(year: int, month: int, which: int) -> dt.date:
    first = dt.date(year, month, 1)
    return first + DAY * ((7 - first.weekday()) % 7 + 7 * (which - 1))


@cache
def busyness(day: dt.date) -> float:
    """1.0 is an ordinary working day."""
    season = SEASON[day.month]
    if day.weekday() == 6 or day in holidays(day.year) or (day.month, day.day) in {(1, 2), (1, 3)}:
        return HOLIDAY * season
    if day.weekday() == 5:
        return SATURDAY * season
    if (day.month, day.day) in {(8, 13), (8, 14), (8, 15), (12, 29), (12, 30), (12, 31)}:
        return QUIET_DAY * season
    return season
