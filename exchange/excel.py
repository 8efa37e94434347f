"""Tables as .xlsx, row by row onto the disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO

import xlsxwriter

MOST_ROWS = 1_048_575  # what a sheet holds below its headings
LONGEST_CELL = 32_767  # characters, likewise


class TooManyRows(ValueError):
    """More than a sheet holds."""


def write_table(
    out: IO[bytes], *, title: str, headings: Sequence[str], rows: Iterable[Sequence[str]], numbers: frozenset[int]
) -> int:
    """One sheet; texts are text cells whatever they look like, columns in `numbers` are numbers. Returns how many rows
    were written. Raises TooManyRows."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet(title[:31])
    head, text = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "@"})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(0, len(headings) - 1), 16, text)
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, head)
    count = 0
    for count, row in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise TooManyRows(count)
        for column, cell in enumerate(row):
            if column in numbers and cell:
                sheet.write_number(count, column, float(cell))
            elif cell:
                sheet.write_string(count, column, cell[:LONGEST_CELL])
    sheet.autofilter(0, 0, max(1, count), max(0, len(headings) - 1))
    book.close()
    return count
