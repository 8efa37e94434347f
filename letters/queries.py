"""What one asks about letters."""

from __future__ import annotations

from collections.abc import Iterable

from hubs.models import Hub
from letters.models import Letter


def letters_about(hub: Hub, keys: Iterable[str]) -> dict[str, Letter]:
    """The letters of these keys by key, without their texts: whether each was sent."""
    found = Letter.objects.of(hub.pk).filter(key__in=list(keys)).defer("body", "calendar")
    return {letter.key: letter for letter in found}
