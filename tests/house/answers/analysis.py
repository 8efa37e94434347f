"""Analysis of a hub, a bureau and the nation."""

from __future__ import annotations

from typing import Any

from hubs.models import Hub

ROWS = {
    "hubs/<slug:hub>/analysis/":                          "s-yyyyyyyyx s-------yyx",
    "hubs/<slug:hub>/analysis/<slug:topic>/":             "s-yyyyyyyyx s-------yyx",
    "nation/warnings/":                                   "sxxxxxxyxyx",
    "nation/analysis/":                                   "sxxxxxxyyyx",
    "nation/analysis/<slug:topic>/":                      "sxxxxxxyyyx",
    "nation/bureaus/<slug:bureau>/analysis/":             "sxxxxxxyyyx",
    "nation/bureaus/<slug:bureau>/analysis/<slug:topic>/": "sxxxxxxyyyx",
}  # fmt: skip


def fill(hub: Hub) -> dict[str, Any]:
    return {"analysis/<slug:topic>": "outcomes", "nation/bureaus/<slug:bureau>": "kanto"}
