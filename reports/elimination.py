"""Exact linear algebra over sparse equations: which unknowns do they leave open?"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

Number = Fraction | int


def unseen(equations: Iterable[Mapping[Any, int]]) -> set[Any]:
    """The unknowns that a vector drawn from the null space moves: proof that the equations do not determine them.
    The vector comes from a fixed seed: the same equations, the same answer. One that it leaves by chance, of which
    there is less than one in a hundred million, counts as determined."""
    rows = sorted((dict(equation) for equation in equations if equation), key=len)
    often: dict[Any, int] = defaultdict(int)
    for row in rows:
        for unknown in row:
            often[unknown] += 1
    solved: dict[Any, dict[Any, Number]] = {}  # pivot: what it is in others; no row has a pivot of one before it
    for equation in rows:
        row = _reduced(equation, solved)
        if row:
            pivot = min(row, key=lambda unknown: (often[unknown], unknown))
            scale = row.pop(pivot)
            solved[pivot] = {unknown: _quotient(value, -scale) for unknown, value in row.items()}
    draw = random.Random(len(often))  # noqa: S311 (an audit, not a secret)
    moved: dict[Any, Number] = {unknown: draw.randrange(1, 10**9) for unknown in sorted(often.keys() - solved.keys())}
    for pivot, row in reversed(solved.items()):
        moved[pivot] = sum(value * moved[unknown] for unknown, value in row.items())
    return {unknown for unknown, by in moved.items() if by}


def _reduced(equation: Mapping[Any, int], solved: Mapping[Any, Mapping[Any, Number]]) -> dict[Any, Number]:
    """An equation with every pivot replaced by what it is."""
    row: dict[Any, Number] = dict(equation)
    open_ = [unknown for unknown in row if unknown in solved]
    while open_:
        pivot = open_.pop()
        factor = row.pop(pivot, 0)
        for unknown, value in solved[pivot].items() if factor else ():
            now = row.get(unknown, 0) + factor * value
            if now:
                row[unknown] = now
                if unknown in solved:
                    open_.append(unknown)
            else:
                row.pop(unknown, None)
    return row


def _quotient(value: Number, scale: Number) -> Number:
    """Whole where it is, since whole numbers are much faster."""
    found = Fraction(value) / scale
    return int(found) if found.denominator == 1 else found
