"""Making something once, however often a client program sends it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

from consultations.actions.sessions import take_turn
from consultations.models import Case, ClientMade, Enterprise
from hubs.models import Hub

Made = TypeVar("Made", Case, Enterprise)


class AnotherRecord(Exception):
    """The id already stands for something of another kind."""


@transaction.atomic
def once(
    *, hub: Hub, client_id: uuid.UUID, kind: type[Made], make: Callable[[], Made], at: dt.datetime
) -> tuple[Made, bool]:
    """What this id made, and whether that was just now. Two sendings at the same moment make one. Raises
    AnotherRecord."""
    take_turn(hub=hub, client_id=client_id)
    before = ClientMade.objects.filter(hub=hub, client_id=client_id).select_related(kind._meta.model_name).first()
    if before is None:
        made = make()
        ClientMade.objects.create(hub=hub, client_id=client_id, made_at=at, **{str(kind._meta.model_name): made})
        return made, True
    found = getattr(before, str(kind._meta.model_name))
    if found is None:
        raise AnotherRecord
    return found, False
