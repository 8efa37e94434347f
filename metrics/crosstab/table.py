"""A question's answer as a table."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.periods import Month
from foundation.templatetags import shown
from metrics.crosstab.axes import AXES, Kind, stored
from metrics.crosstab.facts import Answer, can_answer, from_facts, stored_span
from metrics.crosstab.groups import Group, Places, groups_of
from metrics.crosstab.question import Question, Unanswerable
from metrics.crosstab.records import from_records
from metrics.indicators import INDICATORS, Way
from metrics.models import Span
from metrics.queries import Labels

MOST_CELLS = 6000  # 47 hubs over ten years
SHADES = 5


class Heat(models.TextChoices):
    """Among which cells the shades are dealt out."""

    ALL = "all", gettext_lazy("表全体で")
    ROWS = "rows", gettext_lazy("行ごとに")
    COLUMNS = "columns", gettext_lazy("列ごとに")
    NONE = "none", gettext_lazy("付けない")


class Behind(NamedTuple):
    """The list of records that a cell counts."""

    hub_id: int
    indicator: str
    code: str
    month: Month
    span: Span


@dataclass(frozen=True)
class Cell:
    """One figure. `shade`: 1 (fewest) to 5 (most); 0 for none. `behind`: where there is such a list."""

    value: int
    shade: int
    behind: Behind | None


@dataclass(frozen=True)
class Line:
    """One row. `total` is None where there is no true one."""

    head: Group
    cells: Sequence[Cell]
    total: int | None


@dataclass(frozen=True)
class Table:
    """The answer. Totals are None where none would be true; `notes` say why, and what else one has to know."""

    question: Question
    columns: Sequence[Group]
    lines: Sequence[Line]
    totals: Sequence[int | None]
    total: int | None
    has_row_totals: bool
    has_column_totals: bool
    is_from_records: bool
    notes: Sequence[str]


def tabulate(question: Question, *, places: Places, labels: Labels, heat: str = Heat.ALL) -> Table:
    """Answer from the facts if they hold it, else from the records. Raises Unanswerable and TooSlow."""
    rows, columns = (groups_of(question, axis, places, labels) for axis in question.axes)
    if len(rows) * len(columns) > MOST_CELLS:
        raise Unanswerable("columns", _(
            "行と列を掛けると%(cells)sマスになり、%(most)sマスを超えます。期間を短くするか、拠点を絞り込んでください。"
        ) % {"cells": len(rows) * len(columns), "most": MOST_CELLS})  # fmt: skip
    by_facts = can_answer(question, rows, columns, places)
    answer = from_facts(question, rows, columns, places) if by_facts else from_records(question)
    rows, columns = _seen(question, answer, rows, 0), _seen(question, answer, columns, 1)
    shades = _Shades(answer, rows, columns, heat)
    lines = [
        Line(
            row,
            [
                Cell(value, shades.of(value, row, column), behind(question, row, column) if value else None)
                for column in columns
                for value in [answer.values.get((row.code, column.code), 0)]
            ],
            answer.values.get((row.code, None), 0) if answer.row_totals else None,
        )
        for row in rows
    ]
    return Table(
        question, columns, lines,
        [answer.values.get((None, column.code), 0) if answer.column_totals else None for column in columns],
        answer.values.get((None, None), 0) if answer.grand_total else None,
        answer.row_totals and len(columns) > 1, answer.column_totals and len(rows) > 1,
        not by_facts, list(_notes(question, answer, by_facts=by_facts)),
    )  # fmt: skip


def _seen(question: Question, answer: Answer, groups: Sequence[Group], side: int) -> list[Group]:
    """Codes that never occur are left out; a place or a month with nothing is worth seeing."""
    if question.axes[side].kind is not Kind.CODES:
        return list(groups)
    occurring = {key[side] for key, value in answer.values.items() if value}
    return [group for group in groups if group.code in occurring]


class _Shades:
    """Fifths by rank, so that one giant does not pale the rest. What is alike has one shade."""

    def __init__(self, answer: Answer, rows: Sequence[Group], columns: Sequence[Group], heat: str) -> None:
        self.heat = heat
        ranked: dict[str, list[int]] = {}
        for row in rows:
            for column in columns:
                if value := answer.values.get((row.code, column.code), 0):
                    ranked.setdefault(self._among(row, column), []).append(value)
        self.ranked = {among: sorted(values) for among, values in ranked.items()}

    def of(self, value: int, row: Group, column: Group) -> int:
        if not value or self.heat == Heat.NONE:
            return 0
        ranked = self.ranked[self._among(row, column)]
        return 1 + bisect_left(ranked, value) * SHADES // len(ranked)

    def _among(self, row: Group, column: Group) -> str:
        return {Heat.ROWS: row.code, Heat.COLUMNS: column.code}.get(Heat(self.heat), "")


def behind(question: Question, row: Group, column: Group) -> Behind | None:
    """The list that is as long as the cell. None where there is none: several hubs, several breakdowns, minutes."""
    hubs = next((group.hubs for group in (row, column) if group.hubs is not None), question.hubs)
    months = next((group.months for group in (row, column) if group.months is not None), tuple(question.months))
    if len(hubs) != 1 or len(question.breakdowns) > 1 or question.measure.counted.aggregate.startswith("sum("):
        return None
    span = stored_span(months)
    if span is None:
        return None
    indicator, code = question.measure, ""
    if question.breakdowns:
        name = question.breakdowns[0]
        found = stored(question.measure, name)
        codes = question.codes.get(name, ())
        if found is None or not (question.divides(name) or len(codes) == 1):
            return None
        indicator = found
        code = codes[0] if not question.divides(name) else (row if question.rows.name == name else column).code
    return Behind(next(iter(hubs)), indicator.code, code, months[-1], span)


def _notes(question: Question, answer: Answer, *, by_facts: bool) -> Iterable[str]:
    measure = question.measure
    for _definition, first, _last in INDICATORS.within(measure.code, question.first, question.last)[1:]:
        yield _("「%(measure)s」の定義は%(month)sから変わりました。その前の月は、前の定義で数えています。") % {
            "measure": measure, "month": shown.month(first)
        }  # fmt: skip
    if not by_facts:
        yield _(
            "この組み合わせは月次の集計値にないため、現在の記録から数えました。締めた月についても、その後に直された記録の値です。"
        )
    if measure.counted.way is not Way.ADD:
        if answer.row_totals and answer.column_totals and answer.grand_total:
            yield _("「者」は計も数え直した実数です。同じ事業者が複数のマスに現れるため、マスの合計とは一致しません。")
        else:
            yield _(
                "「者」は同じ事業者が複数のマスに現れるため、マスを足しても計になりません。数え直した値がある計だけを表示しています。"
            )
    for name in question.breakdowns:
        breakdown = AXES[name].breakdown
        if breakdown is None or not breakdown.overlaps or not question.divides(name):
            continue
        if answer.grand_total:
            yield _("1件が複数の「%(axis)s」に数えられるため、計はマスの合計ではなく、重複を除いた数です。") % {
                "axis": AXES[name]
            }
        else:
            yield _("1件が複数の「%(axis)s」に数えられるため、絞り込んだものの計は表示していません。") % {
                "axis": AXES[name]
            }
    if "special_desk" in question.breakdowns:
        yield _("特別相談窓口によらない相談は含まれていません。")
