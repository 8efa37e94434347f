"""The month at a hub and at headquarters."""

from __future__ import annotations

ROWS = {
    "hubs/<slug:hub>/months/":                                 "s-yyyyyyyyx s-------yyx",
    "hubs/<slug:hub>/months/<str:month>/":                     "s-yyyyyyyyx s-------yyx",
    "hubs/<slug:hub>/months/<str:month>/submission/":          "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/months/<str:month>/withdrawal/":          "s-xpxxxxxxx s-------xxx",
    "hubs/<slug:hub>/months/<str:month>/acceptance/":          "s-xxxxxxxpx s-------xpx",
    "hubs/<slug:hub>/months/<str:month>/return/":              "s-xxxxxxxpx s-------xpx",
    "nation/months/":                                          "sxxxxxxxxyx",
}  # fmt: skip
