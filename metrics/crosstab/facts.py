"""Answers from the monthly facts, of closed months as they were frozen. All that this package reads of
them stands here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection

from foundation.periods import Month
from hubs.tenancy import NoScope, current_scope
from metrics.crosstab.axes import BUREAU, HUB, QUARTER, YEAR, Axis, Kind
from metrics.crosstab.groups import Group, Places
from metrics.crosstab.question import Question
from metrics.indicators import Indicator, Way
from metrics.models import Level, Span
from metrics.queries import Figures, Place, figures

Key = tuple[str | None, str | None]


@dataclass
class Answer:
    """{(row, column): value} without zeros; None in a key: the total over that axis. `known`: whether the totals of
    rows, of columns, and of everything are true ones."""

    values: dict[Key, int] = field(default_factory=dict)
    row_totals: bool = True  # one at the end of each row
    column_totals: bool = True  # one below each column
    grand_total: bool = True


class Read(NamedTuple):
    """One stored figure."""

    place: Place
    span: Span
    month: Month


def can_answer(question: Question, rows: Sequence[Group], columns: Sequence[Group], places: Places) -> bool:
    """Whether the facts hold every cell."""
    if question.measure.additive:
        return question.stored is not None
    if question.breakdowns:
        return False
    return all(reads_of(question, row, column, places) is not None for row in rows for column in columns)


def from_facts(question: Question, rows: Sequence[Group], columns: Sequence[Group], places: Places) -> Answer:
    """The answer, in a scope that sees the hubs' figures. For questions that `can_answer`."""
    if current_scope() is None:
        raise NoScope("a table was asked for outside any scope")
    if question.measure.additive:
        return _added(question)
    return _counted_anew(question, rows, columns, places)


# ---- 件: sums over places and months
def _added(question: Question) -> Answer:
    divided, overlap = question.stored, question.overlapping
    assert divided is not None
    # where codes overlap, their sum is no total: the total itself is read beside them
    beside = overlap is not None and not question.codes.get(overlap.name)
    answer = Answer()
    for place, time, indicator, code, value in _sums(question, [divided, question.measure] if beside else [divided]):
        row, column = (_key(axis, place, time, code) for axis in question.axes)
        if overlap is None:
            _add(answer, value, (row, column), (row, None), (None, column), (None, None))
        elif indicator == divided.code:
            _add(answer, value, (row, column), (row, None) if overlap == question.rows else (None, column))
        else:
            _add(answer, value, (None, column) if overlap == question.rows else (row, None), (None, None))
    if overlap is not None and not beside:
        answer.grand_total = False
        answer.row_totals, answer.column_totals = overlap == question.rows, overlap == question.columns
    return answer


def _add(answer: Answer, value: int, *keys: Key) -> None:
    for key in keys:
        answer.values[key] = answer.values.get(key, 0) + value


def _key(axis: Axis, place: str, time: str, code: str) -> str:
    return {Kind.PLACE: place, Kind.TIME: time, Kind.CODES: code, Kind.WHOLE: ""}[axis.kind]


_TIMES = {
    QUARTER.name: "date_trunc('quarter', fact.month::timestamp)",
    YEAR.name: "date_trunc('year', fact.month::timestamp - interval '3 months') + interval '3 months'",
}


