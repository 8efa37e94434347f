"""What the other agency says and does: by its link, or told to somebody of the hub who writes it down."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from accounts.models import User
from audit import trail
from foundation.errors import MoveRefused
from referrals.actions.steps import add_step, day_of, keep, refuse_forgotten, taken
from referrals.choices import ReferralMove, ReferralState
from referrals.models import Referral, ReferralStep, ReferralWork
from referrals.workflow import ANSWERS, FINISHED, REASONED, REFERRAL, UNSENT


class ReasonMissing(Exception):
    """Who declines says why."""


@transaction.atomic
def answer(
    *, referral: Referral, move: str, client_id: uuid.UUID, by: User | None, at: dt.datetime, note: str = ""
) -> bool:
    """Take an answer. `by` nobody: the agency itself, in the scope of its link. False if this very answer is known.
    Raises MoveRefused, ReasonMissing, Anonymised."""
    current = _taken(referral, by)
    steps = ReferralStep.by_link if by is None else ReferralStep.objects
    if steps.filter(hub_id=current.hub_id, referral=current, client_id=client_id).exists():
        return False
    current.state = REFERRAL.after(current.state, ReferralMove(move))
    if move in REASONED and not note:
        raise ReasonMissing
    assert ReferralMove(move) in ANSWERS
    today = day_of(at)
    current.answered_on = current.answered_on or today
    current.finished_on = today if current.state in FINISHED else None
    current.reason = note[:400] if current.state == ReferralState.DECLINED else ""
    keep(current, at, "state", "answered_on", "finished_on", "reason")
    add_step(current, move, by=by, at=at, note=note, is_agencys=True, client_id=client_id)
    trail.record("referral.answered", by=by, at=at, on=current, what=move, via="link" if by is None else "hub")
    return True


@transaction.atomic
def log_work(
    *,
    referral: Referral,
    client_id: uuid.UUID,
    worked_on: dt.date,
    times: int,
    content: str,
    by: User | None,
    at: dt.datetime,
) -> bool:
    """What was done, on a day. Whoever works has taken it up: an unanswered referral is answered by it. False if this
    very entry is known. Raises MoveRefused, Anonymised."""
    current = _taken(referral, by)
    if current.state in UNSENT:
        raise MoveRefused("nothing was sent, or it was called back")
    works = ReferralWork.by_link if by is None else ReferralWork.objects
    if works.filter(hub_id=current.hub_id, referral=current, client_id=client_id).exists():
        return False
    ReferralWork.objects.create(
        hub_id=current.hub_id, referral=current, client_id=client_id, worked_on=worked_on, times=times,
        content=content, typed_at=at, typed_by=by,
    )  # fmt: skip
    keep(current, at)
    trail.record("referral.work_logged", by=by, at=at, on=current, count=times, via="link" if by is None else "hub")
    if current.state in (ReferralState.SENT, ReferralState.RECEIVED, ReferralState.EXPIRED):
        answer(referral=current, move=ReferralMove.START, client_id=client_id, by=by, at=at)
    return True


@transaction.atomic
def strike_work(*, work: ReferralWork, by: User, at: dt.datetime) -> None:
    """Take an entry out of the count. It stays to be seen, with who struck it out."""
    current = taken(work.referral)
    row = ReferralWork.objects.select_for_update(of=("self",)).get(pk=work.pk)
    if row.struck_at is None:
        row.struck_at, row.struck_by = at, by
        row.save(update_fields=["struck_at", "struck_by"])
        keep(current, at)
        trail.record("referral.work_struck", by=by, at=at, on=row)


def _taken(referral: Referral, by: User | None) -> Referral:
    rows = Referral.by_link if by is None else Referral.objects
    current = rows.select_for_update(of=("self",)).get(pk=referral.pk)
    refuse_forgotten(current)
    return current
