"""The registry, and how figures are read."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from consultations.choices import Category
from foundation.periods import Month
from hubs.models import Bureau
from hubs.tenancy import HUB_IDS, NoScope, Scope, entered
from metrics import actions, tasks
from metrics.indicators import INDICATORS, Registry
from metrics.models import Count, Fact, Span
from metrics.queries import Place, change, counted_at, figures, labels_of
from tests import making

NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.code)
def test_every_indicator_says_what_it_is(indicator):
    assert str(indicator.label)
    assert str(indicator.unit) in "件者分回"
    assert str(indicator.definition).endswith("。")
    assert isinstance(indicator.since, Month)
    assert len(indicator.code) <= Fact._meta.get_field("indicator").max_length
    assert bool(indicator.of) == (indicator.breakdown is not None) == bool(indicator.counted.by)


def test_the_registry_refuses_a_code_twice_and_a_breakdown_of_nothing():
    first = INDICATORS["consultations"]
    with pytest.raises(ValueError, match="twice"):
        Registry(first, first)
    with pytest.raises(ValueError, match="not declared"):
        Registry(INDICATORS["consultations_by_theme"])


def test_totals_and_breakdowns_are_all_there_is():
    assert {*INDICATORS.totals(), *INDICATORS.breakdowns()} == set(INDICATORS)
    assert INDICATORS.breakdowns("referrals") == (INDICATORS["referrals_by_organization"],)
    assert [i.code for i in INDICATORS if not i.additive] == ["visitors", "new_visitors"]


def test_a_definition_warns_where_the_sum_exceeds_the_total():
    theme = INDICATORS["consultations_by_theme"]
    assert theme.breakdown.overlaps
    assert "上回る" in str(theme.definition)


def test_no_figure_outside_a_scope(db):
    with pytest.raises(NoScope):
        figures(places=[Place.nation()], months=[NOVEMBER])


def test_a_hub_reads_its_own_figures_the_bureaus_and_the_nations(tokyo, osaka, now, django_assert_num_queries):
    making.make_consultation(hub=tokyo)
    making.make_consultation(hub=osaka)
    actions.recount_touched(at=now)
    bureau = Bureau.objects.get(slug="kanto")
    places = [Place.of_hub(tokyo), Place.of_hub(osaka), Place.of_bureau(bureau), Place.nation()]
    with entered(Scope.of_figures([tokyo.pk])), django_assert_num_queries(1):
        found = figures(places=places, months=[NOVEMBER, DECEMBER], indicators=["consultations"])
    assert [found.value(place, NOVEMBER, "consultations") for place in places] == [1, 0, 1, 2]
    assert found.value(Place.nation(), DECEMBER, "consultations") == 0


def test_the_year_to_date_stands_until_the_next_month_has_records(tokyo, now):
    making.make_consultation(hub=tokyo)
    actions.recount_touched(at=now)
    with entered(Scope.of_figures(HUB_IDS)):
        found = figures(places=[Place.nation()], months=[DECEMBER, Month(2027, 4)], span=Span.YEAR_TO_DATE)
    assert found.value(Place.nation(), DECEMBER, "visitors") == 1
    assert found.value(Place.nation(), Month(2027, 4), "visitors") == 0


def test_a_breakdown_reads_by_code_and_its_labels_know_every_code(tokyo, now):
    making.make_consultation(hub=tokyo, themes=["channels", "digital"])
    making.make_consultation(hub=tokyo, themes=[])
    actions.recount_touched(at=now)
    with entered(Scope.of_figures(HUB_IDS)):
        found = figures(places=[Place.nation()], months=[NOVEMBER])
    assert found.breakdown(Place.nation(), NOVEMBER, "consultations_by_theme") == {
        "channels": 1, "digital": 1, "unstated": 1,
    }  # fmt: skip
    for indicator in INDICATORS:
        assert found.breakdown(Place.nation(), NOVEMBER, indicator).keys() <= labels_of(indicator).keys()


def test_labels_are_in_display_order_with_what_was_left_open_last(db):
    assert list(labels_of("consultations_by_category")) == [*Category.values, "unstated"]
    assert list(labels_of("consultations_by_industry"))[:2] == ["A", "B"]
    assert labels_of("consultations") == {"": "相談対応件数"}
    with translation.override("en"):
        assert re.fullmatch(r"[\x00-\x7f’–]+", labels_of("consultations_by_theme")["tax"])


def test_change_in_percent():
    assert change(130, 100) == 30
    assert change(5, 0) is None


def test_the_ledger_knows_when_a_month_was_counted(tokyo, now):
    assert counted_at(NOVEMBER) is None
    making.make_consultation(hub=tokyo)
    actions.recount_touched(at=now)
    assert counted_at(NOVEMBER) == now


def test_the_task_counts_what_was_touched(tokyo):
    making.make_consultation(hub=tokyo)
    tasks.recount_touched()
    assert Count.objects.filter(month=NOVEMBER.first).exists()


def test_the_command_counts_named_months_or_all(tokyo):
    making.make_consultation(hub=tokyo)
    out = StringIO()
    call_command("recount_months", "--all", stdout=out)
    call_command("recount_months", "2026-11", stdout=out)
    assert out.getvalue().splitlines() == ["1 months counted"] * 2
    for wrong in (["2026-13"], ["November"], []):
        with pytest.raises(CommandError):
            call_command("recount_months", *wrong)
