"""A stranger asks for a consultation. Nothing of the hub is seen: the row is added in the scope of its own link."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import IntegrityError, transaction

from audit import trail
from booking.choices import BookingState, Source
from booking.models import Booking, token_of
from hubs.models import Hub
from hubs.tenancy import Scope, entered, hash_of


@transaction.atomic
def ask(*, hub: Hub, client_id: uuid.UUID, at: dt.datetime, **fields: Any) -> str:
    """Write a request down, and return the key of its link. Sent again with the same number, it is still one."""
    token = token_of(client_id)
    with entered(Scope.of_link(token)):
        if Booking.by_link.filter(token_hash=hash_of(token)).exists():
            return token
        made = Booking(
            hub=hub, client_id=client_id, token_hash=hash_of(token), state=BookingState.REQUESTED, source=Source.PUBLIC,
            created_at=at, updated_at=at, consented_at=at, **fields,
        )  # fmt: skip
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError as problem:
            if "one_booking_per_" not in str(problem):
                raise
            return token  # sent twice in the same moment
        trail.record("booking.requested", by=None, at=at, on=made)
    return token
