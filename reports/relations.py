"""What the public can compute from one figure about another: the relations between the figures of one span.

Read from the registry, so that an indicator declared tomorrow is protected tomorrow. Plain Python.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cached_property
from typing import NamedTuple

from metrics.indicators import INDICATORS, Definitions, Indicator, Way

HUB, BUREAU, NATION = "hub", "bureau", "nation"  # as metrics.models.Level has them


class Cell(NamedTuple):
    """One figure of a span: whose, of what. `place` is the key of the hub or bureau, 0 for the nation."""

    level: str
    place: int
    indicator: str
    code: str = ""


class Kind(Enum):
    """How parts stand to their whole."""

    SUM = auto()  # they add up to it
    COVERS = auto()  # each is at most the whole, and together they are at least the whole: 者, overlapping codes
    AT_MOST = auto()  # together they are at least the whole: who is new to a hub may be known to another
    WITHIN = auto()  # together they are at most the whole: special desks


@dataclass(frozen=True, eq=False)
class Relation:
    """A whole and its parts; of these only the cells that are not a published zero."""

    kind: Kind
    whole: Cell
    parts: tuple[Cell, ...]
    is_implied: bool = False  # follows from the others together

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        return (self.whole, *self.parts)

    @property
    def signs(self) -> dict[Cell, int]:
        """Its equation: whole less parts is 0."""
        return dict.fromkeys(self.parts, -1) | {self.whole: 1}

    def holds(self, facts: Mapping[Cell, int]) -> bool:
        """Whether figures keep it."""
        whole, parts = facts.get(self.whole, 0), [facts[part] for part in self.parts]
        if self.kind is Kind.SUM:
            return sum(parts) == whole
        if self.kind is Kind.COVERS:
            return max(parts, default=0) <= whole <= sum(parts)
        if self.kind is Kind.AT_MOST:
            return whole <= sum(parts)
        return sum(parts) <= whole

    def is_loose(self, facts: Mapping[Cell, int]) -> bool:
        """Whether a small step breaks nothing that is not an equation."""
        whole, parts = facts[self.whole], [facts[part] for part in self.parts]
        if self.kind is Kind.COVERS:
            return max(parts) < whole < sum(parts)
        if self.kind is Kind.AT_MOST:
            return whole < sum(parts)
        return self.kind is Kind.SUM or sum(parts) < whole


class Disagreement(ValueError):
    """Figures that do not add up as the registry says: nothing can be promised about what they reveal."""


class Places:
    """The nation, its bureaus and their hubs. A bureau of one hub is that hub: its figures are the same cells."""

    def __init__(self, bureau_of: Mapping[int, int]) -> None:
        self._bureau_of = bureau_of
        self._hubs: dict[int, list[int]] = defaultdict(list)
        for hub, bureau in sorted(bureau_of.items()):
            self._hubs[bureau].append(hub)
        self.divided: list[tuple[tuple[str, int], list[tuple[str, int]]]] = [
            ((BUREAU, bureau), [(HUB, hub) for hub in hubs]) for bureau, hubs in self._hubs.items() if len(hubs) > 1
        ]
        self.divided.append(((NATION, 0), [self._own(bureau) for bureau in self._hubs]))
        self.all = [(HUB, hub) for hub in sorted(bureau_of)] + [whole for whole, _parts in self.divided]

    def _own(self, bureau: int) -> tuple[str, int]:
        hubs = self._hubs[bureau]
        return (BUREAU, bureau) if len(hubs) > 1 else (HUB, hubs[0])

    def one(self, cell: Cell) -> Cell:
        """The cell that stands for this one."""
        if cell.level != BUREAU:
            return cell
        return Cell(*self._own(cell.place), cell.indicator, cell.code)

    def alike(self, cell: Cell) -> tuple[Cell, ...]:
        """The cells that one cell stands for, itself first."""
        bureau = self._bureau_of.get(cell.place) if cell.level == HUB else None
        if bureau is None or len(self._hubs[bureau]) > 1:
            return (cell,)
        return (cell, Cell(BUREAU, bureau, cell.indicator, cell.code))


def relations(facts: Mapping[Cell, int], places: Places, registry: Definitions = INDICATORS) -> Iterator[Relation]:
    """Every relation between counts. `facts` holds a cell for each figure that is not a published zero. Sums that
    a count guards have none of their own: they are withheld where their count is. Raises Disagreement."""
    codes: dict[str, set[str]] = defaultdict(set)
    for cell in facts:
        codes[cell.indicator].add(cell.code)
    for indicator in registry:
        if indicator.guard == indicator.code:
            kind = Kind.SUM if indicator.additive else _of_people(indicator)
            for code in sorted(codes[indicator.code]):
                for whole, places_in in places.divided:
                    parts = [Cell(*place, indicator.code, code) for place in places_in]
                    yield from _relation(kind, Cell(*whole, indicator.code, code), parts, facts)
    yield from _of_rests(facts, places, registry)
    for breakdown in registry.breakdowns():
        if codes[breakdown.code]:  # one that began later has no figures
            yield from _of_breakdown(breakdown, sorted(codes[breakdown.code]), facts, places, registry)


def _of_rests(facts: Mapping[Cell, int], places: Places, registry: Definitions) -> Iterator[Relation]:
    for part, whole in rests(registry).items():
        for place in places.all:
            left = Cell(*place, *rest_of(part))
            if left in facts:
                yield from _relation(Kind.SUM, Cell(*place, whole), [Cell(*place, part), left], facts)


def _of_breakdown(
    breakdown: Indicator, codes: list[str], facts: Mapping[Cell, int], places: Places, registry: Definitions
) -> Iterator[Relation]:
    """A total and its codes, and the totals that are some of these codes: 解決 and 一部解決 are 課題解決件数."""
    kind = _kind_of(breakdown, registry)
    joined = joined_codes(breakdown, registry)
    for place in places.all:
        total = Cell(*place, breakdown.of)
        parts = {code: Cell(*place, breakdown.code, code) for code in codes}
        implied = place[0] == BUREAU and kind is Kind.SUM
        yield from _relation(kind, total, parts.values(), facts, implied or bool(joined))
        for indicator, some in joined.items():
            whole = Cell(*place, indicator)
            yield from _relation(Kind.SUM, whole, [parts[code] for code in codes if code in some], facts, implied)
            others = [parts[code] for code in codes if code not in some]
            yield from _relation(Kind.SUM, total, [whole, *others], facts, implied)


def rests(registry: Definitions) -> dict[str, str]:
    """{a total of people who are new: the total of all of them}. What is left, 継続, is published nowhere, but whoever
    subtracts has it."""
    found = {}
    for new in (one for one in registry.totals() if one.counted.way is Way.FIRST):
        for every in (one for one in registry.totals() if one.counted.way is Way.DISTINCT):
            if replace(new.counted, way=Way.DISTINCT) == every.counted:
                found[new.code] = every.code
    return found


def rest_of(part: str) -> tuple[str, str]:
    """How the cell of what is left beside a part is called: as an indicator and a code that no registry has."""
    return f"{part}:rest", "rest"


def _of_people(indicator: Indicator) -> Kind:
    return Kind.AT_MOST if indicator.counted.way is Way.FIRST else Kind.COVERS


def joined_codes(breakdown: Indicator, registry: Definitions) -> dict[str, tuple[str, ...]]:
    """The totals that count some codes of a breakdown together."""
    counted = breakdown.counted
    return {
        total.code: only.values
        for total in registry.totals()
        if (only := total.counted.only) is not None and only.column == counted.by and not only.but
        and (total.counted.source, total.counted.aggregate) == (counted.source, counted.aggregate)
        and counted.only is None and total.counted.way is counted.way
    }  # fmt: skip


def _kind_of(breakdown: Indicator, registry: Definitions) -> Kind:
    """A breakdown divides its total if it counts the same rows in the same way."""
    if breakdown.breakdown is not None and breakdown.breakdown.overlaps:
        return Kind.COVERS
    counted, total = breakdown.counted, registry[breakdown.of].counted
    same = (counted.source, counted.aggregate, counted.only) == (total.source, total.aggregate, total.only)
    return Kind.SUM if same else Kind.WITHIN


def _relation(
    kind: Kind, whole: Cell, parts: Iterable[Cell], facts: Mapping[Cell, int], implied: bool = False
) -> Iterator[Relation]:
    kept = tuple(part for part in parts if part in facts)
    if not Relation(kind, whole, kept).holds(facts):
        raise Disagreement(f"{whole}: {facts.get(whole, 0)}, its parts: {[facts[part] for part in kept]}")
    if kept and whole in facts:
        # where a single part is left, covering is being equal
        yield Relation(Kind.SUM if kind is Kind.COVERS and len(kept) == 1 else kind, whole, kept, implied)
