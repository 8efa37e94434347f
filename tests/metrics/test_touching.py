"""One changed record rewrites the facts of its own places and times, and no other row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultations.models import Case, Consultation, Outcome
from foundation.periods import Month
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from metrics import actions
from tests import making
from tests.consultations.making_outcomes import make_outcome
from tests.metrics.plain import Key, counted_months, differences, expected, stored

pytestmark = pytest.mark.django_db
MONTHS = [Month(2025, 5), Month(2025, 11), *(Month(2026, number) for number in (1, 4, 5, 6, 7, 9, 10, 11))]
MAY = Month(2026, 5)


@pytest.fixture
def years(tokyo: Hub, osaka: Hub, now) -> Case:
    """A case of Tokyo with a session in each month; the same client at Osaka; a neighbour in Tokyo's bureau."""
    numbered = {"corporate_number": "1000000000001"}
    case = making.make_case(
        hub=tokyo, enterprise=making.make_enterprise(hub=tokyo, **numbered), received_on=MONTHS[0].first
    )
    other = making.make_case(
        hub=osaka, enterprise=making.make_enterprise(hub=osaka, **numbered), received_on=MONTHS[0].first
    )
    for month in MONTHS:
        making.make_consultation(hub=tokyo, case=case, held_on=month.first, themes=["channels"])
        making.make_consultation(hub=osaka, case=other, held_on=month.last)
        making.make_consultation(hub=Hub.objects.get(slug="saitama"), held_on=month.first)
    actions.recount_touched(at=now)
    return case


def rows() -> dict[int, tuple]:
    """Where each fact lies on the disk: a row that was written lies elsewhere than before."""
    with entered(Scope.nationwide()), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, ctid::text, level, coalesce(hub_id, bureau_id), span, month, indicator, code FROM metrics_fact"
        )
        return {pk: tuple(row) for pk, *row in cursor.fetchall()}


@contextmanager
def written() -> Iterator[list[Key]]:
    """The facts that were added, changed or taken away."""
    before, found = rows(), []
    yield found
    after = rows()
    for pk in before.keys() | after.keys():
        if before.get(pk) != after.get(pk):
            _ctid, level, number, span, month, indicator, code = after.get(pk) or before[pk]
            place = f"{level} {number}" if number else level
            found.append(Key(place, span, Month.of(month), indicator, code))


def change_minutes(case: Case) -> None:
    Consultation.objects.filter(case=case, held_on=MAY.first).update(minutes=90)


def change_theme(case: Case) -> None:
    Consultation.objects.filter(case=case, held_on=MAY.first).update(themes=["tax"])


def log(case: Case) -> None:
    making.make_consultation(hub=case.hub, case=case, held_on=MAY.last)


def log_somebody_new(case: Case) -> None:
    making.make_consultation(hub=case.hub, held_on=MAY.last)


def delete(case: Case) -> None:
    rows = Consultation.objects.filter(case=case, held_on=MAY.first)
    rows.update(deleted_at=making.MOMENT, deleted_by=making.staff_of(case.hub))


def achieve(case: Case) -> None:
    make_outcome(case=case, measured_on=MAY.first, confirmed_on=MAY.first)
    assert Outcome.objects.exists()


DEEDS = [change_minutes, change_theme, log, log_somebody_new, delete, achieve]


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_only_its_hub_bureau_and_nation_in_its_month_quarter_and_year(years, tokyo, now, deed: Callable[[Case], None]):
    with entered(Scope.of_hub(tokyo.pk)):
        deed(years)
    with written() as keys:
        assert actions.recount_touched(at=now) == [MAY]
    places = {"hub 13", f"bureau {tokyo.prefecture.bureau_id}", "nation"}
    of_quarter, of_year = (
        {m for m in MONTHS if m >= MAY and m in period.months} for period in (MAY.quarter, MAY.fiscal_year)
    )
    times = {("month", MAY)} | {("qtd", m) for m in of_quarter} | {("ytd", m) for m in of_year}
    assert keys
    assert {key.place for key in keys} == places
    assert {(key.span, key.month) for key in keys} == times
    assert differences(stored(), expected(counted_months())) == {}
    if deed is change_minutes:
        assert len(keys) == len(places) * len(times), "each place and time has one figure that minutes are in"


def test_an_earlier_first_session_is_the_only_thing_that_reaches_beyond(years, tokyo, now):
    """Who comes first in May is no longer new in June."""
    with entered(Scope.of_hub(tokyo.pk)):
        client = making.make_case(hub=tokyo, received_on=MONTHS[0].first)
        making.make_consultation(hub=tokyo, case=client, held_on="2026-10-01")
    actions.recount_touched(at=now)
    making.make_consultation(hub=tokyo, case=client, held_on="2026-01-05")
    with written() as keys:
        actions.recount_touched(at=now)
    beyond = {key for key in keys if key.month > Month(2026, 3)}
    assert {key.indicator for key in beyond} == {"new_visitors"}
    assert {key.month for key in beyond} == {Month(2026, 10), Month(2026, 11)}
    assert differences(stored(), expected(counted_months())) == {}


@pytest.mark.parametrize(("month", "most"), [(MONTHS[-1], 5), (MAY, 6)], ids=["newest", "earlier"])
def test_one_record_is_counted_in_so_many_statements(years, tokyo, now, month, most):
    """What is told apart by months, of what adds up: only for an earlier month, whose later ones are looked through
    for who is no longer new."""
    with entered(Scope.of_hub(tokyo.pk)):
        Consultation.objects.filter(case=years, held_on=month.first).update(minutes=90)
    with CaptureQueriesContext(connection) as caught:
        assert actions.recount_touched(at=now) == [month]
    assert sum("metrics_fact" in row["sql"] for row in caught) == most
