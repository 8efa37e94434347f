"""Verbs of this room: the life of an appointment, and headquarters' opening of a hub's records.

What breaks a rule of the tender raises Django's ValidationError, keyed by the field it belongs beside.
A move that the state does not allow raises foundation.errors.MoveRefused.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import save_account
from accounts.models import DemoAccountOutsideDemo, User
from audit import trail
from foundation.periods import FiscalYear
from foundation.turns import take_turn
from hubs.choices import AppointmentMove as Move
from hubs.choices import AppointmentState as State
from hubs.choices import Post, ReleaseGround, Role
from hubs.models import Appointment, AppointmentStep, FeeDefault, Hub, Membership, RecordOpening
from hubs.workflow import APPOINTMENT

OPENING_MINUTES = 60
SHORTEST_REASON = 10
CHIEF_DAYS = 3  # a week, at least (tender II ※1 ③)
ONE_CHIEF = "one_chief_per_hub_and_day"
_DONE = {
    Move.REQUEST: "appointment.requested",
    Move.AGREE: "appointment.agreed",
    Move.DECLINE: "appointment.declined",
    Move.WITHDRAW: "appointment.withdrawn",
    Move.CONTRACT: "appointment.contracted",
    Move.END: "appointment.ended",
    Move.RELEASE: "appointment.released",
}


@dataclass(frozen=True)
class Candidate:
    """Who is proposed. The name counts only for somebody who has no account yet."""

    email: str
    name: str = ""


@dataclass(frozen=True)
class Terms:
    """What is proposed."""

    post: str
    starts_on: dt.date
    ends_on: dt.date
    days_per_week: Decimal
    fee_yen: int
    reason: str = ""
    person_consented_on: dt.date | None = None


def broken_terms(terms: Terms, *, today: dt.date) -> dict[str, str]:
    """Which terms break a rule of the tender (II ※1, ※2): field → message. Empty when none does."""
    problems = _broken_period(terms, today)
    if terms.post == Post.CHIEF and terms.days_per_week < CHIEF_DAYS:
        problems["days_per_week"] = _("チーフコーディネーターの勤務日数は週3日以上です。")
    default = FeeDefault.objects.amount(FiscalYear.of(terms.starts_on), terms.post)
    if default is None:
        problems["fee_yen"] = _("この年度の報酬の原則額が登録されていません。全国本部に連絡してください。")
    elif terms.fee_yen < default and not terms.reason:
        problems["reason"] = _("報酬が原則額(月額%(yen)s円)を下回るときは、経済産業局と協議する理由が必要です。") % {
            "yen": f"{default:,}"
        }
    if terms.post == Post.ACTING_CHIEF and terms.person_consented_on is None:
        problems["person_consented_on"] = _("代理となる本人の承諾日を入力してください。")
    elif terms.person_consented_on is not None and terms.person_consented_on > today:
        problems["person_consented_on"] = _("承諾日は今日以前の日付です。")
    return problems


def _broken_period(terms: Terms, today: dt.date) -> dict[str, str]:
    year = FiscalYear.of(terms.starts_on)
    if abs(year.year - FiscalYear.of(today).year) > 1:
        return {"starts_on": _("前年度から翌年度までの日付を入力してください。")}
    if terms.ends_on < terms.starts_on:
        return {"ends_on": _("終了日は開始日以後の日付です。")}
    if terms.ends_on > year.last:
        return {"ends_on": _("契約期間は年度末(%(day)s)までです。") % {"day": year.last.isoformat()}}
    return {}


@transaction.atomic
def request_appointment(*, hub: Hub, candidate: Candidate, terms: Terms, by: Any, at: dt.datetime) -> Appointment:
    """Propose somebody to the bureau. A person without an account gets one that cannot sign in yet.
    Raises ValidationError."""
    today = timezone.localtime(at).date()
    if problems := broken_terms(terms, today=today):
        raise ValidationError(dict(problems))
    person = _person(candidate, by=by, at=at)
    _refuse_twice(hub, person, terms)
    if terms.post == Post.ACTING_CHIEF:
        _refuse_outsider(hub, person, today, field="email")
    appointment = Appointment.objects.create(
        hub=hub, person=person, state=State.REQUESTED, post=terms.post, starts_on=terms.starts_on,
        ends_on=terms.ends_on, days_per_week=terms.days_per_week, fee_yen=terms.fee_yen,
        fee_default_yen=FeeDefault.objects.amount(FiscalYear.of(terms.starts_on), terms.post),
        reason=terms.reason, requested_at=at, requested_by=by, person_consented_on=terms.person_consented_on,
    )  # fmt: skip
    _note(appointment, Move.REQUEST, by=by, at=at, note=terms.reason, post=terms.post, person=person.pk)
    return appointment


@transaction.atomic
def agree(*, appointment: Appointment, by: Any, at: dt.datetime, note: str = "") -> None:
    """The bureau designates: the person, the period, the days and the fee, as proposed."""
    _begin(appointment, Move.AGREE)
    appointment.agreed_at, appointment.agreed_by = at, by
    _finish(appointment, Move.AGREE, by=by, at=at, note=note)


@transaction.atomic
def decline(*, appointment: Appointment, by: Any, at: dt.datetime, note: str) -> None:
    """The bureau does not agree, and says why."""
    if not note:
        raise ValidationError({"note": _("同意しない理由を入力してください。")})
    _begin(appointment, Move.DECLINE)
    _finish(appointment, Move.DECLINE, by=by, at=at, note=note)


@transaction.atomic
def withdraw(*, appointment: Appointment, by: Any, at: dt.datetime, note: str = "") -> None:
    """The proposal is taken back, before a contract."""
    _begin(appointment, Move.WITHDRAW)
    _finish(appointment, Move.WITHDRAW, by=by, at=at, note=note)


@transaction.atomic
def contract(*, appointment: Appointment, starts_on: dt.date, by: Any, at: dt.datetime, note: str = "") -> Membership:
    """The body signs, from `starts_on` within the agreed period to its agreed end; the person's role begins
    and ends with it. Raises ValidationError when somebody else leads the hub on one of these days."""
    if not appointment.starts_on <= starts_on <= appointment.ends_on:
        raise ValidationError({"starts_on": _("合意した期間のなかの日付を入力してください。")})
    if appointment.post == Post.ACTING_CHIEF:
        _refuse_outsider(appointment.hub, appointment.person, timezone.localtime(at).date(), field=NON_FIELD_ERRORS)
    _begin(appointment, Move.CONTRACT)
    appointment.starts_on = starts_on
    try:
        _finish(appointment, Move.CONTRACT, by=by, at=at, note=note)
    except IntegrityError as problem:
        if ONE_CHIEF not in str(problem):
            raise
        raise ValidationError({"starts_on": _who_leads(appointment)}) from problem
    membership = Membership.objects.create(
        user=appointment.person, role=appointment.role, hub=appointment.hub,
        valid_from=appointment.starts_on, valid_to=appointment.ends_on,
    )  # fmt: skip
    trail.record("membership.made", by=by, at=at, on=membership, role=membership.role, until=membership.valid_to)
    return membership


@transaction.atomic
def end(*, appointment: Appointment, by: Any, at: dt.datetime, note: str = "") -> None:
    """The contract has run out. Not before its last day: whoever stops earlier is released."""
    if timezone.localtime(at).date() < appointment.ends_on:
        raise ValidationError(_("契約終了日の前に満了とすることはできません。途中で終えるときは契約を解除します。"))
    _begin(appointment, Move.END)
    _finish(appointment, Move.END, by=by, at=at, note=note)
    _cut_role(appointment, by=by, at=at)


@transaction.atomic
def release(
    *, appointment: Appointment, ground: str, released_on: dt.date, by: Any, at: dt.datetime, note: str = ""
) -> None:
    """The contract is ended on one of the seven grounds (※1 ④); `released_on` is its last day and the role's."""
    if ground not in ReleaseGround.values:
        raise ValidationError({"ground": _("解除の事由を7つのなかから選んでください。")})
    if not appointment.starts_on <= released_on <= appointment.ends_on:
        raise ValidationError({"released_on": _("契約期間のなかの日付を入力してください。")})
    _begin(appointment, Move.RELEASE)
    appointment.ends_on, appointment.release_ground = released_on, ground
    _finish(appointment, Move.RELEASE, by=by, at=at, note=note, ground=ground)
    _cut_role(appointment, by=by, at=at)


