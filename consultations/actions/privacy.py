"""Personal data go: by retention, or because somebody asked. What remains is what is counted.

A row stays with its codes, themes, minutes, industry and prefecture; whoever it was about cannot be told from it any
more. Rooms upstairs keep data of enterprises too: each registers a Holding when it starts (AppConfig.ready), so that
disclosure shows them and erasure reaches them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise

from accounts.models import User
from audit import trail
from consultations.actions.refusals import Anonymised
from consultations.choices import PrivacyKind, PrivacyMove
from consultations.models import Case, CaseStep, Consultation, Draft, Enterprise, PrivacyRequest
from consultations.models.enterprises import ANONYMISED, PERSONAL
from consultations.workflow import PRIVACY

# Not names, but what a company that publishes its accounts is found by.
_FIGURES = (
    "employees", "capital_yen", "established_on", "accounts_on", "sales_yen", "profit_yen", "labor_yen",
    "depreciation_yen",
)  # fmt: skip


@dataclass(frozen=True)
class Holding:
    """What one part of the system keeps of an enterprise.

    `held` tells it row by row, label → value. `erase` rewrites or deletes what is personal in it, in the caller's
    transaction and scope, and returns how many rows it changed; counts and codes must stay. `contacted_since` gives
    the ids of a hub's enterprises that were in touch from a day on, for retention.
    """

    name: str
    label: str | Promise
    held: Callable[[Enterprise], Iterable[dict[str, Any]]]
    erase: Callable[[Enterprise, dt.datetime], int]
    contacted_since: Callable[[int, dt.date], Any] | None = None


_holdings: dict[str, Holding] = {}


def register(holding: Holding) -> None:
    """Make a holding known. Registering its name again replaces it."""
    _holdings[holding.name] = holding


def holdings() -> list[Holding]:
    """All that were registered, by name."""
    return [_holdings[name] for name in sorted(_holdings)]


@transaction.atomic
def anonymise(*, enterprise: Enterprise, ground: str, by: User | None, at: dt.datetime) -> dict[str, int]:
    """Take out of an enterprise, its cases, notes, drafts and all holdings whatever tells who it was.

    Returns how many rows of each kind were rewritten; nothing if that has been done before. The figures stay: a row
    keeps what is counted, and the hash of its 法人番号 in place of the number.

    Locks, in this order: the enterprise, its cases, its notes. Whoever writes about one of them holds that row and asks
    whether the client still stands (actions.standing), so that nothing is written behind an erasure. NO KEY: whoever
    logs a consultation checks its foreign key against the enterprise when it commits (docs/adr/0010).
    """
    current = Enterprise.objects.select_for_update(no_key=True).get(pk=enterprise.pk)
    if current.anonymised_at is not None:
        return {}
    cases = list(Case.objects.select_for_update().filter(hub_id=current.hub_id, enterprise=current).order_by("pk"))
    counts = {
        "drafts": _erase_drafts(current, [case.pk for case in cases]),
        "cases": _erase_cases(cases, at),
        "case_steps": CaseStep.objects.filter(hub_id=current.hub_id, case__in=cases).exclude(note="").update(note=""),
        "consultations": _erase_sessions(current, at),
        "requests": current.privacy_requests.exclude(requester="").update(requester=""),
    }
    counts |= {holding.name: holding.erase(current, at) for holding in holdings()}
    _erase_enterprise(current, at)
    counts = {"enterprises": 1} | {name: count for name, count in counts.items() if count}
    trail.record("enterprise.anonymised", by=by, at=at, on=current, ground=ground, **counts)
    return counts


def _erase_enterprise(row: Enterprise, at: dt.datetime) -> None:
    row.name = ANONYMISED
    for name in PERSONAL:
        setattr(row, name, "")
    for name in _FIGURES:
        setattr(row, name, None)
    row.memberships, row.survey_opt_out = [], True
    row.anonymised_at, row.updated_at, row.version = at, at, row.version + 1
    row.save()


def _erase_cases(cases: list[Case], at: dt.datetime) -> int:
    for case in cases:
        case.title, case.issue, case.plan, case.next_action = ANONYMISED, "", "", ""
        case.updated_at, case.version = at, case.version + 1
        case.save()
    return len(cases)


def _erase_sessions(enterprise: Enterprise, at: dt.datetime) -> int:
    """Deleted ones as well: they are out of the figures, not out of the database."""
    count = 0
    rows = Consultation.objects.select_for_update().filter(hub_id=enterprise.hub_id, enterprise=enterprise)
    for row in rows.for_lists().order_by("pk").iterator(chunk_size=200):
        row.content = row.advice = ANONYMISED
        row.next_step = row.client_people = row.place = ""
        row.updated_at, row.version = at, row.version + 1
        row.save()
        count += 1
    return count


def _erase_drafts(enterprise: Enterprise, case_ids: list[int]) -> int:
    """Of whoever is typing: what is not saved yet is as personal as what is."""
    about = Q(fields__enterprise=str(enterprise.pk)) | Q(fields__case__in=[str(pk) for pk in case_ids])
    if enterprise.corporate_number:
        about |= Q(fields__new_corporate_number=enterprise.corporate_number)
    return Draft.objects.filter(about, hub_id=enterprise.hub_id).delete()[0]


# ---- what people ask
@transaction.atomic
def receive(*, enterprise: Enterprise, by: User, at: dt.datetime, **asked: Any) -> PrivacyRequest:
    """Note that somebody asked: kind, requester, relation, identity_check, received_on. Raises Anonymised."""
    current = Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    if current.anonymised_at is not None:
        raise Anonymised
    request = PrivacyRequest.objects.create(
        hub_id=current.hub_id, enterprise=current, received_at=at, received_by=by, **asked
    )
    trail.record("privacy.received", by=by, at=at, on=request, kind=request.kind, enterprise=current.pk)
    return request


@transaction.atomic
def carry_out(*, request: PrivacyRequest, handed_over: str, by: User, at: dt.datetime) -> PrivacyRequest:
    """Do what was asked, and keep the proof. Raises MoveRefused, and Anonymised where nothing is left to hand over.

    `handed_over` is the hash of what was disclosed; empty for an erasure.
    """
    current = _deciding(request, PrivacyMove.CARRY_OUT, by, at)
    proof: dict[str, Any] = {
        "request": current.pk, "hub": current.hub.slug, "kind": current.kind, "enterprise": current.enterprise_id,
        "relation": current.relation, "identity_check": current.identity_check,
        "received_on": current.received_on.isoformat(), "done_at": at.isoformat(), "done_by": by.pk,
    }  # fmt: skip
    if current.kind == PrivacyKind.ERASURE:
        proof["rows"] = anonymise(enterprise=current.enterprise, ground="request", by=by, at=at)
        proof["emptied"] = sorted(("name", *PERSONAL, *_FIGURES))
        current.requester = ""
    elif current.enterprise.anonymised_at is not None:
        raise Anonymised
    else:
        proof["handed_over_sha256"] = handed_over
    current.proof, current.sha256 = proof, seal(proof)
    current.save()
    trail.record(f"privacy.{current.kind}", by=by, at=at, on=current, sha256=current.sha256)
    return current


@transaction.atomic
def refuse(*, request: PrivacyRequest, reason: str, by: User, at: dt.datetime) -> PrivacyRequest:
    """Decline what was asked, with the reason that the requester is told. Raises MoveRefused."""
    current = _deciding(request, PrivacyMove.REFUSE, by, at)
    current.reason = reason
    current.save()
    trail.record("privacy.refused", by=by, at=at, on=current, kind=current.kind)
    return current


def seal(proof: dict[str, Any]) -> str:
    """SHA-256 of a proof as canonical JSON: keys sorted, no spaces, UTF-8."""
    text = json.dumps(proof, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _deciding(request: PrivacyRequest, move: str, by: User, at: dt.datetime) -> PrivacyRequest:
    rows = PrivacyRequest.objects.select_for_update(of=("self",)).select_related("hub", "enterprise")
    current = rows.get(pk=request.pk)
    current.state = PRIVACY.after(current.state, move)
    current.decided_at, current.decided_by = at, by
    return current
