"""Cross tables, against the same figures in plain Python."""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from consultations.choices import Resolution
from foundation.periods import Month
from hubs.models import Hub
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics import actions
from metrics.crosstab.axes import AXES, Kind, columns_of
from metrics.crosstab.groups import Places
from metrics.crosstab.question import Question, Unanswerable
from metrics.crosstab.table import Table, tabulate
from metrics.indicators import INDICATORS
from metrics.queries import Labels
from tests import making
from tests.metrics import plain
from tests.metrics.declaring import declared
from tests.metrics.test_freezing import freeze
from tests.metrics.test_versions import changed
from tests.metrics.worlds import World

pytestmark = pytest.mark.django_db
MARCH, NOVEMBER = Month(2025, 3), Month(2026, 11)


def ask(measure: str, rows: str, columns: str, first: Month, last: Month) -> Table:
    question = Question(INDICATORS[measure], AXES[rows], AXES[columns], first, last)
    with entered(Scope.of_figures(HUB_IDS)):
        return tabulate(question, places=Places.read(), labels=Labels())


def figures_of(table: Table) -> dict[tuple[str | None, str | None], int]:
    """Everything that a table says, zeros left out."""
    found: dict[tuple[str | None, str | None], int | None] = {}
    for line in table.lines:
        found |= {
            (line.head.code, column.code): cell.value for column, cell in zip(table.columns, line.cells, strict=True)
        }
        found[line.head.code, None] = line.total
    found |= {(None, column.code): total for column, total in zip(table.columns, table.totals, strict=True)}
    found[None, None] = table.total
    return {key: value for key, value in found.items() if value}


# ---- once more, in plain Python
Row = tuple[dict[str, set[str]], int, str]  # what it says of each axis, what it adds, whose it is


