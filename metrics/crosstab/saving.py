"""Keeping questions under a name."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from accounts.models import User
from audit import trail
from metrics.models import SavedTable


class NameTaken(Exception):
    """This person has a table of this name."""


@transaction.atomic
def save_table(*, name: str, query: str, is_shared: bool, by: User, at: dt.datetime) -> SavedTable:
    """Keep a question. Raises NameTaken."""
    try:
        with transaction.atomic():
            table = SavedTable.objects.create(owner=by, name=name, query=query, is_shared=is_shared, saved_at=at)
    except IntegrityError as problem:
        raise NameTaken from problem
    trail.record("table.saved", by=by, at=at, on=table, shared=is_shared)
    return table


@transaction.atomic
def rename_table(*, table: SavedTable, name: str, is_shared: bool, by: User, at: dt.datetime) -> None:
    """Another name; shared or not. Raises NameTaken."""
    table.name, table.is_shared = name, is_shared
    try:
        with transaction.atomic():
            table.save(update_fields=["name", "is_shared"])
    except IntegrityError as problem:
        raise NameTaken from problem
    trail.record("table.renamed", by=by, at=at, on=table, shared=is_shared)


@transaction.atomic
def delete_table(*, table: SavedTable, by: User, at: dt.datetime) -> None:
    """Gone; the figures that it showed stay."""
    trail.record("table.deleted", by=by, at=at, on=table)
    table.delete()
