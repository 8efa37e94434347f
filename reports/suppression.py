"""Which figures are withheld from the public: those of fewer than five, and what would give them away.

A figure n with 0 < n < 5 is never published; neither is a sum over so few (minutes, times). A zero says nothing of
anybody and is published. To stop subtraction, more is withheld until, in every relation of reports.relations,
- none or at least two figures are withheld, and where their sum can be computed it is at least 5 and more than one
  for each: five withheld figures that sum to 5 are five ones;
- no withheld figure follows from all published ones together. This is proven, not guessed: for every withheld figure
  the audit finds another month with the same published figures, in which every relation holds, no withheld figure is
  less than 1, and that figure is another. No method can tell the two months apart. It looks for whole numbers first;
  for the few cells where it finds none it asks exact elimination for fractions. Where there are none either, one more
  figure is withheld and it looks again.
Figures of hubs and codes are given up before totals, those of the nation last.

**Time.** `already` holds what was withheld before and would be told by a difference; it stays withheld.
- A later version of a month withholds what any earlier version of it did. Otherwise the partner that protected a
  small figure in version 1, published in version 2, would tell that figure to whoever assumes that it did not change.
- A quarter or year to date withholds what a month of it did, in any version, and what an earlier one of the same
  quarter or year did. So whatever is published of a year is a sum of published months, and a year so far less the
  year until the month before is a published month. With the withheld figures of one month every change that its
  equations cannot see is still one that those of the year cannot see: the union of safe sets is safe.
- A figure published as 6 that a correction lowers to 3 is withheld from then on, with partners of its own. What
  version 1 said cannot be unsaid. Who assumes that no partner changed may guess the 3 from the nation's total; to
  prevent the guess the nation's total would have to be withheld. It does not follow from what is published, since a
  partner's change is as possible; for that reason a correction is listed only where both versions are published, and
  nothing says which of the withheld figures changed.

Plain Python without database or chance: the same figures, the same answer.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from metrics.indicators import INDICATORS, Definitions
from reports.elimination import unseen
from reports.relations import (
    BUREAU,
    HUB,
    NATION,
    Cell,
    Disagreement,
    Kind,
    Places,
    Relation,
    relations,
    rest_of,
    rests,
)

SMALL = 5
PAIR = 2  # a figure in two equations carries a change from one to the other
FEW = 20  # cells that are worth an elimination each; more of them need more withheld first
OUT = -1  # where a figure in only one equation carries it
_DEPTH = {HUB: 0, BUREAU: 2, NATION: 4}


@dataclass(frozen=True)
class Withheld:
    """What is withheld of one publication, span by span."""

    month: frozenset[Cell] = frozenset()
    quarter: frozenset[Cell] = frozenset()
    year: frozenset[Cell] = frozenset()


def withhold(
    *,
    month: Mapping[Cell, int],
    quarter: Mapping[Cell, int],
    year: Mapping[Cell, int],
    bureau_of: Mapping[int, int],
    before: Withheld,
    registry: Definitions = INDICATORS,
) -> Withheld:
    """A publication's three spans. `before` unites what was withheld earlier: of the month, by its other versions;
    of the quarter and the year to date, by any span and version of the months in it. Raises Disagreement."""
    in_month = withheld(month, bureau_of=bureau_of, already=before.month, registry=registry)
    in_quarter = withheld(quarter, bureau_of=bureau_of, already=before.quarter | in_month, registry=registry)
    so_far = before.year | in_month | in_quarter
    return Withheld(in_month, in_quarter, withheld(year, bureau_of=bureau_of, already=so_far, registry=registry))


def withheld(
    facts: Mapping[Cell, int],
    *,
    bureau_of: Mapping[int, int],
    already: Collection[Cell] = (),
    registry: Definitions = INDICATORS,
) -> frozenset[Cell]:
    """The cells of one span that are not published; a cell without a fact is 0. `bureau_of` has every hub.
    Raises Disagreement where figures do not add up."""
    places = Places(bureau_of)
    guarded = {indicator.code: indicator.guard for indicator in registry if indicator.guard != indicator.code}
    kept = {places.one(cell): value for cell, value in facts.items() if value and cell.indicator not in guarded}
    stays = {places.one(cell) for cell in already if cell.indicator not in guarded}
    kept |= dict.fromkeys(stays - kept.keys(), 0)  # withheld once: that it is 0 now is not told either
    kept |= _rests(kept, places, registry)
    search = _Search(kept, list(relations(kept, places, registry)))
    search.withhold(stays | {cell for cell, value in kept.items() if 0 < value < SMALL})
    found = {cell for cell in search.withheld if cell.indicator in registry}
    for indicator, guard in guarded.items():
        found |= {cell._replace(indicator=indicator) for cell in search.withheld if cell.indicator == guard}
    return frozenset(same for cell in found for same in places.alike(cell))


def _rests(facts: Mapping[Cell, int], places: Places, registry: Definitions) -> dict[Cell, int]:
    """What is left of a total beside a part of it: a figure that nobody publishes and everybody can have."""
    found = {}
    for part, whole in rests(registry).items():
        for place in places.all:
            if Cell(*place, part) in facts:
                left = facts.get(Cell(*place, whole), 0) - facts[Cell(*place, part)]
                if left < 0:
                    raise Disagreement(f"{part} of {place} is more than {whole}")
                if left:
                    found[Cell(*place, *rest_of(part))] = left
    return found


class _Search:
    """Withholds more and more until nothing follows from the rest. Grows only, so it ends."""

    def __init__(self, facts: Mapping[Cell, int], every: list[Relation]) -> None:
        self.facts = facts
        self.withheld: set[Cell] = set()
        self._doubtful: set[Cell] = set()
        self._kin: dict[Cell, Cell] = {}
        self.relations = every
        self._of: dict[Cell, list[Relation]] = defaultdict(list)
        for relation in every:
            for cell in relation.cells:
                self._of[cell].append(relation)

    def withhold(self, cells: Iterable[Cell]) -> None:
        """These, their partners, and what the audit asks for: one figure at a time of those that have to do with one
        another, for often it settles the doubts about the others, and a total need not be given up."""
        self._settle(cells)
        is_growing = True
        while is_growing:
            is_growing, served = False, set[Cell]()
            for cell in sorted(self._told(), key=lambda cell: (self.facts[cell], cell)):
                kin = self._kin_of(cell)
                if kin not in served and (another := self._another(cell)):  # else all that bears on it is withheld
                    self._settle(another)
                    served.add(kin)
                    is_growing = True

    def _kin_of(self, cell: Cell) -> Cell:
        """The least of all figures that relations join to this one, however far away: it stands for them."""
        if cell not in self._kin:
            reached, kin = deque([cell]), {cell}
            while reached:
                for relation in self._of[reached.popleft()]:
                    reached.extend(fresh := set(relation.cells) - kin)
                    kin |= fresh
            self._kin |= dict.fromkeys(kin, min(kin))
        return self._kin[cell]

    def _settle(self, cells: Iterable[Cell]) -> None:
        """Withhold, until every relation has none or enough."""
        self.withheld.update(cells)
        open_ = dict.fromkeys(relation for cell in sorted(cells) for relation in self._of[cell])
        while open_:
            relation = next(iter(open_))
            if not self._tells(relation):
                del open_[relation]
                continue
            partner = self._cheapest(relation.cells)
            self.withheld.add(partner)
            open_ |= dict.fromkeys(self._of[partner])

    def _tells(self, relation: Relation) -> bool:
        """Whether a relation gives away what is withheld in it."""
        gone = [cell for cell in relation.parts if cell in self.withheld]
        if relation.whole in self.withheld:
            return relation.kind is Kind.SUM and not gone
        if not gone:
            return False
        # what the withheld parts sum to; at least that, or at most, where they need not add up
        rest = self.facts[relation.whole] - sum(self.facts[c] for c in relation.parts if c not in self.withheld)
        if relation.kind in (Kind.COVERS, Kind.AT_MOST):
            return len(gone) == 1 and rest > 1
        if relation.kind is Kind.WITHIN:
            return rest <= len(gone)
        return len(gone) == 1 or rest < max(SMALL, len(gone) + 1)

    def _cheapest(self, cells: Iterable[Cell]) -> Cell:
        """What is least missed among those still published: a hub's before a bureau's before the nation's, a code
        before a total, one that needs no further partners before one that does, a small one before a large."""
        return min((cell for cell in cells if cell not in self.withheld), key=self._cost)

    def _cost(self, cell: Cell) -> tuple[int, int, int, Cell]:
        partnerless = sum(self.withheld.isdisjoint(relation.cells) for relation in self._of[cell])
        return _DEPTH[cell.level] + (cell.code == ""), partnerless, self.facts[cell], cell

    def _another(self, told: Cell) -> list[Cell]:
        """One more cell to withhold because `told` still follows: of its relations, or of those they touch."""
        near, seen = {told}, {told}
        while near:
            reached = {cell for one in near for relation in self._of[one] for cell in relation.cells} - seen
            if published := reached - self.withheld:
                return [self._cheapest(published)]
            seen |= reached
            near = reached
        return []

    def _told(self) -> set[Cell]:
        """Withheld cells for which no other month is found."""
        worlds = _Worlds(self.facts, self.withheld, self.relations)
        for cell in sorted(self.withheld):
            if cell not in self._doubtful:  # and stays so: to withhold more takes no other month away
                self._doubtful |= worlds.another(cell)
        if len(self.withheld - self._doubtful) <= FEW:
            self._doubtful |= worlds.between(self._doubtful)
        return self.withheld - self._doubtful


class _Worlds:
    """Looks for other months that the public could not tell from this one: the same published figures, every
    relation kept, every withheld figure at least 1, and one of them different."""

    def __init__(self, facts: Mapping[Cell, int], hidden: Collection[Cell], every: Iterable[Relation]) -> None:
        self.facts = facts
        self.low = {cell: min(1, facts[cell]) for cell in hidden}  # a 0 that stays withheld may be a 0
        self._of: dict[Cell, list[Relation]] = defaultdict(list)
        # the equations that leave each figure in as few as can be: the implied ones follow
        self._terms: list[dict[Cell, int]] = []
        self._in: dict[Cell, list[int]] = defaultdict(list)
        self._ways_of: dict[int, list[tuple[Cell, int, int, int, int]]] = {}
        for relation in every:
            for cell in relation.cells:
                self._of[cell].append(relation)
            if relation.kind is Kind.SUM and not relation.is_implied:
                self._equate({cell: sign for cell, sign in relation.signs.items() if cell in self.low})

    def _equate(self, terms: dict[Cell, int]) -> None:
        for cell in terms:
            self._in[cell].append(len(self._terms))
        self._terms.append(terms)

    def another(self, cell: Cell) -> set[Cell]:
        """The cells, this one among them, that differ in another month; none if none is found."""
        for by in (1, -1):
            for start in self._starts(cell, by):
                moved = self._balanced(start)
                if moved.get(cell) and self._holds(moved):
                    return {cell for cell, by in moved.items() if by}
        return set()

    def between(self, doubtful: Collection[Cell]) -> set[Cell]:
        """More cells that may differ, by fractions. Where each of `doubtful` can differ, all can at once, in the mean
        of those months; then no figure there is at its least, and a small step along any vector that the equations
        do not see leads to one more month. Figures at their least of which nothing is known stay as they are, but
        for one that rises."""
        found: set[Cell] = set()
        open_ = self.low.keys() - doubtful
        least = {cell for cell in open_ if self.facts[cell] == self.low[cell]}
        for risen in (None, *sorted(least)) if open_ else ():
            moved = unseen(
                {c: s for c, s in terms.items() if c == risen or c not in least} for terms in self._near(open_)
            )
            if all(relation.is_loose(self.facts) for c in moved for relation in self._of[c]):
                found |= moved & (open_ if risen is None else {risen})
        return found

    def _near(self, cells: Collection[Cell]) -> list[dict[Cell, int]]:
        """The equations that have to do with some cells, however far away."""
        reached, numbers = deque(cells), set[int]()
        while reached:
            for number in set(self._in[reached.popleft()]) - numbers:
                numbers.add(number)
                reached.extend(self._terms[number])
        return [self._terms[number] for number in sorted(numbers)]

    def _starts(self, cell: Cell, by: int) -> Iterator[dict[Cell, int]]:
        """A change to begin with: the cell's own, and, where it stands in many equations, one of its like as well."""
        yield {cell: by}
        for equation in self._in[cell] if len(self._in[cell]) > PAIR else ():
            signs = self._terms[equation]
            for other in sorted(signs):
                if other != cell and len(self._in[other]) > PAIR:
                    yield {cell: by, other: -by * signs[cell] * signs[other]}

    def _balanced(self, start: Mapping[Cell, int]) -> dict[Cell, int]:
        """A change, with the further ones that put right every equation that it puts wrong; nothing if it fails."""
        moved, off = Counter(start), Counter[int]()
        for cell, by in start.items():
            for equation in self._in[cell]:
                off[equation] += by * self._terms[equation][cell]
        open_ = {(equation, by) for equation, by in off.items() if by}
        while open_:
            first = open_.pop()
            path = self._path(first, {(equation, -by) for equation, by in open_}, start)
            if path is None:
                return {}
            end, steps = path
            open_.discard((end[0], -end[1]))
            for cell, by in steps:
                moved[cell] += by
        return moved

    def _path(
        self, first: tuple[int, int], ends: Collection[tuple[int, int]], without: Collection[Cell]
    ) -> tuple[tuple[int, int], list[tuple[Cell, int]]] | None:
        """The fewest changes by one each that carry an equation's fault to another that has the opposite one, or out
        of all equations, through figures that stand in two."""
        came: dict[tuple[int, int], tuple[tuple[int, int], tuple[Cell, int]]] = {}
        reached, seen = deque([first]), {first}
        while reached:
            at = reached.popleft()
            equation, fault = at
            for cell, sign, room, other, other_sign in self._ways(equation):
                by = -fault * sign
                to = (other, by * other_sign)
                if to in seen or by + room < 0 or cell in without:
                    continue
                seen.add(to)
                came[to] = (at, (cell, by))
                if other == OUT or to in ends:
                    return to, list(_steps(came, to, first))
                reached.append(to)
        return None

    def _ways(self, equation: int) -> list[tuple[Cell, int, int, int, int]]:
        """(figure, its sign, by how much it can fall, the other equation that it stands in, its sign there)."""
        if equation not in self._ways_of:
            self._ways_of[equation] = ways = []
            for cell, sign in self._terms[equation].items():
                if len(self._in[cell]) <= PAIR:
                    other = next((number for number in self._in[cell] if number != equation), OUT)
                    other_sign = 0 if other == OUT else self._terms[other][cell]
                    ways.append((cell, sign, self.facts[cell] - self.low[cell], other, other_sign))
        return self._ways_of[equation]

    def _holds(self, moved: Mapping[Cell, int]) -> bool:
        """Whether the other month is one: asked of every relation, whatever way it was found."""
        touched = {id(relation): relation for cell, by in moved.items() if by for relation in self._of[cell]}
        return all(self.facts[cell] + by >= self.low[cell] for cell, by in moved.items()) and all(
            relation.holds({cell: self.facts[cell] + moved.get(cell, 0) for cell in relation.cells})
            for relation in touched.values()
        )


def _steps(
    came: Mapping[tuple[int, int], tuple[tuple[int, int], tuple[Cell, int]]],
    end: tuple[int, int],
    first: tuple[int, int],
) -> Iterator[tuple[Cell, int]]:
    while end != first:
        end, step = came[end]
        yield step
