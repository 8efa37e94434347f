"""What referrals keep of a client: told with everything else that is held of them, and erased with it. Kinds, days,
states and the counted work stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from consultations.actions import privacy
from consultations.models import Enterprise
from consultations.models.enterprises import ANONYMISED
from consultations.queries.privacy import told
from letters import actions as letters
from referrals.actions.sending import end_links
from referrals.actions.steps import add_step, keep
from referrals.choices import ReferralMove as Move
from referrals.choices import ReferralState
from referrals.models import Referral, ReferralStep, ReferralWork
from referrals.workflow import REFERRAL


def held(enterprise: Enterprise) -> Iterator[dict[str, Any]]:
    """The referrals of a client, what was answered and what was done."""
    rows = Referral.objects.filter(hub_id=enterprise.hub_id, enterprise=enterprise)
    people = ("case", "consultation", "organization", "consent_recorded_by", "created_by")
    yield from (told(row, "enterprise") for row in rows.select_related(*people).order_by("pk"))
    steps = ReferralStep.objects.filter(hub_id=enterprise.hub_id, referral__enterprise=enterprise)
    yield from (told(row) for row in steps.select_related("referral", "by").order_by("pk"))
    works = ReferralWork.objects.filter(hub_id=enterprise.hub_id, referral__enterprise=enterprise)
    yield from (told(row) for row in works.select_related("referral", "typed_by", "struck_by").order_by("pk"))


def erase(enterprise: Enterprise, at: dt.datetime) -> int:
    """Take out what was asked, what was handed over and what was written back; what is still going on ends first."""
    hub = enterprise.hub_id
    rows = Referral.objects.filter(hub_id=hub, enterprise=enterprise)
    for row in rows.select_for_update(of=("self",)).select_related("hub").order_by("pk"):
        _end(row, at)
    count = rows.update(request=ANONYMISED, outline="", shared={}, version=F("version") + 1, updated_at=at)
    rows.exclude(reason="").update(reason=ANONYMISED)
    steps = ReferralStep.objects.filter(hub_id=hub, referral__enterprise=enterprise).exclude(note="")
    works = ReferralWork.objects.filter(hub_id=hub, referral__enterprise=enterprise)
    return count + steps.update(note=ANONYMISED) + works.update(content=ANONYMISED)


def _end(referral: Referral, at: dt.datetime) -> None:
    """Nobody opens, answers or sends it any more. A draft is called back. What was sent is not: that would take it
    out of figures that were counted; it expires."""
    end_links(referral, at)
    letters.forget(hub_id=referral.hub_id, about=f"referral:{referral.pk}:", at=at)
    move = Move.CANCEL if referral.state == ReferralState.PREPARED else Move.EXPIRE
    if (referral.state, move) not in REFERRAL.moves:
        return
    referral.state = REFERRAL.after(referral.state, move)
    referral.reason = ANONYMISED if move == Move.CANCEL else referral.reason
    keep(referral, at, "state", "reason")
    add_step(referral, "forgotten", by=None, at=at)


def contacted_since(hub_id: int, day: dt.date) -> Any:
    """Whose referral was made, answered or worked on since a day."""
    rows = Referral.objects.filter(hub_id=hub_id)
    worked = ReferralWork.objects.filter(hub_id=hub_id, worked_on__gte=day).values("referral__enterprise_id")
    return (
        rows.filter(created_at__date__gte=day)
        .values("enterprise_id")
        .union(rows.filter(answered_on__gte=day).values("enterprise_id"), worked)
    )


def register() -> None:
    """Called once when the system starts."""
    privacy.register(privacy.Holding("referrals", _("紹介"), held=held, erase=erase, contacted_since=contacted_since))
