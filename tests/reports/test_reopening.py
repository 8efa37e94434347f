"""A closed month that is open again: returned, taken back, over; and what it does to lateness and rates."""

from __future__ import annotations

import datetime as dt
import threading
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from consultations import actions as records
from consultations.models import Consultation, MonthLock
from dashboards.queries import warnings
from foundation.periods import Month
from hubs.models import Hub
from hubs.tenancy import HUB_IDS, Scope, entered
from letters.models import Letter
from metrics import actions as metrics
from metrics.indicators import INDICATORS
from reports.actions import chasing as letters
from reports.actions import closing, months, reopening
from reports.choices import MonthState, ReopeningState
from reports.models import MonthlyReport, MonthStep, Reopening, ReportingMonth
from reports.queries import chasing, oversight
from reports.queries.submissions import first_sent
from tests import making
from tests.reports.making import close
from tests.waiting import wait_until_somebody_waits

pytestmark = pytest.mark.django_db
OCTOBER = Month(2026, 10)
IN_TIME = dt.datetime(2026, 11, 9, 9, tzinfo=ZoneInfo("Asia/Tokyo"))  # October is due on the 10th
DAY = dt.timedelta(days=1)


@pytest.fixture
def started() -> dt.datetime:
    """When the reopening is granted: the database has its own clock, and asks it whether the month is open."""
    return dt.datetime.now(ZoneInfo("Asia/Tokyo")).replace(microsecond=0)


@pytest.fixture
def session(tokyo):
    return making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 10))


@pytest.fixture
def published(session, headquarters) -> Month:
    """October: every hub told it in time, it is closed and published."""
    metrics.recount([OCTOBER], at=IN_TIME)
    close(OCTOBER, by=headquarters, at=IN_TIME)
    closing.publish(month=OCTOBER, by=headquarters, at=IN_TIME)
    return OCTOBER


class Story:
    """What a chief and headquarters do with Tokyo's October."""

    def __init__(self, hub: Hub, chief, headquarters) -> None:
        self.hub, self.chief, self.headquarters = hub, chief, headquarters

    @property
    def report(self) -> MonthlyReport:
        with entered(Scope.of_figures([self.hub.pk])):
            return MonthlyReport.objects.with_dates().get(hub=self.hub, reporting_month_id=OCTOBER.first)

    @property
    def reopenings(self) -> list[Reopening]:
        with entered(Scope.of_figures([self.hub.pk])):
            return list(Reopening.objects.filter(hub=self.hub).select_related("asked_by").order_by("pk"))

    @property
    def lock(self) -> MonthLock:
        with entered(Scope.of_figures([self.hub.pk])):
            return MonthLock.objects.get(hub=self.hub)

    @property
    def moves(self) -> list[str]:
        with entered(Scope.of_figures([self.hub.pk])):
            return list(MonthStep.objects.filter(hub=self.hub).order_by("pk").values_list("move", flat=True))

    def reopen(self, *consultations: int, at: dt.datetime, days: int = 3) -> Reopening:
        with entered(Scope.of_figures([self.hub.pk])):
            asked = reopening.ask(
                report=self.report, reason="入力漏れ", consultations=consultations, by=self.chief, at=at
            )
            return reopening.grant(reopening=asked, until=at + days * DAY, answer="", by=self.headquarters, at=at)

    def submit(self, *, at: dt.datetime) -> None:
        said = dict.fromkeys([indicator.code for indicator in INDICATORS.totals()], "入力漏れ")
        with entered(Scope.of_hub(self.hub.pk)):
            months.submit(**self._now, explanations=said, zero=True, by=self.chief, at=at)

    def send_back(self, note: str = "まだ足りません", *, at: dt.datetime) -> None:
        with entered(Scope.of_figures([self.hub.pk])):
            months.send_back(**self._now, note=note, remarks={}, by=self.headquarters, at=at)

    def accept(self, *, at: dt.datetime) -> None:
        with entered(Scope.of_figures([self.hub.pk])):
            months.accept(**self._now, by=self.headquarters, at=at)

    def take_back(self, *, at: dt.datetime) -> None:
        with entered(Scope.of_figures([self.hub.pk])):
            months.withdraw(**self._now, by=self.chief, at=at)

    def beat(self, *, at: dt.datetime) -> None:
        """What the beat does each minute (reports.tasks.end_reopenings)."""
        for one in self.reopenings:
            self.end(one, at=at)

    def end(self, one: Reopening, *, at: dt.datetime) -> None:
        with entered(Scope.of_figures([self.hub.pk])):
            reopening.lapse(reopening=one, at=at)

    def may_change(self, consultation: Consultation, *, at: dt.datetime) -> bool:
        with entered(Scope.of_hub(self.hub.pk)):
            current = Consultation.objects.get(pk=consultation.pk)
            values = {name: getattr(current, name) for name in ("held_on", "method", "themes", "content", "advice")}
            changed = records.Session(**values, minutes=current.minutes + 1)
            try:
                records.revise_consultation(
                    consultation=current, version=current.version, session=changed, by=self.chief, at=at
                )
            except records.MonthClosed:
                return False
            return True

    @property
    def _now(self) -> dict:
        return {"hub": self.hub, "month": OCTOBER, "version": self.report.version}


