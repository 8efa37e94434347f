"""Special desks, outcomes and their follow-ups, similar past cases, the desk one works at."""

from __future__ import annotations

from typing import Any

from hubs.models import Hub
from tests import making
from tests.consultations import making_outcomes

# fmt: off
ROWS = {
    "hubs/<slug:hub>/cases/<int:pk>/outcomes/new/":            "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/cases/<int:pk>/similar/":                 "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/outcomes/":                               "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/outcomes/<int:pk>/":                      "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/outcomes/<int:pk>/deletion/":             "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/follow-ups/<int:pk>/skipping/":           "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/similar-cases/":                          "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/desk/":                                   "s-yyxxxxxxx s-------xxx",
    "nation/desks/":                                           "sxxxxxxxxyx",
    "nation/desks/new/":                                       "sxxxxxxxxyx",
    "nation/desks/<int:pk>/":                                  "sxxxxxxxxyx",
}
# fmt: on


def fill(hub: Hub) -> dict[str, Any]:
    """One of each at a hub."""
    case = making.make_case(hub=hub)
    return {
        "outcomes/<int:pk>": making_outcomes.make_outcome(case=case).pk,
        "follow-ups/<int:pk>": making_outcomes.make_follow_up(case=case).pk,
        "nation/desks/<int:pk>": making_outcomes.make_desk().pk,
    }
