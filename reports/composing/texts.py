"""Commentary as people type it: paragraphs, and lists by a mark at the beginning of a line. Never markup."""

from __future__ import annotations

import re
from typing import Any

from foundation.text import has_forbidden

_POINT = re.compile(r"(?:[・•][ \u3000]*|[-*][ \u3000]+)(?=\S)")  # -5 is a figure, 3.5 too
_NUMBER = re.compile(r"[0-9０-９]{1,3}[.)．）、][ \u3000]*(?=[^\s0-9０-９])")
_MARKS = (("points", _POINT), ("numbers", _NUMBER))


def parts_of(text: str) -> list[dict[str, Any]]:
    """[{"kind": "paragraph" | "points" | "numbers", "lines": […]}]. A blank line ends a paragraph; a line end within
    one is kept."""
    found: list[dict[str, Any]] = []
    new = True
    for line in map(str.strip, _printable(text).split("\n")):
        if not line:
            new = True
            continue
        kind, said = _read(line)
        if new or not found or found[-1]["kind"] != kind:
            found.append({"kind": kind, "lines": []})
        found[-1]["lines"].append(said)
        new = False
    return found


def _read(line: str) -> tuple[str, str]:
    for kind, mark in _MARKS:
        if begun := mark.match(line):
            return kind, line[begun.end() :]
    return "paragraph", line


def _printable(text: str) -> str:
    """Forms refuse what no person types; whatever else wrote it, no page and no paper is broken by it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in text if not has_forbidden(letter)) if has_forbidden(text) else text
