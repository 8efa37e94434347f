"""A composition as PDF: A4, Japanese, tagged and archivable (PDF/A-2a), from what it says and nothing else.

The same content and moment give the same bytes. All texts reach Typst as JSON values: none is ever read as markup.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from pathlib import Path
from typing import Any

from django.utils import timezone

from reports.pdf import AUTHOR, printed

TEMPLATE = Path(__file__).parent.parent / "typst" / "composition.typ"
NARROWEST, WIDEST = 8, 48  # of a column, in half-width letters
MANY_COLUMNS = 8  # beyond it the letters get smaller


def write_paper(content: dict[str, Any], *, at: dt.datetime, sha256: str = "") -> bytes:
    """The PDF. `at` is when it was submitted, with its `sha256`; without one it is a draft and says so. Raises
    CannotTypeset if the template is wrong."""
    told = content | {
        "author": AUTHOR,
        "made": f"{timezone.localtime(at):%Y-%m-%d %H:%M}",
        "sha256": sha256,
        "sections": list(map(_laid_out, content["sections"])),
    }
    return printed(TEMPLATE, told, at=at)


def _laid_out(section: dict[str, Any]) -> dict[str, Any]:
    found = dict(section)
    if table := section["table"]:
        found["table"] = table | {"widths": _widths(table), "small": len(table["head"]) > MANY_COLUMNS}
    if chart := section["chart"]:
        told = "、".join(f"{label} {text}" for label, _value, text in chart["points"])
        found["chart"] = chart | {"alt": f"{section['heading']}: {told}"}
    return found


def _widths(table: dict[str, Any]) -> list[int]:
    """How wide each column is beside the others: by its longest cell; a heading may take several lines."""
    columns = zip(table["head"], *table["rows"], strict=True)
    return [
        min(WIDEST, max(min(NARROWEST, _width(head)), *map(_width, cells)) + 2) for head, *cells in columns
    ] if table["rows"] else [NARROWEST] * len(table["head"])  # fmt: skip


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)
