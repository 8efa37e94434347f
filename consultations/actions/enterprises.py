"""Registering a client, and changing what is known of one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from audit import trail
from consultations.actions.duplicates import keep_keys
from consultations.actions.refusals import Anonymised, Edited, NumberTaken
from consultations.models import Enterprise
from hubs.models import Hub


@transaction.atomic
def register_enterprise(*, hub: Hub, by: User, at: dt.datetime, **fields: Any) -> Enterprise:
    """A new client. Raises NumberTaken."""
    try:
        with transaction.atomic():
            enterprise = Enterprise.objects.create(hub=hub, created_by=by, created_at=at, updated_at=at, **fields)
    except IntegrityError as problem:
        if "one_enterprise_per_hub_and_number" in str(problem):
            raise NumberTaken from problem
        raise
    keep_keys(hub=hub, enterprises=[enterprise])  # at once, so that the next page that is typed hints at it
    trail.record("enterprise.registered", by=by, at=at, on=enterprise)
    return enterprise


@transaction.atomic
def revise_enterprise(*, enterprise: Enterprise, version: int, by: User, at: dt.datetime, **fields: Any) -> Enterprise:
    """Change a client's data. Raises Edited, NumberTaken, Anonymised."""
    current = Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    if current.anonymised_at is not None:
        raise Anonymised
    if current.version != version:
        raise Edited(current)
    changed = [name for name, value in fields.items() if getattr(current, name) != value]
    for name in changed:
        setattr(current, name, fields[name])
    current.version, current.updated_at = current.version + 1, at
    try:
        with transaction.atomic():
            current.save()
    except IntegrityError as problem:
        if "one_enterprise_per_hub_and_number" in str(problem):
            raise NumberTaken from problem
        raise
    keep_keys(hub=current.hub, enterprises=[current])
    trail.record("enterprise.revised", by=by, at=at, on=current, fields=changed)
    return current