@pytest.fixture
def october(published, tokyo, chief, headquarters) -> Story:
    return Story(tokyo, chief, headquarters)


# ---- returned


def test_a_return_keeps_the_records_of_the_reopening_and_leaves_a_week(october, session, started):
    other = making.make_consultation(hub=october.hub, case=session.case, held_on=dt.date(2026, 10, 12))
    october.reopen(session.pk, at=started)
    october.submit(at=started + DAY)
    october.send_back(at=started + 2 * DAY)
    (row,) = october.reopenings
    week_later = started + 9 * DAY
    assert (row.state, row.until, row.consultations) == (ReopeningState.GRANTED, week_later, [session.pk])
    assert (october.lock.open_until, october.lock.open_for) == (week_later, [session.pk]), "one end, and one scope"
    assert october.may_change(session, at=started + 8 * DAY)
    assert not october.may_change(other, at=started + 3 * DAY)
    with entered(Scope()):
        letter = Letter.objects.of(None).get(subject__contains="差し戻されました")
    assert f"記録は{week_later:%Y-%m-%d %H:%M}まで直せます" in letter.body
    october.beat(at=started + 3 * DAY)
    assert october.report.state == MonthState.RETURNED, "the first end holds no longer"


@pytest.mark.parametrize(
    ("granted", "returned", "open_for"),
    [
        (13, 2, 13),  # what was granted is not shortened
        (3, 2, 9),
        (13, 10, 14),  # no longer than a reopening may last
    ],
)
def test_a_returned_months_end_is_never_earlier_and_never_beyond_the_longest(
    october, started, granted, returned, open_for
):
    october.reopen(at=started, days=granted)
    october.submit(at=started + DAY)
    october.send_back(at=started + returned * DAY)
    assert [row.until for row in october.reopenings] == [started + open_for * DAY]
    assert october.lock.open_until == started + open_for * DAY


@pytest.mark.parametrize("how", ["accepted", "run out", "run out, and no beat came"])
def test_a_return_after_the_reopening_ended_is_a_reopening_of_its_own(october, session, started, how):
    october.reopen(session.pk, at=started, days=14)
    october.submit(at=started + DAY)
    at = started + 2 * DAY if how == "accepted" else started + 15 * DAY
    if how == "accepted":
        october.accept(at=at)
    elif how == "run out":
        october.beat(at=at)
        assert october.report.state == MonthState.SUBMITTED, "it waits for headquarters, not for its hub"
    october.send_back("日付も確かめてください", at=at)
    first, second = october.reopenings
    assert (first.state, first.ended_at) == (ReopeningState.ENDED, at)
    assert (second.state, second.reason, second.asked_by) == (
        ReopeningState.GRANTED, "日付も確かめてください", october.headquarters,
    )  # fmt: skip
    assert (second.until, second.consultations) == (at + 7 * DAY, [session.pk])
    assert (october.lock.open_until, october.lock.open_for) == (second.until, second.consultations)


def test_a_returned_month_whose_time_is_over_is_closed_as_it_was_and_can_be_asked_for_again(
    client, october, headquarters, started
):
    october.reopen(at=started)
    october.submit(at=started + DAY)
    october.send_back(at=started + 2 * DAY)
    october.beat(at=started + 9 * DAY)
    assert october.report.state == MonthState.PUBLISHED
    assert october.report.accepted_by == headquarters, "as it was before"
    assert october.moves[-3:] == ["return", "lapse", "publish"]
    client.force_login(october.chief)
    page = client.get("/hubs/tokyo/months/2026-10/").content.decode()
    assert "再開を申請する" in page
    october.reopen(at=started + 10 * DAY)
    assert october.report.state == MonthState.REOPENED


@pytest.mark.django_db(transaction=True)
def test_a_beat_that_comes_while_the_month_is_sent_back_ends_nothing(october, started):
    granted = october.reopen(at=started)
    october.submit(at=started + DAY)

    def beat() -> None:
        october.end(granted, at=started + 3 * DAY)
        connection.close()

    late = threading.Thread(target=beat)
    with entered(Scope.of_figures([october.hub.pk])):
        months.locked(hub=october.hub, month=OCTOBER, version=october.report.version)
        late.start()
        wait_until_somebody_waits()
        october.send_back(at=started + 2 * DAY)
    late.join()
    assert october.report.state == MonthState.RETURNED
    assert [row.state for row in october.reopenings] == [ReopeningState.GRANTED]


