"""What merges keep of somebody: told with everything else that is held of them, and erased with it.

A merge remembers values that it replaced, and the record that was merged stands behind the one that survived, so that
both can be put back. When the survivor is anonymised there is nothing to put back any more: both go with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.actions import privacy
from consultations.models import Enterprise, LikelyPair, Merge
from consultations.queries.privacy import told


def held(enterprise: Enterprise) -> Iterator[dict[str, Any]]:
    """The merges that somebody took part in, and the records that were merged into theirs."""
    for merge in _merges(enterprise).select_related("survivor", "loser", "merged_by", "undone_by").order_by("pk"):
        yield told(merge)
    for loser in Enterprise.objects.filter(hub_id=enterprise.hub_id, merged_into=enterprise).order_by("pk"):
        yield told(loser)
        yield from held(loser)


def erase(enterprise: Enterprise, at: dt.datetime) -> int:
    """Forget replaced values and remarks, and anonymise what was merged into this record."""
    count = _merges(enterprise).update(fields={}, gave_up={}, note="")
    pairs = LikelyPair.objects.filter(hub_id=enterprise.hub_id).of([enterprise.pk])
    count += pairs.exclude(note="").update(note="")
    for loser in Enterprise.objects.filter(hub_id=enterprise.hub_id, merged_into=enterprise, anonymised_at=None):
        privacy.anonymise(enterprise=loser, ground="merged", by=None, at=at)
        count += 1
    return count


def register() -> None:
    """Called once when the system starts."""
    privacy.register(privacy.Holding(name="merges", label=_("事業者の統合"), held=held, erase=erase))


def _merges(enterprise: Enterprise) -> Any:
    return Merge.objects.filter(Q(survivor=enterprise) | Q(loser=enterprise), hub_id=enterprise.hub_id)
