"""Attachments, the review of notes, and what a browser keeps for when there is no network."""

from __future__ import annotations

import io
from typing import Any

from consultations.actions import attachments
from consultations.models import Consultation
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from tests import making
from tests.consultations.making_notes import PDF

# fmt: off
ROWS = {
    #                                                           ┌ anonymous
    #                                                           │┌ no role
    #                                                           ││┌ coordinator, chief
    #                                                           ││││┌ implementing body, advisor, evaluator
    #                                                           │││││││┌ bureau, agency, headquarters, administrator
    "manifest.webmanifest":                                    "yyyyyyyyyyy",
    "service-worker.js":                                       "yyyyyyyyyyy",
    "offline/":                                                "yyyyyyyyyyy",
    "offline/keys/":                                           "sxyyxxxxxxx",
    "start/":                                                  "sgggggggggg",
    "hubs/<slug:hub>/consultations/<int:pk>/attachments/":     "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/attachments/<int:pk>/file/":              "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/attachments/<int:pk>/removal/":           "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/consultations/<int:pk>/review/":          "s-xgxxxxxxx s-------xxx",
    "hubs/<slug:hub>/consultations/<int:pk>/review/answers/":  "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/reviews/":                                "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/reviews/entry-lag/":                      "s-xyxxxxxxx s-------xxx",
}
# fmt: on


def fill(hub: Hub) -> dict[str, Any]:
    """A file at the hub."""
    held = making.make_consultation(hub=hub)
    with entered(Scope.of_hub(hub.pk)):
        attachment = attachments.attach(
            consultation=Consultation.objects.get(pk=held.pk), file=io.BytesIO(PDF), name="a.pdf", kind="pdf",
            by=making.staff_of(hub), at=making.MOMENT,
        )  # fmt: skip
    return {"attachments/<int:pk>": attachment.pk}
