"""Asking another hub, answering, handing over, and what time does by itself.

Each side writes within its own scope: the hub that is asked answers and releases copies; the hub that asked takes them
in afterwards, by `receive`, which is told of the request and makes nothing twice. Every deed leaves a line in both
hubs' trails; the trail lets anybody add.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from celery import current_app
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import User
from audit import trail
from consultations import actions as consultations
from consultations.actions import assignments
from consultations.choices import AssignmentRoute, CaseMove, Reception
from consultations.models import Case, Consultation, Enterprise
from foundation.errors import MoveRefused
from hubs.choices import Role
from hubs.models import Hub, Membership
from sharing import queries
from sharing.choices import SharingKind, SharingMove, SharingState
from sharing.models import LONGEST, HandedOver, SharingRequest, SharingStep
from sharing.workflow import SHARING

KEEP_UP = "sharing.keep_up_hub"  # the task: letters to a hub's people, and taking in
ANSWER_WITHIN = dt.timedelta(days=30)
MOVED = gettext_noop("移管")
FORGOTTEN = gettext_noop("事業者の情報の消去")
DECIDE_LEAD, FULL, PAUSED = gettext_noop("主担当を決める"), gettext_noop("週の上限"), gettext_noop("割当停止中")
# What goes along of an enterprise. Consents and accounts do not: the client gives them anew to the new hub.
ALONG = (
    "kana", "trade_name", "representative", "postal_code", "municipality", "address", "phone", "email", "url",
    "industry",
)  # fmt: skip


class NotHeld(Exception):
    """The hub that is asked knows no client of this number."""


class AlreadyAsked(Exception):
    """There is a request about this client between the two hubs, waiting or in force."""


class TooLong(ValueError):
    """The last day lies before the first, or more than a year behind it."""


class NothingReleased(ValueError):
    """A transfer hands over at least one open case."""


@dataclass(frozen=True)
class Wish:
    """What is asked, and the client's consent to it."""

    kind: str
    corporate_number: str
    reason: str
    consented_on: dt.date
    consent_how: str
    ends_on: dt.date | None = None


@dataclass(frozen=True)
class Release:
    """What a chief lets go in a transfer."""

    cases: Iterable[int]
    summary: str
    with_notes: bool = False


@transaction.atomic
def ask(*, hub: Hub, to_hub: Hub, wish: Wish, by: User, at: dt.datetime) -> SharingRequest:
    """Ask the hub that holds a client. Raises NotHeld, AlreadyAsked, TooLong."""
    if to_hub.pk not in {match.hub.pk for match in queries.known_elsewhere(hub=hub, number=wish.corporate_number)}:
        raise NotHeld
    if wish.ends_on is not None:
        _refuse_too_long(timezone.localtime(at).date(), wish.ends_on)
    try:
        with transaction.atomic():
            request = SharingRequest.objects.create(
                hub=hub, to_hub=to_hub, asked_by=by, asked_at=at,
                **{name: getattr(wish, name) for name in Wish.__dataclass_fields__},
            )  # fmt: skip
    except IntegrityError as problem:
        if "one_live_request_per_client_and_hubs" in str(problem):
            raise AlreadyAsked from problem
        raise
    _note_step(request, SharingMove.ASK, by=by, at=at)
    _tell(to_hub)
    return request


@transaction.atomic
def accept(
    *,
    request: SharingRequest,
    by: User,
    at: dt.datetime,
    answer: str = "",
    ends_on: dt.date | None = None,
    release: Release | None = None,
) -> SharingRequest:
    """The hub that holds the client says yes: joint support from today to a last day, or a transfer of the cases that
    are released. Raises MoveRefused, TooLong, NothingReleased, NotHeld."""
    current = _locked(request)
    current.state = SHARING.after(current.state, SharingMove.ACCEPT)
    current.answered_by, current.answered_at, current.answer = by, at, answer
    today = timezone.localtime(at).date()
    if current.kind == SharingKind.JOINT:
        current.starts_on, current.ends_on = today, ends_on or current.ends_on
        assert current.ends_on is not None
        _refuse_too_long(today, current.ends_on)
    current.save(update_fields=["state", "answered_by", "answered_at", "answer", "starts_on", "ends_on"])
    if current.kind == SharingKind.TRANSFER:
        _hand_over(current, release or Release((), ""), by=by, at=at)
    _note_step(current, SharingMove.ACCEPT, by=by, at=at, note=answer)
    _tell(current.hub)
    return current


@transaction.atomic
def decline(*, request: SharingRequest, answer: str, by: User, at: dt.datetime) -> SharingRequest:
    """The hub that holds the client says no, and why. Raises MoveRefused."""
    current = _locked(request)
    current.state = SHARING.after(current.state, SharingMove.DECLINE)
    current.answered_by, current.answered_at, current.answer, current.closed_at = by, at, answer, at
    current.save(update_fields=["state", "answered_by", "answered_at", "answer", "closed_at"])
    _note_step(current, SharingMove.DECLINE, by=by, at=at, note=answer)
    _tell(current.hub)
    return current


