"""What bookings keep of a client: told with everything else that is held of them, and erased with it. Times, methods
and states stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit import trail
from booking.models import Booking
from consultations.actions import privacy
from consultations.models import Enterprise
from consultations.models.enterprises import ANONYMISED
from consultations.queries.privacy import told
from letters import actions as letters
from letters.queries import letters_below

WORDS = ("company", "phone", "email", "wish", "topic", "reason")
MAILS_OWN = ("key", "is_secret", "attempts", "next_try_at", "problem")  # how a letter travels says nothing of anybody
# Whoever asked once and never became a client is forgotten after a year: long enough to know them again when they ask
# anew in the next season, short of the years for which headquarters has clients' records kept (tender: no rule).
KEPT = dt.timedelta(days=365)


def _rows(enterprise: Enterprise) -> Any:
    mine = Q(enterprise=enterprise) | Q(consultation__enterprise=enterprise)
    return Booking.objects.filter(mine, hub_id=enterprise.hub_id)


def held(enterprise: Enterprise) -> Iterator[dict[str, Any]]:
    """The bookings of a client, and the letters about them."""
    people = ("enterprise", "place", "coordinator", "consultation", "created_by")
    rows = list(_rows(enterprise).select_related(*people).order_by("pk"))
    yield from (told(row, "token_hash") for row in rows)
    for row in rows:
        yield from (told(letter, *MAILS_OWN) for letter in letters_below(enterprise.hub_id, f"{row.reference}:"))


def erase(enterprise: Enterprise, at: dt.datetime) -> int:
    """Take out who booked and what for; what waits to be sent about it is not sent."""
    return sum(empty(booking, at) for booking in _rows(enterprise).select_for_update(of=("self",)).order_by("pk"))


def empty(booking: Booking, at: dt.datetime) -> int:
    """Of a booking and the letters about it remains when, where, how and what became of it. How many rows changed."""
    for name in WORDS:
        setattr(booking, name, "")
    booking.client_name, booking.version, booking.updated_at = ANONYMISED, booking.version + 1, at
    booking.save(update_fields=["client_name", *WORDS, "version", "updated_at"])
    return 1 + letters.forget(hub_id=booking.hub_id, about=f"{booking.reference}:", at=at)


@transaction.atomic
def forget_stranger(*, booking: Booking, at: dt.datetime) -> bool:
    """Empty a booking that led to no client, once its time is over: looked at again under its lock, because somebody
    may have taken it up a moment ago."""
    current = Booking.objects.select_for_update(of=("self",)).strangers_before(at - KEPT).filter(pk=booking.pk).first()
    if current is None:
        return False
    empty(current, at)
    trail.record("booking.forgotten", by=None, at=at, on=current)
    return True


def contacted_since(hub_id: int, day: dt.date) -> Any:
    """Who has booked, or been booked for, since a day."""
    lately = Q(created_at__date__gte=day) | Q(starts_at__date__gte=day)
    return Booking.objects.filter(lately, hub_id=hub_id, enterprise__isnull=False).values("enterprise_id")


def register() -> None:
    """Called once when the system starts."""
    privacy.register(privacy.Holding("bookings", _("予約"), held=held, erase=erase, contacted_since=contacted_since))
