"""The clock: asked again at 9, 21 and 45 days while nobody answers; ended with the link; each letter once."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from consultations.models import ProgramRules
from hubs.tenancy import Scope, entered
from letters.models import Letter
from referrals import actions, queries, tasks
from referrals.choices import ReferralMove, ReferralState
from referrals.models import Referral, ReferralLink
from tests import making
from tests.referrals.making import fresh, make_sent, token_of


@pytest.fixture
def on_day(monkeypatch, now):
    """Let the beat run so many days after the sending."""

    def run(days: int) -> datetime:
        at = now + timedelta(days=days)
        monkeypatch.setattr("referrals.tasks.timezone.now", lambda: at)
        tasks.chase_due()
        tasks.end_links()
        return at

    return run


def keys(hub) -> list[str]:
    with entered(Scope.of_hub(hub.pk)):
        return [letter.key.split(":", 2)[2] for letter in Letter.objects.order_by("pk")]


def test_who_does_not_answer_is_asked_three_times(tokyo, now, on_day):
    referral = make_sent(hub=tokyo, at=now)
    asked = {}
    for day in range(61):
        before = len(keys(tokyo))
        on_day(day)
        if len(keys(tokyo)) > before:
            asked[day] = keys(tokyo)[-1]
    assert asked == {9: "chase:1", 21: "chase:2", 45: "chase:3"}
    assert fresh(referral).state == ReferralState.EXPIRED, "after the last letter and the end of the link"


def test_running_twice_writes_nothing_twice(tokyo, now, on_day):
    make_sent(hub=tokyo, at=now)
    for _ in range(3):
        on_day(9)
    assert keys(tokyo) == ["sent:1", "chase:1"]


def test_what_was_missed_is_made_up_for_by_one_letter(tokyo, now, on_day):
    make_sent(hub=tokyo, at=now)
    on_day(30)
    assert keys(tokyo) == ["sent:1", "chase:2"]
    on_day(45)
    assert keys(tokyo)[-1] == "chase:3"


@pytest.mark.parametrize("move", [ReferralMove.RECEIVE, ReferralMove.START, ReferralMove.DECLINE])
def test_any_answer_ends_the_chase(tokyo, now, on_day, move):
    referral = make_sent(hub=tokyo, at=now)
    on_day(9)
    with entered(Scope.of_hub(tokyo.pk)):
        by = making.staff_of(tokyo)
        actions.answer(referral=referral, move=move, client_id=uuid.uuid4(), by=by, at=now, note="x")
    on_day(21)
    on_day(45)
    assert keys(tokyo) == ["sent:1", "chase:1"]


def test_nobody_is_chased_for_a_link_that_was_stopped(tokyo, now, on_day):
    referral = make_sent(hub=tokyo, at=now)
    with entered(Scope.of_hub(tokyo.pk)):
        actions.revoke(referral=referral, version=fresh(referral).version, by=making.staff_of(tokyo), at=now)
    on_day(45)
    assert keys(tokyo) == ["sent:1"]


def test_the_chase_brings_the_same_link_and_a_new_one_where_it_has_ended(tokyo, now, on_day, headquarters):
    referral = make_sent(hub=tokyo, at=now)
    first = token_of(referral)
    on_day(9)
    with entered(Scope.of_hub(tokyo.pk)):
        assert f"/answers/{first}/" in Letter.objects.get(key=f"referral:{referral.pk}:chase:1").body
        ReferralLink.objects.update(expires_at=now + timedelta(days=20))
    on_day(21)
    second = token_of(referral)
    assert second != first
    with entered(Scope.of_hub(tokyo.pk)):
        assert f"/answers/{second}/" in Letter.objects.get(key=f"referral:{referral.pk}:chase:2").body


def test_headquarters_sets_the_days(tokyo, now, on_day, headquarters):
    ProgramRules.objects.create(
        valid_from=now.date(), chase_days=[2, 4, 6], link_days=8, set_by=headquarters, set_at=now
    )
    referral = make_sent(hub=tokyo, at=now)
    for day in range(9):
        on_day(day)
    assert keys(tokyo) == ["sent:1", "chase:1", "chase:2", "chase:3"]
    assert fresh(referral).state == ReferralState.EXPIRED


def test_an_expired_referral_gives_its_coordinator_something_to_do(tokyo, now, on_day):
    referral = make_sent(hub=tokyo, at=now)
    for day in (9, 21, 45):
        on_day(day)
    at = on_day(61)
    case = fresh(referral).case
    assert case.next_action.startswith(fresh(referral).organization.name)
    assert case.next_due_on == at.date() + timedelta(days=7)


def test_what_was_planned_for_the_case_stays(tokyo, now, on_day):
    case = making.make_case(hub=tokyo, next_action="電話する")
    referral = make_sent(hub=tokyo, at=now, case=case)
    for day in (9, 21, 45, 61):
        on_day(day)
    assert fresh(referral).case.next_action == "電話する"


def test_an_answered_referral_without_result_is_asked_after_when_the_link_ends(tokyo, now, on_day):
    referral = make_sent(hub=tokyo, at=now)
    with entered(Scope.of_hub(tokyo.pk)):
        by = making.staff_of(tokyo)
        actions.answer(referral=referral, move=ReferralMove.START, client_id=uuid.uuid4(), by=by, at=now)
    on_day(61)
    on_day(62)
    assert fresh(referral).state == ReferralState.ACTIVE
    assert fresh(referral).case.next_action
    with entered(Scope.of_hub(tokyo.pk)):
        assert referral.steps.filter(what="link_ended").count() == 1


def test_a_late_answer_by_telephone_still_counts(tokyo, now, on_day):
    referral = make_sent(hub=tokyo, at=now)
    for day in (9, 21, 45, 61):
        on_day(day)
    with entered(Scope.of_hub(tokyo.pk)):
        by = making.staff_of(tokyo)
        actions.answer(referral=referral, move=ReferralMove.SUPPORT, client_id=uuid.uuid4(), by=by, at=now)
    assert fresh(referral).state == ReferralState.SUPPORTED


def test_a_link_that_was_renewed_meanwhile_is_not_ended(tokyo, now):
    referral = make_sent(hub=tokyo, at=now)
    by, later = making.staff_of(tokyo), now + timedelta(days=61)
    with entered(Scope.of_hub(tokyo.pk)):
        actions.answer(referral=referral, move=ReferralMove.START, client_id=uuid.uuid4(), by=by, at=now)
        found = list(queries.links_ended(hub_id=tokyo.pk, at=later, today=later.date()))
        assert found == [referral.pk]
        actions.resend(referral=referral, version=fresh(referral).version, by=by, at=later)
        assert not actions.end_link(referral_id=referral.pk, at=later)
        assert ReferralLink.objects.get(revoked_at__isnull=True).is_alive(later)
    assert not fresh(referral).case.next_action


def test_who_was_sent_it_again_after_its_end_is_chased_again(tokyo, now, on_day):
    referral = make_sent(hub=tokyo, at=now)
    for day in (9, 21, 45, 61):
        on_day(day)
    assert fresh(referral).state == ReferralState.EXPIRED
    with entered(Scope.of_hub(tokyo.pk)):
        current = fresh(referral)
        actions.resend(
            referral=current, version=current.version, by=making.staff_of(tokyo), at=now + timedelta(days=70)
        )
    on_day(78)
    assert fresh(referral).chased == 0
    before = len(keys(tokyo))
    on_day(79)
    assert fresh(referral).chased == 1
    assert len(keys(tokyo)) == before + 1


def test_whoever_leads_the_case_is_told_once_what_came_of_it(tokyo, now, on_day):
    referral = make_sent(hub=tokyo, at=now)
    with entered(Scope.of_link(token_of(referral))):
        mine = Referral.by_link.get()
        actions.answer(referral=mine, move=ReferralMove.START, client_id=uuid.uuid4(), by=None, at=now)
    tasks.tell_answers()
    assert len(keys(tokyo)) == 1, "work in progress is no news"
    with entered(Scope.of_link(token_of(referral))):
        mine = Referral.by_link.get()
        actions.answer(referral=mine, move=ReferralMove.SUPPORT, client_id=uuid.uuid4(), by=None, at=now)
    for _ in range(3):
        tasks.tell_answers()
    with entered(Scope.of_hub(tokyo.pk)):
        letter = Letter.objects.order_by("pk").last()
        case = fresh(referral).case
        assert Letter.objects.count() == 2
        assert letter.to == making.staff_of(tokyo).email
        assert "みなと食堂" not in letter.body
        assert "回答を確かめて" in case.next_action
