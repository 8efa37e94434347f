"""What hubs asked other agencies to do, and what came of it: a year of it at every hub, and a few whose letters go out
when the demonstration starts (they lie in DATA_DIR/mail)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from random import Random

from django.utils import timezone

from consultations.models import Involvement
from foundation.periods import midnight
from hubs.models import Hub
from referrals import actions, queries
from referrals.actions import ConsentGiven
from referrals.choices import ReferralMove as Move
from referrals.choices import ReferralState as State
from referrals.choices import Shared
from referrals.models import TOLD, Referral, ReferralStep, ReferralWork
from referrals.workflow import FINISHED

EACH = 24
A_YEAR = dt.timedelta(days=400)
WAITING = dt.timedelta(days=40)  # younger ones may be without an answer
LETTERS_AT = frozenset({"hokkaido", "tokyo", "osaka"})
FIELDS = [Shared.NAME, Shared.REPRESENTATIVE, Shared.PHONE, Shared.CATEGORY, Shared.OUTLINE]
REQUESTS = (
    "資金繰り表をもとに、運転資金の借入れについて相談に乗ってください。",
    "経営計画の策定に向けて、数値計画の作り方をご指導ください。",
    "商談会への出展と、その後の取引条件の決め方をご支援ください。",
    "専門家の派遣で、現場の工程の見直しをお願いします。",
)
WORKS = (
    "窓口で面談し、必要な書類と今後の進め方を説明した。",
    "事業所を訪問し、現状を確認して改善の順序を一緒に決めた。",
    "計画書の案を点検し、直すところを伝えた。",
)
DECLINES = "対象となる地域の外のため、お引き受けできません。"
# How it went, drawn from a hundred.
ENDS = ((58, Move.SUPPORT), (68, None), (76, Move.END), (82, Move.MISS), (88, Move.DECLINE), (100, Move.RECEIVE))
STATES = {
    Move.SUPPORT: State.SUPPORTED, Move.END: State.UNSUPPORTED, Move.MISS: State.UNREACHABLE,
    Move.DECLINE: State.DECLINED, Move.RECEIVE: State.RECEIVED, Move.START: State.ACTIVE,
}  # fmt: skip


@dataclass
class Told:
    """Rows to be written, parents first."""

    referrals: list[Referral] = field(default_factory=list)
    steps: list[ReferralStep] = field(default_factory=list)
    works: list[ReferralWork] = field(default_factory=list)


def tell_referrals(hub: Hub, *, at: dt.datetime) -> None:
    """In the hub's scope. Each stands beside a note that names the agency."""
    today, rng = timezone.localtime(at).date(), Random(f"referrals {hub.pk}")
    named = Involvement.objects.filter(
        hub=hub, kind="referral", consultation__held_on__gt=today - A_YEAR, consultation__deleted_at__isnull=True
    )
    rows = named.select_related("consultation__case__enterprise", "consultation__lead", "organization")
    found = list(rows.order_by("consultation__held_on", "pk"))
    told = Told()
    for involved in found[:: max(1, len(found) // EACH)]:
        _tell(told, hub, involved, rng, today)
    Referral.objects.bulk_create(told.referrals)
    ReferralStep.objects.bulk_create(told.steps)
    ReferralWork.objects.bulk_create(told.works)
    if hub.slug in LETTERS_AT:
        for number, involved in enumerate(found[-6:-3]):
            _send(hub, involved, at=at - dt.timedelta(days=(2, 10, 1)[number]), today=today)


def _tell(told: Told, hub: Hub, involved: Involvement, rng: Random, today: dt.date) -> None:
    note = involved.consultation
    sent_on = min(note.held_on + dt.timedelta(days=1), today)
    referral = _written(hub, involved, rng, midnight(sent_on))
    referral.state, referral.sent_on, referral.letters = State.SENT, sent_on, 1
    referral.shared = queries.snapshot(referral)
    told.referrals.append(referral)
    _step(told, referral, Move.SEND, sent_on, agencys=False)
    answered_on = sent_on + dt.timedelta(days=rng.randrange(1, 12))
    if answered_on > today or (today - sent_on < WAITING and rng.random() < 0.3):
        referral.chased = min(1, (today - sent_on).days // 9)
        return
    draw = rng.randrange(100)
    _answer(told, referral, next(move for until, move in ENDS if draw < until), answered_on, rng, today)


def _answer(told: Told, referral: Referral, end: Move | None, day: dt.date, rng: Random, today: dt.date) -> None:
    referral.answered_on = day
    first = Move.START if end in (None, Move.SUPPORT, Move.END) else end
    referral.state = STATES[first]
    if first == Move.DECLINE:
        referral.reason = DECLINES
    _step(told, referral, first, day, note=referral.reason)
    if first == Move.START:
        for _ in range(0 if end == Move.END else rng.randrange(1, 4)):
            day = min(day + dt.timedelta(days=rng.randrange(3, 20)), today)
            told.works.append(_work(referral, day, rng))
        if end is not None and day < today:
            day = min(day + dt.timedelta(days=rng.randrange(1, 9)), today)
            referral.state = STATES[end]
            _step(told, referral, end, day)
    if referral.state in FINISHED:
        referral.finished_on = day
        _step(told, referral, TOLD, day, agencys=False)


def _written(hub: Hub, involved: Involvement, rng: Random, at: dt.datetime) -> Referral:
    note = involved.consultation
    return Referral(
        hub=hub, case=note.case, enterprise=note.case.enterprise, consultation=note, organization=involved.organization,
        kind=rng.choice(("referral", "referral", "cooperation", "expert")), recipient_name="ご担当者",
        recipient_email=_address(involved), request=rng.choice(REQUESTS), outline=note.case.issue, fields=FIELDS,
        consented_on=note.held_on, consent_how=rng.choice(("written", "oral")), consent_recorded_by=note.lead,
        consent_recorded_at=at, created_at=at, created_by=note.lead, updated_at=at,
    )  # fmt: skip


def _address(involved: Involvement) -> str:
    return f"madoguchi{involved.organization_id}@shien.example"


def _step(told: Told, referral: Referral, what: str, day: dt.date, *, agencys: bool = True, note: str = "") -> None:
    referral.version += 1
    at = midnight(day) + dt.timedelta(hours=10)
    by = None if agencys else referral.created_by
    told.steps.append(
        ReferralStep(
            hub=referral.hub, referral=referral, what=what, state=referral.state, at=at, by=by, is_agencys=agencys,
            note=note,
        )
    )  # fmt: skip


def _work(referral: Referral, day: dt.date, rng: Random) -> ReferralWork:
    return ReferralWork(
        hub=referral.hub, referral=referral, client_id=uuid.uuid4(), worked_on=day, times=rng.randrange(1, 3),
        content=rng.choice(WORKS), typed_at=midnight(day) + dt.timedelta(hours=17), typed_by=None,
    )  # fmt: skip


def _send(hub: Hub, involved: Involvement, *, at: dt.datetime, today: dt.date) -> None:
    """By the deed itself, so that its letter goes out."""
    note = involved.consultation
    consented_on = min(note.held_on, timezone.localtime(at).date())
    referral = actions.prepare(
        case=note.case, client_id=uuid.uuid4(), by=note.lead, at=at, consent=ConsentGiven(consented_on, "written"),
        organization=involved.organization, kind="referral", recipient_name="ご担当者",
        recipient_email=_address(involved), request=REQUESTS[0], outline=note.case.issue, fields=FIELDS,
    )  # fmt: skip
    actions.send(referral=referral, version=referral.version, by=note.lead, at=at)
