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
from referrals import emails
from referrals.actions.sending import end_links, new_link, post
from referrals.actions.steps import add_step, day_of, keep
from referrals.choices import ReferralMove as Move
from referrals.choices import ReferralState
from referrals.models import Referral, ReferralLink
from referrals.workflow import OPEN, REFERRAL


@transaction.atomic
def chase(*, referral_id: int, number: int, at: dt.datetime) -> bool:
    """Ask for the `number`th time, unless that was done or an answer came meanwhile. The letter's key makes it one
    letter, whoever else is at it."""
    current = _waiting(referral_id)
    if current is None or current.state != ReferralState.SENT or current.chased >= number:
        return False
    link = ReferralLink.objects.filter(hub_id=current.hub_id, referral=current, revoked_at__isnull=True).first()
    if link is None:
        return False
    if not link.is_alive(at):
        link = new_link(current, at)
    current.chased = number
    keep(current, at, "chased")
    add_step(current, "chased", by=None, at=at)
    post(current, f"referral:{current.pk}:chase:{number}", emails.chase(current, link), at)
    trail.record("referral.chased", by=None, at=at, on=current, count=number)
    return True


@transaction.atomic
def end_link(*, referral_id: int, at: dt.datetime) -> bool:
    """The link's time is over and something is still awaited: without any answer the referral expires; either way the
    coordinator of the case has something to do."""
    current = _waiting(referral_id)
    if current is None or current.state not in OPEN or not end_links(current, at):
        return False
    unanswered = current.state == ReferralState.SENT
    if unanswered:
        current.state = REFERRAL.after(current.state, Move.EXPIRE)
    keep(current, at, "state")
    add_step(current, Move.EXPIRE if unanswered else "link_ended", by=None, at=at)
    trail.record("referral.expired" if unanswered else "referral.link_ended", by=None, at=at, on=current)
    _give_something_to_do(current, at, unanswered)
    return True


def _waiting(referral_id: int) -> Referral | None:
    rows = Referral.objects.select_for_update(of=("self",), skip_locked=True).select_related("hub", "organization")
    return rows.filter(pk=referral_id).first()


def _give_something_to_do(referral: Referral, at: dt.datetime, unanswered: bool) -> None:
    """What somebody has planned for the case already stays."""
    case = Case.objects.get(pk=referral.case_id)
    if case.next_action or case.state in CLOSED:
        return
    asked = _("%s から回答がないため、次の手を決める") if unanswered else _("%s に支援の結果を確かめる")
    with contextlib.suppress(Anonymised):  # with whoever was forgotten there is nothing left to do
        revise_case(
            case=case, version=case.version, by=None, at=at,
            next_action=(asked % referral.organization.name)[:200], next_due_on=day_of(at) + dt.timedelta(days=7),
        )  # fmt: skip
