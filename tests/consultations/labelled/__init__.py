"""Made-up notes by situation, to measure how well similar past cases are found.

How it was made. situations.txt holds 58 situations that hubs meet, each written by hand for this purpose: one text as a
coordinator begins to type it (`?`, the trouble only), and three past notes about the same trouble of other clients in
other trades (`=`, trouble／advice). They were written by one person who knew how the search works, with the rule that the
three share the trouble and not the wording: another trade, other words for the same thing where a coordinator would use
them. The first line of a situation has category, themes and an industry (JSIC 中分類). The past notes
carry them as other people would have ticked them: now and then one left out, one of another kind added, another category
(World._as_ticked, by a fixed chance). Relevant are the three; nothing else is, though some situations lie close to one another on purpose (two on cash flow, three on recruiting …). Around
them stand DISTRACTORS notes of the demonstration, written earlier for other ends. No real note was used. A set made by
one person flatters whoever made it: the figures compare ways of ranking with one another, and say less about how many
useful cases a hub will see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DISTRACTORS = 300


@dataclass
class Situation:
    """A trouble: what is being typed, and past notes (content, advice) that it should bring up."""

    category: str
    themes: list[str]
    industry: str
    asked: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list)


def situations() -> list[Situation]:
    """All of them, in their order."""
    return list(_read((Path(__file__).parent / "situations.txt").read_text()))


def _read(text: str) -> Iterator[Situation]:
    found: Situation | None = None
    for line in text.splitlines():
        if line.startswith("# "):
            if found is not None:
                yield found
            codes, _, industry = line[2:].partition(" | ")
            category, _, themes = codes.partition(" ")
            found = Situation(category, themes.split(","), industry)
        elif found is not None and line.startswith("? "):
            found.asked = line[2:]
        elif found is not None and line.startswith("= "):
            content, _, advice = line[2:].partition("／")
            found.notes.append((content, advice))
    if found is not None:
        yield found
