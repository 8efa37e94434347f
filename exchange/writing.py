"""What good rows make, some hundreds at once, in the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from accounts.models import User
from consultations.actions import bulk
from exchange.checking import Client, Matter, Plan
from exchange.choices import ImportKind, Made
from exchange.models import ImportedRecord, ImportRun


class Changed(Exception):
    """What the rows speak of was merged or taken meanwhile: they are to be judged again."""


def write(*, run: ImportRun, plans: Sequence[Plan], by: User, at: dt.datetime) -> None:
    """Enterprises first, then cases, then consultations; and by which number each is known from now on. Raises
    IntegrityError, DataError, Changed."""
    clients = {id(plan.client): plan.client for plan in plans}
    matters = {id(plan.matter): plan.matter for plan in plans if plan.matter is not None}
    _hold(run, list(clients.values()), list(matters.values()))
    known: list[ImportedRecord] = []
    known += _register(run, plans, by, at)
    if run.kind != ImportKind.ENTERPRISES:
        known += _open(run, plans, by, at)
    if run.kind == ImportKind.CONSULTATIONS:
        known += _log(run, plans, by, at)
    ImportedRecord.objects.bulk_create(known, batch_size=bulk.BATCH)


def _hold(run: ImportRun, clients: Sequence[Client], matters: Sequence[Matter]) -> None:
    standing = bulk.hold(
        hub=run.hub,
        enterprise_ids=[client.pk for client in clients if client.pk is not None],
        case_ids=[matter.pk for matter in matters if matter.pk is not None],
    )
    if not standing:
        raise Changed


def _register(run: ImportRun, plans: Sequence[Plan], by: User, at: dt.datetime) -> list[ImportedRecord]:
    new: dict[int, Plan] = {}
    for plan in plans:
        if plan.client.pk is None:
            new.setdefault(id(plan.client), plan)
    first = list(new.values())
    made = bulk.register_many(hub=run.hub, rows=[plan.client.fields for plan in first], by=by, at=at)
    for plan, enterprise in zip(first, made, strict=True):
        plan.client.pk = enterprise.pk
    return [
        _known(run, plan, Made.ENTERPRISE, plan.client.external_id, plan.client.pk)
        for plan in first if plan.client.external_id
    ]  # fmt: skip


def _open(run: ImportRun, plans: Sequence[Plan], by: User, at: dt.datetime) -> list[ImportedRecord]:
    new: dict[int, Plan] = {}
    for plan in plans:
        if plan.matter is not None and plan.matter.pk is None:
            new.setdefault(id(plan.matter), plan)
    first = list(new.values())
    made = bulk.open_many(hub=run.hub, rows=[_new_case(run, plan) for plan in first], by=by, at=at)
    for plan, case in zip(first, made, strict=True):
        _matter(plan).pk = case.pk
    return [
        _known(run, plan, Made.CASE, _matter(plan).external_id, _matter(plan).pk)
        for plan in first if _matter(plan).external_id
    ]  # fmt: skip


def _new_case(run: ImportRun, plan: Plan) -> bulk.NewCase:
    matter = _matter(plan)
    assert matter.client.pk is not None
    assert matter.received_on is not None
    began = plan.session.held_on if plan.session is not None else None
    return bulk.NewCase(matter.client.pk, matter.received_on, matter.lead or run.uploaded_by, matter.fields, began)


def _log(run: ImportRun, plans: Sequence[Plan], by: User, at: dt.datetime) -> list[ImportedRecord]:
    rows = [_new_consultation(run, plan) for plan in plans]
    bulk.start_received(hub=run.hub, case_ids=[row.case_id for row in rows], by=by, at=at)
    made = bulk.log_many(hub=run.hub, rows=rows, by=by, at=at)
    return [
        _known(run, plan, Made.CONSULTATION, plan.external_id, consultation.pk)
        for plan, consultation in zip(plans, made, strict=True)
    ]


def _new_consultation(run: ImportRun, plan: Plan) -> bulk.NewConsultation:
    matter = _matter(plan)
    assert matter.pk is not None
    assert matter.client.pk is not None
    assert plan.client_id is not None
    assert plan.session is not None
    return bulk.NewConsultation(matter.pk, matter.client.pk, plan.client_id, plan.lead or run.uploaded_by, plan.session)


def _matter(plan: Plan) -> Matter:
    assert plan.matter is not None
    return plan.matter


def _known(run: ImportRun, plan: Plan, what: str, external_id: str, record_id: int | None) -> ImportedRecord:
    assert record_id is not None
    return ImportedRecord(
        hub_id=run.hub_id, run=run, row_number=plan.number, what=what, source=run.source, external_id=external_id,
        record_id=record_id,
    )  # fmt: skip
