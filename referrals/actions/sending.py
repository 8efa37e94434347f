"""Sending, sending again, stopping the link, calling back."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from accounts.models import User
from audit import trail
from consultations.actions import move_case
from consultations.choices import CaseMove
from consultations.models import Case, ProgramRules
from consultations.workflow import CASE
from foundation.errors import MoveRefused
from hubs.tenancy import hash_of
from letters import actions as letters
from referrals import emails, queries
from referrals.actions.steps import add_step, day_of, keep, refuse_forgotten, taken
from referrals.choices import ReferralMove as Move
from referrals.choices import ReferralState
from referrals.models import Referral, ReferralLink
from referrals.workflow import REFERRAL, UNSENT


class ConsentMissing(Exception):
    """The client's consent is not recorded, or was given after the day of sending."""


class ConsentWithdrawn(ConsentMissing):
    """The client has taken back the consent to being handed on, and has given none since."""


@transaction.atomic
def send(*, referral: Referral, version: int, by: User, at: dt.datetime) -> Referral:
    """Send it: a copy of what the client consented to, a link, a letter; the case goes to 紹介中 where that is allowed.
    Raises Edited, MoveRefused, ConsentMissing, ConsentWithdrawn, Anonymised."""
    current = taken(referral, version)
    refuse_forgotten(current)
    current.state = REFERRAL.after(current.state, Move.SEND)
    today = day_of(at)
    if not current.has_consent or current.consented_on is None or current.consented_on > today:
        raise ConsentMissing
    _refuse_taken_back(current)
    if current.sent_on is None:
        current.sent_on, current.shared = today, queries.snapshot(current)
    keep(current, at, "state", "sent_on", "shared")
    add_step(current, Move.SEND, by=by, at=at)
    _write(current, at)
    trail.record("referral.sent", by=by, at=at, on=current, fields=sorted(current.shared))
    _move_case(current, by, at)
    return current


@transaction.atomic
def resend(*, referral: Referral, version: int, by: User, at: dt.datetime) -> Referral:
    """The same once more, by a new link: the old one ends. Raises Edited, MoveRefused, ConsentWithdrawn, Anonymised."""
    current = taken(referral, version)
    refuse_forgotten(current)
    if current.state in UNSENT:
        raise MoveRefused("nothing was sent, or it was called back")
    _refuse_taken_back(current)
    if current.state == ReferralState.EXPIRED:
        current.state, current.chased = REFERRAL.after(current.state, Move.SEND), 0  # asked anew, chased anew
    keep(current, at, "state", "chased")
    add_step(current, "resent", by=by, at=at)
    _write(current, at)
    trail.record("referral.resent", by=by, at=at, on=current)
    return current


@transaction.atomic
def revoke(*, referral: Referral, version: int, by: User, at: dt.datetime) -> Referral:
    """Stop the link. Nobody is chased for what they cannot open. Raises Edited."""
    current = taken(referral, version)
    if end_links(current, at):
        keep(current, at)
        add_step(current, "revoked", by=by, at=at)
        trail.record("referral.revoked", by=by, at=at, on=current)
    return current


@transaction.atomic
def cancel(*, referral: Referral, version: int, reason: str, by: User, at: dt.datetime) -> Referral:
    """Call it back: the link opens nothing any more. Raises Edited, MoveRefused."""
    current = taken(referral, version)
    current.state = REFERRAL.after(current.state, Move.CANCEL)
    current.reason = reason
    end_links(current, at)
    keep(current, at, "state", "reason")
    add_step(current, Move.CANCEL, by=by, at=at, note=reason)
    trail.record("referral.cancelled", by=by, at=at, on=current)
    return current


def new_link(referral: Referral, at: dt.datetime) -> ReferralLink:
    """A key that lives as long as headquarters says; the one before ends."""
    end_links(referral, at)
    days = ProgramRules.objects.on(day_of(at)).link_days
    link = ReferralLink(hub_id=referral.hub_id, referral=referral, seed=uuid.uuid4(), made_at=at)
    link.expires_at, link.token_hash = at + dt.timedelta(days=days), hash_of(link.token)
    link.save(force_insert=True)
    return link


def end_links(referral: Referral, at: dt.datetime, *, over_only: bool = False) -> int:
    """Stop every link of a referral, or those whose time is over; how many there were."""
    rows = ReferralLink.objects.filter(hub_id=referral.hub_id, referral=referral, revoked_at__isnull=True)
    return (rows.filter(expires_at__lte=at) if over_only else rows).update(revoked_at=at)


def post(referral: Referral, key: str, text: emails.Text, at: dt.datetime) -> None:
    """A letter to the other agency. It holds a key, so its text goes when it has gone."""
    letters.post(
        key=key, hub=referral.hub, to=referral.recipient_email, subject=text.subject, body=text.body,
        is_secret=True, at=at,
    )  # fmt: skip


def _refuse_taken_back(referral: Referral) -> None:
    if queries.is_taken_back(referral):
        raise ConsentWithdrawn


def _write(referral: Referral, at: dt.datetime) -> None:
    referral.letters += 1
    referral.save(update_fields=["letters"])
    text = emails.sent(referral, new_link(referral, at))
    post(referral, f"referral:{referral.pk}:sent:{referral.letters}", text, at)


def _move_case(referral: Referral, by: User, at: dt.datetime) -> None:
    case = Case.objects.get(pk=referral.case_id)
    if CaseMove.REFER in CASE.possible(case.state):
        move_case(case=case, move=CaseMove.REFER, version=case.version, by=by, at=at, on=day_of(at))
