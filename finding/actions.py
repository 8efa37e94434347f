"""Keeping views of lists."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from accounts.models import User
from audit import trail
from finding.models import SavedView
from hubs.models import Hub


class NameTaken(Exception):
    """This person has a view of this name for this list."""


@transaction.atomic
def save_view(
    *, hub: Hub, name: str, on_list: str, query: str, is_shared: bool, by: User, at: dt.datetime
) -> SavedView:
    """Keep a list's filters under a name. Raises NameTaken."""
    try:
        with transaction.atomic():
            view = SavedView.objects.create(
                hub=hub, owner=by, name=name, list=on_list, query=query, is_shared=is_shared, saved_at=at
            )
    except IntegrityError as problem:
        raise NameTaken from problem
    trail.record("view.saved", by=by, at=at, on=view, list=on_list)
    return view


@transaction.atomic
def rename_view(*, view: SavedView, name: str, is_shared: bool, by: User, at: dt.datetime) -> None:
    """Another name; shared or not. Raises NameTaken."""
    view.name, view.is_shared = name, is_shared
    try:
        with transaction.atomic():
            view.save(update_fields=["name", "is_shared"])
    except IntegrityError as problem:
        raise NameTaken from problem
    trail.record("view.renamed", by=by, at=at, on=view)


@transaction.atomic
def delete_view(*, view: SavedView, by: User, at: dt.datetime) -> None:
    """Gone; what it showed stays."""
    trail.record("view.deleted", by=by, at=at, on=view, list=view.list)
    view.delete()
