"""Answers from the records, within a time limit: what no monthly fact holds, such as two breakdowns crossed.

What counts is said once, in metrics.counting: its rows, with the columns that a table goes by. One statement counts
the cells and the totals, each total anew: an enterprise in two rows is one enterprise below them. Only sums leave.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection
from django.utils.translation import gettext as _
from psycopg2.errors import QueryCanceled

from foundation.periods import Month
from foundation.templatetags import shown
from hubs.tenancy import Scope, entered
from metrics.counting import BUREAU_OF, COUNTED, EACH_THEME, IDENTITY, INDUSTRY_OF, MORE, OF_CASE, ROWS, THEMES_OF
from metrics.crosstab.axes import AXES, BUREAU, HUB, MONTH, QUARTER, SESSIONS, YEAR, Axis, Kind, columns_of
from metrics.crosstab.facts import Answer
from metrics.crosstab.question import Question, Unanswerable
from metrics.indicators import BY_SPECIAL_DESK, BY_THEME, INDICATORS, Counted, Source, Way

_SESSION_COLUMNS = ", c.day, c.identity, c.minutes, c.method, c.themes, c.unit, " + ", ".join(
    f"c.{column}" for column in ("category", "special_desk", "introducer", "industry")
)
# By source: what its rows take along. Those that are no part of a consultation know their case.
_TAKEN = {
    Source.INVOLVEMENTS: _SESSION_COLUMNS,
    Source.PROGRAM_USES: _SESSION_COLUMNS,
    Source.CLOSED_CASES: ", closed_on AS day, id AS case_id",
    Source.OUTCOMES: ", measured_on AS day, case_id",
    Source.SENT_REFERRALS: ", r.sent_on AS day, r.case_id",
    Source.ANSWERED_REFERRALS: ", r.answered_on AS day, r.case_id",
    Source.PARTNER_WORKS: ", w.worked_on AS day, r.case_id",
}
_WHEN = {
    MONTH.name: "day",
    QUARTER.name: "date_trunc('quarter', day::timestamp)",
    YEAR.name: "date_trunc('year', day::timestamp - interval '3 months') + interval '3 months'",
}
_WHERE = {HUB.name: "hub_id::text", BUREAU.name: f"({BUREAU_OF})[hub_id]::text"}


class TooSlow(Exception):
    """The time limit was reached."""


def check(question: Question) -> None:
    """Raises Unanswerable for what even the records cannot say."""
    measure, known = question.measure, columns_of(question.measure)
    if measure.counted.way is Way.FIRST and not question.breakdowns:
        raise Unanswerable("hubs", _(
            "「%(measure)s」は、拠点・経済産業局・全国のそれぞれで初めての事業者を数えた値です。"
            "一部の拠点だけをまとめた値はないため、拠点を1つにするか、絞り込みを外してください。"
        ) % {"measure": measure})  # fmt: skip
    for name in question.breakdowns:
        if name not in known:
            sides = {question.columns.name: "columns", question.rows.name: "rows"}
            raise Unanswerable(sides.get(name, f"in_{name}"), _cannot_divide(question, AXES[name]))


def _definition(question: Question) -> tuple[Counted, Month, Month]:
    """What counts, and in which months of the period it does. Raises Unanswerable where that changes on the way."""
    held = INDICATORS.within(question.measure.code, question.first, question.last)
    if len(held) > 1:
        raise Unanswerable("period", _(
            "「%(measure)s」の定義は%(month)sから変わりました。記録からは1つの定義でだけ数えられるため、その前と後に期間を分けてください。"
        ) % {"measure": question.measure, "month": shown.month(held[-1][1])})  # fmt: skip
    if not held:
        raise Unanswerable(
            "period", _("この期間には「%(measure)s」の定義がありません。") % {"measure": question.measure}
        )
    definition, first, last = held[0]
    return definition.counted, first, last


def _cannot_divide(question: Question, axis: Axis) -> str:
    known = "、".join(str(AXES[name]) for name in AXES if name in columns_of(question.measure))
    if not known:
        return _("「%(measure)s」は内訳で分けられません。地域と時期で分けてください。") % {"measure": question.measure}
    return _("「%(measure)s」は「%(axis)s」で分けられません。分けられるのは次のものです: %(known)s") % {
        "measure": question.measure, "axis": axis, "known": known
    }  # fmt: skip


def from_records(question: Question) -> Answer:
    """The answer. Raises Unanswerable, and TooSlow after CROSSTAB_SECONDS."""
    check(question)
    sql, asked = _statement(question, *_definition(question))
    with (
        entered(Scope.nationwide(), read_only=True),
        _limited(settings.CROSSTAB_SECONDS, at_large=question.is_nation) as cursor,
    ):
        cursor.execute(sql, asked)
        found = cursor.fetchall()
    return Answer({(row, column): value for row, column, value in found if value})


@contextmanager
def _limited(seconds: float, *, at_large: bool) -> Iterator[Any]:
    """A cursor with a time limit for each statement within. Raises TooSlow. `at_large`: most of each table is read. The
    planner cannot know that, since the wall's condition hides how many hubs there are, and would look up row by row."""
    wanted = {"statement_timeout": f"{round(seconds * 1000)}ms"} | ({"enable_nestloop": "off"} if at_large else {})
    with connection.cursor() as cursor:
        before = {name: _set(cursor, name, value) for name, value in wanted.items()}
        try:
            yield cursor
        except OperationalError as problem:
            if isinstance(problem.__cause__, QueryCanceled):
                raise TooSlow from problem
            raise
        for name, value in before.items():
            _set(cursor, name, value)