class Plainly:
    """Every record once, as what it says of each axis and what it adds."""

    def __init__(self) -> None:
        with entered(Scope.nationwide()):
            self.world = plain._World(None)
            self.bureaus = {hub.pk: hub.prefecture.bureau_id for hub in Hub.objects.select_related("prefecture")}
            self.identity = {c.pk: plain.who(c) for c in self.world.sessions}
            self.rows = {name: list(self.rows_of(name)) for name in (i.code for i in INDICATORS.totals())}

    def rows_of(self, measure: str) -> Iterable[Row]:
        if measure in ("consultations", "visitors", "minutes"):
            return [
                (self.session(c), c.minutes if measure == "minutes" else 1, plain.who(c)) for c in self.world.sessions
            ]
        if measure in ("cases_closed", "cases_resolved"):
            return self.closed(["solved", "partly"] if measure == "cases_resolved" else Resolution.values)
        if measure == "outcomes":
            return [(self.case(o.case, o.measured_on) | {"outcome_kind": {o.kind}}, 1, "") for o in self.world.outcomes]
        if measure.startswith("partner_work"):
            return self.worked(measure)
        if measure in ("referrals_sent", "referrals_answered"):
            return self.handed_on(measure.removeprefix("referrals_"))
        return self.parts(measure)

    def closed(self, resolutions: list[str]) -> Iterable[Row]:
        for case in self.world.cases:
            if case.closed_on and case.resolution in resolutions:
                yield self.case(case, case.closed_on) | {"resolution": {case.resolution}}, 1, ""

    def worked(self, measure: str) -> Iterable[Row]:
        for work in self.world.works:
            if referral := self.world.referrals.get(work.referral_id):
                kind = {"organization_kind": {referral.organization.kind}}
                times = work.times if measure == "partner_work_times" else 1
                yield self.case(referral.case, work.worked_on) | kind, times, ""

    def handed_on(self, deed: str) -> Iterable[Row]:
        for referral in self.world.referrals.values():
            if day := getattr(referral, f"{deed}_on"):
                yield self.case(referral.case, day) | {"organization_kind": {referral.organization.kind}}, 1, ""

    def parts(self, measure: str) -> Iterable[Row]:
        sessions = {c.pk: c for c in self.world.sessions}
        for i in self.world.involvements:
            if i.consultation_id in sessions and f"{i.kind}s" == measure:
                yield self.session(sessions[i.consultation_id]) | {"organization_kind": {i.organization.kind}}, 1, ""
        for u in self.world.uses:
            if u.consultation_id in sessions and f"programs_{u.kind}" == measure:
                yield self.session(sessions[u.consultation_id]) | {"program": {str(u.program_id)}}, 1, ""

    def case(self, case: Any, day: date) -> dict[str, set[str]]:
        first = Month.of(day)
        quarter = Month(first.year, (first.number - 1) // 3 * 3 + 1)
        return {
            "hub": {str(case.hub_id)}, "bureau": {str(self.bureaus[case.hub_id])}, "nation": {""},
            "month": {str(first)}, "quarter": {str(quarter)}, "year": {f"{first.fiscal_year}-04"},
            "category": {case.category}, "introducer": {case.introduced_by or "unstated"},
            "industry": {self.world.parents.get(case.enterprise.industry, "unstated")},
            "special_desk": {str(case.special_desk_id)} if case.special_desk_id else set(),
        }  # fmt: skip

    def session(self, c: Any) -> dict[str, set[str]]:
        return self.case(c.case, c.held_on) | {
            "method": {c.method}, "unit": {c.unit.kind if c.unit else "unstated"},
            "theme": set(c.themes) or {"unstated"},
        }  # fmt: skip

    def table(self, question: Question) -> dict[tuple[str | None, str | None], int]:
        found: Counter[tuple[str | None, str | None]] = Counter()
        people: dict[tuple[str | None, str | None], set[str]] = {}
        months = {str(month) for month in question.months}
        for says, adds, who in self.rows[question.measure.code]:
            if not says["month"] <= months or int(next(iter(says["hub"]))) not in question.hubs:
                continue
            if not all(says[name] & set(codes) for name, codes in question.codes.items()):
                continue
            if any(not says[name] for name in question.breakdowns):
                continue
            sides = [
                {code for code in says[axis.name] if code in question.codes.get(axis.name, (code,))} | {None}
                for axis in question.axes
            ]
            for key in itertools.product(*sides):
                found[key] += adds
                people.setdefault(key, set()).add(who)
        if question.measure.code == "visitors":
            return {key: len(some) for key, some in people.items()}
        return {key: value for key, value in found.items() if value}


PLACES_AND_TIMES = [name for name, axis in AXES.items() if axis.kind is not Kind.CODES]
worlds = settings(
    max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)  # a world is slow to make smaller


@pytest.fixture
def hubs(db) -> list[Hub]:
    """Two in one bureau, one in another."""
    found = list(Hub.objects.filter(slug__in=["tokyo", "saitama", "osaka"]).order_by("pk"))
    for hub in found:
        making.staff_of(hub)
    return found


def questions(hubs: list[Hub]) -> Iterable[Question]:
    """Every measure by every pair of axes that it has, of the nation and of some hubs."""
    for measure in INDICATORS.totals():
        if measure.code == "new_visitors":
            continue
        axes = [AXES[name] for name in (*PLACES_AND_TIMES, *columns_of(measure))]
        for rows, columns in itertools.permutations(axes, 2):
            if rows.kind is columns.kind in (Kind.PLACE, Kind.TIME):
                continue
            yield Question(measure, rows, columns, Month(2025, 4), NOVEMBER)
            if rows.name < columns.name:
                yield Question(measure, rows, columns, MARCH, Month(2026, 4), frozenset({hubs[0].pk, hubs[2].pk}))


CODES = {
    "theme": ["tax", "digital", "unstated"], "method": ["online"], "category": ["sales", "startup"],
    "industry": ["A", "E", "unstated"], "unit": ["unstated"], "organization_kind": ["bank"], "resolution": ["solved"],
    "outcome_kind": ["sales"],
}  # fmt: skip


def narrowed(chance: random.Random, question: Question) -> Question:
    """Now and then to some codes."""
    known = sorted(columns_of(question.measure).keys() & CODES.keys())
    codes = {name: tuple(CODES[name]) for name in chance.sample(known, chance.choice([0, 0, 1, 2]))}
    return dataclasses.replace(question, codes=codes)


@worlds
@given(chance=st.randoms())
def test_every_table_is_what_plain_python_counts(hubs, now, chance):
    with transaction.atomic():
        World(hubs, chance).live(60)
        actions.recount_touched(at=now)
        plainly = Plainly()
        asked = list(questions(hubs))
        for question in (narrowed(chance, one) for one in chance.sample(asked, 90)):
            with entered(Scope.of_figures(HUB_IDS)):
                table = tabulate(question, places=Places.read(), labels=Labels())
            expected, found = plainly.table(question), figures_of(table)
            if not (table.lines and table.columns):
                assert not expected
                continue
            known = {key for key in expected if None not in key} | found.keys()
            assert found == {key: expected.get(key, 0) for key in known}, question
            if question.measure.additive or table.is_from_records:
                assert found == expected, question
        transaction.set_rollback(True)


# ---- changed definitions, closed months
def test_records_are_counted_by_the_definition_of_their_months(tokyo, now):
    for day, method in (("2026-04-10", "online"), ("2026-05-10", "online"), ("2026-05-11", "visit_to_hub")):
        making.make_consultation(hub=tokyo, held_on=day, method=method)
    with declared(*changed()):
        actions.recount_touched(at=now)
        for first, last, count in ((Month(2026, 4), Month(2026, 4), 1), (Month(2026, 5), NOVEMBER, 1)):
            for measure in ("consultations", "visitors"):
                assert ask(measure, "theme", "category", first, last).total == count, (measure, first)
        with pytest.raises(Unanswerable) as refused:
            ask("consultations", "theme", "category", Month(2026, 4), NOVEMBER)
        assert refused.value.field == "period"
        assert "2026年5月から変わりました" in refused.value.message
        by_facts = ask("consultations", "hub", "month", Month(2026, 4), NOVEMBER)
        assert by_facts.total == 2
        assert "2026年5月から変わりました" in by_facts.notes[0]


@pytest.mark.parametrize("measure", ["consultations", "visitors"])
def test_a_closed_month_shows_what_was_frozen(tokyo, now, headquarters, measure):
    making.make_consultation(hub=tokyo)
    freeze(NOVEMBER, by=headquarters, at=now)
    late = making.make_consultation(hub=tokyo)
    assert late.held_on == NOVEMBER.first.replace(day=10)
    actions.recount_touched(at=now)
    for rows, columns in (("hub", "month"), ("bureau", "month"), ("month", "nation")):
        assert ask(measure, rows, columns, NOVEMBER, NOVEMBER).total == 1, rows
    from_records = ask(measure, "theme", "category", NOVEMBER, NOVEMBER)
    assert from_records.total == 2
    assert "現在の記録から" in from_records.notes[0]
