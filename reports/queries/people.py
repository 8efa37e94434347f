"""Whom one writes to about a month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from accounts.models import User
from hubs.choices import Role
from hubs.models import Hub, Membership


def chiefs_of(hub: Hub, day: dt.date) -> Sequence[User]:
    """A hub's chief, or those who share the post."""
    return _holding(Role.CHIEF, day, hub)


def body_of(hub: Hub, day: dt.date) -> Sequence[User]:
    """The people of the hub's implementing body."""
    return _holding(Role.IMPLEMENTING_BODY, day, hub)


def headquarters(day: dt.date) -> Sequence[User]:
    return _holding(Role.HEADQUARTERS, day, None)


def agency(day: dt.date) -> Sequence[User]:
    """Who at the agency may fetch reports."""
    return _holding(Role.AGENCY, day, None)


def _holding(role: str, day: dt.date, hub: Hub | None) -> Sequence[User]:
    rows = Membership.objects.filter(role=role, hub=hub, user__is_active=True).valid_on(day)
    return list(dict.fromkeys(row.user for row in rows.select_related("user").order_by("user_id")))
