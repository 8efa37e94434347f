"""Opening, changing and closing a special desk: headquarters' deeds."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import User
from audit import trail
from consultations.actions.refusals import Edited
from consultations.models import SpecialDesk


@transaction.atomic
def open_desk(*, by: User, at: dt.datetime, **fields: Any) -> SpecialDesk:
    """A new special desk. It takes cases that come from its first day on."""
    desk = SpecialDesk.objects.create(set_by=by, set_at=at, **fields)
    trail.record("special_desk.opened", by=by, at=at, on=desk)
    return desk


@transaction.atomic
def revise_desk(*, desk: SpecialDesk, version: int, by: User, at: dt.datetime, **fields: Any) -> SpecialDesk:
    """Change what is said of a special desk, or give it its last day. Cases that it has taken stay. Raises Edited."""
    current = SpecialDesk.objects.select_for_update().get(pk=desk.pk)
    if current.version != version:
        raise Edited(current)
    changed = [name for name, value in fields.items() if getattr(current, name) != value]
    for name in changed:
        setattr(current, name, fields[name])
    current.version, current.set_by, current.set_at = current.version + 1, by, at
    current.save()
    closes = "closed_on" in changed and current.closed_on is not None
    trail.record("special_desk.closed" if closes else "special_desk.revised", by=by, at=at, on=current, fields=changed)
    return current
