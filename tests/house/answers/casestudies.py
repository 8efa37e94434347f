"""Case studies."""

from __future__ import annotations

from typing import Any

from hubs.models import Hub
from tests.casestudies.making import make_study

# fmt: off
ROWS = {
    "case-studies/":                                           "yyyyyyyyyyy",
    "case-studies/<int:pk>/":                                  "yyyyyyyyyyy",
    "hubs/<slug:hub>/similar-case-studies/":                   "s-ggxxxxxxx s-------xxx",
    "nation/case-studies/":                                    "sxxxxxxxxyx",
    "nation/case-studies/new/":                                "sxxxxxxxxyx",
    "nation/case-studies/<int:pk>/":                           "sxxxxxxxxyx",
    "nation/case-studies/<int:pk>/publication/":               "sxxxxxxxxgx",
    "nation/case-studies/<int:pk>/withdrawal/":                "sxxxxxxxxgx",
}
# fmt: on


def fill(hub: Hub) -> dict[str, Any]:
    """One of each."""
    return {"case-studies/<int:pk>": make_study(hub=hub).pk}
