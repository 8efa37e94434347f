"""Search and saved views."""

from __future__ import annotations

from typing import Any

from finding.models import SavedView
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from tests import making

# fmt: off
ROWS = {
    "hubs/<slug:hub>/search/":                                 "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/search/suggestions/":                     "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/search/organizations/":                   "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/views/":                                  "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/views/<int:pk>/edit/":                    "s--yxxxxxox s-------xox",
    "hubs/<slug:hub>/views/<int:pk>/deletion/":                "s-ggxxxxxox s-------xox",
}
# fmt: on


def fill(hub: Hub) -> dict[str, Any]:
    """A view that somebody of the hub shares: only its owner and the chief may change it."""
    with entered(Scope.of_hub(hub.pk)):
        view = SavedView.objects.create(
            hub=hub, owner=making.staff_of(hub), name="販路", list="consultations", query="q=%E8%B2%A9%E8%B7%AF",
            is_shared=True, saved_at=making.MOMENT,
        )  # fmt: skip
    return {"views/<int:pk>": view.pk}
