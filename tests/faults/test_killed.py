"""A process that counts, closes or publishes is killed in the middle: the month is as before, and doing it again
completes it. Two at once do it once."""

from __future__ import annotations

import datetime as dt

import pytest

from consultations.models import TouchedMonth
from hubs.tenancy import Scope, entered
from metrics import actions as metrics
from metrics.models import Count, Freeze
from reports.actions import closing
from reports.models import Publication
from tests import making
from tests.faults.closings import (
    AFTER_NOVEMBER,
    NOVEMBER,
    assert_figures_are_right,
    assert_november_is_closed,
    closed_so_far,
    make_closed_october,
)
from tests.faults.standing import doing, done, gate, killed_at, stands_still, wait_until
from tests.metrics.plain import counted_months, differences, expected, stored

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = "print(*metrics.recount_touched(at=at))"
CLOSE = "print(closing.close_month(month=Month(2026, 11), note='', by=by, at=at))"
PUBLISH = "print(*closing.publish(month=Month(2026, 11), by=by, at=at))"


@pytest.fixture
def counted(tokyo, osaka, now):
    """September and November are counted; then something happens in each month of autumn."""
    client = making.make_case(hub=tokyo)
    for month in (9, 11):
        making.make_consultation(hub=tokyo, case=client, held_on=dt.date(2026, month, 10))
        making.make_consultation(hub=osaka, held_on=dt.date(2026, month, 10))
    metrics.recount_touched(at=now)
    for month in (9, 10, 11):
        making.make_consultation(hub=tokyo, case=client, held_on=dt.date(2026, month, 20), minutes=45)


@pytest.mark.parametrize(
    ("table", "row", "event"),
    [
        ("consultations_touchedmonth", "true", "DELETE"),
        ("metrics_fact", "NEW.level = 'hub'", "INSERT"),
        ("metrics_fact", "NEW.level = 'nation' AND NEW.span = 'month'", "UPDATE"),
        ("metrics_fact", "NEW.span = 'ytd' AND NEW.indicator = 'visitors'", "INSERT"),
        ("metrics_fact", "NEW.span = 'ytd' AND NEW.indicator = 'minutes'", "UPDATE"),
        ("metrics_count", "NEW.month = '2026-11-01'", "INSERT"),
    ],
)
def test_a_count_that_is_killed_leaves_the_figures_and_the_list_of_what_is_due(counted, now, table, row, event):
    with entered(Scope.nationwide()):
        before, due = stored(), sorted(TouchedMonth.objects.values_list("pk", flat=True))
    killed_at(table, row, event, lambda: doing(COUNT, at=now))
    with entered(Scope.nationwide()):
        assert stored() == before
        assert sorted(TouchedMonth.objects.values_list("pk", flat=True)) == due
    assert done(doing(COUNT, at=now)) == "2026-09 2026-10 2026-11"
    assert differences(stored(), expected(counted_months())) == {}
    with entered(Scope.nationwide()):
        assert not TouchedMonth.objects.exists()


def test_of_two_workers_that_count_one_does_and_the_other_goes_home(counted, now):
    with gate("metrics_fact", "NEW.level = 'hub'") as closed:
        first = doing(COUNT, at=now)
        stands_still(first, closed)
        assert done(doing(COUNT, at=now)) == ""
        closed.open()
    assert done(first) == "2026-09 2026-10 2026-11"
    assert differences(stored(), expected(counted_months())) == {}


@pytest.fixture
def october_closed(tokyo, osaka, headquarters):
    make_closed_october(tokyo=tokyo, osaka=osaka, by=headquarters)
    return headquarters


