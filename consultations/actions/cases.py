"""Opening, moving and changing a case."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from audit import trail
from consultations.actions.assignments import assign, cover
from consultations.actions.merging import hold_standing
from consultations.actions.outcomes import cancel_follow_ups
from consultations.actions.refusals import Edited
from consultations.actions.standing import refuse_anonymised
from consultations.choices import AssignmentRoute, CaseMove, CaseState, Resolution
from consultations.models import Case, CaseStep, Enterprise
from consultations.workflow import CASE, CLOSED
from foundation.periods import FiscalYear
from hubs.models import Hub


@transaction.atomic
def open_case(
    *,
    enterprise: Enterprise,
    by: User,
    at: dt.datetime,
    received_on: dt.date,
    route: str = AssignmentRoute.OWN,
    lead: User | None = None,
    client_id: uuid.UUID | None = None,
    **fields: Any,
) -> Case:
    """A new case, with the next number of its hub and fiscal year, led by `by` or by somebody else. An enterprise that
    was merged into another one a moment ago stands for that one. It counts among what its lead was given; by any route
    but their own, CapReached and Paused are raised. `client_id`: of the consultation that it is opened with; was the
    lead given that visit before, the two count once. Raises Anonymised."""
    enterprise = hold_standing(enterprise)
    hub, lead = enterprise.hub, lead or by
    year = FiscalYear.of(received_on)
    case = Case.objects.create(
        hub=hub, enterprise=enterprise, number=f"{year}-{hub.code}-{last_number(hub, year):05d}",
        received_on=received_on, lead=lead, state=CaseState.RECEIVED, created_at=at, created_by=by, updated_at=at,
        **fields,
    )  # fmt: skip
    trail.record("case.opened", by=by, at=at, on=case)
    if client_id is None or not cover(case=case, coordinator=lead, client_id=client_id, by=by, at=at):
        assign(hub=hub, coordinator=lead, route=route, on=received_on, by=by, at=at, case=case)
    return case


def last_number(hub: Hub, year: FiscalYear, count: int = 1) -> int:
    """Take the next `count` case numbers and return the last of them. One statement, so that two coordinators never
    get the same number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO consultations_casecounter AS counter (hub_id, fiscal_year, last) VALUES (%s, %s, %s)"
            " ON CONFLICT (hub_id, fiscal_year) DO UPDATE SET last = counter.last + %s RETURNING last",
            [hub.pk, year.year, count, count],
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
    """Move a case; closing takes a resolution and the day. A case of somebody anonymised can still be moved, without
    a note. Raises MoveRefused, Edited, Anonymised."""
    current = Case.objects.select_for_update().select_related("hub").get(pk=case.pk)
    if note:
        refuse_anonymised(hub_id=current.hub_id, enterprise_id=current.enterprise_id)
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
    if not closes:
        cancel_follow_ups(case=current, by=by, at=at)
    trail.record(f"case.{move}", by=by, at=at, on=current)
    return current


def _usual_resolution(move: str) -> str:
    return {CaseMove.SOLVE: Resolution.SOLVED, CaseMove.GIVE_UP: Resolution.UNSOLVED}.get(
        CaseMove(move), Resolution.UNKNOWN
    )


@transaction.atomic
def plan_next(*, case: Case, next_action: str, next_due_on: dt.date | None, by: User, at: dt.datetime) -> Case:
    """What is to be done next, as whoever has just spoken with the client says it: the last word counts."""
    current = Case.objects.select_for_update().get(pk=case.pk)
    return revise_case(
        case=current, version=current.version, by=by, at=at, next_action=next_action, next_due_on=next_due_on
    )


@transaction.atomic
def revise_case(*, case: Case, version: int, by: User | None, at: dt.datetime, **fields: Any) -> Case:
    """Change what is written about a case. Raises Edited, Anonymised."""
    current = Case.objects.select_for_update().select_related("hub").get(pk=case.pk)
    refuse_anonymised(hub_id=current.hub_id, enterprise_id=current.enterprise_id)
    if current.version != version:
        raise Edited(current)
    changed = [name for name, value in fields.items() if getattr(current, name) != value]
    for name in changed:
        setattr(current, name, fields[name])
    current.version, current.updated_at = current.version + 1, at
    current.save()
    trail.record("case.revised", by=by, at=at, on=current, fields=changed)
    return current
