"""What transfers keep of a client at the hub that took it over: told and erased with everything else of theirs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from consultations.actions import privacy
from consultations.models import Enterprise
from consultations.models.enterprises import ANONYMISED
from consultations.queries.privacy import told
from sharing.models import HandedOver


def _rows(enterprise: Enterprise) -> Any:
    return HandedOver.objects.filter(hub_id=enterprise.hub_id, received_case__enterprise=enterprise)


def held(enterprise: Enterprise) -> Iterator[dict[str, Any]]:
    """The copies that came with a transfer."""
    yield from (told(row) for row in _rows(enterprise).select_related("request", "released_by").order_by("pk"))


def erase(enterprise: Enterprise, at: dt.datetime) -> int:
    """Empty the copies."""
    return int(
        _rows(enterprise).update(
            enterprise_name=ANONYMISED, enterprise_fields={}, title=ANONYMISED, issue="", plan="", summary=ANONYMISED,
            sessions=[],
        )
    )  # fmt: skip


def register() -> None:
    """Called once when the system starts."""
    privacy.register(privacy.Holding("handed_over", _("引き継いだ案件"), held=held, erase=erase))
