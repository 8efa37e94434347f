"""The published case studies most like what somebody is writing."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from casestudies.models import CaseStudy
from consultations.queries.similar import CATEGORY, FEWEST_PAIRS, INDUSTRY, LONGEST, RARITY, THEMES, Asked, pairs_told

SHOWN = 3
COMPARED = 2_000  # of all that are published, the newest: a programme publishes some hundred a year
LEAST = 0.08  # of what agreement in every word would be; below it the likeness is chance


@dataclass(frozen=True)
class Likely:
    """A case study and how much it agrees."""

    study: CaseStudy
    score: float


def similar_studies(*, asked: Asked, at_most: int = SHOWN) -> list[Likely]:
    """Best first; none for a text too short to say anything. Ranked as past cases are: by the pairs of characters they
    share, the rarer the more, and by codes. Two queries."""
    told = pairs_told(asked.text[:LONGEST])
    if len(told) < FEWEST_PAIRS:
        return []
    rows = CaseStudy.objects.published().filter(search_grams__overlap=list(told)).order_by("-published_on", "-pk")
    known = list(rows.values_list("pk", "search_grams", "themes", "category", "industry")[:COMPARED])
    held = {pk: told.keys() & set(pairs) for pk, pairs, *_ in known}
    spread = Counter(pair for pairs in held.values() for pair in pairs)
    weights = {pair: told[pair] * math.log((len(known) + 1) / (spread[pair] + 0.5)) ** RARITY for pair in spread}
    whole = sum(told[pair] * math.log(2 * (len(known) + 1)) ** RARITY for pair in told)
    scores = {}
    for pk, _pairs, themes, category, industry in known:
        text = sum(max(weights[pair], 0.0) for pair in held[pk]) / whole
        if text >= LEAST:
            scores[pk] = text + _by_codes(asked, themes, category, industry)
    best = sorted(scores, key=lambda pk: (-scores[pk], -pk))[:at_most]
    studies = CaseStudy.objects.with_hub().defer("search_grams").in_bulk(best)
    return [Likely(studies[pk], scores[pk]) for pk in best]


def _by_codes(asked: Asked, themes: Sequence[str], category: str, industry: str) -> float:
    shared = len(set(asked.themes) & set(themes)) / max(len(set(asked.themes) | set(themes)), 1)
    same_field = bool(asked.industry) and asked.industry == industry
    return THEMES * shared + CATEGORY * (category == asked.category) + INDUSTRY * same_field
