"""How values are shown in cells."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from foundation.periods import Month
from foundation.spreadsheets import Cell
from reports.contents import Compared, Line, MonthlyContent, PlaceRow
from reports.paper import sum_look

COMPARED = ("当月", "前年同月", "増減率", "年度累計", "前年同期", "増減率")
COMPARED_LOOKS = ("number", "number", "percent") * 2


def compared_heads(content: MonthlyContent) -> tuple[str, ...]:
    """What the six columns of comparison are called: in a year's report the month is its last."""
    if not content.is_year:
        return COMPARED
    month = f"{content.month.number}月"
    return (month, f"前年{month}", *COMPARED[2:])


def compared(line: Line) -> tuple[Cell, ...]:
    return (*one(line.month), *one(line.year))


def one(figure: Compared) -> tuple[Cell, ...]:
    return figure.now, figure.before, None if figure.percent is None else figure.percent / 100


def shared(line: Line, total: Line) -> tuple[Cell, ...]:
    """A line of a breakdown with its shares of the total."""
    month, year = one(line.month), one(line.year)
    return (month[0], _share(line.month, total.month), *month[1:], year[0], _share(line.year, total.year), *year[1:])


def _share(part: Compared, whole: Compared) -> float | None:
    return part.now / whole.now if whole.now else None


def total_labels(content: MonthlyContent) -> list[str]:
    return [f"{indicator.label}({indicator.unit})" for indicator in content.totals]


def totals(place: PlaceRow, of_year: bool) -> tuple[Cell, ...]:
    """The totals, and how the first of them has changed."""
    found = [line.year if of_year else line.month for line in place.lines]
    return (*(each.now for each in found), one(found[0])[2])


def place_looks(place: PlaceRow, texts: int) -> list[str]:
    looks = ["text"] * texts + ["number"] * len(place.lines) + ["percent"]
    is_plain = place.level == "hub" or (place.level == "bureau" and texts == 2)
    return looks if is_plain else [sum_look(look) for look in looks]


def month_name(month: Month) -> str:
    return f"{month.year}年{month.number}月"


def clock(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
