"""The monthly report as CSV: one fact per row, codes and names side by side, for whoever computes on."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import IO

from foundation.spreadsheets import csv_file
from reports.contents import MonthlyContent

COLUMNS = ("対象月", "階層", "地域コード", "地域", "指標コード", "指標", "内訳コード", "内訳", "値", "単位", "期間")


@dataclass(frozen=True)
class Flat:
    """An open file, and the characters that its encoding could not hold."""

    file: IO[bytes]
    lost: tuple[str, ...]


def write_csv(content: MonthlyContent, *, encoding: str = "utf-8") -> Flat:
    """The facts with a head, in UTF-8 with BOM or cp932, CRLF. Raises LookupError for other encodings."""
    written = csv_file([COLUMNS, *content.facts], encoding=encoding)
    return Flat(io.BytesIO(written.content), written.lost)
