"""Writing the trail."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

_address: ContextVar[str | None] = ContextVar("audit_address", default=None)

# Plain INSERT without RETURNING: whoever adds a line need not be allowed to read it back.
_INSERT = """
    INSERT INTO audit_entry (at, action, actor_id, actor, hub_id, subject_type, subject_id, detail, address)
    VALUES """
_LINE = "(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
_AT_ONCE = 500  # lines of one statement: an import writes thousands


@dataclass
class Line:
    """What is to be written. `on` is the object it is about, if it is about one."""

    action: str
    on: models.Model | None = None
    hub_id: int | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@contextmanager
def coming_from(address: str | None) -> Iterator[None]:
    """Name the network address that this request's lines come from."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


def record(
    action: str,
    *,
    by: Any,
    at: dt.datetime,
    on: models.Model | None = None,
    hub_id: int | None = None,
    **detail: Any,
) -> None:
    """Add one line, in the caller's transaction: no deed without its line, no line without its deed.

    `by` is a user, or None for the system itself. Never put a client's name or a note into `detail`.
    """
    write([Line(action, on=on, hub_id=hub_id, detail=detail)], by=by, at=at)


def write(lines: list[Line], *, by: Any, at: dt.datetime) -> None:
    """Add several lines."""
    rows = [_values(line, by, at) for line in lines]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            cursor.execute(_INSERT + ", ".join([_LINE] * len(some)), [value for row in some for value in row])


def _values(line: Line, by: Any, at: dt.datetime) -> tuple[Any, ...]:
    subject_type = line.on._meta.label_lower if line.on is not None else ""
    subject_id = str(line.on.pk) if line.on is not None else ""
    hub_id = line.hub_id if line.hub_id is not None else getattr(line.on, "hub_id", None)
    known = by is not None and by.is_authenticated
    return (
        at, line.action, by.pk if known else None, by.email if known else "", hub_id,
        subject_type, subject_id, json.dumps(line.detail, ensure_ascii=False, default=str), _address.get(),
    )  # fmt: skip