def withdraw(*, request: SharingRequest, by: User, at: dt.datetime, note: str = "") -> SharingRequest:
    """The hub that asked takes its request back. Raises MoveRefused."""
    return _close(request, SharingMove.WITHDRAW, by=by, at=at, note=note)


def end(*, request: SharingRequest, by: User | None, at: dt.datetime, note: str = "") -> SharingRequest:
    """Joint support is over: by a chief of either hub, or, without a person, by its last day. Raises MoveRefused: a
    transfer ends by being taken in."""
    if request.kind != SharingKind.JOINT:
        raise MoveRefused("a transfer ends by being taken in")
    return _close(request, SharingMove.END, by=by, at=at, note=note)


def expire(*, request: SharingRequest, at: dt.datetime) -> SharingRequest:
    """Nobody has answered within ANSWER_WITHIN. Raises MoveRefused."""
    return _close(request, SharingMove.EXPIRE, by=None, at=at)


@transaction.atomic
def receive(*, request: SharingRequest, at: dt.datetime) -> list[Case]:
    """Take in what a transfer has released, in the scope of the hub that asked: its own enterprise of the number, or a
    new one, and a case for each. Done in the name of who asked, who leads the cases; where they can take nothing more,
    a chief does. Nothing twice: what has its case is passed by, and the
    request ends in the same transaction. Returns the new cases; none if it was done already."""
    current = _locked(request)
    if current.state != SharingState.ACCEPTED or current.kind != SharingKind.TRANSFER:
        return []
    by = current.asked_by
    waiting = list(current.handed_over.select_for_update().filter(received_case__isnull=True).order_by("pk"))
    enterprise = _own_enterprise(current, waiting[0], by=by, at=at) if waiting else None
    cases = []
    for parcel in waiting:
        assert enterprise is not None
        parcel.received_case, parcel.received_at = _open_case(enterprise, parcel, by=by, at=at), at
        parcel.save(update_fields=["received_case", "received_at"])
        cases.append(parcel.received_case)
    current.state, current.closed_at = SHARING.after(current.state, SharingMove.RECEIVE), at
    current.save(update_fields=["state", "closed_at"])
    _note_step(current, SharingMove.RECEIVE, by=None, at=at, note=", ".join(case.number for case in cases))
    return cases


@transaction.atomic
def forget(*, requests: Iterable[int], hub_id: int, identity: int | None, at: dt.datetime) -> int:
    """One of the two hubs forgets the client: what is asked or in force about it is over, what has not been taken in
    yet goes to nobody, and the number goes. Who asked, who answered and who looked stays. Returns how many rows were
    changed."""
    pks, changed = list(requests), 0
    for request in SharingRequest.objects.filter(pk__in=pks).order_by("pk"):
        _stop(_locked(request), hub_id, at)
    changed += HandedOver.objects.filter(request__in=pks, received_case__isnull=True).delete()[0]
    known = SharingRequest.objects.filter(pk__in=pks).exclude(corporate_number="")
    return changed + known.update(corporate_number="", identity=identity)


# ---- inside
def _stop(request: SharingRequest, hub_id: int, at: dt.datetime) -> None:
    """Nobody says no: the hub that asked takes it back, the one that is asked lets it pass."""
    if request.state == SharingState.ACCEPTED:
        _close(request, SharingMove.END, by=None, at=at, note=FORGOTTEN)
    elif request.state == SharingState.ASKED:
        move = SharingMove.WITHDRAW if request.hub_id == hub_id else SharingMove.EXPIRE
        _close(request, move, by=None, at=at, note=FORGOTTEN)


def _locked(request: SharingRequest) -> SharingRequest:
    """The row as it stands, held until this transaction ends: two who answer at once answer one after the other."""
    rows = SharingRequest.objects.select_for_update(of=("self",)).select_related("hub", "to_hub", "asked_by")
    return rows.get(pk=request.pk)


@transaction.atomic
def _close(request: SharingRequest, move: str, *, by: User | None, at: dt.datetime, note: str = "") -> SharingRequest:
    current = _locked(request)
    current.state, current.closed_at = SHARING.after(current.state, move), at
    current.save(update_fields=["state", "closed_at"])
    _note_step(current, move, by=by, at=at, note=note)
    return current


def _note_step(request: SharingRequest, move: str, *, by: User | None, at: dt.datetime, note: str = "") -> None:
    """The step in the trace, and a line in each hub's trail."""
    SharingStep.objects.create(
        hub_id=request.hub_id, to_hub_id=request.to_hub_id, request=request, move=move, state=request.state, at=at,
        by=by, note=note,
    )  # fmt: skip
    detail: dict[str, Any] = {"kind": request.kind, "from": request.hub.slug, "to": request.to_hub.slug}
    lines = [
        trail.Line(f"sharing.{move}", on=request, hub_id=hub_id, detail=detail)
        for hub_id in (request.hub_id, request.to_hub_id)
    ]
    trail.write(lines, by=by, at=at)