@transaction.atomic
def open_records(*, hub: Hub, by: Any, reason: str, at: dt.datetime) -> RecordOpening:
    """Headquarters opens a hub's records to itself, to be read for an hour. The hub sees who and why.
    Raises ValidationError when the reason says too little."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise ValidationError({"reason": _("理由を10文字以上で入力してください。")})
    expires_at = at + dt.timedelta(minutes=OPENING_MINUTES)
    opening = RecordOpening(hub=hub, user=by, reason=reason.strip(), opened_at=at, expires_at=expires_at)
    opening.save()
    trail.record("records.opened", by=by, at=at, on=opening, reason=opening.reason, until=expires_at)
    return opening


def _person(candidate: Candidate, *, by: Any, at: dt.datetime) -> User:
    """The account with this address, or a new one. Locked, so that two requests come one after the other."""
    email = candidate.email.strip().lower()
    found = User.objects.select_for_update().filter(email=email).first()
    if found is not None:
        if not found.is_active:
            raise ValidationError({"email": _("この利用者は停止されています。管理者に連絡してください。")})
        return found
    if not candidate.name:
        raise ValidationError({"name": _("まだ登録のない方です。氏名を入力してください。")})
    person = User(email=email, name=candidate.name)
    try:
        save_account(user=person, changed=["email", "name"], by=by, at=at)
    except DemoAccountOutsideDemo as problem:
        raise ValidationError({"email": _("このメールアドレスは使えません。")}) from problem
    except IntegrityError as problem:
        raise ValidationError({"email": _("同じ方がいま登録されました。もう一度送信してください。")}) from problem
    return person


def _refuse_twice(hub: Hub, person: User, terms: Terms) -> None:
    same = Appointment.objects.filter(hub=hub, post=terms.post).of_person(person)
    if same.alive_between(terms.starts_on, terms.ends_on).exists():
        raise ValidationError({"email": _("この方の同じ職の委嘱が、この期間に既にあります。")})


def _refuse_outsider(hub: Hub, person: User, today: dt.date, *, field: str) -> None:
    """An acting chief comes from among the hub's coordinators (※1 ⑥)."""
    of_hub = Membership.objects.of(person).filter(hub=hub, role=Role.COORDINATOR)
    if not of_hub.valid_on(today).exists():
        message = _("代理は、いまこの拠点のコーディネーターである方から選びます。")
        raise ValidationError({field: message})


