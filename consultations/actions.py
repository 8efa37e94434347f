"""Every write that matters: who and when are passed in, one transaction, the audit line inside."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection, transaction

from accounts.models import User
from audit import trail
from consultations.choices import (
    CaseMove,
    CaseState,
    InvolvementKind,
    ProgramUseKind,
    Resolution,
)
from consultations.models import (
    Case,
    CaseStep,
    Consultation,
    Draft,
    Enterprise,
    Involvement,
    ProgramUse,
)
from consultations.models.sessions import search_columns
from consultations.workflow import CASE, CLOSED
from foundation.periods import FiscalYear
from hubs.models import Hub, Unit


class Edited(Exception):
    """Somebody else changed the record since this person opened it."""

    def __init__(self, current: Any) -> None:
        super().__init__("edited in between")
        self.current = current


class NumberTaken(Exception):
    """The hub already has an enterprise with this 法人番号."""


@dataclass(frozen=True)
class Involved:
    """Organizations and programmes of one consultation, by their keys."""

    referred: Iterable[int] = ()
    cooperating: Iterable[int] = ()
    used: Iterable[int] = ()
    introduced: Iterable[int] = ()


@dataclass(frozen=True)
class Session:
    """What was said and done in one consultation."""

    held_on: dt.date
    minutes: int
    method: str
    themes: list[str]
    content: str
    advice: str
    next_step: str = ""
    place: str = ""
    client_people: str = ""
    not_counted: str = ""
    unit: Unit | None = None
    involved: Involved = field(default_factory=Involved)


SESSION_FIELDS = (
    "held_on", "minutes", "method", "themes", "content", "advice", "next_step", "place", "client_people",
    "not_counted", "unit",
)  # fmt: skip


@transaction.atomic
def register_enterprise(*, hub: Hub, by: User, at: dt.datetime, **fields: Any) -> Enterprise:
    """A new client. Raises NumberTaken."""
    try:
        with transaction.atomic():
            enterprise = Enterprise.objects.create(hub=hub, created_by=by, created_at=at, updated_at=at, **fields)
    except IntegrityError as problem:
        if "one_enterprise_per_hub_and_number" in str(problem):
            raise NumberTaken from problem
        raise
    trail.record("enterprise.registered", by=by, at=at, on=enterprise)
    return enterprise


@transaction.atomic
def revise_enterprise(*, enterprise: Enterprise, version: int, by: User, at: dt.datetime, **fields: Any) -> Enterprise:
    """Change a client's data. Raises Edited, NumberTaken."""
    current = Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    if current.version != version:
        raise Edited(current)
    changed = [name for name, value in fields.items() if getattr(current, name) != value]
    for name in changed:
        setattr(current, name, fields[name])
    current.version, current.updated_at = current.version + 1, at
    try:
        with transaction.atomic():
            current.save()
    except IntegrityError as problem:
        if "one_enterprise_per_hub_and_number" in str(problem):
            raise NumberTaken from problem
        raise
    trail.record("enterprise.revised", by=by, at=at, on=current, fields=changed)
    return current


@transaction.atomic
def open_case(*, enterprise: Enterprise, by: User, at: dt.datetime, received_on: dt.date, **fields: Any) -> Case:
    """A new case, with the next number of its hub and fiscal year."""
    hub = enterprise.hub
    year = FiscalYear.of(received_on)
    case = Case.objects.create(
        hub=hub, enterprise=enterprise, number=f"{year}-{hub.code}-{_next_number(hub, year):05d}",
        received_on=received_on, lead=by, state=CaseState.RECEIVED, created_at=at, created_by=by, updated_at=at,
        **fields,
    )  # fmt: skip
    trail.record("case.opened", by=by, at=at, on=case)
    return case


def _next_number(hub: Hub, year: FiscalYear) -> int:
    """One statement, so that two coordinators never get the same number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO consultations_casecounter AS counter (hub_id, fiscal_year, last) VALUES (%s, %s, 1)"
            " ON CONFLICT (hub_id, fiscal_year) DO UPDATE SET last = counter.last + 1 RETURNING last",
            [hub.pk, year.year],
        )
        return int(cursor.fetchone()[0])


@transaction.atomic
def move_case(
    *,
    case: Case,
    move: str,
    version: int,
    by: User,
    at: dt.datetime,
    on: dt.date,
    note: str = "",
    resolution: str = "",
) -> Case:
    """Move a case; closing takes a resolution and the day. Raises MoveRefused, Edited."""
    current = Case.objects.select_for_update().select_related("hub").get(pk=case.pk)
    if current.version != version:
        raise Edited(current)
    current.state = CASE.after(current.state, move)
    closes = current.state in CLOSED
    current.closed_on = on if closes else None
    current.resolution = (resolution or _usual_resolution(move)) if closes else ""
    current.version, current.updated_at = current.version + 1, at
    current.save(update_fields=["state", "closed_on", "resolution", "version", "updated_at"])
    CaseStep.objects.create(
        hub_id=current.hub_id, case=current, move=move, state=current.state, at=at, by=by, note=note
    )
    trail.record(f"case.{move}", by=by, at=at, on=current)
    return current


def _usual_resolution(move: str) -> str:
    return {CaseMove.SOLVE: Resolution.SOLVED, CaseMove.GIVE_UP: Resolution.UNSOLVED}.get(
        CaseMove(move), Resolution.UNKNOWN
    )


@transaction.atomic
def revise_case(*, case: Case, version: int, by: User, at: dt.datetime, **fields: Any) -> Case:
    """Change what is written about a case. Raises Edited."""
    current = Case.objects.select_for_update().select_related("hub").get(pk=case.pk)
    if current.version != version:
        raise Edited(current)
    changed = [name for name, value in fields.items() if getattr(current, name) != value]
    for name in changed:
        setattr(current, name, fields[name])
    current.version, current.updated_at = current.version + 1, at
    current.save()
    trail.record("case.revised", by=by, at=at, on=current, fields=changed)
    return current


def take_turn(*, hub: Hub, client_id: uuid.UUID) -> None:
    """Until this transaction ends, another sending of the same page waits: else two that arrive at the same moment
    would both make the new client."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [hub.pk, str(client_id)])


