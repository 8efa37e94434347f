"""What one asks about letters."""

from __future__ import annotations

from collections.abc import Iterable

from hubs.models import Hub
from letters.models import Letter


def letters_below(hub_id: int, about: str) -> list[Letter]:
    """The letters whose key begins so, with their texts as long as these are kept."""
    return list(Letter.objects.of(hub_id).filter(key__startswith=about).order_by("pk"))


def letters_about(hub: Hub, keys: Iterable[str]) -> dict[str, Letter]:
    """The letters of these keys by key, without their texts: whether each was sent."""
    found = Letter.objects.of(hub.pk).filter(key__in=list(keys)).defer("body", "calendar")
    return {letter.key: letter for letter in found}
