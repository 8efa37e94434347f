"""Outcomes: written down, confirmed, followed up 3, 6 and 12 months after the end."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import Entry
from consultations import actions, tasks
from consultations.actions import outcomes
from consultations.models import FollowUp, Outcome, TouchedMonth
from hubs.tenancy import Scope, entered
from tests import making
from tests.consultations.making_outcomes import make_closed_case, make_follow_up, make_outcome

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
TODAY = date(2026, 11, 20)
SENT = {
    "kind": "sales", "trend": "up", "as_of": "closing", "measured_on": "2026-11-10", "amount_yen": "1200000",
    "before_value": "8000000", "after_value": "9200000", "evidence": "試算表で確認した。", "version": "1",
}  # fmt: skip
CONFIRMED = {"confirmed_on": "2026-11-12", "confirmed_how": "phone"}


def outcomes_of(hub):
    with entered(Scope.of_hub(hub.pk)):
        return list(Outcome.objects.order_by("pk"))


def follow_ups_of(hub):
    with entered(Scope.of_hub(hub.pk)):
        return list(FollowUp.objects.order_by("due_on", "pk"))


def make_due(hub, today=TODAY):
    with entered(Scope.of_hub(hub.pk)):
        return outcomes.make_due_follow_ups(hub_id=hub.pk, today=today, at=NOW)


# ---- writing down


def test_a_coordinator_writes_an_outcome_down_that_the_client_confirmed(client, tokyo, coordinator):
    case = make_closed_case(hub=tokyo, on=date(2026, 11, 9))
    client.force_login(coordinator)
    answer = client.post(f"/hubs/tokyo/cases/{case.pk}/outcomes/new/", SENT | CONFIRMED, follow=True)
    assert "本人確認済み" in answer.content.decode()
    (outcome,) = outcomes_of(tokyo)
    assert (outcome.amount_yen, outcome.before_value, outcome.after_value) == (1_200_000, 8_000_000, 9_200_000)
    assert outcome.confirmed_by == coordinator


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"measured_on": "2062-01-01"}, "measured_on"), ({"measured_on": "2020-01-01"}, "measured_on"),
        ({"confirmed_on": "2026-11-12"}, "confirmed_how"), ({"confirmed_how": "phone"}, "confirmed_on"),
        ({"confirmed_on": "2026-11-01", "confirmed_how": "phone"}, "confirmed_on"), ({"kind": "luck"}, "kind"),
        ({"amount_yen": "-5"}, "amount_yen"), ({"evidence": "x\x07"}, "evidence"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_beside_its_field(client, tokyo, coordinator, changes, field):
    case = make_closed_case(hub=tokyo, on=date(2026, 11, 9))
    client.force_login(coordinator)
    answer = client.post(f"/hubs/tokyo/cases/{case.pk}/outcomes/new/", SENT | changes)
    assert answer.status_code == 422
    assert {*answer.context["form"].errors} == {field}
    assert outcomes_of(tokyo) == []


def test_an_outcome_changed_in_between_is_not_overwritten(client, tokyo, coordinator):
    outcome = make_outcome(case=make_closed_case(hub=tokyo, on=date(2026, 11, 9)))
    client.force_login(coordinator)
    edit = f"/hubs/tokyo/outcomes/{outcome.pk}/"
    assert client.post(edit, SENT | {"evidence": "一人目"}).status_code == 302
    answer = client.post(edit, SENT | {"evidence": "二人目"})
    assert answer.status_code == 409
    assert "一人目" in answer.content.decode()
    assert [row.evidence for row in outcomes_of(tokyo)] == ["一人目"]


def test_who_writes_the_confirmation_down_stands_for_it(tokyo, coordinator, chief):
    outcome = make_outcome(
        case=make_closed_case(hub=tokyo, on=date(2026, 11, 9)), confirmed_on=None, confirmed_how="", confirmed_by=None
    )
    with entered(Scope.of_hub(tokyo.pk)):
        fields = {"confirmed_on": date(2026, 11, 13), "confirmed_how": "meeting"}
        outcomes.revise_outcome(outcome=outcome, version=1, by=chief, at=NOW, **fields)
        outcomes.revise_outcome(outcome=outcome, version=2, by=coordinator, at=NOW, evidence="聞き取り")
        assert Outcome.objects.get().confirmed_by == chief


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "luck"}, {"trend": "sideways"}, {"as_of": "someday"}, {"confirmed_how": ""}, {"confirmed_by": None},
        {"confirmed_on": date(2026, 1, 1)}, {"measured_on": date(1999, 1, 1)}, {"deleted_at": NOW},
    ],
)  # fmt: skip
def test_the_database_refuses_what_forms_refuse(tokyo, changes):
    make_outcome(case=make_closed_case(hub=tokyo, on=date(2026, 11, 9)))
    with entered(Scope.of_hub(tokyo.pk)), pytest.raises(IntegrityError), transaction.atomic():
        Outcome.objects.update(**changes)


# ---- asking again


def test_a_closed_case_is_followed_up_after_3_6_and_12_months(tokyo):
    for on in (date(2026, 8, 31), date(2026, 5, 25), date(2025, 11, 15), date(2026, 11, 1)):
        make_closed_case(hub=tokyo, on=on)
    assert make_due(tokyo) == 3
    assert [(row.point, row.due_on) for row in follow_ups_of(tokyo)] == [
        ("months_12", date(2026, 11, 15)), ("months_6", date(2026, 11, 25)), ("months_3", date(2026, 11, 30)),
    ]  # fmt: skip
    assert make_due(tokyo) == 0, "due minus done: the second run makes none"


def test_the_task_goes_through_every_hub(tokyo, osaka):
    from django.utils import timezone

    today = timezone.localdate()
    on = today.replace(year=today.year - 1, day=min(today.day, 28))
    for hub in (tokyo, osaka):
        make_closed_case(hub=hub, on=on, received_on=date(2020, 4, 1))
    tasks.make_due_follow_ups()
    tasks.make_due_follow_ups()
    assert [len(follow_ups_of(hub)) for hub in (tokyo, osaka)] == [1, 1]


@pytest.mark.parametrize("resolution", ["unsolved", "unknown"])
def test_a_case_that_brought_nothing_is_not_followed(tokyo, resolution):
    make_closed_case(hub=tokyo, on=date(2026, 8, 20), resolution=resolution)
    assert make_due(tokyo) == 0


def test_what_should_have_been_asked_long_ago_stays_unasked(tokyo):
    make_closed_case(hub=tokyo, on=date(2026, 7, 1))  # three months later was 1 October
    assert make_due(tokyo) == 0


def test_recording_an_outcome_of_that_time_does_the_follow_up(client, tokyo, coordinator):
    case = make_closed_case(hub=tokyo, on=date(2026, 8, 20))
    make_due(tokyo)
    client.force_login(coordinator)
    page = client.get(f"/hubs/tokyo/cases/{case.pk}/").content.decode()
    assert "outcomes/new/?as_of=months_3" in page
    client.post(f"/hubs/tokyo/cases/{case.pk}/outcomes/new/", SENT | CONFIRMED | {"as_of": "months_3"})
    (follow_up,), (outcome,) = follow_ups_of(tokyo), outcomes_of(tokyo)
    assert (follow_up.ending, follow_up.outcome_id, follow_up.ended_by) == ("done", outcome.pk, coordinator)


def test_an_outcome_known_before_its_follow_up_is_made_needs_none(tokyo):
    case = make_closed_case(hub=tokyo, on=date(2026, 8, 20))
    make_outcome(case=case, as_of="months_3")
    assert make_due(tokyo) == 0


def test_an_outcome_taken_back_makes_its_follow_up_due_again(client, tokyo, coordinator):
    case = make_closed_case(hub=tokyo, on=date(2026, 8, 20))
    make_due(tokyo)
    client.force_login(coordinator)
    client.post(f"/hubs/tokyo/cases/{case.pk}/outcomes/new/", SENT | {"as_of": "months_3"})
    (outcome,) = outcomes_of(tokyo)
    client.post(f"/hubs/tokyo/outcomes/{outcome.pk}/deletion/", {"version": "1"})
    assert [row.ending for row in follow_ups_of(tokyo)] == [""]
    assert client.get(f"/hubs/tokyo/outcomes/{outcome.pk}/").status_code == 404


def test_a_follow_up_is_skipped_with_a_reason_only(client, tokyo, coordinator):
    follow_up = make_follow_up(case=make_closed_case(hub=tokyo, on=date(2026, 8, 10)))
    client.force_login(coordinator)
    skipping = f"/hubs/tokyo/follow-ups/{follow_up.pk}/skipping/"
    assert client.post(skipping, {"reason": " "}).status_code == 422
    assert client.post(skipping, {"reason": "廃業したため"}).status_code == 302
    assert [(row.ending, row.reason) for row in follow_ups_of(tokyo)] == [("skipped", "廃業したため")]
    page = client.post(skipping, {"reason": "もう一度"}, follow=True).content.decode()
    assert "すでに済んでいるか取り消されています" in page


def test_reopening_a_case_cancels_what_is_pending_and_a_second_end_is_followed_anew(tokyo, coordinator):
    case = make_closed_case(hub=tokyo, on=date(2026, 8, 20))
    make_due(tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        case = actions.move_case(case=case, move="reopen", version=1, by=coordinator, at=NOW, on=TODAY)
        assert [row.ending for row in FollowUp.objects.all()] == ["cancelled"]
        solved = {"move": "solve", "version": 2, "on": date(2026, 8, 20), "by": coordinator, "at": NOW}
        actions.move_case(case=case, **solved)
    assert make_due(tokyo) == 1
    assert sorted(row.ending for row in follow_ups_of(tokyo)) == ["", "cancelled"]


def test_the_database_refuses_a_follow_up_that_ends_without_saying_how(tokyo, coordinator):
    make_follow_up(case=make_closed_case(hub=tokyo, on=date(2026, 8, 10)))
    for changes in ({"ending": "done"}, {"ending": "skipped", "ended_at": NOW, "ended_by": coordinator}):
        with entered(Scope.of_hub(tokyo.pk)), pytest.raises(IntegrityError), transaction.atomic():
            FollowUp.objects.update(**changes)


# ---- who else


def test_osaka_sees_and_changes_nothing_of_tokyos_outcomes(client, tokyo, osaka_coordinator):
    case = make_closed_case(hub=tokyo, on=date(2026, 8, 10))
    outcome, follow_up = make_outcome(case=case), make_follow_up(case=case)
    client.force_login(osaka_coordinator)
    paths = (f"outcomes/{outcome.pk}/", f"outcomes/{outcome.pk}/deletion/", f"follow-ups/{follow_up.pk}/skipping/",
             f"cases/{case.pk}/outcomes/new/", f"cases/{case.pk}/similar/")  # fmt: skip
    for hub in ("tokyo", "osaka"):
        for path in paths:
            assert client.post(f"/hubs/{hub}/{path}", SENT | {"reason": "x"}).status_code in (404, 405), path
    assert [row.deleted_at for row in outcomes_of(tokyo)] == [None]


def test_the_database_refuses_an_outcome_under_another_hubs_case(tokyo, osaka):
    foreign = making.make_case(hub=osaka)
    outcome = make_outcome(case=make_closed_case(hub=tokyo, on=date(2026, 8, 10)))
    with entered(Scope.nationwide()), connection.cursor() as cursor:
        Outcome.objects.filter(pk=outcome.pk).update(case=foreign)
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_the_trail_says_what_was_done_and_nothing_of_what_was_written(client, tokyo, coordinator):
    case = make_closed_case(hub=tokyo, on=date(2026, 11, 9))
    client.force_login(coordinator)
    client.post(f"/hubs/tokyo/cases/{case.pk}/outcomes/new/", SENT | CONFIRMED)
    with entered(Scope.of_hub(tokyo.pk)):
        line = Entry.objects.get(action="outcome.recorded")
    assert line.detail == {"kind": "sales", "confirmed": True}


def test_the_month_of_an_outcome_is_touched(tokyo):
    with entered(Scope.of_hub(tokyo.pk)):
        case = make_closed_case(hub=tokyo, on=date(2026, 8, 10))
        TouchedMonth.objects.all().delete()
        make_outcome(case=case)
        Outcome.objects.update(measured_on=date(2026, 10, 5))
        assert {row.month for row in TouchedMonth.objects.all()} == {date(2026, 11, 1), date(2026, 10, 1)}
