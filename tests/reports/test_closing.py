"""The nation's month is closed, published, corrected and reopened."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import Entry
from consultations import actions as records
from consultations.models import Consultation, MonthLock
from foundation.errors import MoveRefused
from foundation.periods import Month
from hubs.models import Hub
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics import actions as metrics
from metrics import corrections, freezing
from metrics.models import Freeze
from metrics.queries import Place, figures
from reports.actions import closing, months, reopening
from reports.choices import MonthState, ReopeningState
from reports.models import MonthlyReport, MonthStep, Publication, Reopening
from tests import making
from tests.reports.making import accept_everywhere, close

pytestmark = pytest.mark.django_db
TOKYO_TIME = ZoneInfo("Asia/Tokyo")
SEPTEMBER, OCTOBER, NOVEMBER = Month(2026, 9), Month(2026, 10), Month(2026, 11)


def moment(month, day, hour=9):
    return dt.datetime(2026, month, day, hour, tzinfo=TOKYO_TIME)


NOVEMBER_20, DECEMBER_20 = moment(11, 20), moment(12, 20)


def count_of(hub, month, code="consultations"):
    with entered(Scope.of_figures([hub.pk])):
        return figures(places=[Place.of_hub(hub)], months=[month], indicators=[code]).value(
            Place.of_hub(hub), month, code
        )


def state_of(hub, month=OCTOBER):
    with entered(Scope.of_figures([hub.pk])):
        return MonthlyReport.objects.get(hub=hub, reporting_month_id=month.first).state


@pytest.fixture
def session(tokyo):
    return making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 10))


def revise(session, *, by, at, **changed):
    with entered(Scope.of_hub(session.hub_id)):
        current = Consultation.objects.get(pk=session.pk)
        values = {
            name: getattr(current, name) for name in ("held_on", "minutes", "method", "themes", "content", "advice")
        }
        return records.revise_consultation(
            consultation=current, version=current.version, session=records.Session(**values | changed), by=by, at=at
        )


def test_closing_freezes_the_nation_and_locks_the_hubs(tokyo, session, headquarters):
    frozen = close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    assert (frozen.version, frozen.cause, len(frozen.sha256)) == (1, "closing", 64)
    assert state_of(tokyo) == MonthState.CLOSED
    with entered(Scope.nationwide()):
        assert MonthLock.objects.filter(month=OCTOBER.first).count() == 47
        assert MonthStep.objects.filter(move="close").count() == 47
        assert Entry.objects.filter(action="month.closed").get().detail["sha256"] == frozen.sha256
        assert freezing.verify(frozen).holds


def test_closing_twice_is_closing_once(tokyo, session, headquarters):
    first = close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    assert closing.close_month(month=OCTOBER, note="", by=headquarters, at=NOVEMBER_20) == first
    assert Freeze.objects.count() == 1


def test_a_month_that_runs_or_whose_turn_it_is_not_cannot_be_closed(headquarters):
    with pytest.raises(months.NotOver):
        closing.close_month(month=Month(2026, 11), note="", by=headquarters, at=NOVEMBER_20)
    close(SEPTEMBER, by=headquarters, at=NOVEMBER_20)
    with pytest.raises(closing.NotInOrder) as problem:
        closing.close_month(month=Month(2026, 11), note="", by=headquarters, at=DECEMBER_20)
    assert problem.value.month == OCTOBER


def test_hubs_that_are_not_confirmed_are_named_and_need_a_reason(tokyo, session, headquarters):
    accept_everywhere(OCTOBER, by=headquarters, at=NOVEMBER_20, but={tokyo.pk})
    with pytest.raises(closing.Unconfirmed) as problem:
        closing.close_month(month=OCTOBER, note=" ", by=headquarters, at=NOVEMBER_20)
    assert problem.value.hub_ids == [tokyo.pk]
    frozen = closing.close_month(month=OCTOBER, note="チーフ不在のため", by=headquarters, at=NOVEMBER_20)
    with entered(Scope.nationwide()):
        assert frozen.hubs.get(hub=tokyo).confirmed is False
        assert frozen.hubs.filter(confirmed=True).count() == 46
        assert not MonthLock.objects.filter(hub=tokyo).exists(), "an unconfirmed hub can still put its month right"
    assert count_of(tokyo, OCTOBER) == 1


def test_what_counts_of_a_closed_record_cannot_be_changed_but_its_words_can(tokyo, session, chief, headquarters):
    close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    with pytest.raises(records.MonthClosed) as problem:
        revise(session, by=chief, at=NOVEMBER_20, minutes=90)
    words = problem.value.lock.in_words(NOVEMBER_20)
    assert all(part in words for part in ("2026年10月", "2026-11-20", "チーフコーディネーター", "全国本部"))
    assert revise(session, by=chief, at=NOVEMBER_20, advice="書き直した助言").advice == "書き直した助言"
    with entered(Scope.of_hub(tokyo.pk)), pytest.raises(records.MonthClosed):
        records.delete_consultation(consultation=session, version=2, by=chief, at=NOVEMBER_20)


def test_the_database_keeps_a_closed_month_too(tokyo, session, chief, headquarters):
    organization = making.make_organization()
    with entered(Scope.of_hub(tokyo.pk)):
        making.involve(session, organization, "referral")
    close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    for deed in (
        f"UPDATE consultations_consultation SET minutes = 1 WHERE id = {session.pk}",
        f"DELETE FROM consultations_involvement WHERE consultation_id = {session.pk}",
        f"DELETE FROM consultations_consultation WHERE id = {session.pk}",
    ):
        scope = entered(Scope.of_hub(tokyo.pk))
        with scope, pytest.raises(IntegrityError, match="closed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(deed)


def test_a_late_record_is_taken_and_becomes_a_correction_of_the_next_closing(tokyo, session, headquarters):
    first = close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    closing.publish(month=OCTOBER, by=headquarters, at=NOVEMBER_20)
    making.make_consultation(hub=tokyo, case=session.case, held_on=dt.date(2026, 10, 31))
    metrics.recount_touched(at=moment(11, 25))
    assert count_of(tokyo, OCTOBER) == 1, "what was published does not move"
    with entered(Scope.of_figures([tokyo.pk])):
        waiting = {c.indicator: (c.before, c.after) for c in corrections.pending(hub_id=tokyo.pk) if not c.code}
        assert waiting == {"consultations": (1, 2), "minutes": (60, 120)}
    close(Month(2026, 11), by=headquarters, at=DECEMBER_20)
    with entered(Scope.of_figures(HUB_IDS)):
        told = corrections.carried_in(Month(2026, 11))
        assert {(c.month, c.version) for c in told} == {(OCTOBER, 2)}
        levels = [(c.place.level, c.before, c.after) for c in told if c.indicator == "consultations"]
        assert levels == [("nation", 1, 2), ("bureau", 1, 2), ("hub", 1, 2)]
        assert corrections.pending() == []
    assert count_of(tokyo, OCTOBER) == 2, "the newest version is told"
    with entered(Scope.nationwide()):
        assert freezing.verify(first).holds, "and the first still counts to its hash"
        assert all(freezing.verify(one).holds for one in Freeze.objects.order_by("month", "version"))
    closing.publish(month=Month(2026, 11), by=headquarters, at=DECEMBER_20)
    assert [(str(p.as_month), p.version) for p in Publication.objects.newest_first()] == [
        ("2026-11", 1),
        ("2026-10", 2),
        ("2026-10", 1),
    ]


def test_merging_two_clients_moves_no_published_figure(tokyo, session, headquarters):
    twin = making.make_enterprise(hub=tokyo, corporate_number="")
    other = making.make_consultation(
        hub=tokyo, case=making.make_case(hub=tokyo, enterprise=twin), held_on=dt.date(2026, 10, 11)
    )
    close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    assert count_of(tokyo, OCTOBER, "visitors") == 2
    with entered(Scope.of_hub(tokyo.pk)), connection.cursor() as cursor:
        # what merging does to the rows of the one that is given up (consultations.actions.merging)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(
            "UPDATE consultations_case SET enterprise_id = %s WHERE id = %s", [session.enterprise_id, other.case_id]
        )
        cursor.execute(
            "UPDATE consultations_consultation SET enterprise_id = %s WHERE id = %s", [session.enterprise_id, other.pk]
        )
    metrics.recount_touched(at=moment(11, 25))
    assert count_of(tokyo, OCTOBER, "visitors") == 2
    with entered(Scope.of_figures([tokyo.pk])):
        waiting = {c.indicator: (c.before, c.after) for c in corrections.pending(hub_id=tokyo.pk) if not c.code}
    assert waiting["visitors"] == (2, 1)


def reopen(hub, *, chief, headquarters, at, days=3, consultations=()):
    with entered(Scope.of_figures([hub.pk])):
        report = MonthlyReport.objects.get(hub=hub, reporting_month_id=OCTOBER.first)
        asked = reopening.ask(
            report=report, reason="入力漏れがあったため", consultations=consultations, by=chief, at=at
        )
        return reopening.grant(reopening=asked, until=at + dt.timedelta(days=days), answer="", by=headquarters, at=at)


def test_a_reopened_month_can_be_changed_until_it_ends(tokyo, session, chief, headquarters):
    real_now = dt.datetime.now(TOKYO_TIME)  # the database has its own clock
    close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    granted = reopen(tokyo, chief=chief, headquarters=headquarters, at=real_now)
    assert state_of(tokyo) == MonthState.REOPENED
    assert revise(session, by=chief, at=real_now, minutes=90).minutes == 90
    with pytest.raises(records.MonthClosed):
        revise(session, by=chief, at=granted.until, minutes=30)
    with entered(Scope.of_figures([tokyo.pk])):
        reopening.lapse(reopening=granted, at=granted.until)
        reopening.lapse(reopening=granted, at=granted.until)
        assert Reopening.objects.get().state == ReopeningState.ENDED
        steps = MonthStep.objects.filter(hub=tokyo).order_by("pk").values_list("move", "by__name")
        assert list(steps)[2:] == [("close", headquarters.name), ("reopen", headquarters.name), ("lapse", None)]
    assert state_of(tokyo) == MonthState.CLOSED
    metrics.recount_touched(at=real_now)
    assert count_of(tokyo, OCTOBER, "minutes") == 60, "what was changed meanwhile waits as a correction"


def test_a_reopening_may_be_for_some_records_only(tokyo, session, chief, headquarters):
    real_now = dt.datetime.now(TOKYO_TIME)
    other = making.make_consultation(hub=tokyo, case=session.case, held_on=dt.date(2026, 10, 12))
    close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    reopen(tokyo, chief=chief, headquarters=headquarters, at=real_now, consultations=[other.pk])
    with pytest.raises(records.MonthClosed):
        revise(session, by=chief, at=real_now, minutes=90)
    assert revise(other, by=chief, at=real_now, minutes=90).minutes == 90


def test_a_reopened_month_is_submitted_accepted_and_closed_again_as_a_correction(tokyo, session, chief, headquarters):
    real_now = dt.datetime.now(TOKYO_TIME)
    close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    closing.publish(month=OCTOBER, by=headquarters, at=NOVEMBER_20)
    assert state_of(tokyo) == MonthState.PUBLISHED
    reopen(tokyo, chief=chief, headquarters=headquarters, at=real_now)
    revise(session, by=chief, at=real_now, minutes=90)
    metrics.recount_touched(at=real_now)
    with entered(Scope.of_hub(tokyo.pk)):
        told = dict.fromkeys(("consultations", "visitors", "new_visitors", "minutes"), "入力漏れ")
        report = MonthlyReport.objects.get(hub=tokyo)
        months.submit(
            hub=tokyo, month=OCTOBER, version=report.version, explanations=told, zero=False, by=chief, at=real_now
        )
        report = months.accept(hub=tokyo, month=OCTOBER, version=report.version + 1, by=headquarters, at=real_now)
        with pytest.raises(records.MonthClosed):
            revise(session, by=chief, at=real_now, minutes=30)
    made = closing.correct_month(month=OCTOBER, by=headquarters, at=real_now)
    assert (made.version, made.cause) == (2, "correction")
    assert state_of(tokyo) == MonthState.CLOSED
    assert count_of(tokyo, OCTOBER, "minutes") == 90
    assert closing.correct_month(month=OCTOBER, by=headquarters, at=real_now) is None


def test_reopening_is_asked_once_granted_within_bounds_and_refused_with_words(tokyo, chief, headquarters):
    close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    with entered(Scope.of_figures([tokyo.pk])):
        report = MonthlyReport.objects.get(hub=tokyo)
        asked = reopening.ask(report=report, reason="入力漏れ", consultations=[], by=chief, at=NOVEMBER_20)
        with pytest.raises(reopening.AskedAlready):
            reopening.ask(report=report, reason="もう一度", consultations=[], by=chief, at=NOVEMBER_20)
        for until in (NOVEMBER_20, NOVEMBER_20 + reopening.LONGEST + dt.timedelta(seconds=1)):
            with pytest.raises(reopening.OutOfBounds):
                reopening.grant(reopening=asked, until=until, answer="", by=headquarters, at=NOVEMBER_20)
        with pytest.raises(IntegrityError), transaction.atomic():
            reopening.refuse(reopening=asked, answer="", by=headquarters, at=NOVEMBER_20)
        reopening.refuse(reopening=asked, answer="訂正で足ります", by=headquarters, at=NOVEMBER_20)
        with pytest.raises(MoveRefused):
            reopening.grant(
                reopening=asked, until=NOVEMBER_20 + dt.timedelta(days=1), answer="", by=headquarters, at=NOVEMBER_20
            )
    assert state_of(tokyo) == MonthState.CLOSED


def test_only_a_closed_month_is_reopened_or_published(tokyo, chief, headquarters):
    accept_everywhere(OCTOBER, by=headquarters, at=NOVEMBER_20)
    with entered(Scope.of_figures([tokyo.pk])), pytest.raises(reopening.NothingClosed):
        reopening.ask(
            report=MonthlyReport.objects.get(hub=tokyo), reason="x", consultations=[], by=chief, at=NOVEMBER_20
        )
    with pytest.raises(closing.NotClosed), entered(Scope.of_figures(HUB_IDS)):
        closing.publish(month=OCTOBER, by=headquarters, at=NOVEMBER_20)


def test_publishing_again_publishes_nothing_and_nobody_can_change_it(tokyo, session, headquarters):
    close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    with entered(Scope.of_figures(HUB_IDS)):
        assert len(closing.publish(month=OCTOBER, by=headquarters, at=NOVEMBER_20)) == 1
        assert closing.publish(month=OCTOBER, by=headquarters, at=NOVEMBER_20) == []
        assert MonthStep.objects.filter(move="publish").count() == 47
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.update(sha256="0" * 64)
    assert Hub.objects.count() == 47


@pytest.fixture
def october_corrected_with_november(tokyo, session, chief, headquarters):
    """Tokyo's October, published, was reopened and confirmed anew: its second version is told with November, which
    nobody has published yet."""
    real_now = dt.datetime.now(TOKYO_TIME)
    close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    closing.publish(month=OCTOBER, by=headquarters, at=NOVEMBER_20)
    reopen(tokyo, chief=chief, headquarters=headquarters, at=real_now)
    revise(session, by=chief, at=real_now, minutes=90)
    metrics.recount_touched(at=real_now)
    with entered(Scope.of_hub(tokyo.pk)):
        told = dict.fromkeys(("consultations", "visitors", "new_visitors", "minutes"), "入力漏れ")
        version = MonthlyReport.objects.get(hub=tokyo).version
        months.submit(hub=tokyo, month=OCTOBER, version=version, explanations=told, zero=False, by=chief, at=real_now)
        months.accept(hub=tokyo, month=OCTOBER, version=version + 1, by=headquarters, at=real_now)
    close(NOVEMBER, by=headquarters, at=DECEMBER_20)


def test_a_month_whose_correction_is_told_with_a_later_one_is_published_with_that(
    october_corrected_with_november, tokyo, osaka, headquarters
):
    def states():
        return state_of(tokyo), state_of(osaka), state_of(tokyo, NOVEMBER)

    before = (MonthState.CLOSED, MonthState.PUBLISHED, MonthState.CLOSED)
    assert states() == before
    with entered(Scope.of_figures(HUB_IDS)):
        steps = MonthStep.objects.count()
        assert closing.publish(month=OCTOBER, by=headquarters, at=DECEMBER_20) == []
        assert MonthStep.objects.count() == steps
    assert states() == before, "its second version is not public"
    made = closing.publish(month=NOVEMBER, by=headquarters, at=DECEMBER_20)
    assert [(one.as_month, one.version) for one in made] == [(OCTOBER, 2), (NOVEMBER, 1)]
    assert set(states()) == {MonthState.PUBLISHED}


def test_publishing_an_older_month_leaves_its_hubs_whose_newest_version_waits(tokyo, osaka, session, headquarters):
    close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    making.make_consultation(hub=tokyo, case=session.case, held_on=dt.date(2026, 10, 31))
    close(NOVEMBER, by=headquarters, at=DECEMBER_20)
    made = closing.publish(month=OCTOBER, by=headquarters, at=DECEMBER_20)
    assert [one.version for one in made] == [1]
    assert {state_of(tokyo), state_of(osaka)} == {MonthState.CLOSED}
    closing.publish(month=NOVEMBER, by=headquarters, at=DECEMBER_20)
    assert {state_of(tokyo), state_of(osaka)} == {MonthState.PUBLISHED}