@pytest.mark.parametrize(
    ("table", "row", "event"),
    [
        ("metrics_count", "NEW.month = '2026-11-01'", "INSERT"),
        ("metrics_freeze", "NEW.cause = 'closing'", "INSERT"),
        ("metrics_frozenhub", "NEW.hub_id = 20", "INSERT"),
        ("metrics_frozenrows", "NEW.hub_id = 47", "INSERT"),
        ("metrics_frozenfact", "NEW.level = 'nation'", "INSERT"),
        ("reports_monthlyreport", "NEW.state = 'closed' AND NEW.hub_id = 20", "UPDATE"),
        ("consultations_monthlock", "NEW.hub_id = 30", "INSERT"),
        ("metrics_freeze", "NEW.cause = 'correction'", "INSERT"),
        ("reports_reportingmonth", "NEW.closed_at IS NOT NULL", "UPDATE"),
        ("audit_entry", "NEW.action = 'month.closed'", "INSERT"),
    ],
)
def test_a_closing_that_is_killed_leaves_the_month_open_and_can_be_done_again(october_closed, table, row, event):
    metrics.recount_touched(at=AFTER_NOVEMBER)
    before = closed_so_far()
    killed_at(table, row, event, lambda: doing(CLOSE, at=AFTER_NOVEMBER, by=october_closed))
    assert closed_so_far() == before
    assert_figures_are_right()
    assert done(doing(CLOSE, at=AFTER_NOVEMBER, by=october_closed)) == "2026-11 v1"
    assert_november_is_closed()
    assert_figures_are_right()


def test_two_that_close_at_once_close_once_and_are_told_the_same(october_closed):
    with gate("metrics_freeze") as closed:
        one = doing(CLOSE, at=AFTER_NOVEMBER, by=october_closed)
        stands_still(one, closed)
        other = doing(CLOSE, at=AFTER_NOVEMBER, by=october_closed)
        wait_until(lambda: closed.waiting() == 2)
        closed.open()
        assert [done(one), done(other)] == ["2026-11 v1"] * 2
    assert_november_is_closed()


def test_a_count_in_the_middle_of_a_closing_waits_for_the_next_beat(october_closed, tokyo):
    """What is recorded while the month is being closed is in the next count, and with it a correction."""
    with gate("metrics_freeze") as closed:
        one = doing(CLOSE, at=AFTER_NOVEMBER, by=october_closed)
        stands_still(one, closed)
        making.make_consultation(hub=tokyo, held_on=dt.date(2026, 11, 15))
        assert metrics.recount_touched(at=AFTER_NOVEMBER) == []
        closed.open()
        assert done(one) == "2026-11 v1"
    assert_november_is_closed()
    assert metrics.recount_touched(at=AFTER_NOVEMBER) == [NOVEMBER]
    assert_figures_are_right()


@pytest.mark.parametrize(
    ("table", "row", "event"),
    [
        ("reports_publication", "NEW.version = 2", "INSERT"),
        ("reports_monthlyreport", "NEW.state = 'published' AND NEW.hub_id = 20", "UPDATE"),
        ("reports_monthstep", "NEW.hub_id = 47", "INSERT"),
    ],
)
def test_a_publishing_that_is_killed_publishes_nothing_and_can_be_done_again(october_closed, table, row, event):
    closing.close_month(month=NOVEMBER, note="", by=october_closed, at=AFTER_NOVEMBER)
    before = closed_so_far()
    killed_at(table, row, event, lambda: doing(PUBLISH, at=AFTER_NOVEMBER, by=october_closed))
    assert closed_so_far() == before
    done(doing(PUBLISH, at=AFTER_NOVEMBER, by=october_closed))
    assert [str(one.freeze) for one in Publication.objects.select_related("freeze").newest_first()] == [
        "2026-11 v1",
        "2026-10 v2",
        "2026-10 v1",
    ]
    assert Freeze.objects.count() == Publication.objects.count() == 3
    assert Count.objects.exists()


def test_two_that_publish_at_once_publish_once(october_closed):
    closing.close_month(month=NOVEMBER, note="", by=october_closed, at=AFTER_NOVEMBER)
    with gate("reports_publication") as closed:
        one = doing(PUBLISH, at=AFTER_NOVEMBER, by=october_closed)
        stands_still(one, closed)
        other = doing(PUBLISH, at=AFTER_NOVEMBER, by=october_closed)
        wait_until(lambda: closed.waiting() == 2)
        closed.open()
        assert [len(done(one).split()), done(other)] == [6, ""]
    assert Freeze.objects.count() == Publication.objects.count() == 3
