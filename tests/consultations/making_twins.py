"""Enterprises that are in the books twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from consultations.actions import duplicates, merging
from consultations.models import Enterprise, LikelyPair, Merge
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from tests import making

PHONE = "0312345678"


def make_twins(hub: Hub, **fields: Any) -> tuple[Enterprise, Enterprise]:
    """Two records of one enterprise: another spelling, the same town and telephone."""
    shared = {"municipality": "千代田区", "phone": PHONE} | fields
    return (
        making.make_enterprise(hub=hub, **({"name": "株式会社みらい堂"} | shared)),
        making.make_enterprise(hub=hub, **({"name": "㈱ミライ堂"} | shared)),
    )


def find(hub: Hub, at: datetime = making.MOMENT) -> list[LikelyPair]:
    """What is due is looked up, all of it. Returns the open pairs, likeliest first."""
    with entered(Scope.of_hub(hub.pk)):
        while duplicates.find_pairs(hub=hub, at=at):
            pass
        return list(LikelyPair.objects.filter(hub=hub).open().likeliest_first())


def merge(survivor: Enterprise, loser: Enterprise, *, by: Any, at: datetime = making.MOMENT, take: Any = ()) -> Merge:
    """The loser becomes part of the survivor."""
    with entered(Scope.of_hub(survivor.hub_id)):
        return merging.merge(survivor=side(survivor), loser=side(loser), take=take, by=by, at=at)


def undo(done: Merge, *, by: Any, at: datetime = making.MOMENT, restore: Any = None) -> Merge:
    """They are two again."""
    with entered(Scope.of_hub(done.hub_id)):
        version = Enterprise.objects.get(pk=done.survivor_id).version
        return merging.undo(merge=done, version=version, restore=restore or {}, by=by, at=at)


def side(enterprise: Enterprise) -> merging.Side:
    """An enterprise as it is now. Within its hub's scope."""
    return merging.Side(enterprise, Enterprise.objects.get(pk=enterprise.pk).version)
