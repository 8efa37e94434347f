"""Headquarters' cross tables."""

from __future__ import annotations

from typing import Any

from hubs.models import Hub
from metrics.models import SavedTable
from tests import making

ROWS = {
    "nation/crosstab/":                                        "sxxxxxxxxyx",
    "nation/crosstab/file/":                                   "sxxxxxxxx-x",
    "nation/crosstab/tables/":                                 "sxxxxxxxxyx",
    "nation/crosstab/tables/<int:pk>/":                        "sxxxxxxxxyx",
    "nation/crosstab/tables/<int:pk>/deletion/":               "sxxxxxxxxgx",
}  # fmt: skip


def fill(hub: Hub) -> dict[str, Any]:
    """A table that somebody shares with headquarters."""
    table = SavedTable.objects.create(
        owner=making.staff_of(hub), name=f"{hub.slug}", query="measure=consultations", is_shared=True,
        saved_at=making.MOMENT,
    )  # fmt: skip
    return {"tables/<int:pk>": table.pk}
