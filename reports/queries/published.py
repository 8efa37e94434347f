"""What the public has been told: the published versions, one of them with its figures, and what it corrected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection

from foundation.periods import Month
from metrics.models import Span
from reports.models import Publication
from reports.relations import BUREAU, HUB, NATION, Cell


@dataclass(frozen=True)
class Told:
    """One published version, without its figures."""

    month: Month
    version: int
    published_at: dt.datetime
    sha256: str
    cause: str
    carried_in: Month

    @property
    def is_correction(self) -> bool:
        return self.version > 1


class Where(NamedTuple):
    """A place as it was called. `code` is what stands in files: 00, 03, 13."""

    level: str
    key: int
    code: str
    name: str
    slug: str = ""
    bureau: str = ""


class Changed(NamedTuple):
    """One published figure of the month, or of the quarter or year that ends with it, before and after a correction."""

    span: Span
    cell: Cell
    before: int
    after: int


@dataclass(frozen=True)
class PublicMonth:
    """One published version with everything in it."""

    told: Told
    content: Mapping[str, Any]
    definitions: list[dict[str, Any]]
    frozen_sha256: str

    @cached_property
    def figures(self) -> dict[Span, dict[Cell, int | None]]:
        """None where a figure is withheld; a cell that is not there is 0."""
        found: dict[Span, dict[Cell, int | None]] = {span: {} for span in Span}
        for span, level, place, indicator, code, value in self.content["facts"]:
            found[Span(span)][Cell(level, place, indicator, code)] = value
        return found

    @cached_property
    def places(self) -> list[Where]:
        """The nation, the bureaus, the hubs, in the order in which they are told."""
        bureaus = {key: name for key, _code, name in self.content["bureaus"]}
        return [
            Where(NATION, 0, "00", "全国"),
            *(Where(BUREAU, key, code, name) for key, code, name in self.content["bureaus"]),
            *(
                Where(HUB, key, code, name, slug, bureaus[bureau])
                for key, slug, code, name, bureau in self.content["hubs"]
            ),
        ]

    @cached_property
    def unconfirmed(self) -> list[Where]:
        """The hubs whose figures were closed without headquarters' confirmation."""
        found = set(self.content.get("unconfirmed", []))
        return [where for where in self.places if where.level == HUB and where.key in found]

    def value(self, span: Span, where: Where, indicator: str, code: str = "") -> int | None:
        """One figure; None where it is withheld."""
        return self.figures[span].get(Cell(where.level, where.key, indicator, code), 0)


def all_told() -> list[Told]:
    """Every published version, the newest month first and in it the newest version."""
    rows = Publication.objects.newest_first().values_list(
        "month", "version", "published_at", "sha256", "freeze__cause", "freeze__carried_in"
    )
    return [
        Told(Month.of(month), version, at, sha256, cause, Month.of(carried))
        for month, version, at, sha256, cause, carried in rows
    ]


def read(month: Month, version: int) -> PublicMonth | None:
    """A published version with its figures; None if there is none."""
    found = Publication.objects.of(month).filter(version=version).select_related("freeze").first()
    if found is None:
        return None
    told = Told(month, version, found.published_at, found.sha256, found.freeze.cause, Month.of(found.freeze.carried_in))
    return PublicMonth(told, found.figures, found.freeze.definitions, found.freeze.sha256)


def changed(before: PublicMonth, after: PublicMonth) -> list[Changed]:
    """What a version corrects: the figures that the month stands for, which both versions publish and which differ.
    What is withheld in one of them is not listed, so that nothing tells which withheld figure changed."""
    order = {definition["code"]: n for n, definition in enumerate(after.definitions)}
    levels = [NATION, BUREAU, HUB]
    return sorted(
        (
            Changed(span, cell, was, now)
            for span in Span.standing(after.told.month)
            for old, new in [(before.figures[span], after.figures[span])]
            for cell in old.keys() | new.keys()
            if (was := old.get(cell, 0)) is not None and (now := new.get(cell, 0)) is not None and was != now
        ),
        key=lambda one: (
            list(Span).index(one.span),
            levels.index(one.cell.level),
            one.cell.place,
            order.get(one.cell.indicator, 99),
            one.cell.code,
        ),
    )


_TREND = """
    SELECT DISTINCT ON (month) month, jsonb_path_query_first(
               figures, 'strict $.facts[*] ? (@[0] == "month" && @[1] == "nation" && @[3] == $code)',
               jsonb_build_object('code', %s::text)) -> 5
      FROM reports_publication WHERE month BETWEEN %s AND %s ORDER BY month, version DESC"""


def trend(indicator: str, first: Month, last: Month) -> list[tuple[Month, int | None]]:
    """The nation's total as it is published newest, month by month; None where it is withheld."""
    with connection.cursor() as cursor:
        cursor.execute(_TREND, [indicator, first.first, last.first])
        return [(Month.of(day), None if value in (None, "null") else int(value)) for day, value in cursor.fetchall()]
