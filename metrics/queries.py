"""Reading figures: what screens and reports ask. One query for any number of places, months, indicators."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from consultations.models import SpecialDesk
from directory.choices import CodeKind
from directory.models import Code, SupportProgram
from foundation.periods import Month
from hubs.models import Bureau, Hub
from hubs.tenancy import NoScope, current_scope
from metrics.indicators import INDICATORS, PROGRAMS, SPECIAL_DESKS, UNSTATED, Breakdown, Indicator
from metrics.models import Count, Freeze, Level, Span


@dataclass(frozen=True)
class Place:
    """Where a figure holds: a hub, a bureau's hubs, the nation."""

    level: Level
    hub_id: int | None = None
    bureau_id: int | None = None

    @classmethod
    def nation(cls) -> Place:
        return cls(Level.NATION)

    @classmethod
    def of_hub(cls, hub: Hub) -> Place:
        return cls(Level.HUB, hub_id=hub.pk)

    @classmethod
    def of_bureau(cls, bureau: Bureau) -> Place:
        return cls(Level.BUREAU, bureau_id=bureau.pk)


class _Key(NamedTuple):
    place: Place
    month: Month
    indicator: str


class Figures:
    """What `figures` found. Indicators are given by code or as themselves."""

    def __init__(self, found: Mapping[_Key, dict[str, int]], span: Span) -> None:
        self._found = found
        self.span = span

    def value(self, place: Place, month: Month, indicator: Indicator | str, code: str = "") -> int:
        """One figure; 0 where nothing was counted."""
        return self.breakdown(place, month, indicator).get(code, 0)

    def breakdown(self, place: Place, month: Month, indicator: Indicator | str) -> dict[str, int]:
        """{code: figure}, without zeros, in no order: `labels_of` has the order."""
        return self._found.get(_Key(place, month, _code_of(indicator)), {})


class Told(StrEnum):
    """Which figures of a closed month: as they were told, or as the records count now."""

    FROZEN = "frozen"  # the newest version of a closed month; the live count of one that is open
    LIVE = "live"


_ASKED_FOR = """fact.indicator = ANY (%(indicators)s)
       AND (fact.level = 'nation' AND %(nation)s
            OR fact.level = 'bureau' AND fact.bureau_id = ANY (%(bureaus)s::bigint[])
            OR fact.level = 'hub' AND fact.hub_id = ANY (%(hubs)s::integer[]))"""

# A quarter or year to date stands still until somebody records something: then the last month counted holds.
_FIGURES = f"""
    WITH newest AS MATERIALIZED (
        SELECT DISTINCT ON (month) month, id FROM metrics_freeze
         WHERE month = ANY (%(months)s::date[]) AND %(frozen)s ORDER BY month, version DESC
    ), asked AS MATERIALIZED (
        SELECT asked.month, newest.id AS freeze, CASE %(span)s WHEN 'month' THEN asked.month ELSE
                   (SELECT max(count.month) FROM metrics_count count WHERE count.month BETWEEN start AND asked.month)
               END AS counted
          FROM unnest(%(months)s::date[], %(starts)s::date[]) AS asked(month, start) LEFT JOIN newest USING (month)
    )
    SELECT asked.month, fact.level, fact.hub_id, fact.bureau_id, fact.indicator, fact.code, fact.value
      FROM asked JOIN metrics_fact fact ON fact.month = asked.counted AND fact.span = %(span)s
     WHERE asked.freeze IS NULL AND {_ASKED_FOR}
     UNION ALL
    SELECT asked.month, fact.level, fact.hub_id, fact.bureau_id, fact.indicator, fact.code, fact.value
      FROM asked JOIN metrics_frozenfact fact ON fact.freeze_id = asked.freeze AND fact.span = %(span)s
     WHERE {_ASKED_FOR}
"""  # noqa: S608
_FIGURES_OF = f"""
    SELECT version.month, fact.level, fact.hub_id, fact.bureau_id, fact.indicator, fact.code, fact.value
      FROM metrics_freeze version JOIN metrics_frozenfact fact ON fact.freeze_id = version.id AND fact.span = %(span)s
     WHERE version.id = %(freeze)s AND {_ASKED_FOR}
"""  # noqa: S608


def figures(
    *,
    places: Iterable[Place],
    months: Iterable[Month],
    span: Span = Span.MONTH,
    indicators: Iterable[Indicator | str] | None = None,
    told: Told = Told.FROZEN,
) -> Figures:
    """The figures of places and months, in one query; all indicators if none are named. `span` says whether of
    the months themselves or of their fiscal quarter or year up to and including them; `told` whether a closed month
    shows what was frozen. Within a scope that sees the figures of the hubs among the places; others read as 0. Raises
    NoScope."""
    return _found(_FIGURES, _parameters(places, months, span, indicators, told), span)


@dataclass(frozen=True)
class Ask:
    """What one call of `figures` would be asked."""

    places: Sequence[Place]
    months: Sequence[Month]
    span: Span
    indicators: Sequence[Indicator | str]


