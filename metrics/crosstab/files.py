"""A table as a file: the figures, and beside them what was asked, how it is counted and what to know."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

from foundation.spreadsheets import Cell, csv_file, may_be_formula, name_letters
from metrics.crosstab.axes import Kind
from metrics.crosstab.table import Heat, Table

MOST_SERIES = 6
_COLOURS = ("#00118F", "#C74700", "#197A4B", "#8B1D8F", "#4D4D4D", "#00838F")


@dataclass(frozen=True)
class Paper:
    """What a file says besides the figures: (name, text), and how it is called."""

    title: str
    facts: Sequence[tuple[str, str]]
    heat: str = Heat.ALL


def grid(table: Table) -> Sequence[Sequence[Cell]]:
    """Head, rows, totals. A total that would not be true is empty."""
    question, more = table.question, table.has_row_totals
    found: list[list[Cell]] = [[f"{question.rows} \\ {question.columns}", *(column.label for column in table.columns)]]
    found += [[line.head.label, *(cell.value for cell in line.cells)] for line in table.lines]
    last: list[Cell] = [_("計"), *(line.total for line in table.lines)]
    if table.has_column_totals:
        found.append([_("計"), *table.totals])
        last.append(table.total)
    return [[*row, total] for row, total in zip(found, last, strict=True)] if more else found


def as_csv(table: Table, paper: Paper, *, encoding: str = "utf-8") -> bytes:
    """The conditions, an empty line, the figures. CRLF; UTF-8 with BOM or cp932, whose missing letters are named; texts
    that look like a formula are neutralised."""
    written = csv_file([*paper.facts, [], *grid(table)], encoding=encoding)
    if not written.lost:
        return written.content
    told = (_("注意"), _("〓に置き換えた文字: %(letters)s") % {"letters": name_letters(written.lost)})
    return csv_file([*paper.facts, told, [], *grid(table)], encoding=encoding).content


def as_xlsx(table: Table, paper: Paper) -> bytes:
    """A sheet of figures with shades and a native chart, a sheet of conditions and definitions. No formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    looks = {
        name: (book.add_format(look), book.add_format(look | {"quote_prefix": True}))
        for name, look in {
            "head": {"bold": True, "text_wrap": True, "border": 1, "bg_color": "#E8F1FE", "num_format": "@"},
            "text": {"border": 1, "num_format": "@"},
            "long": {"text_wrap": True, "valign": "top", "num_format": "@"},
        }.items()
    }
    number = book.add_format({"border": 1, "num_format": "#,##0"})
    sheet = book.add_worksheet(_("クロス集計")[:31])
    rows = grid(table)
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            if isinstance(value, str):
                _text(sheet, y, x, value, looks["head" if y == 0 else "text"])
            elif value is not None:
                sheet.write_number(y, x, value, number)
            else:
                sheet.write_blank(y, x, None, number)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, max(1, len(rows[0]) - 1), 13)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    _shade(sheet, table, paper.heat)
    _chart(book, sheet, table, len(rows), paper)
    about = book.add_worksheet(_("条件と定義")[:31])
    about.set_column(0, 0, 18)
    about.set_column(1, 1, 90)
    for y, (name, text) in enumerate(paper.facts):
        _text(about, y, 0, name, looks["head"])
        _text(about, y, 1, text, looks["long"])
    book.close()
    return out.getvalue()


def _text(sheet: Worksheet, y: int, x: int, text: str, look: tuple[Any, Any]) -> None:
    sheet.write_string(y, x, text, look[may_be_formula(text)])


def _shade(sheet: Worksheet, table: Table, heat: str) -> None:
    """Excel's own colour scale, over what the page shades."""
    height, width = len(table.lines), len(table.columns)
    if heat == Heat.NONE or not height or not width:
        return
    scale = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#7096F8"}
    if heat == Heat.ROWS:
        areas = [(y, 1, y, width) for y in range(1, height + 1)]
    elif heat == Heat.COLUMNS:
        areas = [(1, x, height, x) for x in range(1, width + 1)]
    else:
        areas = [(1, 1, height, width)]
    for area in areas:
        sheet.conditional_format(*area, scale)


def _chart(book: xlsxwriter.Workbook, sheet: Worksheet, table: Table, below: int, paper: Paper) -> None:
    """The largest series, along the time if there is one."""
    height, width = len(table.lines), len(table.columns)
    if not height or not width:
        return
    across = table.question.columns.kind is Kind.TIME
    chart = book.add_chart({"type": "line" if table.question.axis_of(Kind.TIME) else "column"})
    for n, place in enumerate(largest(table, across=across)):
        series = (place, 1, place, width) if across else (1, place, height, place)
        head = (place, 0) if across else (0, place)
        names = (0, 1, 0, width) if across else (1, 0, height, 0)
        chart.add_series({
            "name": [sheet.name, *head], "categories": [sheet.name, *names], "values": [sheet.name, *series],
            "line": {"color": _COLOURS[n], "width": 2}, "fill": {"color": _COLOURS[n]},
        })  # fmt: skip
    chart.set_title({"name": paper.title, "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"})
    chart.set_y_axis({"num_format": "#,##0", "min": 0})
    chart.set_size({"width": 960, "height": 360})
    sheet.insert_chart(below + 1, 0, chart, {"description": paper.title})


def largest(table: Table, *, across: bool) -> list[int]:
    """The places, from 1, of the rows (`across`) or columns with the largest sums, in their own order."""
    if across:
        sums = [sum(cell.value for cell in line.cells) for line in table.lines]
    else:
        sums = [sum(line.cells[x].value for line in table.lines) for x in range(len(table.columns))]
    first = sorted(range(len(sums)), key=lambda n: (-sums[n], n))[:MOST_SERIES]
    return [n + 1 for n in sorted(first)]
