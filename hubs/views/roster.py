"""Who works at a hub today, and where."""

from __future__ import annotations

from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hubs.access import Permission
from hubs.choices import Role
from hubs.doors import Door, Reach
from hubs.models import Appointment, Membership, Unit


class Roster(Door):
    """GET /hubs/tokyo/roster/."""

    reach: ClassVar[Reach] = Reach.HUB_FIGURES
    permission: ClassVar[str | None] = Permission.VIEW_HUB

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        contracts = Appointment.objects.filter(hub=self.hub).effective_on(today)
        by_person = {(contract.person_id, contract.role): contract for contract in contracts}
        people = [(m, by_person.get((m.user_id, m.role))) for m in Membership.objects.people_of(self.hub, today)]
        page = {
            "hub": self.hub,
            "today": today,
            "leaders": [pair for pair in people if pair[0].role == Role.CHIEF],
            "coordinators": [pair for pair in people if pair[0].role == Role.COORDINATOR],
            "units": Unit.objects.filter(hub=self.hub).order_by("is_satellite", "pk"),
        }
        return render(request, "hubs/roster_detail.html", page)
