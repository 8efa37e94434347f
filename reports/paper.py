"""The paper that the .xlsx report is written on: looks, print set-up, cells that no program takes for a formula."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format as CellFormat
from xlsxwriter.worksheet import Worksheet

from foundation.spreadsheets import Cell, may_be_formula
from reports.contents import NOTHING

FONT = "游ゴシック"
A4 = 9
PERCENT = '+0.0%;"▲"0.0%;"±"0.0%'
SHARE = "0.0%"

BASE: dict[str, Any] = {"font_name": FONT, "font_size": 10.5, "valign": "vcenter"}
BOXED = BASE | {"border": 1, "border_color": "#B3B3B3"}
LOOKS: dict[str, dict[str, Any]] = {
    "title": BASE | {"font_size": 22, "bold": True},
    "subtitle": BASE | {"font_size": 14},
    "heading": BASE | {"font_size": 13, "bold": True, "font_color": "#00118F"},
    "note": BASE | {"font_size": 9.5, "font_color": "#4D4D4D"},
    "link": BASE | {"font_color": "#0017C1", "underline": 1},
    "head": BOXED | {"bold": True, "bg_color": "#E8F1FE", "align": "center", "text_wrap": True},
    "text": BOXED | {"num_format": "@"},
    "long": BOXED | {"num_format": "@", "text_wrap": True, "valign": "top"},
    "number": BOXED | {"num_format": "#,##0"},
    "percent": BOXED | {"num_format": PERCENT, "align": "right"},
    "share": BOXED | {"num_format": SHARE, "align": "right"},
    "text_sum": BOXED | {"num_format": "@", "bold": True, "bg_color": "#F2F2F2"},
    "number_sum": BOXED | {"num_format": "#,##0", "bold": True, "bg_color": "#F2F2F2"},
    "share_sum": BOXED | {"num_format": SHARE, "align": "right", "bold": True, "bg_color": "#F2F2F2"},
    "percent_sum": BOXED | {"num_format": PERCENT, "align": "right", "bold": True, "bg_color": "#F2F2F2"},
}


class Pages:
    """The workbook's sheets, all set up for A4, and ways to write cells that no one takes for a formula."""

    def __init__(self, book: xlsxwriter.Workbook, *, title: str, edition: str, made: str) -> None:
        self.book, self.title, self.edition, self.made = book, title, edition, made
        self.looks: dict[str, CellFormat] = {name: book.add_format(look) for name, look in LOOKS.items()}
        self.quoted = {name: book.add_format(look | {"quote_prefix": True}) for name, look in LOOKS.items()}
        self.sheets: list[Worksheet] = []

    def add(self, name: str, *, landscape: bool = True) -> Worksheet:
        sheet = self.book.add_worksheet(sheet_name(name))
        sheet.set_paper(A4)
        sheet.set_landscape() if landscape else sheet.set_portrait()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
        sheet.set_header(f"&L&9{self.title}&R&9{self.edition}  &A")
        sheet.set_footer("&C&9&P / &N ページ&R&9作成 " + self.made)
        sheet.hide_gridlines(2)
        self.sheets.append(sheet)
        return sheet

    def text(self, sheet: Worksheet, row: int, column: int, text: str, look: str = "text") -> None:
        found = self.quoted if may_be_formula(text) else self.looks
        sheet.write_string(row, column, text, found[look])

    def cells(self, sheet: Worksheet, row: int, column: int, values: Sequence[Cell], looks: Sequence[str]) -> None:
        """One row; None is shown as a dash."""
        for n, (value, look) in enumerate(zip(values, looks, strict=True), start=column):
            if isinstance(value, str | None):
                self.text(sheet, row, n, NOTHING if value is None else value, look)
            else:
                sheet.write_number(row, n, value, self.looks[look])

    def head(self, sheet: Worksheet, row: int, labels: Sequence[str], *, keep: int = 0) -> None:
        """A head that stays when one scrolls and comes again on each printed page, with `keep` columns."""
        for column, label in enumerate(labels):
            self.text(sheet, row, column, label, "head")
        sheet.set_row(row, 36)
        sheet.freeze_panes(row + 1, keep)
        sheet.repeat_rows(row)

    def top(self, sheet: Worksheet, heading: str, note: str) -> None:
        self.text(sheet, 0, 0, heading, "heading")
        self.text(sheet, 1, 0, note, "note")
        sheet.set_row(0, 24)


def sheet_name(name: str) -> str:
    """What Excel takes: at most 31 letters, none of []:*?/ and backslash."""
    return name.translate(str.maketrans("[]:*?/\\", "       ")).strip("'")[:31]


def sum_look(look: str) -> str:
    """The look of the same cell in a row of totals."""
    return f"{look}_sum"
