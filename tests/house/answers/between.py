"""Between hubs: hints, requests, answers, shared timelines."""

from __future__ import annotations

from typing import Any

from hubs.models import Hub
from tests.sharing.making import accept, ask, make_client

# fmt: off
ROWS = {
    "hubs/<slug:hub>/sharing/":                                "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/sharing/hint/":                           "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/sharing/new/":                            "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/sharing/<int:pk>/":                       "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/sharing/<int:pk>/acceptance/":            "s-xgxxxxxxx s-------xxx",
    "hubs/<slug:hub>/sharing/<int:pk>/refusal/":               "s-xgxxxxxxx s-------xxx",
    "hubs/<slug:hub>/sharing/<int:pk>/withdrawal/":            "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/sharing/<int:pk>/completion/":            "s-xgxxxxxxx s-------xxx",
    "hubs/<slug:hub>/shared/<int:pk>/":                        "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/enterprises/<int:pk>/elsewhere/":         "s-yyxxxxxxx s-------xxx",
}
# fmt: on


def fill(hub: Hub) -> dict[str, Any]:
    """Joint support that this hub has of another's client."""
    holder = Hub.objects.select_related("prefecture").exclude(pk=hub.pk).order_by("-pk").first()
    assert holder is not None
    request = accept(ask(hub=hub, of=make_client(holder)))
    return {"sharing/<int:pk>": request.pk, "shared/<int:pk>": request.pk}
