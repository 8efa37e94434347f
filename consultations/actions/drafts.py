"""What somebody has typed and not saved yet."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from accounts.models import User
from consultations.models import Draft
from hubs.models import Hub


def keep_draft(*, hub: Hub, client_id: uuid.UUID, fields: dict[str, Any], by: User, at: dt.datetime) -> None:
    """Remember what somebody has typed so far."""
    Draft.objects.update_or_create(hub=hub, owner=by, client_id=client_id, defaults={"fields": fields, "saved_at": at})


def discard_draft(*, hub: Hub, client_id: uuid.UUID, by: User) -> None:
    """Forget a draft."""
    Draft.objects.filter(hub=hub, owner=by, client_id=client_id).delete()
