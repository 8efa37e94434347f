"""What a table can be divided by: places, times, and every breakdown of the registry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from metrics.indicators import (
    BY_CATEGORY,
    BY_INDUSTRY,
    BY_INTRODUCER,
    BY_METHOD,
    BY_SPECIAL_DESK,
    BY_THEME,
    BY_UNIT,
    INDICATORS,
    Breakdown,
    Indicator,
    Source,
    Way,
)


class Kind(StrEnum):
    """Of an axis."""

    PLACE = "place"
    TIME = "time"
    CODES = "codes"
    WHOLE = "whole"  # not divided


@dataclass(frozen=True)
class Axis:
    """One way to divide. `breakdown`: whose codes, for those of Kind.CODES."""

    name: str
    label: str | Promise
    kind: Kind
    breakdown: Breakdown | None = None

    def __str__(self) -> str:
        return str(self.label)


HUB = Axis("hub", _("拠点"), Kind.PLACE)
BUREAU = Axis("bureau", _("経済産業局"), Kind.PLACE)
NATION = Axis("nation", _("分けない(全国)"), Kind.WHOLE)
MONTH = Axis("month", _("月"), Kind.TIME)
QUARTER = Axis("quarter", _("四半期"), Kind.TIME)
YEAR = Axis("year", _("年度"), Kind.TIME)

AXES: dict[str, Axis] = {axis.name: axis for axis in (HUB, BUREAU, NATION, MONTH, QUARTER, YEAR)} | {
    breakdown.name: Axis(breakdown.name, breakdown.label, Kind.CODES, breakdown)
    for breakdown in dict.fromkeys(indicator.breakdown for indicator in INDICATORS.breakdowns())
    if breakdown is not None
}

# What every record says of its case; and what a consultation, and whatever stands in one, says besides.
_OF_CASE = (BY_CATEGORY, BY_INDUSTRY, BY_INTRODUCER, BY_SPECIAL_DESK)
_OF_SESSION = (BY_THEME, BY_METHOD, BY_UNIT)
SESSIONS = frozenset({Source.CONSULTATIONS, Source.INVOLVEMENTS, Source.PROGRAM_USES})


def stored(measure: Indicator, name: str) -> Indicator | None:
    """The breakdown of a total that the monthly facts hold. None if they do not."""
    found = (one for one in INDICATORS.breakdowns(measure.code) if one.breakdown and one.breakdown.name == name)
    return next(found, None)


def columns_of(measure: Indicator) -> dict[str, str]:
    """{axis: the column of its records}, of every breakdown that makes sense of a measure."""
    if measure.counted.way is Way.FIRST:
        return {}  # the first time ever has no theme: who is new is new at a place, and nothing else
    shared = _OF_CASE + (_OF_SESSION if measure.counted.source in SESSIONS else ())
    # 終了案件数 is what is divided by 解決度; 課題解決件数 counts the same rows, and 支援回数 those of 支援件数
    alike = (i for i in INDICATORS.breakdowns() if i.counted.source is measure.counted.source)
    return {one.name: one.name for one in shared} | {i.breakdown.name: i.counted.by for i in alike if i.breakdown}
