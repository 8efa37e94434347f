"""Clocks that are an hour wrong, counts that began before a closing and end after it, records that were being written
while their month was closed: nothing is lost and nothing is closed twice."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from consultations import actions as records
from consultations.models import Consultation, TouchedMonth
from hubs.tenancy import Scope, entered
from metrics import actions as metrics
from metrics import corrections, freezing, tasks
from metrics.models import Count, Freeze
from reports.actions import closing
from tests import making
from tests.faults.closings import (
    AFTER_NOVEMBER,
    AFTER_OCTOBER,
    NOVEMBER,
    OCTOBER,
    assert_figures_are_right,
    assert_november_is_closed,
    make_closed_october,
)
from tests.faults.standing import doing, done, gate, stands_still
from tests.reports.test_closing import close

HOUR = dt.timedelta(hours=1)
WRONG_BY = [-HOUR, dt.timedelta(0), HOUR]


def waiting(month=OCTOBER) -> dict[str, tuple[int, int]]:
    """What the nation's figures of a closed month would say now, differently."""
    with entered(Scope.nationwide()):
        found = corrections.pending(month=month)
        assert bool(found) == (month in corrections.months_to_correct())
        return {one.indicator: (one.before, one.after) for one in found if not one.code and one.place.level == "nation"}


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", WRONG_BY)
def test_what_is_late_is_a_correction_whatever_the_clock_of_the_worker_says(tokyo, headquarters, wrong):
    """The same moment as the closing's included: a record may be counted within the same second."""
    session = making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 10))
    close(OCTOBER, by=headquarters, at=AFTER_OCTOBER)
    assert waiting() == {}
    making.make_consultation(hub=tokyo, case=session.case, held_on=dt.date(2026, 10, 31))
    assert metrics.recount_touched(at=AFTER_OCTOBER + wrong) == [OCTOBER]
    assert waiting() == {"consultations": (1, 2), "minutes": (60, 120)}


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", WRONG_BY)
def test_counting_again_without_any_change_makes_no_month_suspect(tokyo, headquarters, wrong):
    making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 10))
    frozen = close(OCTOBER, by=headquarters, at=AFTER_OCTOBER)
    metrics.recount([OCTOBER, NOVEMBER], at=AFTER_OCTOBER + wrong)
    assert Count.objects.get(month=OCTOBER.first).turn == frozen.turn
    assert waiting() == {}


@pytest.mark.django_db
def test_a_month_that_the_ledger_has_lost_is_compared_as_well(tokyo, headquarters):
    session = making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 10))
    close(OCTOBER, by=headquarters, at=AFTER_OCTOBER)
    making.make_consultation(hub=tokyo, case=session.case, held_on=dt.date(2026, 10, 31))
    metrics.recount_touched(at=AFTER_OCTOBER)
    Count.objects.all().delete()
    assert waiting()["consultations"] == (1, 2)
    metrics.recount([OCTOBER], at=AFTER_OCTOBER)  # the new ledger's number was never there before
    assert waiting()["consultations"] == (1, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", WRONG_BY)
def test_the_beat_of_a_wrong_clock_loses_nothing_and_a_closing_by_it_closes_once(
    tokyo, osaka, headquarters, wrong, monkeypatch
):
    make_closed_october(tokyo=tokyo, osaka=osaka, by=headquarters)
    monkeypatch.setattr(timezone, "now", lambda: AFTER_NOVEMBER + wrong)
    tasks.recount_touched()
    tasks.recount_touched()
    with entered(Scope.nationwide()):
        assert not TouchedMonth.objects.exists()
    first = closing.close_month(month=NOVEMBER, note="", by=headquarters, at=AFTER_NOVEMBER + wrong)
    assert closing.close_month(month=NOVEMBER, note="", by=headquarters, at=AFTER_NOVEMBER) == first
    assert closing.close_month(month=NOVEMBER, note="", by=headquarters, at=AFTER_NOVEMBER - wrong) == first
    assert_november_is_closed()
    assert_figures_are_right()


@pytest.mark.django_db(transaction=True)
def test_a_count_that_looked_at_its_clock_before_the_closing_and_counts_after_it(tokyo, headquarters):
    """Its moment lies before the closing's, its figures behind it."""
    session = making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 10))
    before = AFTER_OCTOBER - dt.timedelta(seconds=30)
    close(OCTOBER, by=headquarters, at=AFTER_OCTOBER)
    making.make_consultation(hub=tokyo, case=session.case, held_on=dt.date(2026, 10, 31))
    assert done(doing("print(*metrics.recount_touched(at=at))", at=before)) == "2026-10"
    with entered(Scope.nationwide()):
        assert Count.objects.get(month=OCTOBER.first).counted_at < Freeze.objects.get().made_at
    assert waiting() == {"consultations": (1, 2), "minutes": (60, 120)}


_REVISING = """
from consultations import actions as records
from consultations.models import Consultation
from hubs.tenancy import Scope, entered
with entered(Scope.of_hub(13)):
    row = Consultation.objects.get()
    kept = {name: getattr(row, name) for name in ("held_on", "method", "themes", "content", "advice")}
    session = records.Session(**kept, minutes=90)
    records.revise_consultation(consultation=row, version=row.version, session=session, by=by, at=at)
"""


@pytest.mark.django_db(transaction=True)
def test_a_change_that_was_under_way_during_the_closing_becomes_a_correction(tokyo, chief, headquarters):
    """It came before the lock and is committed after it: taken, told apart from what was frozen, and no longer
    possible from then on."""
    making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 10))
    with gate("audit_entry", "NEW.action = 'consultation.revised'") as closed:
        changing = doing(_REVISING, at=AFTER_OCTOBER, by=chief)
        stands_still(changing, closed)
        frozen = close(OCTOBER, by=headquarters, at=AFTER_OCTOBER)
        closed.open()
        done(changing)
    assert metrics.recount_touched(at=AFTER_OCTOBER) == [OCTOBER]
    assert waiting() == {"minutes": (60, 90)}
    with entered(Scope.nationwide()):
        assert freezing.verify(frozen).holds
    with entered(Scope.of_hub(tokyo.pk)), pytest.raises(records.MonthClosed):
        records.delete_consultation(consultation=Consultation.objects.get(), version=2, by=chief, at=AFTER_OCTOBER)
