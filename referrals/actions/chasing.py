"""Asking again, and what happens when nobody answered."""

from __future__ import annotations

import contextlib
import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from audit import trail
from consultations.actions import Anonymised, revise_case
from consultations.models import Case
from consultations.workflow import CLOSED
from letters import actions as letters
from referrals import emails, queries
from referrals.actions.sending import end_links, new_link, post
from referrals.actions.steps import add_step, day_of, keep
from referrals.choices import ReferralMove as Move
from referrals.choices import ReferralState
from referrals.models import TOLD, Referral, ReferralLink
from referrals.workflow import OPEN, REFERRAL


@transaction.atomic
def chase(*, referral_id: int, number: int, at: dt.datetime) -> bool:
    """Ask for the `number`th time, unless that was done, an answer came meanwhile or the client took the consent back.
    The letter's key makes it one letter, whoever else is at it."""
    current = _waiting(referral_id)
    if current is None or current.state != ReferralState.SENT or current.chased >= number:
        return False
    if current.is_forgotten or queries.is_taken_back(current):
        return False
    link = ReferralLink.objects.filter(hub_id=current.hub_id, referral=current, revoked_at__isnull=True).first()
    if link is None:
        return False
    if not link.is_alive(at):
        link = new_link(current, at)
    current.chased = number
    keep(current, at, "chased")
    add_step(current, "chased", by=None, at=at)
    anew = f":{current.letters}" if current.letters > 1 else ""  # sent again, it is chased by letters of its own
    post(current, f"referral:{current.pk}:chase:{number}{anew}", emails.chase(current, link), at)
    trail.record("referral.chased", by=None, at=at, on=current, count=number)
    return True


@transaction.atomic
def end_link(*, referral_id: int, at: dt.datetime) -> bool:
    """The link's time is over and something is still awaited: without any answer the referral expires; either way the
    coordinator of the case has something to do. A link that was renewed since it was found is not over."""
    current = _waiting(referral_id)
    if current is None or current.state not in OPEN or not end_links(current, at, over_only=True):
        return False
    unanswered = current.state == ReferralState.SENT
    if unanswered:
        current.state = REFERRAL.after(current.state, Move.EXPIRE)
    keep(current, at, "state")
    add_step(current, Move.EXPIRE if unanswered else "link_ended", by=None, at=at)
    trail.record("referral.expired" if unanswered else "referral.link_ended", by=None, at=at, on=current)
    asked = _("%s から回答がないため、次の手を決める") if unanswered else _("%s に支援の結果を確かめる")
    _give_something_to_do(current, at, asked)
    return True


@transaction.atomic
def tell_answer(*, referral_id: int, at: dt.datetime) -> bool:
    """The agency has brought it to an end: whoever leads the case is told by mail, and has something to do. Once for
    each end, whoever else is at it."""
    current = _waiting(referral_id)
    if current is None or current.is_forgotten or not queries.is_untold(current):
        return False
    step = add_step(current, TOLD, by=None, at=at)
    lead = Case.objects.select_related("lead").get(pk=current.case_id).lead
    text = emails.answered(current, lead)
    letters.post(
        key=f"referral:{current.pk}:told:{step.pk}", hub=current.hub, to=lead.email, subject=text.subject,
        body=text.body, at=at,
    )  # fmt: skip
    trail.record("referral.answer_told", by=None, at=at, on=current)
    _give_something_to_do(current, at, _("%s の回答を確かめて、次の手を決める"))
    return True


@transaction.atomic
def stop_link(*, referral_id: int, at: dt.datetime) -> bool:
    """The client took back the consent to being handed on: the link ends, and the coordinator of the case speaks with
    the agency. What it has been told so far stays as it is. A forgotten client's link ends, and that is all."""
    current = _waiting(referral_id)
    if current is None or not (current.is_forgotten or queries.is_taken_back(current)) or not end_links(current, at):
        return False
    keep(current, at)
    add_step(current, "withdrawn", by=None, at=at)
    trail.record("referral.link_stopped", by=None, at=at, on=current)
    if not current.is_forgotten:
        _give_something_to_do(current, at, _("提供の同意が撤回されたため、%s への依頼をどうするか決める"))
    return True


def _waiting(referral_id: int) -> Referral | None:
    rows = Referral.objects.select_for_update(of=("self",), skip_locked=True).select_related("hub", "organization")
    return rows.filter(pk=referral_id).first()


def _give_something_to_do(referral: Referral, at: dt.datetime, asked: str) -> None:
    """What somebody has planned for the case already stays. `asked`: with a place for the agency's name."""
    case = Case.objects.get(pk=referral.case_id)
    if case.next_action or case.state in CLOSED:
        return
    with contextlib.suppress(Anonymised):  # with whoever was forgotten there is nothing left to do
        revise_case(
            case=case, version=case.version, by=None, at=at,
            next_action=(asked % referral.organization.name)[:200], next_due_on=day_of(at) + dt.timedelta(days=7),
        )  # fmt: skip
