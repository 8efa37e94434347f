"""Duplicates: hints, the queue, comparing, merging, undoing."""

from __future__ import annotations

from typing import Any

from consultations.models import LikelyPair
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from tests import making
from tests.consultations.making_twins import make_twins, merge

# fmt: off
ROWS = {
    "hubs/<slug:hub>/enterprises/hints/":                      "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/duplicates/":                             "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/duplicates/<int:pk>/dismissal/":          "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/duplicates/<int:pk>/reopening/":          "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/merges/":                                 "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/merges/new/":                             "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/merges/<int:pk>/":                        "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/merges/<int:pk>/undoing/":                "s-yyxxxxxxx s-------xxx",
}
# fmt: on


def fill(hub: Hub) -> dict[str, Any]:
    """A pair and a merge."""
    staff = making.staff_of(hub)
    one, other = make_twins(hub)
    survivor, loser = make_twins(hub)
    making.make_case(hub=hub, enterprise=loser)
    done = merge(survivor, loser, by=staff)
    with entered(Scope.of_hub(hub.pk)):
        pair = LikelyPair.objects.create(
            hub=hub, first=one, second=other, reasons=["phone"], score=40, found_at=making.MOMENT
        )
    return {"duplicates/<int:pk>": pair.pk, "merges/<int:pk>": done.pk}
