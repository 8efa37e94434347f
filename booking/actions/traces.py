"""What bookings keep of a client: told with everything else that is held of them, and erased with it. Times, methods
and states stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.models import Booking
from consultations.actions import privacy
from consultations.models import Enterprise
from consultations.models.enterprises import ANONYMISED
from consultations.queries.privacy import told


def _rows(enterprise: Enterprise) -> Any:
    mine = Q(enterprise=enterprise) | Q(consultation__enterprise=enterprise)
    return Booking.objects.filter(mine, hub_id=enterprise.hub_id)


def held(enterprise: Enterprise) -> Iterator[dict[str, Any]]:
    """The bookings of a client."""
    people = ("enterprise", "place", "coordinator", "consultation", "created_by")
    yield from (told(row, "token_hash") for row in _rows(enterprise).select_related(*people).order_by("pk"))


def erase(enterprise: Enterprise, at: dt.datetime) -> int:
    """Take out who booked and what for."""
    ids = list(_rows(enterprise).values_list("pk", flat=True))
    emptied = dict.fromkeys(("company", "phone", "email", "wish", "topic"), "")
    return int(
        Booking.objects.filter(hub_id=enterprise.hub_id, pk__in=ids).update(
            client_name=ANONYMISED, updated_at=at, **emptied
        )
    )


def contacted_since(hub_id: int, day: dt.date) -> Any:
    """Who has booked, or been booked for, since a day."""
    lately = Q(created_at__date__gte=day) | Q(starts_at__date__gte=day)
    return Booking.objects.filter(lately, hub_id=hub_id, enterprise__isnull=False).values("enterprise_id")


def register() -> None:
    """Called once when the system starts."""
    privacy.register(privacy.Holding("bookings", _("予約"), held=held, erase=erase, contacted_since=contacted_since))
