"""Many records at once, as an import brings them: the same rows, steps and audit lines as one by one, in a few
statements. Whoever calls has checked them by the forms' rules and holds one transaction around all of it.

Notes that come this way are not laid before the chief: they were written, and read, elsewhere.

Nor is history an assignment: what was given in weeks that are over, or is closed, fills nobody's week. An open case
that was received this week does, and is counted among what its lead was given; it is never refused, because whoever
leads it has it already. docs/adr/0011
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import User
from audit import trail
from consultations.actions import assignments
from consultations.actions.cases import last_number
from consultations.actions.sessions import SESSION_FIELDS, Session
from consultations.choices import AssignmentRoute, CaseMove, CaseState, InvolvementKind, ProgramUseKind
from consultations.models import Assignment, Case, CaseStep, Consultation, Enterprise, Involvement, ProgramUse
from consultations.models.assignments import week_of
from consultations.models.enterprises import search_key_of
from consultations.models.sessions import search_columns
from consultations.workflow import CLOSED
from foundation.periods import FiscalYear
from hubs.models import Hub

BATCH = 500


@dataclass(frozen=True)
class NewCase:
    """A case to be opened. `began_on`: its first session, by which it is being worked on."""

    enterprise_id: int
    received_on: dt.date
    lead: User
    fields: dict[str, Any] = field(default_factory=dict)
    began_on: dt.date | None = None


@dataclass(frozen=True)
class NewConsultation:
    """A session to be written down."""

    case_id: int
    enterprise_id: int
    client_id: uuid.UUID
    lead: User
    session: Session


def register_many(*, hub: Hub, rows: Iterable[dict[str, Any]], by: User, at: dt.datetime) -> list[Enterprise]:
    """New clients. Raises IntegrityError for a 法人番号 that the hub has already."""
    made = [Enterprise(hub=hub, created_by=by, created_at=at, updated_at=at, **fields) for fields in rows]
    for enterprise in made:
        enterprise.search_key = search_key_of(enterprise)
    Enterprise.objects.bulk_create(made, batch_size=BATCH)
    _tell("enterprise.registered", made, by, at)
    return made


def open_many(*, hub: Hub, rows: Sequence[NewCase], by: User, at: dt.datetime) -> list[Case]:
    """New cases, with one block of numbers for each fiscal year."""
    numbers = _numbers(hub, [row.received_on for row in rows])
    made = [
        Case(
            **({"state": CaseState.ACTIVE if row.began_on else CaseState.RECEIVED} | row.fields),
            hub=hub, enterprise_id=row.enterprise_id, number=number, received_on=row.received_on, lead=row.lead,
            created_at=at, created_by=by, updated_at=at,
        )
        for row, number in zip(rows, numbers, strict=True)
    ]  # fmt: skip
    Case.objects.bulk_create(made, batch_size=BATCH)
    began = [case for case, row in zip(made, rows, strict=True) if case.state == CaseState.ACTIVE and row.began_on]
    steps = [CaseStep(hub=hub, case=case, move=CaseMove.START, state=CaseState.ACTIVE, at=at, by=by) for case in began]
    CaseStep.objects.bulk_create(steps, batch_size=BATCH)
    _tell("case.opened", made, by, at)
    _tell("case.start", began, by, at)
    _count_this_weeks(hub, made, by, at)
    return made


def _count_this_weeks(hub: Hub, made: Sequence[Case], by: User, at: dt.datetime) -> None:
    """What burdens its lead in the week of `at`."""
    first, last = week_of(timezone.localtime(at).date())
    cases = [case for case in made if case.state not in CLOSED and first <= case.received_on <= last]
    assignments.hold(hub=hub, coordinators={case.lead_id for case in cases})
    rows = [
        Assignment(
            hub=hub, coordinator_id=case.lead_id, route=AssignmentRoute.OWN, on=case.received_on, case=case, by=by,
            at=at,
        )
        for case in cases
    ]  # fmt: skip
    Assignment.objects.bulk_create(rows, batch_size=BATCH)
    lines = [
        trail.Line("assignment.made", on=case, detail={"person": case.lead_id, "via": AssignmentRoute.OWN})
        for case in cases
    ]
    trail.write(lines, by=by, at=at)


def _numbers(hub: Hub, days: Sequence[dt.date]) -> list[str]:
    """Numbers for cases that came on these days, in their order."""
    years = [FiscalYear.of(day) for day in days]
    wanted = Counter(year.year for year in years)
    following = {
        number: last_number(hub, FiscalYear(number), count) - count + 1 for number, count in sorted(wanted.items())
    }
    found = []
    for year in years:
        found.append(f"{year}-{hub.code}-{following[year.year]:05d}")
        following[year.year] += 1
    return found


def start_received(*, hub: Hub, case_ids: Iterable[int], by: User, at: dt.datetime) -> None:
    """Cases that were only received are now being worked on."""
    waiting = Case.objects.select_for_update().filter(hub=hub, pk__in=set(case_ids), state=CaseState.RECEIVED)
    cases = list(waiting.order_by("pk"))
    for case in cases:
        case.state, case.version, case.updated_at = CaseState.ACTIVE, case.version + 1, at
    Case.objects.bulk_update(cases, ["state", "version", "updated_at"], batch_size=BATCH)
    steps = [CaseStep(hub=hub, case=case, move=CaseMove.START, state=CaseState.ACTIVE, at=at, by=by) for case in cases]
    CaseStep.objects.bulk_create(steps, batch_size=BATCH)
    _tell("case.start", cases, by, at)


def log_many(*, hub: Hub, rows: Sequence[NewConsultation], by: User, at: dt.datetime) -> list[Consultation]:
    """New records with their organizations and programmes. Raises IntegrityError for a client_id that there is."""
    made = []
    for row in rows:
        consultation = Consultation(
            hub=hub, case_id=row.case_id, enterprise_id=row.enterprise_id, client_id=row.client_id, lead=row.lead,
            created_at=at, created_by=by, updated_at=at, updated_by=by,
            **{name: getattr(row.session, name) for name in SESSION_FIELDS},
        )  # fmt: skip
        consultation.search_text, pairs = search_columns(consultation)
        # as an array literal: an ArrayField adapts a list number by number, which takes longer than all the rest
        consultation.search_grams = "{" + ",".join(map(str, pairs)) + "}"
        made.append(consultation)
    Consultation.objects.bulk_create(made, batch_size=BATCH)
    _involve(hub, made, rows)
    _tell("consultation.logged", made, by, at)
    return made


def _involve(hub: Hub, made: Sequence[Consultation], rows: Sequence[NewConsultation]) -> None:
    organizations, programs = [], []
    for consultation, row in zip(made, rows, strict=True):
        involved = row.session.involved
        for kind, keys in (
            (InvolvementKind.REFERRAL, involved.referred),
            (InvolvementKind.COOPERATION, involved.cooperating),
        ):
            organizations += [
                Involvement(hub=hub, consultation=consultation, organization_id=pk, kind=kind) for pk in keys
            ]
        for use, keys in ((ProgramUseKind.USED, involved.used), (ProgramUseKind.INTRODUCED, involved.introduced)):
            programs += [ProgramUse(hub=hub, consultation=consultation, program_id=pk, kind=use) for pk in keys]
    Involvement.objects.bulk_create(organizations, batch_size=BATCH)
    ProgramUse.objects.bulk_create(programs, batch_size=BATCH)


def _tell(action: str, made: Sequence[Any], by: User, at: dt.datetime) -> None:
    if made:
        trail.write([trail.Line(action, on=row) for row in made], by=by, at=at)


def hold(*, hub: Hub, enterprise_ids: Iterable[int], case_ids: Iterable[int]) -> bool:
    """Until this transaction ends no merge moves any of these and no erasure empties them. False if one has been
    merged or anonymised already, or belongs to somebody who was."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT merged_into_id, anonymised_at FROM consultations_enterprise WHERE hub_id = %s AND id = ANY (%s)"
            " ORDER BY id FOR SHARE",
            [hub.pk, sorted(set(enterprise_ids))],
        )
        standing = all(into is None and gone is None for into, gone in cursor.fetchall())
        cursor.execute(
            "SELECT FROM consultations_case WHERE hub_id = %s AND id = ANY (%s) ORDER BY id FOR KEY SHARE",
            [hub.pk, sorted(set(case_ids))],
        )
    return standing
