"""Figures that stand out: against the hub's own last months and against its share of the nation.

Robust, so that one strange month neither hides nor invents another: what is usual is the median, how much it usually
varies is the median absolute deviation. Counting alone varies by about the root of the count, and no hub is steady to
a tenth, so less than that is never taken for unusual. Seasons are not taken out: twelve months hold each once.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from foundation.periods import Month
from hubs.models import Hub
from metrics.indicators import INDICATORS, Indicator
from metrics.queries import Figures, Place

LOOKED_BACK = 12  # months
FEWEST = 6  # months that must be known before anything is called unusual
FAR = 3.5  # times the usual variation
_NORMAL = 1.4826  # makes a median absolute deviation comparable to a standard deviation
_STEADIEST = 0.1  # of the median


@dataclass(frozen=True)
class Outlier:
    """A figure that stands out, and why, in words."""

    indicator: Indicator
    value: int
    reasons: tuple[str, ...]


def is_far(value: float, usual: Sequence[float], *, grain: float = 1.0) -> bool:
    """Whether a value lies far from what was usual. `grain` is what one counted thing weighs."""
    if len(usual) < FEWEST:
        return False
    median = statistics.median(usual)
    varies = _NORMAL * statistics.median(abs(each - median) for each in usual)
    least = max((median * grain) ** 0.5, _STEADIEST * median, grain)
    return abs(value - median) > FAR * max(varies, least)


def outliers_of(hub: Hub, month: Month, found: Figures) -> list[Outlier]:
    """A hub's totals of a month that stand out, in the order of the registry. `found` holds the hub's and the nation's
    figures of the month and of LOOKED_BACK months before it."""
    months = _known(hub, month, found)
    outliers = (_outlier(hub, month, months, indicator, found) for indicator in INDICATORS.at(month).totals())
    return [outlier for outlier in outliers if outlier is not None]


def _known(hub: Hub, month: Month, found: Figures) -> list[Month]:
    """The months before it from the first on in which the hub counted anything."""
    place = Place.of_hub(hub)
    before = [month.plus(n - LOOKED_BACK) for n in range(LOOKED_BACK)]
    first = next((each for each in before if found.value(place, each, "consultations")), None)
    return [each for each in before if first is not None and not each < first]


def _outlier(hub: Hub, month: Month, months: list[Month], indicator: Indicator, found: Figures) -> Outlier | None:
    value = found.value(Place.of_hub(hub), month, indicator)
    reasons = [*_by_itself(hub, value, months, indicator, found), *_by_share(hub, month, months, indicator, found)]
    return Outlier(indicator, value, tuple(reasons)) if reasons else None


def _by_itself(hub: Hub, value: int, months: list[Month], indicator: Indicator, found: Figures) -> list[str]:
    usual = [float(found.value(Place.of_hub(hub), each, indicator)) for each in months]
    if not is_far(value, usual):
        return []
    words = {"months": len(months), "median": f"{statistics.median(usual):,.0f}"}
    if value > statistics.median(usual):
        return [_("この拠点の過去%(months)dか月の中央値 %(median)s を大きく上回る") % words]
    return [_("この拠点の過去%(months)dか月の中央値 %(median)s を大きく下回る") % words]


def _by_share(hub: Hub, month: Month, months: list[Month], indicator: Indicator, found: Figures) -> list[str]:
    """Of the nation's figure, in percent; for figures that add up to it."""
    nations = {each: found.value(Place.nation(), each, indicator) for each in [*months, month]}
    if not indicator.additive or not all(nations.values()):
        return []
    shares = {each: 100 * found.value(Place.of_hub(hub), each, indicator) / nations[each] for each in nations}
    usual = [shares[each] for each in months]
    if not is_far(shares[month], usual, grain=100 / nations[month]):
        return []
    return [_("全国に占める割合が %(now).1f%%(過去の中央値 %(median).1f%%)") % {
        "now": shares[month], "median": statistics.median(usual),
    }]  # fmt: skip
