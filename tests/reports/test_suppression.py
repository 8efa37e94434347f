"""What is published gives no small figure away, to an attacker who knows all rules and is written from them anew."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.indicators import INDICATORS
from reports.relations import BUREAU, HUB, NATION, Cell, Disagreement, joined_codes
from reports.suppression import Withheld, withheld, withhold

DISTINCT = ("visitors", "new_visitors")
DIVIDED = {
    "consultations": ["consultations_by_category", "consultations_by_method", "consultations_by_industry"],
    "cases_closed": ["cases_closed_by_resolution"],
    "partner_works": ["partner_works_by_organization"],
}
CODES = {
    "consultations_by_category": ["sales", "startup", "other"],
    "consultations_by_method": ["visit_to_hub", "online"],
    "consultations_by_industry": ["A", "E", "I", "unstated"],
    "cases_closed_by_resolution": ["solved", "partly", "unsolved", "unknown"],
    "partner_works_by_organization": ["bank", "chamber", "tax"],
}
LONGEST, PASSES = 30, 12
small_worlds = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


class Month:
    """A month of some hubs by chance: figures as a count would find them."""

    def __init__(self, chance: random.Random, sizes: list[int], most: int) -> None:
        self.chance = chance
        self.bureau_of = dict(enumerate((b for b, size in enumerate(sizes, 1) for _ in range(size)), 1))
        self.facts: Counter[Cell] = Counter()
        for hub in self.bureau_of:
            for _ in range(chance.choice([0, 1, most // 4, most, most])):
                self.consult(hub)
        self.meet()

    def consult(self, hub: int) -> None:
        self.add(hub, "minutes", amount=self.chance.choice([30, 60]))
        if self.chance.random() < 0.3:
            self.add(hub, "consultations_by_special_desk", self.chance.choice("12"))
        for theme in {self.chance.choice(["tax", "digital", "legal"]) for _ in range(self.chance.choice([1, 1, 2]))}:
            self.add(hub, "consultations_by_theme", theme)
        self.count(hub, "consultations")
        if self.chance.random() < 0.4:
            resolution = self.count(hub, "cases_closed")["cases_closed_by_resolution"]
            if resolution in ("solved", "partly"):
                self.add(hub, "cases_resolved")
        if self.chance.random() < 0.3:
            self.count(hub, "partner_works")
            self.add(hub, "partner_work_times", amount=self.chance.choice([1, 2, 5]))

    def count(self, hub: int, total: str) -> dict[str, str]:
        self.add(hub, total)
        codes = {name: min(self.chance.choices(CODES[name], k=2)) for name in DIVIDED[total]}
        for name, code in codes.items():
            self.add(hub, name, code)
        return codes

    def add(self, hub: int, indicator: str, code: str = "", amount: int = 1) -> None:
        for level, place in ((HUB, hub), (BUREAU, self.bureau_of[hub]), (NATION, 0)):
            self.facts[Cell(level, place, indicator, code)] += amount

    def meet(self) -> None:
        """Clients: each is at one hub, or at several; some were known before, to hubs that they come to or to others."""
        met = {hub: {f"{hub}-{n}" for n in range(self.chance.choice([0, 1, 3, 6, 9]))} for hub in self.bureau_of}
        for hub in met:
            met[hub] |= {f"all-{n}" for n in range(3) if self.chance.random() < 0.3}
        known = {
            client: {hub for hub in self.bureau_of if self.chance.random() < self.chance.choice([0, 0, 0.2, 0.5])}
            for client in set().union(*met.values())
        }
        places = {(HUB, hub): {hub} for hub in self.bureau_of} | {(NATION, 0): set(self.bureau_of)}
        for hub, bureau in self.bureau_of.items():
            places.setdefault((BUREAU, bureau), set()).add(hub)
        for place, hubs in places.items():
            clients = set().union(*(met[hub] for hub in hubs))
            self.facts[Cell(*place, "visitors")] = len(clients)
            self.facts[Cell(*place, "new_visitors")] = sum(known[client].isdisjoint(hubs) for client in clients)

    def withheld(self, already: Iterable[Cell] = ()) -> frozenset[Cell]:
        return withheld(self.facts, bureau_of=self.bureau_of, already=frozenset(already))


class Attacker:
    """Knows the published figures, that hubs make bureaus and bureaus the nation, and what divides what."""

    def __init__(self, published: Mapping[Cell, int], hidden: Iterable[Cell], bureau_of: Mapping[int, int]) -> None:
        self.published = published
        self.hidden = sorted(hidden)
        self.bureau_of = bureau_of
        self.rows = [self.row(whole, parts) for whole, parts in self.sums()]
        self.solved = self.row_reduced()

    def sums(self) -> Iterable[tuple[Cell, list[Cell]]]:
        cells = {*self.published, *self.hidden}
        bureaus = sorted(set(self.bureau_of.values()))
        hubs = {b: [hub for hub, of in self.bureau_of.items() if of == b] for b in bureaus}
        for indicator, code in {(cell.indicator, cell.code) for cell in cells}:
            for bureau in bureaus:
                if indicator not in DISTINCT or len(hubs[bureau]) == 1:
                    parts = [Cell(HUB, hub, indicator, code) for hub in hubs[bureau]]
                    yield Cell(BUREAU, bureau, indicator, code), parts
            if indicator not in DISTINCT:
                yield Cell(NATION, 0, indicator, code), [Cell(BUREAU, b, indicator, code) for b in bureaus]
        places = [(NATION, 0), *((BUREAU, b) for b in bureaus), *((HUB, hub) for hub in self.bureau_of)]
        for place in places:
            for total, breakdowns in DIVIDED.items():
                for name in breakdowns:
                    yield Cell(*place, total), [Cell(*place, name, code) for code in CODES[name]]
            resolved = [Cell(*place, "cases_closed_by_resolution", code) for code in ("solved", "partly")]
            yield Cell(*place, "cases_resolved"), resolved

    def row(self, whole: Cell, parts: list[Cell]) -> tuple[dict[Cell, Fraction], Fraction]:
        terms, constant = {}, Fraction(0)
        for cell, sign in [(whole, 1), *((part, -1) for part in parts)]:
            if cell in self.published:
                constant -= sign * self.published[cell]
            elif cell in self.hidden:
                terms[cell] = Fraction(sign)
        return terms, constant  # a cell that is neither is a published zero

    def row_reduced(self) -> list[tuple[dict[Cell, Fraction], Fraction]]:
        rows, done = [row for row in self.rows if row[0]], []
        while rows:
            terms, constant = min(rows, key=lambda row: len(row[0]))
            pivot = min(terms)
            terms, constant = {c: v / terms[pivot] for c, v in terms.items()}, constant / terms[pivot]
            clear = lambda row: self.minus(row, row[0].get(pivot, Fraction(0)), (terms, constant))  # noqa: B023, E731
            done = [*map(clear, done), (terms, constant)]
            rows = [row for row in map(clear, rows) if row[0]]
        return done

    @staticmethod
    def minus(left, factor, right):
        terms = Counter(left[0])
        for cell, value in right[0].items():
            terms[cell] -= factor * value
        return {cell: value for cell, value in terms.items() if value}, left[1] - factor * right[1]

    def by_algebra(self) -> set[Cell]:
        return {min(terms) for terms, _constant in self.solved if len(terms) == 1}

    def by_bounds(self) -> set[Cell]:
        low, high = dict.fromkeys(self.hidden, 1), dict.fromkeys(self.hidden, 10**6)
        rows = [row for row in self.rows + self.solved if 0 < len(row[0]) <= LONGEST]
        for _ in range(PASSES):
            before = dict(low), dict(high)
            for terms, constant in rows:
                ends = {c: sorted([v * low[c], v * high[c]]) for c, v in terms.items()}
                least, most = sum(end[0] for end in ends.values()), sum(end[1] for end in ends.values())
                for cell, sign in terms.items():
                    found = [constant - least + ends[cell][0], constant - most + ends[cell][1]]
                    found = sorted(end / sign for end in found)
                    low[cell] = max(low[cell], math.ceil(found[0]))
                    high[cell] = min(high[cell], math.floor(found[1]))
            if before == (low, high):
                break
        return {cell for cell in self.hidden if low[cell] == high[cell]}


def attack(month: Month, gone: frozenset[Cell]) -> Attacker:
    published = {cell: value for cell, value in month.facts.items() if cell not in gone}
    return Attacker(published, gone, month.bureau_of)


sizes = st.sampled_from([[1, 3, 2], [1, 1, 2], [2, 2], [3], [1, 4]])


@small_worlds
@given(chance=st.randoms(use_true_random=False), sizes=sizes, most=st.sampled_from([4, 12, 40, 120]))
def test_no_withheld_figure_can_be_found_out(chance, sizes, most):
    month = Month(chance, sizes, most)
    gone = month.withheld()
    attacker = attack(month, gone)
    assert {cell: month.facts[cell] for cell in attacker.by_algebra() | attacker.by_bounds()} == {}


@small_worlds
@given(chance=st.randoms(use_true_random=False), sizes=sizes, most=st.sampled_from([4, 12, 40]))
def test_no_figure_below_five_is_published_and_no_sum_over_so_few(chance, sizes, most):
    month = Month(chance, sizes, most)
    gone = month.withheld()
    assert {cell for cell, value in month.facts.items() if 0 < value < 5} <= gone
    assert all(month.facts[cell] for cell in gone), "a zero is told"
    for cell in month.facts:
        for guarded, count in {"minutes": "consultations", "partner_work_times": "partner_works"}.items():
            if cell.indicator == guarded:
                assert (cell in gone) == (cell._replace(indicator=count) in gone)


@small_worlds
@given(chance=st.randoms(use_true_random=False), sizes=sizes, most=st.sampled_from([12, 40]))
def test_what_different_hubs_share_does_not_give_a_small_count_away(chance, sizes, most):
    """Clients of a bureau are at most those of its hubs: what is published must not leave a lone hub with more than
    one at least."""
    month = Month(chance, sizes, most)
    gone = month.withheld()
    for bureau, indicator in itertools.product(set(month.bureau_of.values()), DISTINCT):
        whole = Cell(BUREAU, bureau, indicator)
        hubs = [Cell(HUB, hub, indicator) for hub, of in month.bureau_of.items() if of == bureau]
        hidden = [hub for hub in hubs if hub in gone]
        if len(hidden) == 1 and whole not in gone and len(hubs) > 1:
            assert month.facts[whole] - sum(month.facts[hub] for hub in hubs if hub not in gone) <= 1


@small_worlds
@given(chance=st.randoms(use_true_random=False), sizes=sizes, most=st.sampled_from([12, 40]))
def test_a_year_so_far_and_a_later_version_tell_nothing_of_what_was_withheld(chance, sizes, most):
    april, may, corrected = (Month(chance, sizes, most) for _ in range(3))
    first = withhold(
        month=april.facts, quarter=april.facts, year=april.facts, bureau_of=april.bureau_of, before=Withheld()
    )
    assert first.month <= first.quarter  # more may be withheld of a span, never less
    assert first.month <= first.year
    again = withhold(
        month=corrected.facts, quarter=corrected.facts, year=corrected.facts, bureau_of=april.bureau_of, before=first
    )
    assert first.month <= again.month
    before = again.month | first.month
    to_date = april.facts + may.facts
    for indicator in DISTINCT:  # clients: nobody came again
        assert all(to_date[cell] >= may.facts[cell] for cell in to_date if cell.indicator == indicator)
    second = withhold(
        month=may.facts,
        quarter=to_date,
        year=to_date,
        bureau_of=may.bureau_of,
        before=Withheld(quarter=before, year=before),
    )
    for cell in first.month | second.month:
        assert cell in second.quarter
        assert cell in second.year
    attacker = attack(may, second.month)
    assert attacker.by_algebra() | attacker.by_bounds() == set()


@small_worlds
@given(chance=st.randoms(use_true_random=False), sizes=sizes, most=st.sampled_from([12, 40]))
def test_who_came_before_is_not_told_by_subtracting_the_new_where_they_are_few(chance, sizes, most):
    month = Month(chance, sizes, most)
    gone = month.withheld()
    for cell, value in month.facts.items():
        if cell.indicator == "visitors" and gone.isdisjoint({cell, new := cell._replace(indicator="new_visitors")}):
            assert not 0 < value - month.facts[new] < 5


def test_a_hub_whose_new_clients_its_neighbour_knows_is_no_contradiction():
    month = hubs_with({1: 40, 2: 30}, {1: 1, 2: 1})
    for level, place, visitors, new in ((HUB, 1, 40, 30), (HUB, 2, 30, 0), (BUREAU, 1, 60, 20), (NATION, 0, 60, 20)):
        month.facts |= {Cell(level, place, "visitors"): visitors, Cell(level, place, "new_visitors"): new}
    assert month.withheld() == frozenset()


def test_more_new_clients_than_clients_do_not_add_up():
    month = hubs_with({1: 40, 2: 30}, {1: 1, 2: 1})
    month.facts[Cell(HUB, 1, "new_visitors")] = 7
    with pytest.raises(Disagreement):
        month.withheld()


def test_a_bureau_of_one_hub_hides_with_it_and_the_partner_is_the_other_small_place():
    month = hubs_with({1: 3, 2: 40, 3: 60, 4: 50}, {1: 1, 2: 2, 3: 2, 4: 3})
    gone = {(cell.level, cell.place) for cell in month.withheld() if cell.indicator == "consultations"}
    assert gone == {(HUB, 1), (BUREAU, 1), (HUB, 4), (BUREAU, 3)}


def test_five_withheld_ones_that_sum_to_five_would_be_five_ones():
    month = hubs_with({1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 30, 7: 40}, dict.fromkeys(range(1, 8), 1))
    gone = {cell.place for cell in month.withheld() if cell.level == HUB}
    assert gone == {1, 2, 3, 4, 5, 6}


def test_nothing_is_promised_about_figures_that_do_not_add_up():
    month = hubs_with({1: 3, 2: 40}, {1: 1, 2: 1})
    month.facts[Cell(NATION, 0, "consultations")] += 1
    with pytest.raises(Disagreement):
        month.withheld()


def test_what_guards_a_sum_and_what_codes_a_total_joins_is_read_from_the_registry():
    guards = {indicator.code: indicator.guard for indicator in INDICATORS if indicator.guard != indicator.code}
    assert guards == {"minutes": "consultations", "partner_work_times": "partner_works"}
    joined = {i.code: found for i in INDICATORS.breakdowns() if (found := joined_codes(i, INDICATORS))}
    assert joined == {"cases_closed_by_resolution": {"cases_resolved": ("solved", "partly")}}


def hubs_with(counts: dict[int, int], bureau_of: dict[int, int]) -> Month:
    month = Month(random.Random(0), [], 0)  # noqa: S311
    month.facts.clear()
    month.bureau_of = bureau_of
    for hub, count in counts.items():
        month.add(hub, "consultations", amount=count)
    return month


@pytest.mark.parametrize("seed", range(3))
def test_the_nations_total_stays_though_nearly_every_hub_has_fewer_than_five(seed):
    chance = random.Random(seed)  # noqa: S311
    month = Month(chance, [1, 6, 8, 8, 5, 6, 5, 7, 1], 0)
    month.facts.clear()
    for hub in month.bureau_of:
        for _ in range(chance.choice([1, 1, 2, 2, 2, 3, 3, 5])):
            month.add(hub, "referrals_sent")
            month.add(hub, "referrals_sent_by_organization", chance.choice([f"agency{n}" for n in range(19)]))
    gone = month.withheld()
    assert Cell(NATION, 0, "referrals_sent") not in gone
    assert attack(month, gone).by_algebra() == set()


def test_a_real_month_loses_little():
    month = real_month(random.Random(4))  # noqa: S311
    gone = month.withheld()
    small = sum(0 < value < 5 for value in month.facts.values())
    assert len(gone) < 1.35 * small
    assert not [cell for cell in gone if cell.level == NATION and not cell.code]


def real_month(chance: random.Random) -> Month:
    """47 hubs of some 1,000 consultations, with long tails of codes."""
    month = Month(chance, [1, 6, 8, 8, 5, 6, 5, 7, 1], 0)
    month.facts.clear()
    breakdowns = [i for i in INDICATORS.breakdowns() if INDICATORS[i.of].additive and not i.breakdown.overlaps]
    share = {"consultations": 1.0, "programs_introduced": 0.3, "cases_closed": 0.15}
    for hub in month.bureau_of:
        size = chance.choice([400, 600, 1000, 1300, 2500])
        for total in {i.of for i in breakdowns}:
            count = int(size * share.get(total, 0.08))
            month.add(hub, total, amount=count)
            for i in (i for i in breakdowns if i.of == total and "desk" not in i.code):
                codes = CODES.get(i.code) or [str(n) for n in range(60 if "program" in i.code else 19)]
                drawn = Counter(chance.choices(codes, [1 / (n + 1) for n in range(len(codes))], k=count))
                for code, amount in drawn.items():
                    month.add(hub, i.code, code, amount)
                if total == "cases_closed":
                    month.add(hub, "cases_resolved", amount=drawn["solved"] + drawn["partly"])
    return month
