"""What somebody has typed and not saved yet."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from accounts.models import User
from audit import trail
from consultations.models import Draft
from hubs.models import Hub

# A draft that nobody has gone on with for so long is left behind: a client's words must not lie about in it for ever.
# The retention of records cannot reach it, for it belongs to no client yet.
KEPT = dt.timedelta(days=90)


def keep_draft(*, hub: Hub, client_id: uuid.UUID, fields: dict[str, Any], by: User, at: dt.datetime) -> None:
    """Remember what somebody has typed so far."""
    Draft.objects.update_or_create(hub=hub, owner=by, client_id=client_id, defaults={"fields": fields, "saved_at": at})


def discard_draft(*, hub: Hub, client_id: uuid.UUID, by: User) -> None:
    """Forget a draft."""
    Draft.objects.filter(hub=hub, owner=by, client_id=client_id).delete()


@transaction.atomic
def forget_old_drafts(*, hub: Hub, at: dt.datetime) -> int:
    """Remove what was last saved longer ago than KEPT. Returns how many there were."""
    gone = Draft.objects.filter(hub=hub, saved_at__lt=at - KEPT).delete()[0]
    if gone:
        trail.record("draft.forgotten", by=None, at=at, hub_id=hub.pk, count=gone)
    return gone