def _refuse_too_long(first: dt.date, last: dt.date) -> None:
    if not first <= last <= first + LONGEST:
        raise TooLong


def _tell(hub: Hub) -> None:
    """The other hub's letters and cases are written in its own scope, by a worker. Robust: should the queue not be
    reached, the beat finds what is due."""
    transaction.on_commit(lambda: current_app.send_task(KEEP_UP, kwargs={"hub_id": hub.pk}), robust=True)


def _hand_over(request: SharingRequest, release: Release, *, by: User, at: dt.datetime) -> None:
    """Copy what is released, and close the giving hub's cases: its sessions stay, and count, where they were held."""
    enterprise = Enterprise.objects.filter(hub_id=request.to_hub_id, corporate_number=request.corporate_number).first()
    if enterprise is None:
        raise NotHeld
    mine = Case.objects.filter(hub_id=request.to_hub_id, enterprise=enterprise, pk__in=list(release.cases))
    cases = list(mine.open().order_by("pk"))
    if not cases:
        raise NothingReleased
    along = {name: getattr(enterprise, name) for name in ALONG} | {"prefecture_id": enterprise.prefecture_id}
    for case in cases:
        HandedOver.objects.create(
            hub_id=request.hub_id, to_hub_id=request.to_hub_id, request=request, given_number=case.number,
            enterprise_name=enterprise.name, enterprise_kind=enterprise.kind, enterprise_fields=along,
            title=case.title, category=case.category, issue=case.issue, plan=case.plan, summary=release.summary,
            sessions=_sessions(case) if release.with_notes else [], released_at=at, released_by=by,
        )  # fmt: skip
        _close_case(case, request, by=by, at=at)


def _close_case(case: Case, request: SharingRequest, *, by: User, at: dt.datetime) -> None:
    """Suspended, resolution unknown: the giving hub has solved nothing by it, and counts nothing."""
    day = max(timezone.localtime(at).date(), case.received_on)
    consultations.move_case(
        case=case,
        move=CaseMove.SUSPEND,
        version=case.version,
        by=by,
        at=at,
        on=day,
        note=f"{MOVED}: {request.hub.name}",
    )


def _sessions(case: Case) -> list[dict[str, str]]:
    rows = Consultation.objects.filter(hub_id=case.hub_id, case=case).standing().order_by("held_on", "pk")
    kept = rows.values("held_on", "method", "content", "advice", "next_step")
    return [row | {"held_on": row["held_on"].isoformat()} for row in kept]


def _own_enterprise(request: SharingRequest, parcel: HandedOver, *, by: User, at: dt.datetime) -> Enterprise:
    mine = Enterprise.objects.filter(hub_id=request.hub_id, corporate_number=request.corporate_number)
    found = mine.select_related("hub").first()
    if found is not None:
        return found
    try:
        return consultations.register_enterprise(
            hub=request.hub, by=by, at=at, kind=parcel.enterprise_kind, name=parcel.enterprise_name,
            corporate_number=request.corporate_number, **parcel.enterprise_fields,
        )  # fmt: skip
    except consultations.NumberTaken:  # somebody has registered it in this moment
        return mine.select_related("hub").get()


def _open_case(enterprise: Enterprise, parcel: HandedOver, *, by: User, at: dt.datetime) -> Case:
    """Led by who asked. Can they not take it, by the first chief who can, with what is to be done about it; it was
    agreed on, so that in the end a chief has it all the same."""
    hub, today = enterprise.hub, timezone.localtime(at).date()
    chiefs = [post.user for post in Membership.objects.people_of(hub, today) if post.role == Role.CHIEF]
    assignments.hold(hub=hub, coordinators=[by.pk, *(chief.pk for chief in chiefs)])
    fields: dict[str, Any] = {
        "enterprise": enterprise, "by": by, "at": at, "received_on": today, "title": parcel.title,
        "category": parcel.category, "reception": Reception.INTRODUCED, "issue": parcel.issue, "plan": parcel.plan,
    }  # fmt: skip
    undecided: dict[str, Any] = {}
    for lead in dict.fromkeys([by, *chiefs]):
        try:
            return consultations.open_case(lead=lead, route=AssignmentRoute.TRANSFER, **fields, **undecided)
        except assignments.NotFree as problem:
            undecided = undecided or {"next_action": _to_decide(problem), "next_due_on": today}
    return consultations.open_case(lead=(chiefs or [by])[0], **fields, **undecided)


def _to_decide(problem: assignments.NotFree) -> str:
    why = FULL if isinstance(problem, assignments.CapReached) else PAUSED
    return f"{DECIDE_LEAD}({MOVED}: {problem.coordinator.name} {why})"[:200]
