"""What every deed of this room does besides: take the row, write the history."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from accounts.models import User
from consultations.actions import Edited
from consultations.actions.privacy import Anonymised
from referrals.models import Referral, ReferralStep


def taken(referral: Referral, version: int | None = None) -> Referral:
    """The row as it stands, for us alone. Raises Edited."""
    rows = Referral.objects.select_for_update(of=("self",)).select_related("hub", "organization")
    current = rows.get(pk=referral.pk)
    if version is not None and current.version != version:
        raise Edited(current)
    return current


def refuse_forgotten(referral: Referral) -> None:
    """Nothing is written about a client who was anonymised. Raises Anonymised."""
    if referral.is_forgotten:
        raise Anonymised


def keep(referral: Referral, at: dt.datetime, *fields: str) -> None:
    """Save what changed, as the next version."""
    referral.version, referral.updated_at = referral.version + 1, at
    referral.save(update_fields=[*fields, "version", "updated_at"])


def add_step(
    referral: Referral,
    what: str,
    *,
    by: User | None,
    at: dt.datetime,
    note: str = "",
    is_agencys: bool = False,
    client_id: uuid.UUID | None = None,
) -> ReferralStep:
    """One line of the history."""
    more: dict[str, Any] = {"client_id": client_id} if client_id else {}
    return ReferralStep.objects.create(
        hub_id=referral.hub_id, referral=referral, what=what, state=referral.state, note=note, at=at, by=by,
        is_agencys=is_agencys, **more,
    )  # fmt: skip


def day_of(at: dt.datetime) -> dt.date:
    """The day in Japan."""
    return timezone.localtime(at).date()
