"""What passes between hubs and is about a client: told and forgotten with everything else of theirs.

A copy that has been taken in belongs to the hub that took it in: the other's erasure leaves it alone, and the other's
pages tell it no more. What has not been taken in yet is still the giving hub's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.actions import privacy
from consultations.models import Case, Enterprise
from consultations.models.enterprises import ANONYMISED
from consultations.queries.privacy import told
from sharing import actions
from sharing.models import HandedOver, SharingRequest


def held(enterprise: Enterprise) -> Iterator[dict[str, Any]]:
    """The copies that came with a transfer, and those that went with one. Forgotten here, the latter are others'."""
    for row in _received(enterprise).select_related("request", "released_by").order_by("pk"):
        yield told(row)
    if enterprise.anonymised_at is None:
        for row in _given(enterprise).select_related("request", "released_by", "hub").order_by("pk"):
            yield told(row, "to_hub") | {gettext("移管先の拠点"): str(row.hub)}


def erase(enterprise: Enterprise, at: dt.datetime) -> int:
    """Empty the copies that came, and forget what the requests between the hubs know."""
    emptied = _received(enterprise).update(
        enterprise_name=ANONYMISED, enterprise_fields={}, title=ANONYMISED, issue="", plan="", summary=ANONYMISED,
        sessions=[],
    )  # fmt: skip
    forgotten = actions.forget(
        requests=_requests(enterprise), hub_id=enterprise.hub_id, identity=enterprise.identity, at=at
    )
    return int(emptied) + forgotten


def register() -> None:
    """Called once when the system starts."""
    privacy.register(privacy.Holding("handed_over", _("引き継いだ案件"), held=held, erase=erase))


def _received(enterprise: Enterprise) -> Any:
    return HandedOver.objects.filter(hub_id=enterprise.hub_id, received_case__enterprise=enterprise)


def _given(enterprise: Enterprise) -> Any:
    numbers = Case.objects.filter(hub_id=enterprise.hub_id, enterprise=enterprise).values("number")
    return HandedOver.objects.filter(to_hub_id=enterprise.hub_id, given_number__in=numbers)


def _requests(enterprise: Enterprise) -> set[int]:
    """Those of the hub that name the client, or that a case of theirs came or went by."""
    found = {*_received(enterprise).values_list("request", flat=True)}
    found |= {*_given(enterprise).values_list("request", flat=True)}
    if enterprise.corporate_number:
        ours = Q(hub_id=enterprise.hub_id) | Q(to_hub_id=enterprise.hub_id)
        named = SharingRequest.objects.about(enterprise.corporate_number).filter(ours)
        found |= {*named.values_list("pk", flat=True)}
    return found
