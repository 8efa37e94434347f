"""What people have, what they were given this week, and what a handover passed on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count

from accounts.models import User
from consultations.models import Assignment, Capacity, Case
from hubs.models import Hub, Membership


@dataclass(frozen=True)
class Load:
    """One person's work: open cases that they lead, what this week brought, and what they can take. `is_here`: somebody
    who has left still leads cases."""

    person: User
    open_cases: int
    this_week: int
    capacity: Capacity | None
    is_paused: bool
    is_here: bool

    @property
    def is_full(self) -> bool:
        cap = self.capacity.weekly_cap if self.capacity else None
        return cap is not None and self.this_week >= cap


def loads(*, hub: Hub, day: dt.date) -> list[Load]:
    """Everybody who consults at the hub on a day, and whoever left open cases behind, by name."""
    here = [row.user for row in Membership.objects.people_of(hub, day)]
    cases = Case.objects.filter(hub=hub).open().order_by().values_list("lead").annotate(n=Count("pk"))
    leading: dict[int, int] = dict(cases)
    week = Assignment.objects.filter(hub=hub).standing().in_week_of(day).order_by()
    given: dict[int, int] = dict(week.values_list("coordinator").annotate(n=Count("pk")))
    capacities = {row.coordinator_id: row for row in Capacity.objects.filter(hub=hub)}
    known = {person.pk: person for person in here}
    gone = User.objects.filter(pk__in=leading.keys() - known.keys()).order_by("name", "pk")
    return [
        Load(
            person=person,
            open_cases=leading.get(person.pk, 0),
            this_week=given.get(person.pk, 0),
            capacity=(capacity := capacities.get(person.pk)),
            is_paused=capacity is not None and capacity.is_paused_on(day),
            is_here=person.pk in known,
        )
        for person in [*known.values(), *gone]
    ]


def open_cases_of(*, hub: Hub, person: User, at_most: int) -> list[Case]:
    """What somebody leads and has not closed, newest first."""
    rows = Case.objects.filter(hub=hub, lead=person).open().select_related("enterprise", "deputy")
    return list(rows.newest_first()[:at_most])
