"""What became of a case: writing it down, and asking again 3, 6 and 12 months after its end."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from audit import trail
from consultations.actions.merging import hold_case
from consultations.actions.refusals import Edited
from consultations.choices import AsOf, FollowUpEnding, Resolution
from consultations.models import Case, FollowUp, Outcome

MONTHS_AFTER = {AsOf.MONTHS_3: 3, AsOf.MONTHS_6: 6, AsOf.MONTHS_12: 12}
AHEAD = dt.timedelta(days=14)  # a follow-up shows this long before its day
# What was due longer ago and never asked stays unasked: a hub that starts with ten years of imported cases must not
# find ten thousand due actions on its desk.
AT_MOST_LATE = dt.timedelta(days=31)


class AlreadyEnded(Exception):
    """The follow-up was done, skipped or cancelled meanwhile."""


@transaction.atomic
def record_outcome(*, case: Case, by: User, at: dt.datetime, **fields: Any) -> Outcome:
    """Write an outcome down. The case's follow-up of that time, if one is due, is thereby done. Raises Anonymised."""
    hold_case(case)
    confirmed_by = by if fields.get("confirmed_on") else None
    outcome = Outcome.objects.create(
        hub_id=case.hub_id, case=case, confirmed_by=confirmed_by, created_at=at, created_by=by, updated_at=at,
        updated_by=by, **fields,
    )  # fmt: skip
    _complete(outcome, by=by, at=at)
    trail.record("outcome.recorded", by=by, at=at, on=outcome, kind=outcome.kind, confirmed=bool(outcome.confirmed_on))
    return outcome


@transaction.atomic
def revise_outcome(*, outcome: Outcome, version: int, by: User, at: dt.datetime, **fields: Any) -> Outcome:
    """Change an outcome that nobody else has changed since. Whoever writes down the confirmation stands for it.
    Raises Edited, Anonymised."""
    hold_case(outcome.case)  # before the outcome: in the order in which an erasure takes them
    current = Outcome.objects.select_for_update().get(pk=outcome.pk)
    if current.version != version or current.deleted_at is not None:
        raise Edited(current)
    changed = [name for name, value in fields.items() if getattr(current, name) != value]
    for name in changed:
        setattr(current, name, fields[name])
    if current.confirmed_on is None:
        current.confirmed_by = None
    elif {"confirmed_on", "confirmed_how"} & set(changed):
        current.confirmed_by = by
    current.version, current.updated_at, current.updated_by = current.version + 1, at, by
    current.save()
    _complete(current, by=by, at=at)
    trail.record("outcome.revised", by=by, at=at, on=current, fields=changed)
    return current


@transaction.atomic
def delete_outcome(*, outcome: Outcome, version: int, by: User, at: dt.datetime) -> None:
    """Take an outcome back. What it had settled is due again. Raises Edited."""
    gone = Outcome.objects.filter(pk=outcome.pk, version=version, deleted_at__isnull=True)
    if not gone.update(deleted_at=at, deleted_by=by, version=version + 1):
        raise Edited(Outcome.objects.get(pk=outcome.pk))
    FollowUp.objects.filter(outcome=outcome).update(ending="", outcome=None, ended_at=None, ended_by=None)
    trail.record("outcome.deleted", by=by, at=at, on=outcome)


@transaction.atomic
def skip_follow_up(*, follow_up: FollowUp, reason: str, by: User, at: dt.datetime) -> None:
    """Do without this one, and say why. Raises AlreadyEnded."""
    pending = FollowUp.objects.pending().filter(pk=follow_up.pk)
    if not pending.update(ending=FollowUpEnding.SKIPPED, reason=reason, ended_at=at, ended_by=by):
        raise AlreadyEnded
    trail.record("followup.skipped", by=by, at=at, on=follow_up)


def cancel_follow_ups(*, case: Case, by: User, at: dt.datetime) -> None:
    """A case that goes on has no end to follow. In the caller's transaction."""
    pending = FollowUp.objects.pending().filter(hub_id=case.hub_id, case=case)
    if count := pending.update(ending=FollowUpEnding.CANCELLED, ended_at=at, ended_by=by):
        trail.record("followup.cancelled", by=by, at=at, on=case, count=count)


def _complete(outcome: Outcome, *, by: User, at: dt.datetime) -> None:
    same = FollowUp.objects.pending().filter(hub_id=outcome.hub_id, case_id=outcome.case_id, point=outcome.as_of)
    same.update(ending=FollowUpEnding.DONE, outcome=outcome, ended_at=at, ended_by=by)


# Due minus done. Cases that brought something: the others have nothing whose course one could follow. An end that was
# reached by a mistake and taken back has a cancelled row, which does not stand in the way of the next.
_MAKE_DUE = """
    INSERT INTO consultations_followup (hub_id, case_id, point, closed_on, due_on, ending, reason)
    SELECT k.hub_id, k.id, asked.point, k.closed_on, (k.closed_on + make_interval(months => asked.months))::date, '', ''
      FROM unnest(%(points)s::text[], %(months)s::integer[]) AS asked (point, months)
      JOIN consultations_case k
        ON k.hub_id = %(hub)s AND k.resolution = ANY (%(resolutions)s)
       AND k.closed_on BETWEEN (%(first)s - make_interval(months => asked.months) - interval '3 days')::date
                           AND (%(last)s - make_interval(months => asked.months) + interval '3 days')::date
     WHERE (k.closed_on + make_interval(months => asked.months))::date BETWEEN %(first)s AND %(last)s
       AND NOT EXISTS (SELECT FROM consultations_outcome o
                        WHERE o.hub_id = k.hub_id AND o.case_id = k.id AND o.as_of = asked.point
                          AND o.measured_on >= k.closed_on AND o.deleted_at IS NULL)
    ON CONFLICT DO NOTHING
"""


@transaction.atomic
def make_due_follow_ups(*, hub_id: int, today: dt.date, at: dt.datetime) -> int:
    """The follow-ups that are due by now and were not made yet. In the hub's scope; running it twice makes none
    twice. Returns how many were made."""
    asked = {
        "hub": hub_id, "first": today - AT_MOST_LATE, "last": today + AHEAD,
        "points": [str(point.value) for point in MONTHS_AFTER], "months": list(MONTHS_AFTER.values()),
        "resolutions": [Resolution.SOLVED.value, Resolution.PARTLY.value],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_MAKE_DUE, asked)  # type: ignore[arg-type]
        made = cursor.rowcount
    if made:
        trail.record("followup.made", by=None, at=at, hub_id=hub_id, count=made)
    return made
