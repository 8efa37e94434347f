"""What was published: the same for everybody."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from hubs.models import Hub
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics.models import Freeze
from reports.models import Publication
from tests import making

MONTH = dt.date(2031, 5, 1)
ROWS = {
    "figures/":                                                 "yyyyyyyyyyy",
    "figures/index.json":                                       "yyyyyyyyyyy",
    "figures/definitions.json":                                 "yyyyyyyyyyy",
    "figures/feed.atom":                                        "yyyyyyyyyyy",
    "figures/feed.rss":                                         "yyyyyyyyyyy",
    "figures/<str:month>/":                                     "yyyyyyyyyyy",
    "figures/<str:month>/v<number:version>/":                   "yyyyyyyyyyy",
    "figures/<str:month>/v<number:version>/figures.csv":        "yyyyyyyyyyy",
    "figures/<str:month>/v<number:version>/figures.json":       "yyyyyyyyyyy",
}  # fmt: skip


def fill(hub: Hub) -> dict[str, Any]:
    """A month of which nothing is told."""
    with entered(Scope.of_figures(HUB_IDS)):
        if not Freeze.objects.filter(month=MONTH).exists():
            by, at = making.staff_of(hub), timezone.now()
            frozen = Freeze.objects.create(
                month=MONTH, version=1, cause="closing", carried_in=MONTH, made_at=at, made_by=by, definitions=[],
                sha256="0" * 64,
            )  # fmt: skip
            Publication.objects.create(
                freeze=frozen, month=MONTH, version=1, published_at=at, published_by=by, sha256="0" * 64,
                figures={"facts": [], "labels": {}, "hubs": [], "bureaus": []},
            )  # fmt: skip
    month = f"{MONTH:%Y-%m}"
    return {"figures/<str:month>": month, "figures/<str:month>/v<number:version>": f"{month}/v1"}