def _sums(question: Question, indicators: Iterable[Indicator]) -> list[tuple[str, str, str, str, int]]:
    """(place, time, indicator, code, sum), at the lowest level that is asked for, in one statement."""
    place, time = question.axis_of(Kind.PLACE), question.axis_of(Kind.TIME)
    level, joined = Level.HUB, ""
    if place == BUREAU:
        level, of_place = (Level.BUREAU, "fact.bureau_id::text") if question.is_nation else (level, "p.bureau_id::text")
        joined = "" if question.is_nation else "JOIN hubs_prefecture p ON p.code = fact.hub_id"
    elif place == HUB:
        of_place = "fact.hub_id::text"
    else:
        level, of_place = Level.NATION if question.is_nation else level, "''"
    of_time = f"to_char({_TIMES.get(time.name, 'fact.month')}, 'YYYY-MM')" if time else "''"
    codes = [code for some in question.codes.values() for code in some]
    sql = f"""
        SELECT {of_place}, {of_time}, fact.indicator, fact.code, sum(fact.value)::bigint
          FROM metrics_told fact {joined}
         WHERE fact.level = %(level)s AND fact.span = 'month' AND fact.month BETWEEN %(first)s AND %(last)s
           AND fact.indicator = ANY (%(indicators)s) AND (fact.hub_id IS NULL OR fact.hub_id = ANY (%(hubs)s))
           AND (fact.code = ANY (%(codes)s) OR %(codes)s::text[] = '{{}}')
         GROUP BY 1, 2, 3, 4"""  # noqa: S608  (constants of this module)
    asked: dict[str, Any] = {"level": str(level.value), "hubs": sorted(question.hubs), "codes": codes}
    asked |= {"first": question.first.first, "last": question.last.first, "indicators": [i.code for i in indicators]}
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return cursor.fetchall()


# ---- 者: only what is stored as such
def reads_of(question: Question, row: Group | None, column: Group | None, places: Places) -> list[Read] | None:
    """The stored figures that make up one cell, or a total (None instead of a group). None: nothing stored says it."""
    hubs, months = question.hubs, tuple(question.months)
    for group in (row, column):
        if group is not None:
            hubs = hubs if group.hubs is None else group.hubs
            months = months if group.months is None else group.months
    place = _stored_place(hubs, places)
    if place is None:
        return None
    if question.measure.counted.way is Way.FIRST:  # a first time happens once: months add up at each place
        return [Read(place, Span.MONTH, month) for month in months]
    span = stored_span(months)
    return [Read(place, span, months[-1])] if span is not None else None


def _stored_place(hubs: frozenset[int], places: Places) -> Place | None:
    if len(hubs) == len(places.hubs):
        return Place.nation()
    if len(hubs) == 1:
        return Place(Level.HUB, hub_id=next(iter(hubs)))
    bureau = next((pk for pk, (_name, theirs) in places.bureaus.items() if theirs == hubs), None)
    return Place(Level.BUREAU, bureau_id=bureau) if bureau is not None else None


def stored_span(months: Sequence[Month]) -> Span | None:
    """The span up to the last of these months that is just them. None if there is none."""
    if len(months) == 1:
        return Span.MONTH
    spans = (Span.QUARTER_TO_DATE, Span.YEAR_TO_DATE)
    return next((span for span in spans if span.start(months[-1]) == months[0]), None)


def _counted_anew(question: Question, rows: Sequence[Group], columns: Sequence[Group], places: Places) -> Answer:
    wanted: dict[Key, list[Read] | None] = {
        (row.code if row else None, column.code if column else None): reads_of(question, row, column, places)
        for row in (*rows, None)
        for column in (*columns, None)
    }
    found = _read([read for reads in wanted.values() for read in reads or ()], question.measure)
    answer = Answer()
    for key, reads in wanted.items():
        if reads is not None:
            answer.values[key] = sum(found[read.span].value(read.place, read.month, question.measure) for read in reads)
    answer.row_totals = all(wanted[row.code, None] is not None for row in rows)
    answer.column_totals = all(wanted[None, column.code] is not None for column in columns)
    answer.grand_total = wanted[None, None] is not None
    return answer


def _read(reads: Iterable[Read], measure: Indicator) -> dict[Span, Figures]:
    """One query per span."""
    by_span: dict[Span, list[Read]] = {}
    for read in reads:
        by_span.setdefault(read.span, []).append(read)
    return {
        span: figures(
            places={read.place for read in some}, months={read.month for read in some}, span=span, indicators=[measure]
        )
        for span, some in by_span.items()
    }
