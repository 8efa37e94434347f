"""Headquarters' own monthly report: a draft exists for headquarters only."""

from __future__ import annotations

from typing import Any

from foundation.periods import Month
from hubs.models import Hub
from metrics.models import Count
from reports.actions import compositions as actions
from tests import making

# fmt: off
ROWS = {
    "reports/compositions/":                                   "sxxxxxxxyyx",
    "reports/compositions/new/":                               "sxxxxxxxxyx",
    "reports/compositions/<int:pk>/":                          "sxxxxxxx-yx",
    "reports/compositions/<int:pk>/edit/":                     "sxxxxxxxxyx",
    "reports/compositions/<int:pk>/submission/":               "sxxxxxxxxyx",
    "reports/compositions/<int:pk>/versions/":                 "sxxxxxxxxgx",
    "reports/compositions/<int:pk>/discarding/":               "sxxxxxxxxgx",
    "reports/compositions/<int:pk>/paper/":                    "sxxxxxxxxyx",
    "reports/compositions/<int:pk>/paper/progress/":           "sxxxxxxxxyx",
    "reports/compositions/<int:pk>/file/":                     "sxxxxxxx-gx",  # not made yet
}
# fmt: on


def fill(hub: Hub) -> dict[str, Any]:
    """A draft; the nation's, so one for each hub of the story is one of another month."""
    month = Month(2026, 10).plus(-hub.pk)
    Count.objects.get_or_create(month=month.first, defaults={"counted_at": making.MOMENT, "milliseconds": 1})
    by = making.staff_of(hub)
    draft = actions.start(month=month, title="月次報告", source=None, by=by, at=making.MOMENT)
    return {"compositions/<int:pk>": draft.pk}
