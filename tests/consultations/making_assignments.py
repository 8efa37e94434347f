"""Makes colleagues, what they can take, and what they were given."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.models import User
from consultations.models import Assignment, Capacity
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from tests import making


def make_colleague(hub: Hub, name: str = "高橋 翼") -> User:
    return making.make_person("coordinator", hub=hub, name=name)


def make_capacity(*, hub: Hub, coordinator: User, cap: int | None = None, **fields: Any) -> Capacity:
    with entered(Scope.of_hub(hub.pk)):
        return Capacity.objects.create(
            hub=hub, coordinator=coordinator, weekly_cap=cap, set_at=making.MOMENT, set_by=coordinator, **fields
        )


def make_assignments(*, hub: Hub, coordinator: User, on: date, count: int) -> None:
    with entered(Scope.of_hub(hub.pk)):
        for _number in range(count):
            Assignment.objects.create(
                hub=hub, coordinator=coordinator, route="case", on=on, at=making.MOMENT, by=coordinator
            )
