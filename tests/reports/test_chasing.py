"""Hubs are reminded before and after 提出期限, each letter once; headquarters hears who is late."""

from __future__ import annotations

import datetime as dt
import threading
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from foundation.periods import Month
from hubs.models import Hub
from hubs.tenancy import HUB_IDS, Scope, entered
from letters.models import Letter
from reports import chasing as rules
from reports import tasks
from reports.actions import chasing, closing, dates, months
from reports.models import ReportingMonth
from tests import making

pytestmark = pytest.mark.django_db
OCTOBER = Month(2026, 10)  # due on 10 November


def day(number: int, hour: int = 9) -> dt.datetime:
    return dt.datetime(2026, 11, number, hour, tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.fixture
def waiting(tokyo, chief) -> Hub:
    """Tokyo has not told its October."""
    months.open_months(today=dt.date(2026, 11, 1))
    return tokyo


def remind(hub: Hub, at: dt.datetime) -> None:
    with entered(Scope.of_figures([hub.pk])):
        chasing.remind(hub=hub, at=at)


def letters() -> list[Letter]:
    with entered(Scope()):
        return list(Letter.objects.of(None).order_by("pk"))


def due_in(days: int) -> None:
    """The month before today's is due so many days from now, and nothing else is known."""
    due_on = timezone.localdate() + dt.timedelta(days=days)
    ReportingMonth.objects.all().delete()
    month = Month.of(timezone.localdate()).previous()
    ReportingMonth.objects.create(month=month.first, due_on=due_on, closes_on=due_on + dt.timedelta(days=10))


def submit(hub: Hub, by, at: dt.datetime) -> None:
    with entered(Scope.of_hub(hub.pk)):
        months.submit(hub=hub, month=OCTOBER, version=1, explanations={}, zero=True, by=by, at=at)


def test_the_rules():
    due = dt.date(2026, 11, 10)
    reminders = [rules.reminder_due(due_on=due, today=due + dt.timedelta(days=n)) for n in range(-4, 18)]
    assert reminders == [None, -3, -3, -3, 0, 0, 2, 2, 2, 5, 5, 5, 5, 9, 9, 9, 9, 9, 9, 9, 9, None]
    assert [day for day in rules.REMINDED_ON if rules.is_copied(day)] == [5, 9]


def test_a_hub_that_waits_is_reminded_five_times(waiting, chief):
    for number in range(1, 31):
        remind(waiting, day(number))
        remind(waiting, day(number, hour=15))
    found = [letter for letter in letters() if letter.to == chief.email]
    assert [letter.posted_at.astimezone(ZoneInfo("Asia/Tokyo")).day for letter in found] == [7, 10, 12, 15, 19]
    assert "提出期限は令和8年11月10日です" in found[0].subject
    assert "本日" in found[1].subject
    assert "2日過ぎています" in found[2].body
    assert "/hubs/tokyo/months/2026-10/submission/" in found[0].body


def test_after_five_days_the_implementing_body_reads_it_too(waiting):
    body = making.make_person("implementing_body", hub=waiting)
    for number in range(1, 31):
        remind(waiting, day(number))
    found = [letter for letter in letters() if letter.to == body.email]
    assert [letter.posted_at.astimezone(ZoneInfo("Asia/Tokyo")).day for letter in found] == [15, 19]


def test_who_has_submitted_is_left_in_peace_until_it_is_returned(waiting, chief, headquarters):
    submit(waiting, chief, day(6))
    remind(waiting, day(12))
    assert letters() == []
    with entered(Scope.of_figures([waiting.pk])):
        months.send_back(
            hub=waiting, month=OCTOBER, version=2, note="確かめてください", remarks={"minutes": "長すぎます"},
            by=headquarters, at=day(13),
        )  # fmt: skip
    remind(waiting, day(15))
    returned, reminder = letters()
    assert "差し戻されました" in returned.subject
    assert "延べ相談時間: 長すぎます" in returned.body
    assert "確かめてください" in returned.body
    assert "差し戻されたまま" in reminder.body


def test_what_was_missed_is_made_up_for_by_one_letter(waiting):
    remind(waiting, day(18))
    remind(waiting, day(18))
    assert len(letters()) == 1
    assert rules.reminder_due(due_on=dt.date(2026, 1, 10), today=dt.date(2026, 11, 18)) is None


def test_the_chief_hears_that_the_month_was_accepted(waiting, chief, headquarters):
    submit(waiting, chief, day(6))
    with entered(Scope.of_figures([waiting.pk])):
        months.accept(hub=waiting, month=OCTOBER, version=2, by=headquarters, at=day(13))
    (letter,) = letters()
    assert (letter.to, "確認済み" in letter.subject) == (chief.email, True)


def test_headquarters_gets_one_digest_a_day(waiting, chief, headquarters):
    submit(waiting, chief, day(6))
    for number in (10, 11, 11, 12):
        with entered(Scope.of_figures(HUB_IDS)):
            chasing.tell_headquarters(at=day(number))
    found = letters()
    assert [letter.to for letter in found] == [headquarters.email] * 2
    assert "2026年10月 大阪府よろず支援拠点(1日)" in found[0].body
    assert "東京都" not in found[0].body
    assert "確認を待つ月次報告: 1件" in found[0].body


def test_a_letter_names_no_client_and_no_figure(waiting, headquarters):
    making.make_enterprise(hub=waiting, name="株式会社ひみつ")
    for number in range(1, 31):
        remind(waiting, day(number))
    assert not [letter for letter in letters() if "ひみつ" in letter.body or "件" in letter.body]


def test_a_hub_that_fails_stops_nobody_else(waiting, chief, osaka, monkeypatch, caplog):
    other = making.make_person("chief", hub=osaka)
    due_in(1)
    real = chasing.remind

    def failing(*, hub, at):
        if hub == waiting:
            raise RuntimeError("broken")
        return real(hub=hub, at=at)

    monkeypatch.setattr(tasks.chasing, "remind", failing)
    tasks.chase_months()
    assert [letter.to for letter in letters()] == [other.email]
    assert "13" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_write_each_letter_once(waiting, chief, headquarters):
    due_in(-6)
    making.make_person("implementing_body", hub=waiting)
    together = threading.Barrier(2)

    def beat() -> None:
        together.wait()
        tasks.chase_months()
        connection.close()

    beats = [threading.Thread(target=beat) for _ in range(2)]
    for thread in beats:
        thread.start()
    for thread in beats:
        thread.join()
    keys = [letter.key for letter in letters()]
    assert len(keys) == len(set(keys)) == 3


def test_other_dates_are_announced_and_bring_other_reminders(waiting, chief, headquarters):
    remind(waiting, day(7))
    usual = (dt.date(2026, 11, 10), dt.date(2026, 11, 20))
    later = {"due_on": dt.date(2026, 11, 13), "closes_on": dt.date(2026, 11, 25)}
    with entered(Scope.of_figures(HUB_IDS)):
        with pytest.raises(months.Moved):
            dates.set_dates(month=OCTOBER, **later, seen=(usual[0], usual[0]), by=headquarters, at=day(8))
        dates.set_dates(month=OCTOBER, **later, seen=usual, by=headquarters, at=day(8))
        dates.set_dates(month=OCTOBER, **later, seen=(later["due_on"], later["closes_on"]), by=headquarters, at=day(9))
    remind(waiting, day(10))
    first, announced, again = letters()
    assert "令和8年11月13日" in announced.body
    assert "令和8年11月25日" in announced.body
    assert "令和8年11月13日です" in again.subject
    assert first.key != again.key


def test_headquarters_sets_the_dates_on_the_page(client, waiting, headquarters):
    client.force_login(headquarters)
    url = "/nation/months/2026-10/dates/"
    seen = {"seen_due": "2026-11-10", "seen_closing": "2026-11-20"}
    assert "令和8年11月10日" in client.get(url).content.decode()
    early = client.post(url, seen | {"due_on": "2026-10-31", "closes_on": "2026-11-20"})
    assert "due_on" in early.context["form"].errors
    turned = client.post(url, seen | {"due_on": "2026-11-21", "closes_on": "2026-11-20"})
    assert "closes_on" in turned.context["form"].errors
    assert client.post(url, seen | {"due_on": "令和8年11月12日", "closes_on": "2026-11-24"}).status_code == 302
    stale = client.post(url, seen | {"due_on": "2026-11-13", "closes_on": "2026-11-24"})
    assert stale.status_code == 409
    row = ReportingMonth.objects.get(month=OCTOBER.first)
    assert (row.due_on, row.closes_on) == (dt.date(2026, 11, 12), dt.date(2026, 11, 24))
    assert client.get("/nation/months/2099-01/dates/").status_code == 404


def test_the_dates_of_a_closed_month_stay(client, waiting, headquarters):
    client.force_login(headquarters)
    assert "/nation/months/2026-10/dates/" in client.get("/nation/months/?month=2026-10").content.decode()
    closing.close_month(month=OCTOBER, note="全拠点を待たずに締めます。", by=headquarters, at=day(20))
    usual = (dt.date(2026, 11, 10), dt.date(2026, 11, 20))
    later = {"due_on": dt.date(2026, 11, 30), "closes_on": dt.date(2026, 12, 10)}
    with entered(Scope.of_figures(HUB_IDS)), pytest.raises(dates.AlreadyClosed):
        dates.set_dates(month=OCTOBER, **later, seen=usual, by=headquarters, at=day(21))
    url = "/nation/months/2026-10/dates/"
    refused = client.post(url, later | {"seen_due": usual[0], "seen_closing": usual[1]})
    assert refused.status_code == 409
    for page in (refused, client.get(url)):
        assert "もう変えられません" in page.content.decode()
        assert 'name="due_on"' not in page.content.decode()
    assert url not in client.get("/nation/months/?month=2026-10").content.decode()
    row = ReportingMonth.objects.get(month=OCTOBER.first)
    assert (row.due_on, row.closes_on) == usual
    assert letters() == []