def _who_leads(appointment: Appointment) -> str:
    period = (appointment.starts_on, appointment.ends_on)
    other = Appointment.objects.filter(hub=appointment.hub).leading_between(*period).exclude(pk=appointment.pk)
    leader = other.select_related("person").order_by("starts_on").first()
    if leader is None:
        return _("この期間には別のチーフコーディネーター又は代理の契約があります。")
    return _("%(from)sから%(to)sまで、%(name)s(%(post)s)の契約があります。重ならない日付にしてください。") % {
        "from": leader.starts_on.isoformat(), "to": leader.ends_on.isoformat(),
        "name": leader.person.name, "post": leader.get_post_display(),
    }  # fmt: skip


def _begin(appointment: Appointment, move: str) -> None:
    """Set the next state, from the state that the row has now: of two people only the first succeeds. One move of a
    hub's at a time: two chiefs that exclude each other would wait for each other, and the database end one of them."""
    take_turn(appointment.hub_id, "appointments")
    row = Appointment.objects.select_for_update().filter(pk=appointment.pk)
    appointment.state = APPOINTMENT.after(row.values_list("state", flat=True).get(), move)


@transaction.atomic
def _finish(appointment: Appointment, move: Move, *, by: Any, at: dt.datetime, note: str = "", **detail: Any) -> None:
    appointment.save()
    _note(appointment, move, by=by, at=at, note=note, **detail)


def _note(appointment: Appointment, move: Move, *, by: Any, at: dt.datetime, note: str, **detail: Any) -> None:
    """The line in its history, and the one in the trail."""
    AppointmentStep.objects.create(
        hub_id=appointment.hub_id, appointment=appointment, move=move, state=appointment.state, at=at, by=by, note=note
    )
    trail.record(_DONE[move], by=by, at=at, on=appointment, **detail)


def _cut_role(appointment: Appointment, *, by: Any, at: dt.datetime) -> None:
    """No role outlives its contract; a following contract has its own, which begins later."""
    last = appointment.ends_on
    held = Membership.objects.of(appointment.person).filter(hub_id=appointment.hub_id, role=appointment.role)
    for membership in held.valid_on(last).exclude(valid_to=last):
        membership.valid_to = last
        membership.save(update_fields=["valid_to"])
        trail.record("membership.ended", by=by, at=at, on=membership, role=membership.role, until=last)
