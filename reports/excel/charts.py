"""Excel's own charts over cells of the same sheet: whoever changes a figure sees it move."""

from __future__ import annotations

from typing import NamedTuple

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from reports.paper import FONT

KEY, SOFT, GREY = "#00118F", "#7096F8", "#B3B3B3"
GRID = {"visible": True, "line": {"color": "#D9D9D9"}}


class Cells(NamedTuple):
    """One series: its head, its first and last row, the column of names and that of figures."""

    head: int
    first: int
    last: int
    names: int
    values: int


def bars(book: xlsxwriter.Workbook, sheet: Worksheet, title: str, *series: Cells) -> xlsxwriter.chart.Chart:
    """Horizontal bars, the first row on top; a second series stands beside the first, in grey."""
    chart = book.add_chart({"type": "bar"})
    for cells, colour in zip(series, (SOFT, GREY), strict=False):
        chart.add_series(_series(sheet, cells) | {"fill": {"color": colour}, "gap": 50})
    _dress(chart, title, many=len(series) > 1)
    chart.set_y_axis({"reverse": True, "num_font": {"name": FONT, "size": 9}})
    chart.set_x_axis({"num_format": "#,##0", "min": 0, "major_gridlines": GRID})
    rows = series[0].last - series[0].first + 1
    chart.set_size({"width": 760, "height": 130 + rows * (22 if len(series) == 1 else 30)})
    return chart


def columns_and_line(
    book: xlsxwriter.Workbook, sheet: Worksheet, title: str, columns: Cells, line: Cells
) -> xlsxwriter.chart.Chart:
    """Columns with a line over them."""
    chart, over = book.add_chart({"type": "column"}), book.add_chart({"type": "line"})
    chart.add_series(_series(sheet, columns) | {"fill": {"color": SOFT}})
    over.add_series(_series(sheet, line) | {"line": {"color": KEY, "width": 2.25}})
    chart.combine(over)
    _dress(chart, title, many=True)
    chart.set_y_axis({"num_format": "#,##0", "min": 0, "major_gridlines": GRID})
    chart.set_size({"width": 1000, "height": 340})
    return chart


def lines(
    book: xlsxwriter.Workbook, sheet: Worksheet, title: str, head: int, row: int, count: int
) -> xlsxwriter.chart.Chart:
    """One line over a row's figures, whose names stand in the head: columns 2 to 2 + count - 1."""
    chart = book.add_chart({"type": "line"})
    chart.add_series({
        "name": [sheet.name, row, 1], "categories": [sheet.name, head, 2, head, 1 + count],
        "values": [sheet.name, row, 2, row, 1 + count], "line": {"color": KEY, "width": 2.25},
        "marker": {"type": "circle", "size": 6, "fill": {"color": KEY}},
    })  # fmt: skip
    _dress(chart, title, many=False)
    chart.set_y_axis({"num_format": "#,##0", "min": 0, "major_gridlines": GRID})
    chart.set_size({"width": 1000, "height": 320})
    return chart


def _series(sheet: Worksheet, cells: Cells) -> dict[str, object]:
    return {
        "name": [sheet.name, cells.head, cells.values],
        "categories": [sheet.name, cells.first, cells.names, cells.last, cells.names],
        "values": [sheet.name, cells.first, cells.values, cells.last, cells.values],
    }


def _dress(chart: xlsxwriter.chart.Chart, title: str, *, many: bool) -> None:
    chart.set_title({"name": title, "name_font": {"name": FONT, "size": 12}})
    chart.set_legend({"position": "bottom", "font": {"name": FONT}} if many else {"none": True})
