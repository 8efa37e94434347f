"""A frozen month: as it was on its day, proved by its own rows, changed by nobody."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.periods import Month
from hubs.models import Hub
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics import actions, evidence, freezing
from metrics.indicators import INDICATORS
from metrics.models import Freeze, FrozenFact, FrozenRows, Span
from metrics.queries import Place, Told, figures, figures_of
from tests import making
from tests.metrics.plain import differences, expected, stored
from tests.metrics.worlds import World

pytestmark = pytest.mark.django_db
worlds = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
APRIL, NOVEMBER = Month(2026, 4), Month(2026, 11)


@pytest.fixture
def hubs(db) -> list[Hub]:
    found = list(Hub.objects.filter(slug__in=["tokyo", "saitama", "osaka"]))
    for hub in found:
        making.staff_of(hub)
    return found


def freeze(month, *, by, at, confirmed=HUB_IDS):
    with entered(Scope.nationwide()):
        actions.recount([month], at=at)
        return freezing.freeze(
            month=month,
            confirmed=set(confirmed),
            carried_in=month if freezing.newest(month) is None else NOVEMBER,
            by=by,
            at=at,
        )


def verified(frozen):
    with entered(Scope.nationwide()):
        return freezing.verify(frozen)


@worlds
@given(chance=st.randoms())
def test_the_rows_behind_a_month_count_to_its_figures(hubs, now, headquarters, chance):
    """Freezing compares SQL with Python itself; here both are held against the recount from domain.md §4."""
    with transaction.atomic():
        World(hubs, chance).live(60)
        frozen = freeze(NOVEMBER, by=headquarters, at=now)
        told = {key: value for key, value in expected([NOVEMBER]).items() if key.month == NOVEMBER}
        assert differences({k: v for k, v in stored().items() if k.month == NOVEMBER}, told) == {}
        assert verified(frozen).problems == ()
        transaction.set_rollback(True)


@worlds
@given(chance=st.randoms())
def test_whatever_happens_afterwards_the_frozen_month_stays_and_still_counts_to_its_hash(
    hubs, now, headquarters, chance
):
    with transaction.atomic():
        world = World(hubs, chance)
        world.live(40)
        frozen = freeze(NOVEMBER, by=headquarters, at=now)
        with entered(Scope.nationwide()):
            places = [Place.nation(), *map(Place.of_hub, hubs)]
            before = figures(places=places, months=[NOVEMBER])
        world.live(40)
        actions.recount_touched(at=now)
        with entered(Scope.nationwide()):
            after = figures(places=places, months=[NOVEMBER])
            for place in places:
                for indicator in INDICATORS:
                    assert after.breakdown(place, NOVEMBER, indicator) == before.breakdown(place, NOVEMBER, indicator)
        assert verified(frozen).holds
        transaction.set_rollback(True)


def test_a_late_record_shows_in_the_live_count_only_until_the_next_version(tokyo, now, headquarters):
    making.make_consultation(hub=tokyo, held_on=NOVEMBER.first)
    first = freeze(NOVEMBER, by=headquarters, at=now)
    making.make_consultation(hub=tokyo, held_on=NOVEMBER.first)
    actions.recount_touched(at=now)
    place = Place.of_hub(tokyo)
    with entered(Scope.of_figures([tokyo.pk])):
        told = figures(places=[place], months=[NOVEMBER])
        live = figures(places=[place], months=[NOVEMBER], told=Told.LIVE)
        assert (told.value(place, NOVEMBER, "consultations"), live.value(place, NOVEMBER, "consultations")) == (1, 2)
    second = freeze(NOVEMBER, by=headquarters, at=now)
    assert (second.version, second.cause) == (2, "correction")
    with entered(Scope.of_figures([tokyo.pk])):
        for version, count in ((first, 1), (second, 2)):
            assert figures_of(version, places=[place]).value(place, NOVEMBER, "consultations") == count
        assert second.hubs.get(hub=tokyo).changes == {
            source: {"added": 1, "removed": 0, "changed": 0} for source in ("consultations", "visitors")
        }
        year = figures(places=[place], months=[NOVEMBER], span=Span.YEAR_TO_DATE)
        assert year.value(place, NOVEMBER, "consultations") == 2


@pytest.mark.django_db(transaction=True)
def test_the_database_lets_nobody_add_to_what_is_frozen(tokyo, now, headquarters):
    frozen = freeze(NOVEMBER, by=headquarters, at=now)
    more = {"freeze": frozen, "level": "hub", "hub": tokyo, "span": "month", "indicator": "consultations", "value": 7}
    with (
        pytest.raises(IntegrityError, match="nothing is added"),
        entered(Scope.nationwide()),
    ):
        FrozenFact.objects.create(**more)
    assert verified(frozen).holds


def test_the_database_lets_nobody_change_what_is_frozen(tokyo, now, headquarters):
    making.make_consultation(hub=tokyo, held_on=NOVEMBER.first)
    frozen = freeze(NOVEMBER, by=headquarters, at=now)
    with entered(Scope.nationwide()):
        for table in ("metrics_freeze", "metrics_frozenhub", "metrics_frozenrows", "metrics_frozenfact"):
            for deed in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
                with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(deed)
        assert Freeze.objects.get() == frozen


def test_a_forged_figure_and_a_forged_row_are_found(tokyo, now, headquarters):
    making.make_consultation(hub=tokyo, held_on=NOVEMBER.first)
    frozen = freeze(NOVEMBER, by=headquarters, at=now)
    with entered(Scope.nationwide()):
        rows = freezing.rows_of(frozen, tokyo.pk)
        rows.rows["consultations"].append([999, *rows.rows["consultations"][0][1:]])
        forged = FrozenFact(
            freeze=frozen, level="hub", hub=tokyo, span="month", indicator="referrals", code="", value=3
        )
        forged.save(force_insert=True)
        problems = freezing.verify(frozen).problems
        assert problems == (f"{evidence.Cell('hub', tokyo.pk, 'month', 'referrals', '')}: 3 frozen, 0 counted",)
        assert rows.sha256 != frozen.hubs.get(hub=tokyo).rows_sha256


def test_rows_and_figures_that_disagree_cannot_be_frozen(tokyo, now, headquarters):
    making.make_consultation(hub=tokyo, held_on=NOVEMBER.first)
    with entered(Scope.nationwide()):
        actions.recount([NOVEMBER], at=now)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE metrics_fact SET value = 7 WHERE indicator = 'consultations' AND span = 'month' AND level = 'nation'"
            )
        with pytest.raises(freezing.Disagrees, match="nation"):
            freezing.freeze(month=NOVEMBER, confirmed=set(), carried_in=NOVEMBER, by=headquarters, at=now)


def test_every_aggregate_of_the_registry_can_be_counted_from_rows():
    for indicator in INDICATORS:
        assert evidence.columns_of(indicator.counted.aggregate) is not None


def test_the_rows_say_nothing_in_words(tokyo, now, headquarters):
    session = making.make_consultation(hub=tokyo, held_on=NOVEMBER.first)
    frozen = freeze(NOVEMBER, by=headquarters, at=now)
    with entered(Scope.of_hub(tokyo.pk)):
        text, name = freezing.rows_of(frozen, tokyo.pk).text().decode(), session.enterprise.name
    assert session.content not in text
    assert name not in text
    with entered(Scope.of_figures(HUB_IDS)):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM metrics_frozenrows")
            assert cursor.fetchone() == (0,), "the agency sees figures, and no row"
        assert FrozenRows._base_manager.count() == 0