@transaction.atomic(savepoint=False)
def log_consultation(
    *, case: Case, client_id: uuid.UUID, session: Session, by: User, at: dt.datetime
) -> tuple[Consultation, bool]:
    """Write one consultation down. The same `client_id` again gives the record that it made the first time.

    Returns the record and whether it is new. A draft of the same id is over; a case that was only received
    is now being worked on.
    """
    try:
        with transaction.atomic():
            consultation = Consultation.objects.create(
                hub_id=case.hub_id, case=case, enterprise_id=case.enterprise_id, client_id=client_id, lead=by,
                created_at=at, created_by=by, updated_at=at, updated_by=by,
                **{name: getattr(session, name) for name in SESSION_FIELDS},
            )  # fmt: skip
    except IntegrityError as problem:
        if "one_consultation_per_hub_and_client_id" not in str(problem):
            raise
        return Consultation.objects.get(hub_id=case.hub_id, client_id=client_id), False
    _involve(consultation, session.involved)
    if case.state == CaseState.RECEIVED:
        _start_if_received(case, by=by, at=at, on=session.held_on)
    Draft.objects.filter(hub_id=case.hub_id, owner=by, client_id=client_id).delete()
    trail.record("consultation.logged", by=by, at=at, on=consultation)
    return consultation, True


def _start_if_received(case: Case, *, by: User, at: dt.datetime, on: dt.date) -> None:
    """Somebody else may have started it a moment ago: then there is nothing to do."""
    current = Case.objects.select_for_update().get(pk=case.pk)
    if current.state == CaseState.RECEIVED:
        move_case(case=current, move=CaseMove.START, version=current.version, by=by, at=at, on=on)


@transaction.atomic
def revise_consultation(
    *, consultation: Consultation, version: int, session: Session, by: User, at: dt.datetime
) -> Consultation:
    """Change a record that nobody else has changed since. Raises Edited with the present one."""
    current = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if current.version != version or current.deleted_at is not None:
        raise Edited(current)
    changed = [name for name in SESSION_FIELDS if getattr(current, name) != getattr(session, name)]
    for name in changed:
        setattr(current, name, getattr(session, name))
    current.version, current.updated_at, current.updated_by = current.version + 1, at, by
    current.search_text, current.search_grams = search_columns(current)
    current.save()
    if _involved_keys(current) != _wanted_keys(session.involved):
        changed.append("involved")
        current.involvements.all().delete()
        current.program_uses.all().delete()
        _involve(current, session.involved)
    Draft.objects.filter(hub_id=current.hub_id, owner=by, client_id=current.client_id).delete()
    trail.record("consultation.revised", by=by, at=at, on=current, fields=changed)
    return current


@transaction.atomic
def delete_consultation(*, consultation: Consultation, version: int, by: User, at: dt.datetime) -> None:
    """Take a record out of every list and figure; the row stays for the trail. Raises Edited."""
    gone = Consultation.objects.filter(pk=consultation.pk, version=version, deleted_at__isnull=True)
    if not gone.update(deleted_at=at, deleted_by=by, version=version + 1):
        raise Edited(Consultation.objects.get(pk=consultation.pk))
    trail.record("consultation.deleted", by=by, at=at, on=consultation)


def keep_draft(*, hub: Hub, client_id: uuid.UUID, fields: dict[str, Any], by: User, at: dt.datetime) -> None:
    """Remember what somebody has typed so far."""
    Draft.objects.update_or_create(hub=hub, owner=by, client_id=client_id, defaults={"fields": fields, "saved_at": at})


def discard_draft(*, hub: Hub, client_id: uuid.UUID, by: User) -> None:
    """Forget a draft."""
    Draft.objects.filter(hub=hub, owner=by, client_id=client_id).delete()


def _involve(consultation: Consultation, involved: Involved) -> None:
    hub_id = consultation.hub_id
    organizations = [
        Involvement(hub_id=hub_id, consultation=consultation, organization_id=pk, kind=kind)
        for kind, chosen in (
            (InvolvementKind.REFERRAL, involved.referred),
            (InvolvementKind.COOPERATION, involved.cooperating),
        )
        for pk in chosen
    ]
    programs = [
        ProgramUse(hub_id=hub_id, consultation=consultation, program_id=pk, kind=kind)
        for kind, chosen in ((ProgramUseKind.USED, involved.used), (ProgramUseKind.INTRODUCED, involved.introduced))
        for pk in chosen
    ]
    if organizations:
        Involvement.objects.bulk_create(organizations)
    if programs:
        ProgramUse.objects.bulk_create(programs)


def _involved_keys(consultation: Consultation) -> set[tuple[str, int]]:
    organizations = consultation.involvements.values_list("kind", "organization_id")
    return {*organizations, *consultation.program_uses.values_list("kind", "program_id")}


def _wanted_keys(involved: Involved) -> set[tuple[str, int]]:
    chosen = (
        (InvolvementKind.REFERRAL, involved.referred),
        (InvolvementKind.COOPERATION, involved.cooperating),
        (ProgramUseKind.USED, involved.used),
        (ProgramUseKind.INTRODUCED, involved.introduced),
    )
    return {(str(kind), pk) for kind, keys in chosen for pk in keys}