def test_the_page_of_a_returned_month_shows_one_end(client, october, started):
    october.reopen(at=started)
    october.submit(at=started)
    october.send_back(at=started)
    client.force_login(october.chief)
    page = client.get("/hubs/tokyo/months/2026-10/").content.decode()
    week_later = started + 7 * DAY
    assert f"再開中のため{week_later:%Y-%m-%d %H:%M}まで直せます" in page
    assert f"{started + 3 * DAY:%Y-%m-%d %H:%M}" not in page


# ---- taken back


def test_what_is_taken_back_is_open_until_its_reopening_ends(october, session, started):
    october.reopen(at=started)
    october.submit(at=started + DAY)
    october.take_back(at=started + DAY)
    assert october.report.state == MonthState.REOPENED
    assert october.may_change(session, at=started + 2 * DAY)
    october.beat(at=started + 3 * DAY)
    assert october.report.state == MonthState.PUBLISHED
    assert october.moves[-4:] == ["submit", "take_back", "lapse", "publish"]


def test_what_is_taken_back_after_its_reopening_ended_is_closed_at_once(october, session, started):
    october.reopen(at=started)
    october.submit(at=started + DAY)
    october.beat(at=started + 3 * DAY)
    october.take_back(at=started + 4 * DAY)
    assert october.report.state == MonthState.PUBLISHED
    assert not october.may_change(session, at=started + 4 * DAY)


def test_a_month_that_was_never_closed_is_a_draft_again(tokyo, chief, headquarters):
    story = Story(tokyo, chief, headquarters)
    months.open_months(today=dt.date(2026, 11, 1))
    with entered(Scope.of_hub(tokyo.pk)):
        around = {"hub": tokyo, "month": OCTOBER, "by": chief, "at": IN_TIME}
        months.submit(version=1, explanations={}, zero=True, **around)
        months.withdraw(version=2, **around)
    assert story.report.state == MonthState.DRAFTING


# ---- lateness and rates


def reopened(story: Story, at: dt.datetime) -> None:
    story.reopen(at=at)


def sent_again(story: Story, at: dt.datetime) -> None:
    story.reopen(at=at)
    story.submit(at=at)


def sent_back(story: Story, at: dt.datetime) -> None:
    sent_again(story, at)
    story.send_back(at=at)


def taken_back(story: Story, at: dt.datetime) -> None:
    sent_again(story, at)
    story.take_back(at=at)


@pytest.mark.parametrize("what", [reopened, sent_again, sent_back, taken_back])
def test_a_month_that_was_told_in_time_stays_so_whatever_follows(october, headquarters, started, what):
    what(october, started)
    today = (started + DAY).date()
    assert not october.report.is_late(today)
    with entered(Scope.of_figures(HUB_IDS)):
        hubs = list(Hub.objects.select_related("prefecture__bureau").order_by("pk"))
        rows = oversight.standings(hubs, OCTOBER, today=today)
        assert oversight.rates(rows) == (100.0, 100.0)
        tokyo = next(row for row in rows if row.hub == october.hub)
        assert (tokyo.is_late, tokyo.on_time, tokyo.year) == (False, True, oversight.Rate(1, 1, 1))
        assert chasing.overdue(hubs=hubs, today=dt.date(2026, 11, 25)) == []
        assert letters.tell_headquarters(at=IN_TIME + 16 * DAY) == 0
        assert letters.remind(hub=october.hub, at=IN_TIME + 6 * DAY) == 0
        (told,) = warnings.submissions(dt.date(2026, 11, 25))(october.hub)
        assert (told.is_there, told.was_late, told.days_over(dt.date(2026, 11, 25))) == (True, False, 0)


def test_what_was_taken_back_by_the_old_move_after_the_closing_was_told_in_time(october, started):
    sent_again(october, started)
    with entered(Scope.of_figures([october.hub.pk])):
        MonthStep.objects.create(
            hub=october.hub, report=october.report, move="withdraw", state="drafting", at=started, by=october.chief
        )
        assert first_sent([OCTOBER])[october.hub.pk] == {OCTOBER: IN_TIME.date()}


def test_a_month_that_was_never_closed_is_late_when_it_is_returned(tokyo, chief, headquarters):
    story = Story(tokyo, chief, headquarters)
    months.open_months(today=dt.date(2026, 11, 1))
    with entered(Scope.of_hub(tokyo.pk)):
        around = {"hub": tokyo, "month": OCTOBER, "at": IN_TIME}
        months.submit(version=1, explanations={}, zero=True, by=chief, **around)
        months.send_back(version=2, note="x", remarks={}, by=headquarters, **around)
        assert MonthlyReport.objects.told().count() == 0
        assert not Reopening.objects.exists()
    assert story.report.is_late(dt.date(2026, 11, 12))
    assert ReportingMonth.objects.count() == 1
