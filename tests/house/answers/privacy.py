"""Consent, disclosure, erasure, retention; what headquarters sets; what reference data offer."""

from __future__ import annotations

from typing import Any

from hubs.models import Hub
from tests import making
from tests.consultations.making_privacy import make_consent, make_request

# fmt: off
ROWS = {
    #                                                                           ┌ anonymous
    #                                                                           │┌ no role
    #                                                                           ││┌ coordinator, chief
    #                                                                           ││││┌ implementing body, advisor, evaluator
    #                                                                           │││││││┌ bureau, agency, headquarters, administrator
    "hubs/<slug:hub>/enterprises/registered/":                                 "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/enterprises/postal-areas/":                               "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/enterprises/<int:pk>/consents/":                          "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/enterprises/<int:pk>/consents/<int:consent>/withdrawal/": "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/enterprises/<int:pk>/disclosure/":                        "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/enterprises/<int:pk>/disclosure/file/":                   "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/enterprises/<int:pk>/privacy-requests/":                  "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/privacy-requests/":                                       "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/privacy-requests/<int:pk>/":                              "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/privacy-requests/<int:pk>/carrying-out/":                 "s-xgxxxxxxx s-------xxx",
    "hubs/<slug:hub>/privacy-requests/<int:pk>/refusal/":                      "s-xgxxxxxxx s-------xxx",
    "hubs/<slug:hub>/privacy-requests/<int:pk>/proof/":                        "s-xgxxxxxxx s-------xxx",
    "hubs/<slug:hub>/retention/":                                              "s-xyxxxxxxx s-------xxx",
    "nation/rules/":                                                           "sxxxxxxxxyx",
    "nation/consent-texts/":                                                   "sxxxxxxxxyx",
}
# fmt: on


def fill(hub: Hub) -> dict[str, Any]:
    """One of each at a hub."""
    enterprise = making.make_enterprise(hub=hub)
    return {
        "privacy-requests/<int:pk>": make_request(enterprise=enterprise).pk,
        "consents/<int:consent>": make_consent(enterprise=enterprise).pk,
    }
