"""What the windows show: figures of a place, and what waits for somebody."""

from dashboards.queries.desk import Desk, Duty, desk_of
from dashboards.queries.figures import (
    divisions_of,
    side_by_side,
    sorted_rows,
    totals_of,
    trend_of,
    with_year_before,
)

__all__ = [
    "Desk",
    "Duty",
    "desk_of",
    "divisions_of",
    "side_by_side",
    "sorted_rows",
    "totals_of",
    "trend_of",
    "with_year_before",
]
