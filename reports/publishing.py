"""What the public reads of a version of a month: every figure, or that it is too small to be told."""

from __future__ import annotations

import hashlib
from typing import Any

from metrics.evidence import canonical
from metrics.models import Freeze, FrozenFact, Span

SMALL = 5  # below it a figure may tell of somebody (domain.md §4)


def figures_to_publish(frozen: Freeze) -> list[dict[str, Any]]:
    """One entry per fact of the month. In a scope that sees the nation's figures."""
    facts = FrozenFact.objects.filter(freeze=frozen, span=Span.MONTH)
    return [
        {
            "level": fact.level,
            "hub": fact.hub_id,
            "bureau": fact.bureau_id,
            "indicator": fact.indicator,
            "code": fact.code,
            "value": None if 0 < fact.value < SMALL else fact.value,
        }
        for fact in facts.order_by("level", "hub", "bureau", "indicator", "code")
    ]


def digest(told: list[dict[str, Any]]) -> str:
    """SHA-256 over what is published, in its one spelling."""
    return hashlib.sha256(canonical(told)).hexdigest()
