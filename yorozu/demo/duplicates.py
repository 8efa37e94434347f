"""Clients that were registered twice, as it happens: another spelling, no 法人番号, a slip in it. Some are merged already."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count

from accounts.models import User
from consultations.actions import duplicates, merging
from consultations.models import Case, Consultation, Enterprise, LikelyPair
from consultations.models.enterprises import search_key_of
from hubs.models import Hub

HUBS = frozenset({1, 13, 23, 27})
TWINS, MERGED = 12, 3
_COPIED = (
    "kind", "name", "kana", "trade_name", "representative", "prefecture_id", "municipality", "address", "phone", "email",
    "industry", "employees",
)  # fmt: skip
# What the second entry got wrong, or left open.
_CHANGES: tuple[dict[str, Any], ...] = (
    {"kana": "", "address": "", "employees": None},
    {"email": "", "municipality": "", "address": ""},
    {"phone": "", "representative": "", "employees": None},
    {"trade_name": "", "email": "", "kana": ""},
)


def tell_duplicates(hub: Hub, *, at: dt.datetime) -> None:
    """Register some of a hub's clients again, give each second record one of the first one's cases, look the pairs up,
    and merge a few. In the hub's scope."""
    if hub.pk not in HUBS:
        return
    known = Enterprise.objects.filter(hub=hub).annotate(count=Count("cases")).filter(count__gte=2).order_by("pk")
    rows = [_again(row, number, at) for number, row in enumerate(known[:TWINS])]
    twins = Enterprise.objects.bulk_create(rows)
    originals = list(known[:TWINS])
    for original, twin in zip(originals, twins, strict=True):
        case = original.cases.order_by("-pk").values_list("pk", flat=True).first()
        Case.objects.filter(hub=hub, pk=case).update(enterprise=twin)
        Consultation.objects.filter(hub=hub, case_id=case).update(enterprise=twin)
    duplicates.look_up(hub=hub, ids={row.pk for row in (*originals, *twins)}, at=at)
    for original, twin in list(zip(originals, twins, strict=True))[:MERGED]:
        sides = merging.Side(original, original.version), merging.Side(twin, twin.version)
        merging.merge(survivor=sides[0], loser=sides[1], take=[], by=original.created_by, at=at)
    _dismiss_one(hub, originals[0].created_by, at)


def _again(row: Enterprise, number: int, at: dt.datetime) -> Enterprise:
    twin = Enterprise(hub_id=row.hub_id, created_at=at, created_by=row.created_by, updated_at=at)
    for name in _COPIED:
        setattr(twin, name, getattr(row, name))
    for name, value in _CHANGES[number % len(_CHANGES)].items():
        setattr(twin, name, value)
    for long, short in (("株式会社", "㈱"), ("有限会社", "(有)"), ("合同会社", "(同)")):
        twin.name = twin.name.replace(long, short)
    twin.search_key = search_key_of(twin)
    return twin


def _dismiss_one(hub: Hub, by: User, at: dt.datetime) -> None:
    pair = LikelyPair.objects.filter(hub=hub).open().order_by("score", "pk").first()
    if pair is not None:
        duplicates.dismiss(pair=pair, by=by, at=at, note="兄弟で別々に営む店と聞き取った。")
