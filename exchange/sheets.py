"""Reading what people upload: .xlsx and .csv, row by row, never more than was allowed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import openpyxl
from django.utils.translation import gettext_noop

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 200
LONGEST_CELL = 32_767
MOST_UNPACKED = 300 * 1024 * 1024  # of an .xlsx, which is a zip file
MOST_RATIO = 200  # how much smaller a part of it may be packed
MOST_PARTS = 1000
PREVIEWED = 5
UNHOLDABLE = "␀"  # stands where a letter was that no database holds; nobody types it, so a row with it is not whole
_NOT_HELD = re.compile("[\x00\ud800-\udfff]")  # NUL, and halves of surrogate pairs

TOO_LARGE = gettext_noop("ファイルが大きすぎます。20MB以下に分けてください。")
TOO_MANY = gettext_noop("行が多すぎます。1つのファイルは50,000行までです。分けて取り込んでください。")
UNREADABLE = gettext_noop("ファイルを読めません。Excel(.xlsx)か、UTF-8またはShift_JISのCSVにしてください。")
EMPTY = gettext_noop("見出しの行がありません。1行目に見出し、2行目から内容のあるファイルにしてください。")
TOO_WIDE = gettext_noop("列が多すぎます。200列までにしてください。")


class SheetRefused(ValueError):
    """The file is not taken; the message says why."""


@dataclass
class Sheet:
    """A table: its headings, and its rows with their numbers as the spreadsheet shows them."""

    headings: list[str]
    rows: Iterator[tuple[int, list[str]]]


def open_sheet(file: IO[bytes], name: str) -> Sheet:
    """The first sheet of a workbook, or a CSV. Rows are read as they are asked for. Raises SheetRefused, while reading
    too."""
    file.seek(0, io.SEEK_END)
    if file.tell() > MOST_BYTES:
        raise SheetRefused(TOO_LARGE)
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if start.startswith(b"PK"):
        lines = _workbook_lines(file)
    elif name.lower().endswith((".csv", ".txt", ".tsv")):
        lines = _csv_lines(file)
    else:
        raise SheetRefused(UNREADABLE)
    filled = _filled(lines)
    headings = next(filled, None)
    if headings is None:
        raise SheetRefused(EMPTY)
    names = [_held(text).strip() for text in headings[1]]
    while names and not names[-1]:
        names.pop()
    return Sheet(names, _within(filled, len(names)))


def _filled(lines: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """The lines that have something in them, with their numbers."""
    blank = 0
    for number, cells in enumerate(lines, start=1):
        if len(cells) > MOST_COLUMNS:
            raise SheetRefused(TOO_WIDE)
        if any(cell.strip() for cell in cells):
            blank = 0
            yield number, cells
        elif (blank := blank + 1) > MOST_ROWS:
            raise SheetRefused(TOO_MANY)


def _within(filled: Iterator[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    """As many rows as may be, each as wide as the headings."""
    for count, (number, cells) in enumerate(filled, start=1):
        if count > MOST_ROWS:
            raise SheetRefused(TOO_MANY)
        kept = [_held(cell[:LONGEST_CELL]) for cell in cells[:width]]
        yield number, kept + [""] * (width - len(kept))


def _held(text: str) -> str:
    """The text as the database can hold it, with a mark that is seen where it could not."""
    return _NOT_HELD.sub(UNHOLDABLE, text)


# ---- .xlsx
def _workbook_lines(file: IO[bytes]) -> Iterator[list[str]]:
    _refuse_bombs(file)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
        sheet.reset_dimensions()  # what the file says of its size is not to be believed
        for row in sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True):
            yield _trimmed([_text(value) for value in row])
    except SheetRefused:
        raise
    except Exception as problem:  # a broken workbook breaks in a hundred ways
        raise SheetRefused(UNREADABLE) from problem


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _refuse_bombs(file: IO[bytes]) -> None:
    """A small file that unpacks into gigabytes is refused before anything of it is unpacked."""
    try:
        parts = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as problem:
        raise SheetRefused(UNREADABLE) from problem
    packed = any(part.file_size > 1_000_000 and part.file_size > MOST_RATIO * part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or packed or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise SheetRefused(TOO_LARGE)
    file.seek(0)


def _text(value: Any) -> str:
    """A cell as a person reads it: days as ISO, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# ---- .csv
def _csv_lines(file: IO[bytes]) -> Iterator[list[str]]:
    text = _decoded(file.read())
    first = text.split("\n", 1)[0]
    separator = "\t" if first.count("\t") > first.count(",") else ","
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            yield [_plain(cell) for cell in row]
    except csv.Error as problem:
        raise SheetRefused(UNREADABLE) from problem


def _plain(cell: str) -> str:
    """Without the apostrophe that our own files put before what might be a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:2] in _NEUTRALISED else cell


_NEUTRALISED = frozenset("=+-@\t\r\n＝＋－＠")


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetRefused(UNREADABLE)
