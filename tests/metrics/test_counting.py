"""Counting what changed, counting everything and counting by hand give the same figures."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.periods import Month
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from metrics import actions
from metrics.models import Count, Fact, Span
from metrics.queries import Place, figures
from metrics.records import records_behind
from tests import making
from tests.metrics.plain import Key, counted_months, differences, expected, stored
from tests.metrics.worlds import World

pytestmark = pytest.mark.django_db
worlds = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
NOVEMBER = Month(2026, 11)


@pytest.fixture
def hubs(db) -> list[Hub]:
    """Two in one bureau, one in another, staffed before the worlds begin: passwords are slow to make."""
    found = list(Hub.objects.filter(slug__in=["tokyo", "saitama", "osaka"]))
    for hub in found:
        making.staff_of(hub)
    return found


@worlds
@given(chance=st.randoms(), rounds=st.lists(st.integers(1, 12), min_size=1, max_size=4))
def test_counting_what_changed_equals_counting_all_and_counting_by_hand(hubs, now, chance, rounds):
    with transaction.atomic():
        world = World(hubs, chance)
        for deeds in rounds:
            world.live(deeds)
            actions.recount_touched(at=now)
        months, facts = counted_months(), stored()
        assert differences(facts, expected(months)) == {}
        forget_everything()
        actions.recount(months, at=now)
        assert differences(stored(), facts) == {}
        transaction.set_rollback(True)


@settings(worlds, max_examples=6)
@given(chance=st.randoms())
def test_the_list_behind_a_figure_is_as_long_as_the_figure(hubs, now, chance):
    with transaction.atomic():
        World(hubs, chance).live(40)
        actions.recount_touched(at=now)
        facts = stored()
        for hub in hubs:
            with entered(Scope.of_hub(hub.pk)):
                at_hub = [(key, value) for key, value in facts.items() if key.place == f"hub {hub.pk}"]
                assert [(key, length_behind(hub, key)) for key, _value in at_hub] == at_hub
        transaction.set_rollback(True)


def length_behind(hub: Hub, key: Key) -> int:
    asked = {"hub": hub, "month": key.month, "span": Span(key.span)}
    rows = records_behind(indicator=key.indicator, code=key.code, **asked)
    summed = {"minutes": "minutes", "partner_work_times": "times"}.get(key.indicator)
    return rows.aggregate(total=Sum(summed))["total"] if summed else rows.count()


def forget_everything() -> None:
    with entered(Scope.nationwide()):
        Fact.objects.all().delete()
    Count.objects.all().delete()


def value(place: Place, indicator: str, month: Month = NOVEMBER, span: Span = Span.MONTH, code: str = "") -> int:
    with entered(Scope.nationwide()):
        return figures(places=[place], months=[month], span=span).value(place, month, indicator, code)


def test_an_enterprise_of_two_hubs_is_one_visitor_of_the_nation(tokyo, osaka, now):
    for hub in (tokyo, osaka):
        enterprise = making.make_enterprise(hub=hub, corporate_number="1000000000001")
        making.make_consultation(hub=hub, enterprise=enterprise)
        making.make_consultation(hub=hub, enterprise=enterprise)
    actions.recount_touched(at=now)
    assert value(Place.of_hub(tokyo), "visitors") == value(Place.of_hub(osaka), "visitors") == 1
    assert value(Place.nation(), "visitors") == 1
    assert value(Place.nation(), "consultations") == 4


def test_two_enterprises_without_a_number_are_two_visitors(tokyo, osaka, now):
    for hub in (tokyo, osaka):
        making.make_consultation(hub=hub)
    actions.recount_touched(at=now)
    assert value(Place.nation(), "visitors") == value(Place.nation(), "new_visitors") == 2


def test_who_comes_in_two_months_is_one_visitor_of_the_year(tokyo, now):
    case = making.make_case(hub=tokyo)
    for day in ("2026-04-01", "2026-11-30"):
        making.make_consultation(hub=tokyo, case=case, held_on=day)
    actions.recount_touched(at=now)
    year = [value(Place.of_hub(tokyo), name, span=Span.YEAR_TO_DATE) for name in ("visitors", "consultations")]
    assert year == [1, 2]
    assert value(Place.of_hub(tokyo), "visitors", Month(2026, 4)) == value(Place.of_hub(tokyo), "visitors") == 1


def test_an_earlier_session_entered_late_takes_the_newness_from_the_later_one(tokyo, now):
    case = making.make_case(hub=tokyo)
    making.make_consultation(hub=tokyo, case=case, held_on="2026-11-10")
    actions.recount_touched(at=now)
    assert value(Place.of_hub(tokyo), "new_visitors") == 1
    making.make_consultation(hub=tokyo, case=case, held_on="2026-03-10")
    assert actions.recount_touched(at=now) == [Month(2026, 3)]
    assert value(Place.of_hub(tokyo), "new_visitors") == 0
    assert value(Place.of_hub(tokyo), "new_visitors", Month(2026, 3)) == 1


def test_the_fiscal_year_begins_on_the_first_of_april(tokyo, now):
    for day in ("2026-03-31", "2026-04-01"):
        making.make_consultation(hub=tokyo, held_on=day)
    actions.recount_touched(at=now)
    assert value(Place.nation(), "consultations", Month(2026, 4), Span.YEAR_TO_DATE) == 1
    assert value(Place.nation(), "consultations", Month(2026, 3), Span.YEAR_TO_DATE) == 1


def test_a_touched_month_is_counted_exactly_once(tokyo, now):
    making.make_consultation(hub=tokyo)
    assert actions.recount_touched(at=now) == [NOVEMBER]
    assert actions.recount_touched(at=now) == []


def test_nothing_touched_costs_one_short_question(tokyo, now, django_assert_num_queries):
    with django_assert_num_queries(5):  # savepoint, scope, the question, scope back, savepoint released
        actions.recount_touched(at=now)


def test_a_count_that_breaks_off_leaves_everything_to_be_done_again(tokyo, now, monkeypatch):
    making.make_consultation(hub=tokyo)
    actions.recount_touched(at=now)
    before = stored()
    making.make_consultation(hub=tokyo)
    with monkeypatch.context() as broken:
        broken.setattr("metrics.counting.sum_months", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            actions.recount_touched(at=now)
    assert stored() == before
    assert actions.recount_touched(at=now) == [NOVEMBER]
    assert value(Place.nation(), "consultations") == 2


def test_counting_again_changes_no_row(tokyo, now):
    making.make_consultation(hub=tokyo)
    actions.recount_touched(at=now)
    with entered(Scope.nationwide()):
        before = set(Fact.objects.values_list("pk", "value"))
    actions.recount([NOVEMBER], at=now)
    with entered(Scope.nationwide()):
        assert set(Fact.objects.values_list("pk", "value")) == before


def test_a_month_alone_brings_the_uncounted_months_of_its_year(tokyo, now):
    for day in ("2026-04-01", "2026-11-10"):
        making.make_consultation(hub=tokyo, held_on=day)
    assert actions.recount([NOVEMBER], at=now) == [Month(2026, 4), NOVEMBER]
    assert value(Place.nation(), "minutes", span=Span.YEAR_TO_DATE) == 120


def test_every_night_mends_what_no_trigger_sees(tokyo, now):
    organization = making.make_organization(kind="bank")
    making.involve(making.make_consultation(hub=tokyo), organization, "referral")
    actions.recount_touched(at=now)
    organization.kind = "university"
    organization.save()
    assert actions.recount_touched(at=now) == []
    actions.recount_years(at=now)
    with entered(Scope.nationwide()):
        found = figures(places=[Place.nation()], months=[Month(2026, 11)], indicators=["referrals_by_organization"])
    assert found.breakdown(Place.nation(), Month(2026, 11), "referrals_by_organization") == {"university": 1}
