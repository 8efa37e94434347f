"""Whether another coordinator could carry on: one rule, for records, the queue and the editor."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from consultations.queries import quality
from hubs.tenancy import Scope, entered
from tests import making
from tests.conftest import TOKYO_TIME

WHOLE = {
    "content": "県外の販売先が減り、売上が前年の7割に落ちている。催事の費用対効果が分からず、次の手を決められずに困っている。",
    "advice": "直近2回の催事の採算を一緒に試算した。次は粗利の高い2品に絞って出展することを勧めた。",
    "next_step": "事業者が催事の申込みを12月5日までに行う。", "themes": ["channels"],
}  # fmt: skip


def missing(**changes):
    return [one.code for one in quality.completeness(WHOLE | changes).missing]


def test_there_are_as_many_criteria_as_the_queue_believes():
    assert len(quality.CRITERIA) == quality.FULL
    assert len({one.code for one in quality.CRITERIA}) == quality.FULL


def test_a_note_from_which_somebody_else_can_carry_on_lacks_nothing():
    assert missing() == []


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        ({"content": "売上が減った。"}, ["problem"]),
        ({"advice": "一緒に確認した。"}, ["advice"]),
        ({"next_step": ""}, ["follow_up", "due"]),
        ({"next_step": "事業者が見積もりを取り寄せる。"}, ["due"]),
        ({"themes": []}, ["themes"]),
        ({"content": "困っている" * 10, "advice": "がんばろう" * 8}, ["done"]),
        ({"content": " \n" * 100, "advice": "", "next_step": "", "themes": []},
         ["problem", "done", "advice", "follow_up", "themes", "due"]),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(changes, lacks):
    assert missing(**changes) == lacks


@pytest.mark.parametrize("when", ["来週", "12月3日", "１２月中旬", "3日以内", "月末", "2週間後", "次回", "12/3"])
def test_a_time_is_known_however_it_is_said(when):
    assert missing(next_step=f"{when}に試作品を持ってくる。") == []


@pytest.mark.django_db
def test_a_day_in_the_case_serves_for_the_note(tokyo, in_tokyo):
    case = making.make_case(hub=tokyo, next_due_on=date(2026, 12, 1))
    values = WHOLE | {"next_step": "事業者が見積もりを取り寄せる。"}
    assert quality.completeness_of(making.make_consultation(hub=tokyo, case=case, **values)).missing == []
    assert [one.code for one in quality.completeness_of(making.make_consultation(hub=tokyo, **values)).missing] == [
        "due"
    ]


def test_every_reason_tells_what_to_do():
    for one in quality.criteria_for_page():
        assert one["reason"].endswith("ください。")
        assert one["label"]


# ---- entry lag
def entered_on(day):
    return datetime(2026, 11, day, 18, 0, tzinfo=TOKYO_TIME)


@pytest.mark.django_db
def test_the_lag_is_told_for_the_hub_and_for_each_who_wrote(client, tokyo, chief, coordinator, in_tokyo):
    for day in (10, 10, 11):
        making.make_consultation(hub=tokyo, held_on=date(2026, 11, 10), lead=coordinator, created_at=entered_on(day))
    making.make_consultation(hub=tokyo, held_on=date(2026, 11, 1), lead=chief, created_at=entered_on(19))
    making.make_consultation(hub=tokyo, held_on=date(2026, 9, 1), lead=chief, created_at=entered_on(19))
    whole, people = quality.entry_lag(hub=tokyo, first=date(2026, 11, 1), last=date(2026, 11, 30))
    assert (whole.count, whole.median_days, whole.longest_days, whole.late_count) == (4, 0.5, 18, 1)
    assert [(lag.person, lag.count, lag.median_days, lag.late_percent) for lag in people] == [
        ("鈴木 一郎", 1, 18.0, 100.0), ("佐藤 花子", 3, 0.0, 0.0),
    ]  # fmt: skip


@pytest.mark.django_db
def test_another_hubs_lag_is_not_seen(tokyo, osaka):
    making.make_consultation(hub=osaka)
    with entered(Scope.of_hub(tokyo.pk)):
        assert quality.entry_lag(hub=osaka, first=date(2026, 11, 1), last=date(2026, 11, 30)) == (None, [])
