"""Giving work to people, within what each can take: one ledger over every route, so that no route goes round a cap.

Whoever gives something to somebody holds that person's lock until the transaction ends: two who give at the same
moment cannot both take the last place of a week. Several are locked in one order, so that nobody waits in a ring.

Rooms upstairs give things of which a case may come: a booking does. Each registers how to find what it gave by the
number of the consultation (AppConfig.ready), so that the visit and its case are one in the ledger. docs/adr/0011
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from audit import trail
from consultations.actions.refusals import Edited
from consultations.choices import AssignmentRoute
from consultations.models import Assignment, Capacity, Case, Handover
from foundation.turns import take_turn
from hubs.models import Hub


class NotFree(Exception):
    """Somebody cannot take this: `coordinator`, on the day `on`."""

    def __init__(self, coordinator: User, on: dt.date) -> None:
        super().__init__(f"{coordinator.pk} on {on}")
        self.coordinator, self.on = coordinator, on


class CapReached(NotFree):
    """The week's cap is full."""


class Paused(NotFree):
    """Nothing is given to this person on that day."""


class DoesNotFit(Exception):
    """A bulk handover that was not done at all: `problems` says why, by the number of the case."""

    def __init__(self, problems: dict[int, Exception]) -> None:
        super().__init__(f"{len(problems)} do not fit")
        self.problems = problems


@dataclass(frozen=True)
class Giving:
    """A case and whom it goes to."""

    case: Case
    to: User


Giver = Callable[[Hub, uuid.UUID], str]  # the reference under which something was given, "" for nothing
_givers: dict[str, Giver] = {}


def register(name: str, giver: Giver) -> None:
    """Make known where to ask what was given under the number of a consultation."""
    _givers[name] = giver


def hold(*, hub: Hub, coordinators: Iterable[int]) -> None:
    """Take the locks of several people, in the order of their numbers, until the transaction ends."""
    for pk in sorted(set(coordinators)):
        take_turn(hub.pk, f"capacity {pk}")


@transaction.atomic
def assign(
    *,
    hub: Hub,
    coordinator: User,
    route: str,
    on: dt.date,
    by: User,
    at: dt.datetime,
    case: Case | None = None,
    reference: str = "",
    handover: Handover | None = None,
) -> Assignment:
    """Write down that somebody is given something. Raises CapReached, Paused. What a person takes on themselves while
    logging (route OWN) is never refused, and counts all the same."""
    hold(hub=hub, coordinators=[coordinator.pk])
    if route != AssignmentRoute.OWN:
        _refuse_unfree(hub, coordinator, on)
    made = Assignment.objects.create(
        hub=hub, coordinator=coordinator, route=route, on=on, case=case, reference=reference, handover=handover,
        by=by, at=at,
    )  # fmt: skip
    trail.record(
        "assignment.made", by=by, at=at, on=case or made, hub_id=hub.pk, person=coordinator.pk, via=route,
    )  # fmt: skip
    return made


@transaction.atomic
def cover(*, case: Case, coordinator: User, client_id: uuid.UUID, by: User, at: dt.datetime) -> bool:
    """Write a case down as what came of something that the same person was given before, under the number of its first
    consultation: it counts once. False where nothing was, or something else came of it already."""
    references = [reference for giver in _givers.values() if (reference := giver(case.hub, client_id))]
    if not references:
        return False
    given = Assignment.objects.filter(hub=case.hub, coordinator=coordinator, reference__in=references).standing()
    if not given.filter(case__isnull=True).update(case=case):
        return False
    trail.record("assignment.covers", by=by, at=at, on=case, person=coordinator.pk, about=references)
    return True


@transaction.atomic
def release(*, hub: Hub, reference: str, by: User | None, at: dt.datetime) -> None:
    """Take back what was given under a reference: a cancelled booking burdens nobody. None stands: nothing happens.
    A case that has come of it meanwhile stays given."""
    rows = Assignment.objects.filter(hub=hub, reference=reference).standing()
    rows.filter(case__isnull=False).update(reference="")
    if rows.update(released_at=at, released_by=by):
        trail.record("assignment.released", by=by, at=at, hub_id=hub.pk, about=reference)


