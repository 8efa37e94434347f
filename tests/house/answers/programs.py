"""Other systems: the API's enterprises and cases, and the tokens of programs."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts import actions
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from tests import making
from webhooks import actions as webhooks

ROWS = {
    "tokens/":                                                 "sxyyxxxyyyx",
    "tokens/<int:pk>/revocation/":                             "sxggxxxgggx",
    "api/v1/hubs/<slug:hub>/enterprises/":                     "k-yyxxxxxxx k-------xxx",
    "api/v1/hubs/<slug:hub>/enterprises/<int:pk>/":            "k-yyxxxxxxx k-------xxx",
    "api/v1/hubs/<slug:hub>/cases/":                           "k-yyxxxxxxx k-------xxx",
    "api/v1/hubs/<slug:hub>/cases/<int:pk>/":                  "k-yyxxxxxxx k-------xxx",
    "api/v1/hubs/<slug:hub>/cases/<int:pk>/steps/":            "k-ppxxxxxxx k-------xxx",
    "api/v1/hubs/<slug:hub>/referrals/":                       "k-yyxxxxxxx k-------xxx",
    "api/v1/hubs/<slug:hub>/referrals/<int:pk>/":              "k-yyxxxxxxx k-------xxx",
    "api/v1/hubs/<slug:hub>/referrals/<int:pk>/sending/":      "k-ppxxxxxxx k-------xxx",
    # ---- other systems
    "hubs/<slug:hub>/webhooks/":                               "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/webhooks/<int:pk>/":                      "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/webhooks/<int:pk>/switching/":            "s-xgxxxxxxx s-------xxx",
    "hubs/<slug:hub>/webhooks/<int:pk>/secret/":               "s-xgxxxxxxx s-------xxx",
    "hubs/<slug:hub>/webhooks/<int:pk>/pings/":                "s-xgxxxxxxx s-------xxx",
    "hubs/<slug:hub>/webhooks/<int:pk>/deliveries/<int:delivery>/resending/": "s-xgxxxxxxx s-------xxx",
}  # fmt: skip


def fill(hub: Hub) -> dict[str, Any]:
    """A token of somebody's."""
    now = timezone.now()
    token = actions.issue_token(
        user=making.staff_of(hub), name="連携", scopes=["cases:read"], digest=hub.slug, beginning="yrz_", at=now,
        expires_at=now + timezone.timedelta(days=1),
    )  # fmt: skip
    with entered(Scope.of_hub(hub.pk)):
        endpoint = webhooks.register(
            hub=hub, name="会計", url="https://example.com/", events=["case.opened"], by=token.user, at=now
        )
        delivery = webhooks.send_ping(endpoint=endpoint, by=token.user, at=now)
    return {
        "webhooks/<int:pk>": endpoint.pk,
        "deliveries/<int:delivery>": delivery.pk,
        "tokens/<int:pk>": token.pk,
    }