def figures_for(asks: Sequence[Ask], *, told: Told = Told.FROZEN) -> list[Figures]:
    """Several answers of `figures` in one statement, in the order of what was asked."""
    if current_scope() is None:
        raise NoScope("figures were asked for outside any scope")
    answers: list[dict[_Key, dict[str, int]]] = [{} for _ask in asks]
    with connection.cursor() as cursor:
        parts = [
            cursor.mogrify(_FIGURES, _parameters(ask.places, ask.months, ask.span, ask.indicators, told)).decode()
            for ask in asks
        ]
        cursor.execute(" UNION ALL ".join(f"SELECT {n} AS ask, * FROM ({sql}) answer" for n, sql in enumerate(parts)))  # noqa: S608
        for number, day, level, hub_id, bureau_id, indicator, code, value in cursor.fetchall():
            key = _Key(Place(Level(level), hub_id, bureau_id), Month.of(day), indicator)
            answers[number].setdefault(key, {})[code] = value
    return [Figures(found, ask.span) for found, ask in zip(answers, asks, strict=True)]


def figures_of(
    freeze: Freeze,
    *,
    places: Iterable[Place],
    span: Span = Span.MONTH,
    indicators: Iterable[Indicator | str] | None = None,
) -> Figures:
    """The figures of one version of a closed month. Otherwise as `figures`."""
    return _found(_FIGURES_OF, _asked(list(places), span, indicators) | {"freeze": freeze.pk}, span)


def _found(sql: str, asked: dict[str, Any], span: Span) -> Figures:
    if current_scope() is None:
        raise NoScope("figures were asked for outside any scope")
    found: dict[_Key, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        for day, level, hub_id, bureau_id, indicator, code, value in cursor.fetchall():
            key = _Key(Place(Level(level), hub_id, bureau_id), Month.of(day), indicator)
            found.setdefault(key, {})[code] = value
    return Figures(found, span)


def _parameters(
    places: Iterable[Place],
    months: Iterable[Month],
    span: Span,
    indicators: Iterable[Indicator | str] | None,
    told: Told,
) -> dict[str, Any]:
    months = list(months)
    return _asked(list(places), span, indicators) | {
        "months": [month.first for month in months],
        "starts": [span.start(month).first for month in months],
        "frozen": told is Told.FROZEN,
    }


def _asked(places: list[Place], span: Span, indicators: Iterable[Indicator | str] | None) -> dict[str, Any]:
    return {
        "span": str(span.value),
        "indicators": [_code_of(indicator) for indicator in (INDICATORS if indicators is None else indicators)],
        "nation": any(place.level == Level.NATION for place in places),
        "bureaus": [place.bureau_id for place in places if place.bureau_id is not None],
        "hubs": [place.hub_id for place in places if place.hub_id is not None],
    }


def _code_of(indicator: Indicator | str) -> str:
    return INDICATORS[indicator].code if isinstance(indicator, str) else indicator.code


class Labels:
    """What the codes of breakdowns are called, in the reader's language. Reads each list once, when first asked."""

    @cached_property
    def _codes(self) -> list[Code]:
        # an industry is counted by its 大分類: the entries that have nothing above them
        return list(Code.objects.filter(parent="").order_by("position", "code"))

    @cached_property
    def _programs(self) -> dict[str, str]:
        return {str(program.pk): str(program) for program in SupportProgram.objects.order_by("pk")}

    @cached_property
    def _desks(self) -> dict[str, str]:
        return {str(desk.pk): str(desk) for desk in SpecialDesk.objects.newest_first()}

    def of(self, indicator: Indicator | str) -> dict[str, str]:
        """{code: label} of a breakdown, in display order, expired codes included. What a record left open comes
        last. {"": the indicator's own label} for a total."""
        indicator = INDICATORS[indicator] if isinstance(indicator, str) else indicator
        if indicator.breakdown is None:
            return {"": str(indicator.label)}
        return self.of_breakdown(indicator.breakdown)

    def of_breakdown(self, breakdown: Breakdown) -> dict[str, str]:
        """The same, of whatever is divided that way."""
        codes = breakdown.codes
        if codes == PROGRAMS:
            labels = self._programs
        elif codes == SPECIAL_DESKS:
            labels = self._desks
        elif isinstance(codes, CodeKind):
            labels = {code.code: code.label for code in self._codes if code.kind == codes}
        else:
            labels = {value: str(label) for value, label in codes.choices}  # type: ignore[union-attr]
        return labels | {UNSTATED: _("不明・未記入")}


def labels_of(indicator: Indicator | str) -> dict[str, str]:
    """The labels of one breakdown; for several, keep one Labels."""
    return Labels().of(indicator)


def counted_at(month: Month) -> dt.datetime | None:
    """When a month's figures were last counted; None if never."""
    return Count.objects.filter(month=month.first).values_list("counted_at", flat=True).first()


def change(now: int, before: int) -> float | None:
    """By how many percent a figure has changed; None where there was nothing before."""
    return (now - before) * 100 / before if before else None
