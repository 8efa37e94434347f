"""Similar past cases of a hub, ranked by text and codes, within the time of a key stroke.

A note's pairs of characters (foundation.text.grams) are compared with those of past notes. A pair tells the more, the
fewer notes it stands in (GramCount) and the more its script says. The database looks through the notes that hold one
of the most telling pairs and ranks them by text and themes; the best of them are then ranked once more with category
and industry. Nothing of the text is kept.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from django.db import connection

from consultations.models import Case, Consultation, Outcome
from consultations.queries.offers import code_labels
from directory.choices import CodeKind
from foundation.text import fold, grams
from hubs.models import Hub

SHOWN = 5
LONGEST = 4_000  # characters of a note that are compared
FEWEST_PAIRS = 6  # less than a few words tells nothing
MOST_KEYS = 64
CANDIDATES = 3_000
RANKED = 100  # notes that are ranked once more
# How much codes add to a text that agrees best (1.0). Chosen on one half of the labelled set (tests/consultations/
# labelled), measured on the other: a coordinator's themes say more than any choice of words.
THEMES, CATEGORY, INDUSTRY = 1.5, 0.3, 0.1
RARITY = 1.5  # the power of how rare a pair is
# What a pair tells by its script, on one measure: kanji name things, kana bind words together.
_SCRIPTS = {
    "kk": 1.0, "aa": 0.9, "ak": 0.6, "hk": 0.3, "ah": 0.2, "hh": 0.05, "ko": 0.5, "ao": 0.5, "oo": 0.5, "ho": 0.1,
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What one is writing: its text, and the codes of its case as far as they are known."""

    text: str
    themes: Sequence[str] = ()
    category: str = ""
    industry: str = ""
    case_id: int | None = None  # itself, which is not similar but the same


@dataclass(frozen=True)
class Similar:
    """A past case, by the note of it that is most alike."""

    case: Case
    consultation: Consultation
    themes: Sequence[str]
    score: float
    outcomes: Sequence[Outcome] = field(default_factory=tuple)


def similar_cases(*, hub: Hub, asked: Asked, at_most: int = SHOWN) -> list[Similar]:
    """The hub's past cases most alike, best first. None for a text too short to say anything. In the hub's scope."""
    scores = dict(_alike(hub, asked))
    if not scores:
        return []
    rows = Consultation.objects.filter(hub=hub, pk__in=scores).select_related("case", "enterprise").for_lists()
    ranked = sorted(((scores[row.pk] + _by_codes(row, asked), row) for row in rows), key=_best_first)
    chosen: dict[int, tuple[float, Consultation]] = {}
    for score, row in ranked:
        chosen.setdefault(row.case_id, (score, row))
    top = list(chosen.values())[:at_most]
    labels = code_labels(CodeKind.THEME)[CodeKind.THEME]
    outcomes = _outcomes(hub, [row.case_id for _, row in top])
    return [
        Similar(row.case, row, [labels.get(code, code) for code in row.themes], score, outcomes.get(row.case_id, ()))
        for score, row in top
    ]


def _best_first(found: tuple[float, Consultation]) -> tuple[float, int]:
    return -found[0], -found[1].pk


def _by_codes(row: Consultation, asked: Asked) -> float:
    same_field = bool(asked.industry) and row.enterprise.industry == asked.industry
    return CATEGORY * (row.case.category == asked.category) + INDUSTRY * same_field


def _outcomes(hub: Hub, cases: Iterable[int]) -> dict[int, list[Outcome]]:
    found: dict[int, list[Outcome]] = {}
    for outcome in Outcome.objects.confirmed().filter(hub=hub, case_id__in=list(cases)).order_by("pk"):
        of_case = found.setdefault(outcome.case_id, [])
        if not any((other.kind, other.trend) == (outcome.kind, outcome.trend) for other in of_case):  # asked thrice
            of_case.append(outcome)
    return found


_COUNTS = """
    SELECT sample.notes, sample.of_notes, counted.gram, counted.notes
      FROM consultations_gramsample sample
      LEFT JOIN consultations_gramcount counted ON counted.hub_id = sample.hub_id AND counted.gram = ANY (%s)
     WHERE sample.hub_id = %s
"""
_ALIKE = """
    SELECT id, score
      FROM consultations_similar(%s, %s::integer[], %s::integer[], %s::real[], %s::text[], %s::real, %s, %s, %s)
"""


def _alike(hub: Hub, asked: Asked) -> list[tuple[int, float]]:
    told = pairs_told(asked.text[:LONGEST])
    if len(told) < FEWEST_PAIRS:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [list(told), hub.pk])
        counts = cursor.fetchall()
        if not counts:
            return []
        sampled, of_notes = counts[0][:2]
        known = {gram: notes for _, _, gram, notes in counts if gram is not None}
        weights = [told[pair] * math.log((sampled + 1) / (known.get(pair, 1) - 0.5)) ** RARITY for pair in told]
        keys = telling(told, known, per_note=of_notes / max(sampled, 1))
        asks = [hub.pk, keys, list(told), weights, list(asked.themes), THEMES, asked.case_id, CANDIDATES, RANKED]
        cursor.execute(_ALIKE, asks)  # type: ignore[arg-type]
        return cursor.fetchall()


def pairs_told(text: str) -> dict[int, float]:
    """The pairs of a text as the index knows them, each with what its script says of it. Folding turns hiragana into
    katakana, so that is read before."""
    found: dict[int, float] = {}
    for word in unicodedata.normalize("NFKC", text).lower().split():
        for first, second in pairwise(word):
            for pair in grams(fold(first + second)):
                told = _SCRIPTS["".join(sorted((_script(first), _script(second))))]
                found[pair] = max(found.get(pair, 0.0), told)
    return found


def _script(letter: str) -> str:
    """k for kanji, a for katakana, h for hiragana, o for anything else."""
    if "\u3040" <= letter <= "\u309f":
        return "h"
    if "\u30a0" <= letter <= "\u30ff":
        return "a"
    return "k" if "\u4e00" <= letter <= "\u9fff" or letter == "々" else "o"


def telling(pairs: Collection[int], known: dict[int, int], *, per_note: float) -> list[int]:
    """The rarest pairs, so many that about CANDIDATES notes hold one of them; never none. `per_note`: how many notes
    of the hub each counted one stands for."""
    chosen: list[int] = []
    expected = 0.0
    for pair in sorted(pairs, key=lambda pair: known.get(pair, 1)):
        expected += known.get(pair, 1) * per_note
        if chosen and (expected > CANDIDATES or len(chosen) == MOST_KEYS):
            break
        chosen.append(pair)
    return chosen