def _set(cursor: Any, name: str, value: str) -> str:
    """A setting of this transaction; returns what it was. Broken off, the transaction itself puts it back."""
    cursor.execute("SELECT current_setting(%s)", [name])
    (before,) = cursor.fetchone()
    cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
    return before


def _statement(question: Question, defined: Counted, first: Month, last: Month) -> tuple[str, dict[str, Any]]:
    source = defined.source
    asked: dict[str, Any] = {"first": first.first, "last": last.last, "hubs": sorted(question.hubs)}
    found = f"found AS MATERIALIZED (SELECT * FROM {_rows(source)} AS one WHERE {_kept(question, asked)})"  # noqa: S608
    counted = f"{COUNTED.replace(MORE, f', c.held_on AS day, {IDENTITY} AS identity')}, " if source in SESSIONS else ""
    aggregate = replace(defined, aggregate="count(DISTINCT identity)") if defined.way is Way.DISTINCT else defined
    return f"WITH {counted}{found} {_counts(question, aggregate.sql)}", asked


def _rows(source: Source) -> str:
    if source is Source.CONSULTATIONS:
        return ROWS[source]
    rows = ROWS[source].replace(MORE, _TAKEN[source])
    if source in SESSIONS:
        return rows
    return f"""(
        SELECT r.*, {OF_CASE}
          FROM {rows} AS r
          JOIN consultations_case k ON k.id = r.case_id AND k.hub_id = r.hub_id
          JOIN consultations_enterprise e ON e.id = k.enterprise_id AND e.hub_id = k.hub_id
          {INDUSTRY_OF})"""  # noqa: S608


def _kept(question: Question, asked: dict[str, Any]) -> str:
    """Which rows are in. `asked` gets the codes."""
    conditions = ["true"]
    if BY_SPECIAL_DESK.name in question.breakdowns:
        conditions.append("special_desk IS NOT NULL")  # as the facts: who came without a desk stands under none
    for number, (name, codes) in enumerate(sorted(question.codes.items())):
        asked[f"codes_{number}"] = list(codes)
        if name == BY_THEME.name:
            conditions.append(f"({THEMES_OF}) && %(codes_{number})s::text[]")
        else:
            conditions.append(f"{columns_of(question.measure)[name]} = ANY (%(codes_{number})s)")
    return " AND ".join(conditions)


def _counts(question: Question, aggregate: str) -> str:
    row, column = (_column(question, axis) for axis in question.axes)
    overlap = question.overlapping
    cells = f"SELECT {row} AS r, {column} AS c, * FROM found"  # noqa: S608
    if overlap is None:
        return _grouped(cells, aggregate, "r, c", "(r, c), (r), (c), ()")
    # under codes that overlap a row stands several times; across them it is counted once
    kept = "true"
    if overlap.name in question.codes:
        kept = f"theme = ANY (%(codes_{sorted(question.codes).index(overlap.name)})s)"
    each = f"{cells}, {EACH_THEME} WHERE {kept}"
    if overlap == question.rows:
        whole = _grouped(f"SELECT {column} AS c, * FROM found", aggregate, "NULL, c", "(c), ()")  # noqa: S608
        return f"{_grouped(each, aggregate, 'r, c', '(r, c), (r)')} UNION ALL {whole}"
    whole = _grouped(f"SELECT {row} AS r, * FROM found", aggregate, "r, NULL", "(r), ()")  # noqa: S608
    return f"{_grouped(each, aggregate, 'r, c', '(r, c), (c)')} UNION ALL {whole}"


def _grouped(rows: str, aggregate: str, keys: str, sets: str) -> str:
    return f"SELECT {keys}, ({aggregate})::bigint FROM ({rows}) AS cells GROUP BY GROUPING SETS ({sets})"  # noqa: S608


def _column(question: Question, axis: Axis) -> str:
    if axis.kind is Kind.TIME:
        return f"to_char({_WHEN[axis.name]}, 'YYYY-MM')"
    if axis.kind is Kind.PLACE:
        return _WHERE[axis.name]
    if axis.kind is Kind.WHOLE:
        return "''"
    return columns_of(question.measure)[axis.name]
