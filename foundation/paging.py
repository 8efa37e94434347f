"""Paging by place instead of by number: page 900 costs what page 1 costs, and rows that come in do not shift it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy

Rows = TypeVar("Rows", bound=QuerySet[Any])

AFTER = "after"
UNREADABLE = gettext_lazy("アドレスの「after」が読めません。一覧の最初から開き直してください。")


@dataclass(frozen=True)
class Page:
    """Some rows, and the query strings of the pages around them."""

    objects: Sequence[Any]
    next_query: str
    first_query: str | None


def read_place(query: QueryDict, read: Callable[[str], Any] = dt.date.fromisoformat) -> tuple[Any, int] | None:
    """The place behind which a page begins: `?after=2026-11-10_123`. `read` reads its first half: a date, or
    `read_moment` for lists in order of a moment, `int` for those in order of a number. Raises BadRequest."""
    text = query.get(AFTER, "")
    if not text:
        return None
    day, _, pk = text.partition("_")
    try:
        place = read(day), int(pk)
    except ValueError:
        raise BadRequest(UNREADABLE) from None
    if not 0 <= place[1] < 2**63:
        raise BadRequest(UNREADABLE)
    return place


def read_moment(text: str) -> dt.datetime:
    """A moment out of an address, in UTC: PostgreSQL knows no offset beyond 16 hours, Python does. Raises ValueError,
    for a time without its zone too."""
    found = dt.datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"a moment without a time zone: {text}")
    try:
        return found.astimezone(dt.UTC)
    except OverflowError as problem:
        raise ValueError(f"outside any calendar: {text}") from problem


def behind(rows: Rows, field: str, place: tuple[Any, int] | None) -> Rows:
    """The rows that follow a place in the order (-field, -pk); all of them where there is none. The first condition is
    what an index on the field begins at, so that the last page costs what the first one does."""
    if place is None:
        return rows
    value, pk = place
    return rows.filter(**{f"{field}__lte": value}).filter(Q(**{f"{field}__lt": value}) | Q(pk__lt=pk))


def page_of(rows: Sequence[Any], *, size: int, query: QueryDict, place_of: Callable[[Any], tuple[Any, int]]) -> Page:
    """A page of at most `size` rows out of `size + 1` that were asked for; the one too many shows that more follow."""
    shown, more = rows[:size], len(rows) > size
    onwards, back = query.copy(), query.copy()
    back.pop(AFTER, None)
    next_query = ""
    if more:
        day, pk = place_of(shown[-1])
        onwards[AFTER] = f"{day if isinstance(day, int) else day.isoformat()}_{pk}"
        next_query = onwards.urlencode()
    return Page(shown, next_query, back.urlencode() if AFTER in query else None)
