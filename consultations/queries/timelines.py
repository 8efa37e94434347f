"""What happened with a client or a case, in order: one statement over whatever any room knows of it.

Each kind of moment is a Source. This room's are in `moments`; a room upstairs registers its own when it starts
(AppConfig.ready), and is asked within the hub's scope like all the others. A source says where its rows are and what
each column of the one statement is for it; the rows come back in order, and the source tells each in words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, ExpressionWrapper, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from consultations.models import Case, Enterprise
from hubs.access import Permission
from hubs.models import Hub

TEXTS = ("code", "detail", "words", "more", "person", "matter")
COLUMNS = ("source_name", "day", "place_key", "leads_to", *TEXTS)
_KEYS = 10**16  # more than any table has rows: a place within a day is the source's rank and the row's key


@dataclass(frozen=True)
class About:
    """Whose timeline: a case of a hub, or an enterprise of it."""

    hub: Hub
    case: Case | None = None
    enterprise: Enterprise | None = None

    def of(self, case: str, enterprise: str) -> Q:
        """The rows whose column of the one name is the case, or of the other the enterprise."""
        subject = {case: self.case} if self.case is not None else {enterprise: self.enterprise}
        return Q(hub=self.hub, **subject)


@dataclass(frozen=True)
class Row:
    """One row of the statement, before it is told. What its texts mean, its source knows."""

    source_name: str
    day: dt.date
    place_key: int
    leads_to: int
    code: str
    detail: str
    words: str
    more: str
    person: str
    matter: str


@dataclass(frozen=True)
class Moment:
    """One entry of a timeline, in words. `matter` is the case that it is about."""

    day: dt.date
    place_key: int
    label: str
    said: str
    text: str
    answer: str
    person: str
    matter: str
    url: str
    is_move: bool


@dataclass(frozen=True)
class Source:
    """One kind of moment. Of one day, the higher `rank` comes first. `rows` gives what it knows about a case or an
    enterprise, None where it can know nothing. `columns` names `day`, `leads_to` and any of TEXTS; `key` tells its rows
    apart. `label` and `said` turn codes into words. Who lacks `permission` sees none of it."""

    name: str
    rank: int
    rows: Callable[[About], QuerySet[Any] | None]
    columns: Mapping[str, Any]
    label: Callable[[Row], str]
    url: Callable[[Hub, Row], str]
    said: Callable[[Row], str] = lambda _row: ""
    key: str = "pk"
    permission: str = Permission.VIEW_RECORDS
    is_move: bool = False


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Make a kind of moment known. Registering its name again replaces it."""
    _sources[source.name] = source


def timeline(
    *, about: About, may: Callable[[str], bool], before: tuple[dt.date, int] | None, at_most: int
) -> list[Moment]:
    """What happened, newest first, behind a place; only what `may` allows to see."""
    parts: list[QuerySet[Any, dict[str, Any]]] = [
        part
        for source in _sources.values()
        if may(source.permission) and (part := _part(source, about, before, at_most)) is not None
    ]
    if not parts:
        return []
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return [_told(about.hub, Row(**row)) for row in rows.order_by("-day", "-place_key")[:at_most]]


def _part(
    source: Source, about: About, before: tuple[dt.date, int] | None, at_most: int
) -> QuerySet[Any, dict[str, Any]] | None:
    """The newest of one source, with the columns of the statement."""
    rows = source.rows(about)
    if rows is None:
        return None
    first = Value(source.rank * _KEYS, BigIntegerField())
    place = ExpressionWrapper(first + F(source.key), output_field=BigIntegerField())
    texts = {name: Cast(source.columns.get(name, Value("")), TextField()) for name in TEXTS}
    rows = rows.annotate(
        source_name=Value(source.name, TextField()), day=source.columns["day"], place_key=place,
        leads_to=Cast(source.columns["leads_to"], BigIntegerField()), **texts,
    )  # fmt: skip
    if before is not None:
        day, key = before
        rows = rows.filter(Q(day__lt=day) | Q(day=day, place_key__lt=key))
    return rows.order_by("-day", "-place_key").values(*COLUMNS)[:at_most]


def _told(hub: Hub, row: Row) -> Moment:
    source = _sources[row.source_name]
    return Moment(
        day=row.day, place_key=row.place_key, label=source.label(row), said=source.said(row), text=row.words,
        answer=row.more, person=row.person or "", matter=row.matter or "", url=source.url(hub, row),
        is_move=source.is_move,
    )  # fmt: skip


def words_of(choices: Any) -> Callable[[str], str]:
    """A code in the reader's language, out of a closed list."""
    return lambda code: str(dict(choices.choices).get(code, code))