@transaction.atomic
def give_case(*, case: Case, to: User, version: int, on: dt.date, by: User, at: dt.datetime) -> Case:
    """Make somebody else the lead of a case. Raises Edited, CapReached, Paused. To who leads it already: nothing."""
    current = Case.objects.select_for_update().select_related("hub").get(pk=case.pk)
    if current.version != version:
        raise Edited(current)
    if current.lead_id == to.pk:
        return current
    assign(hub=current.hub, coordinator=to, route=AssignmentRoute.CASE, on=on, by=by, at=at, case=current)
    return _lead_by(current, to, by=by, at=at)


@transaction.atomic
def hand_over(*, hub: Hub, giver: User, givings: Sequence[Giving], on: dt.date, by: User, at: dt.datetime) -> Handover:
    """Pass several cases on at once. All or none: raises DoesNotFit with the reason of each that does not fit."""
    hold(hub=hub, coordinators=[giving.to.pk for giving in givings])
    wanted = [giving.case.pk for giving in givings]
    rows = Case.objects.filter(hub=hub, lead=giver, pk__in=wanted).open().order_by("pk")
    held = {row.pk: row for row in rows.select_for_update(of=("self",))}
    problems: dict[int, Exception] = {}
    handover = Handover.objects.create(hub=hub, giver=giver, by=by, at=at)
    for giving in givings:
        current = held.get(giving.case.pk)
        if current is None:  # closed, or somebody else's meanwhile
            problems[giving.case.pk] = Edited(giving.case)
            continue
        try:
            assign(
                hub=hub, coordinator=giving.to, route=AssignmentRoute.HANDOVER, on=on, by=by, at=at, case=current,
                handover=handover,
            )  # fmt: skip
        except NotFree as problem:
            problems[giving.case.pk] = problem
        else:
            _lead_by(current, giving.to, by=by, at=at)
    if problems:
        raise DoesNotFit(problems)
    counts = Counter(giving.to.pk for giving in givings)
    trail.record("handover.done", by=by, at=at, on=handover, person=giver.pk, count=sum(counts.values()))
    return handover


@transaction.atomic
def set_capacity(
    *,
    hub: Hub,
    coordinator: User,
    weekly_cap: int | None,
    paused_from: dt.date | None,
    paused_until: dt.date | None,
    by: User,
    at: dt.datetime,
) -> Capacity:
    """Say what somebody can take from now on. What was given before stays."""
    hold(hub=hub, coordinators=[coordinator.pk])
    wanted = {"weekly_cap": weekly_cap, "paused_from": paused_from, "paused_until": paused_until}
    row, _made = Capacity.objects.update_or_create(
        hub=hub, coordinator=coordinator, defaults=wanted | {"set_by": by, "set_at": at}
    )
    trail.record("capacity.set", by=by, at=at, on=row, person=coordinator.pk, **wanted)  # type: ignore[arg-type]
    return row


def _refuse_unfree(hub: Hub, coordinator: User, on: dt.date) -> None:
    capacity = Capacity.objects.filter(hub=hub, coordinator=coordinator).first()
    if capacity is None:
        return
    if capacity.is_paused_on(on):
        raise Paused(coordinator, on)
    if capacity.weekly_cap is None:
        return
    given = Assignment.objects.filter(hub=hub, coordinator=coordinator).standing().in_week_of(on)
    if given.count() >= capacity.weekly_cap:
        raise CapReached(coordinator, on)


def _lead_by(case: Case, person: User, *, by: User, at: dt.datetime) -> Case:
    before, case.lead = case.lead_id, person
    if case.deputy_id == person.pk:
        case.deputy = None
    case.version, case.updated_at = case.version + 1, at
    case.save(update_fields=["lead", "deputy", "version", "updated_at"])
    trail.record("case.given", by=by, at=at, on=case, person=person.pk, before=before)
    return case
