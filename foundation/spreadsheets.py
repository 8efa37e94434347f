"""What leaves for Excel: cells that no program takes for a formula, CSV in the two encodings that offices use
(domain.md §6, Excel first)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Cell = str | int | float | None

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
GETA = "〓"  # what Japanese printing puts where a character is missing

# Twins that Windows writes differently from everybody else: nothing is lost by writing them its way.
CP932_TWINS = str.maketrans(
    {"〜": "～", "−": "－", "–": "－", "—": "―", "‖": "∥", "¢": "￠", "£": "￡", "¬": "￢", "\u00a0": " "}
)


@dataclass(frozen=True)
class Encoded:
    """A file's bytes, and the characters that its encoding could not hold, each once, in order of appearance."""

    content: bytes
    lost: tuple[str, ...] = ()


def may_be_formula(text: str) -> bool:
    """Whether a spreadsheet might run a cell's text: it begins with = + - @ TAB CR, or with a full-width one."""
    return text.startswith(_STARTS_A_FORMULA)


def neutralise(text: str) -> str:
    """Text as a CSV cell that shows instead of running: an apostrophe in front where it might be a formula."""
    return f"'{text}" if may_be_formula(text) else text


def csv_file(rows: Iterable[Sequence[Cell]], *, encoding: str = "utf-8") -> Encoded:
    """Rows as CSV with CRLF: UTF-8 with BOM, or cp932. Texts are neutralised; numbers are written as numbers.

    Raises LookupError for any other encoding.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([neutralise(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    match encoding:
        case "utf-8":
            return Encoded(out.getvalue().encode("utf-8-sig"))
        case "cp932":
            return in_cp932(out.getvalue())
        case _:
            raise LookupError(encoding)


def in_cp932(text: str) -> Encoded:
    """Text in Windows' Japanese encoding; what it cannot hold becomes 〓 and is listed. 髙 and ㈱ it holds."""
    text = text.translate(CP932_TWINS)
    lost = tuple(letter for letter in dict.fromkeys(text) if not _holds(letter))
    for letter in lost:
        text = text.replace(letter, GETA)
    return Encoded(text.encode("cp932"), lost)


def _holds(letter: str) -> bool:
    try:
        letter.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def name_letters(lost: Iterable[str]) -> str:
    """𠮷(U+20BB7)、… for telling which characters were replaced."""
    return "、".join(f"{letter}(U+{ord(letter):04X})" for letter in lost)
