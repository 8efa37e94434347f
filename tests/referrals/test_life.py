"""A referral is written, consented to, sent, answered, worked on, called back: by the table, and held by the database."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from consultations.actions import Edited
from consultations.models import Case
from foundation.errors import MoveRefused
from hubs.tenancy import Scope, entered, hash_of
from letters.models import Letter
from referrals import actions
from referrals.actions import ConsentGiven, ConsentMissing, WrittenOtherwise
from referrals.actions.answering import ReasonMissing
from referrals.actions.preparing import WRITTEN, given
from referrals.choices import ReferralMove, ReferralState, Shared
from referrals.models import Referral, ReferralLink, ReferralStep, ReferralWork
from referrals.workflow import ANSWERED, ANSWERS, FINISHED, OPEN, REFERRAL, answers_open_in
from tests import making
from tests.referrals.making import AGENCY, fresh, make_referral, make_sent


def answer(referral: Referral, move: str, at, note: str = "") -> Referral:
    """By telephone."""
    by = making.staff_of(referral.hub)
    actions.answer(referral=referral, move=move, client_id=uuid.uuid4(), by=by, at=at, note=note)
    return fresh(referral)


# ---- the table


def test_every_state_is_reached_and_every_answer_has_its_state():
    assert REFERRAL.states() == set(ReferralState)
    assert set(ANSWERS.values()) == ANSWERED
    assert OPEN | FINISHED | {ReferralState.CANCELLED, ReferralState.EXPIRED} == set(ReferralState)
    assert not answers_open_in(ReferralState.CANCELLED)
    assert not answers_open_in(ReferralState.PREPARED)


def test_the_drawing_in_the_docs_is_printed_from_the_table():
    page = (Path(settings.BASE_DIR) / "docs" / "referrals.md").read_text()
    assert page.split("```mermaid\n", 1)[1].split("```", 1)[0].rstrip() == "\n".join(REFERRAL.drawing())


@pytest.mark.parametrize("move", list(ANSWERS))
def test_each_answer_leads_to_its_state_and_its_days(in_tokyo, now, move):
    referral = answer(make_sent(hub=in_tokyo, at=now), move, now + timedelta(days=3), note="わけ")
    assert referral.state == ANSWERS[move]
    assert referral.answered_on == date(2026, 11, 23)
    assert (referral.finished_on is not None) == (referral.state in FINISHED)


def test_what_was_finished_may_be_taken_up_again(in_tokyo, now):
    referral = make_sent(hub=in_tokyo, at=now)
    answer(referral, ReferralMove.MISS, now)
    referral = answer(referral, ReferralMove.START, now + timedelta(days=1))
    assert (referral.state, referral.finished_on) == (ReferralState.ACTIVE, None)
    assert referral.answered_on == now.date(), "the first answer stays the first"


def test_a_move_that_is_not_in_the_table_does_not_exist(in_tokyo, now):
    referral = make_referral(hub=in_tokyo)
    with pytest.raises(MoveRefused):
        answer(referral, ReferralMove.RECEIVE, now)


def test_who_declines_says_why(in_tokyo, now):
    referral = make_sent(hub=in_tokyo, at=now)
    with pytest.raises(ReasonMissing), transaction.atomic():
        answer(referral, ReferralMove.DECLINE, now)
    assert answer(referral, ReferralMove.DECLINE, now, note="担当者がいない").reason == "担当者がいない"


# ---- consent


def test_nothing_is_sent_without_consent(in_tokyo, coordinator, now):
    referral = make_referral(hub=in_tokyo, consented=False)
    with pytest.raises(ConsentMissing), transaction.atomic():
        actions.send(referral=referral, version=1, by=coordinator, at=now)
    assert not Letter.objects.exists()
    assert fresh(referral).state == ReferralState.PREPARED


def test_nor_past_the_program(in_tokyo, now):
    referral = make_referral(hub=in_tokyo, consented=False)
    for hostile in ({"state": "sent", "sent_on": now.date()}, {"shared": {"name": "x"}}, {"sent_on": now.date()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Referral.objects.filter(pk=referral.pk).update(**hostile)


def test_a_consent_of_tomorrow_is_none(in_tokyo, coordinator, now):
    referral = make_referral(hub=in_tokyo, consented=False)
    consent = ConsentGiven(now.date() + timedelta(days=1), "oral")
    referral = actions.revise(referral=referral, version=1, by=coordinator, at=now, consent=consent)
    with pytest.raises(ConsentMissing), transaction.atomic():
        actions.send(referral=referral, version=2, by=coordinator, at=now)


def test_only_what_was_consented_to_is_shared(in_tokyo, now):
    referral = fresh(make_sent(hub=in_tokyo, at=now, fields=[Shared.NAME, Shared.OUTLINE]))
    assert referral.shared == {"name": "株式会社みなと食堂", "outline": "運転資金が足りない。"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(shared={"name": "x", "phone": "0312345678"})


def test_what_was_shared_is_a_copy_of_that_day(in_tokyo, now):
    referral = make_sent(hub=in_tokyo, at=now)
    client = fresh(referral).enterprise
    client.name = "別の名前"
    client.save()
    assert fresh(referral).shared["name"] == "株式会社みなと食堂"


# ---- sending


def test_sending_writes_a_letter_that_names_no_client(in_tokyo, now):
    referral = make_sent(hub=in_tokyo, at=now)
    (letter,) = Letter.objects.all()
    assert (letter.to, letter.key, letter.is_secret) == (AGENCY, f"referral:{referral.pk}:sent:1", True)
    link = ReferralLink.objects.get()
    assert f"/answers/{link.token}/" in letter.body
    for told in ("みなと食堂", "港", "0312345678", "運転資金", "融資"):
        assert told not in letter.body + letter.subject


def test_only_the_hash_of_a_link_is_stored(in_tokyo, now):
    make_sent(hub=in_tokyo, at=now)
    link = ReferralLink.objects.get()
    assert link.token_hash == hash_of(link.token) != link.token
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(l)::text || (SELECT string_agg(to_jsonb(a)::text, '') FROM audit_entry a)"
                       " FROM referrals_referrallink l")  # fmt: skip
        assert link.token not in cursor.fetchone()[0]


def test_the_case_goes_to_referred_where_that_is_allowed(in_tokyo, now):
    assert fresh(make_sent(hub=in_tokyo, at=now)).case.state == "referred"
    closed = making.make_case(hub=in_tokyo, state="solved", closed_on=date(2026, 11, 15), resolution="solved")
    assert fresh(make_sent(hub=in_tokyo, at=now, case=closed)).case.state == "solved"


def test_sending_twice_at_once_sends_once(in_tokyo, coordinator, now):
    referral = make_sent(hub=in_tokyo, at=now)
    with pytest.raises(Edited):
        actions.send(referral=referral, version=1, by=coordinator, at=now)
    assert Letter.objects.count() == 1


def test_the_same_form_twice_is_one_referral(in_tokyo, coordinator, now):
    referral = make_referral(hub=in_tokyo)
    again = {"case": fresh(referral).case, "client_id": referral.client_id, "by": coordinator, "at": now}
    written = {name: getattr(referral, name) for name in WRITTEN} | {"consent": given(referral)}
    assert actions.prepare(**again, **written).pk == referral.pk
    reordered = written | {"fields": list(reversed(referral.fields))}
    assert actions.prepare(**again, **reordered).pk == referral.pk, "what is handed over is a set"


@pytest.mark.parametrize(
    "change",
    [{"fields": [Shared.NAME]}, {"recipient_email": "other@shien.example"}, {"request": "別の依頼"}, {"consent": None}],
    ids=lambda change: next(iter(change)),
)
def test_the_same_form_with_something_else_in_it_is_not_the_same(in_tokyo, coordinator, now, change):
    referral = make_referral(hub=in_tokyo)
    written = {name: getattr(referral, name) for name in WRITTEN} | {"consent": given(referral)}
    with pytest.raises(WrittenOtherwise) as refused:
        actions.prepare(
            case=fresh(referral).case, client_id=referral.client_id, by=coordinator, at=now, **(written | change)
        )
    assert refused.value.twin.pk == referral.pk


def test_sending_again_ends_the_link_before(in_tokyo, coordinator, now):
    referral = make_sent(hub=in_tokyo, at=now)
    actions.resend(referral=referral, version=fresh(referral).version, by=coordinator, at=now + timedelta(days=1))
    assert Letter.objects.count() == 2
    assert ReferralLink.objects.filter(revoked_at__isnull=True).count() == 1
    assert ReferralLink.objects.count() == 2


def test_what_was_sent_is_not_rewritten(in_tokyo, coordinator, now):
    referral = make_sent(hub=in_tokyo, at=now)
    with pytest.raises(MoveRefused):
        actions.revise(referral=referral, version=fresh(referral).version, by=coordinator, at=now, request="x")


def test_calling_back_ends_the_link(in_tokyo, coordinator, now):
    referral = make_sent(hub=in_tokyo, at=now)
    actions.cancel(referral=referral, version=fresh(referral).version, reason="本人の希望", by=coordinator, at=now)
    assert fresh(referral).state == ReferralState.CANCELLED
    assert not ReferralLink.objects.filter(revoked_at__isnull=True).exists()


# ---- work


def test_work_answers_and_the_same_entry_twice_is_one(in_tokyo, coordinator, now):
    referral = make_sent(hub=in_tokyo, at=now)
    entry = {"client_id": uuid.uuid4(), "worked_on": now.date(), "times": 2, "content": "面談"}
    assert actions.log_work(referral=referral, by=coordinator, at=now, **entry)
    assert not actions.log_work(referral=referral, by=coordinator, at=now, **entry)
    assert fresh(referral).state == ReferralState.ACTIVE
    (work,) = ReferralWork.objects.all()
    actions.strike_work(work=work, by=coordinator, at=now)
    assert not ReferralWork.objects.standing().exists()


def test_a_referral_stays_within_its_hub(in_tokyo, osaka, now):
    referral = make_sent(hub=in_tokyo, at=now)
    elsewhere = making.make_case(hub=osaka)
    with transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(case_id=elsewhere.pk, enterprise_id=elsewhere.enterprise_id)
        with pytest.raises(IntegrityError):
            connection.check_constraints()
        transaction.set_rollback(True)
    with entered(Scope.of_hub(osaka.pk)):
        assert not Referral.objects.exists()
        assert not ReferralStep.objects.exists()
        assert not ReferralLink.objects.exists()
    assert Case.objects.exists()
