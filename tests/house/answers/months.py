"""The month at a hub and at headquarters."""

from __future__ import annotations

ROWS = {
    "hubs/<slug:hub>/months/":                                 "s-yyyyyyyyx s-------yyx",
    "hubs/<slug:hub>/months/<str:month>/":                     "s-yyyyyyyyx s-------yyx",
    "hubs/<slug:hub>/months/<str:month>/submission/":          "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/months/<str:month>/withdrawal/":          "s-xgxxxxxxx s-------xxx",
    "hubs/<slug:hub>/months/<str:month>/acceptance/":          "s-xxxxxxxgx s-------xgx",
    "hubs/<slug:hub>/months/<str:month>/return/":              "s-xxxxxxxgx s-------xgx",
    "hubs/<slug:hub>/months/<str:month>/reopening/":           "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/months/<str:month>/reopening/decision/":  "s-xxxxxxx-x s-------x-x",  # nothing was asked
    "hubs/<slug:hub>/months/<str:month>/reopening/withdrawal/": "s-xgxxxxxxx s-------xxx",
    "nation/months/<str:month>/closing/":                      "sxxxxxxxxyx",
    "nation/months/<str:month>/closing/progress/":             "sxxxxxxxx-x",  # nothing was asked for
    "nation/months/<str:month>/closing/record/":               "sxxxxxxxxgx",
    "nation/months/<str:month>/publication/":                  "sxxxxxxxxgx",
    "nation/months/<str:month>/correction/":                   "sxxxxxxxxgx",
    "nation/reopenings/":                                      "sxxxxxxxxyx",
    "nation/months/":                                          "sxxxxxxyyyx",
    "nation/months/<str:month>/acceptances/":                  "sxxxxxxxxgx",
    "nation/months/<str:month>/dates/":                        "sxxxxxxxxyx",
}  # fmt: skip
