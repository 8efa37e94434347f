"""Writing a consultation down, changing it, taking it away."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction

from accounts.models import User
from audit import trail
from consultations.actions import reviewing
from consultations.actions.cases import move_case
from consultations.actions.locks import refuse_closed
from consultations.actions.merging import hold_case
from consultations.actions.refusals import Anonymised, Edited
from consultations.actions.standing import refuse_anonymised
from consultations.choices import CaseMove, CaseState, InvolvementKind, ProgramUseKind
from consultations.models import Case, Consultation, Draft, Involvement, ProgramUse
from consultations.models.sessions import search_columns
from foundation import turns
from hubs.models import Hub, Unit


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

COUNTS = frozenset({"held_on", "minutes", "method", "themes", "not_counted", "unit", "involved"})


def take_turn(*, hub: Hub, client_id: uuid.UUID) -> None:
    """Until this transaction ends, another sending of the same page waits: else two that arrive at the same moment
    would both make the new client."""
    turns.take_turn(hub.pk, str(client_id))


@transaction.atomic
def log_consultation(
    *, case: Case, client_id: uuid.UUID, session: Session, by: User, at: dt.datetime
) -> tuple[Consultation, bool]:
    """Write one consultation down. The same `client_id` again gives the record that it made the first time.

    Returns the record and whether it is new. A draft of the same id is over; a case that was only received
    is now being worked on. Raises Anonymised.
    """
    try:
        with transaction.atomic():
            consultation = Consultation.objects.create(
                hub_id=case.hub_id, case=case, enterprise_id=hold_case(case), client_id=client_id, lead=by,
                created_at=at, created_by=by, updated_at=at, updated_by=by,
                **{name: getattr(session, name) for name in SESSION_FIELDS},
            )  # fmt: skip
    except (Anonymised, IntegrityError) as problem:
        return _made_before(case.hub_id, client_id, problem), False
    _involve(consultation, session.involved)
    if case.state == CaseState.RECEIVED:
        _start_if_received(case, by=by, at=at, on=session.held_on)
    Draft.objects.filter(hub_id=case.hub_id, owner=by, client_id=client_id).delete()
    trail.record("consultation.logged", by=by, at=at, on=consultation)
    reviewing.pick(consultation=consultation, at=at)
    return consultation, True


def _made_before(hub_id: int, client_id: uuid.UUID, problem: Exception) -> Consultation:
    """What this id made the first time, also about somebody who was anonymised since. None: raises the problem."""
    sent_again = isinstance(problem, Anonymised) or "one_consultation_per_hub_and_client_id" in str(problem)
    before = Consultation.objects.filter(hub_id=hub_id, client_id=client_id).first() if sent_again else None
    if before is None:
        raise problem
    return before


def _start_if_received(case: Case, *, by: User, at: dt.datetime, on: dt.date) -> None:
    """Somebody else may have started it a moment ago: then there is nothing to do."""
    current = Case.objects.select_for_update().get(pk=case.pk)
    if current.state == CaseState.RECEIVED:
        move_case(case=current, move=CaseMove.START, version=current.version, by=by, at=at, on=on)


@transaction.atomic
def revise_consultation(
    *, consultation: Consultation, version: int, session: Session, by: User, at: dt.datetime
) -> Consultation:
    """Change a record that nobody else has changed since. Raises Edited with the present one, Anonymised,
    MonthClosed for what counts in a month that is closed: its words may still be put right."""
    current = Consultation.objects.select_for_update().get(pk=consultation.pk)
    refuse_anonymised(hub_id=current.hub_id, enterprise_id=current.enterprise_id)
    if current.version != version or current.deleted_at is not None:
        raise Edited(current)
    changed = [name for name in SESSION_FIELDS if getattr(current, name) != getattr(session, name)]
    is_involved_anew = _involved_keys(current) != _wanted_keys(session.involved)
    if is_involved_anew:
        changed.append("involved")
    if COUNTS.intersection(changed):
        refuse_closed(consultation=current, at=at)
    for name in SESSION_FIELDS:
        setattr(current, name, getattr(session, name))
    current.version, current.updated_at, current.updated_by = current.version + 1, at, by
    current.search_text, current.search_grams = search_columns(current)
    current.save()
    if is_involved_anew:
        current.involvements.all().delete()
        current.program_uses.all().delete()
        _involve(current, session.involved)
    Draft.objects.filter(hub_id=current.hub_id, owner=by, client_id=current.client_id).delete()
    reviewing.measure_again(consultation=current)
    trail.record("consultation.revised", by=by, at=at, on=current, fields=changed)
    return current


@transaction.atomic
def delete_consultation(*, consultation: Consultation, version: int, by: User, at: dt.datetime) -> None:
    """Take a record out of every list and figure; the row stays for the trail. Raises Edited,
    MonthClosed."""
    refuse_closed(consultation=consultation, at=at)
    gone = Consultation.objects.filter(pk=consultation.pk, version=version, deleted_at__isnull=True)
    if not gone.update(deleted_at=at, deleted_by=by, version=version + 1):
        raise Edited(Consultation.objects.get(pk=consultation.pk))
    trail.record("consultation.deleted", by=by, at=at, on=consultation)


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
