"""Targets of a hub and of the nation."""

from __future__ import annotations

ROWS = {
    "hubs/<slug:hub>/targets/":           "s-yyyyyyyyx s-------yyx",
    "hubs/<slug:hub>/targets/revision/":  "s-xyxxxxxxx s-------xxx",
    "nation/targets/":                    "sxxxxxxyyyx",
    "nation/targets/revision/":           "sxxxxxxxxyx",
}  # fmt: skip
