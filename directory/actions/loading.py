"""From a large CSV into a table: streamed through COPY into a staging table, then put in place in one go.

One transaction holds it all: killed in the middle, nothing of the file is there; run again, nothing changes twice. What
is held in memory is one row, however long the file.
"""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from django.db import connection

SHOWN = 1_000  # bad rows that are told one by one; the others are counted
_LOOKED_AT = 65_536


class NotThatFile(Exception):
    """The file is not of the layout asked for, or cannot be read at all."""


@dataclass(frozen=True)
class Bad:
    """A row that cannot be loaded: where, and why."""

    line: int
    reason: str


class BadRows(Exception):
    """The file has rows that cannot be loaded, and nothing of it was loaded."""

    def __init__(self, read: Reading) -> None:
        super().__init__(f"{read.bad_count} bad rows")
        self.read = read


@dataclass
class Reading:
    """What came out of one file so far."""

    rows: int = 0
    bad_count: int = 0
    bad: list[Bad] = field(default_factory=list)

    def refuse(self, line: int, reason: str) -> None:
        self.bad_count += 1
        if len(self.bad) < SHOWN:
            self.bad.append(Bad(line, reason))


@dataclass(frozen=True)
class Loaded:
    """What one file has changed."""

    read: Reading
    made: int
    changed: int
    removed: int


@contextmanager
def opened(path: Path) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """(line, cells) of a CSV file or of the CSV files in a zip, UTF-8 or Shift_JIS. Raises NotThatFile."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                names = [name for name in packed.namelist() if name.lower().endswith(".csv")]
                if not names:
                    raise NotThatFile(f"{path.name}: no .csv in the zip")
                yield (row for name in names for row in _rows(packed.open(name), path.name))
        else:
            with path.open("rb") as plain:
                yield _rows(plain, path.name)
    except (OSError, zipfile.BadZipFile) as problem:
        raise NotThatFile(f"{path.name}: {problem}") from problem


def _rows(raw: IO[bytes], name: str) -> Iterator[tuple[int, list[str]]]:
    buffered = io.BufferedReader(raw, _LOOKED_AT)  # type: ignore[type-var]
    text = io.TextIOWrapper(buffered, _encoding(buffered.peek(_LOOKED_AT)), errors="replace", newline="")
    reader = csv.reader(text, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as problem:
        raise NotThatFile(f"{name}, line {reader.line_num}: {problem}") from problem


def _encoding(beginning: bytes) -> str:
    """Both offices publish UTF-8 and Shift_JIS; Windows' own superset reads the latter."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(beginning)
    except UnicodeDecodeError:
        return "cp932"
    return "utf-8-sig"


class _Lines(io.RawIOBase):
    """Rows as the text that COPY reads, made while it reads."""

    def __init__(self, rows: Iterable[Sequence[object]]) -> None:
        self.rows, self.rest = iter(rows), b""
        self.problem: NotThatFile | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts, length = [self.rest], len(self.rest)
        while length < size:
            row = self._next()
            if row is None:
                break
            parts.append(("\t".join(map(_cell, row)) + "\n").encode())
            length += len(parts[-1])
        whole = b"".join(parts)
        self.rest = whole[size:]
        return whole[:size]

    def _next(self) -> Sequence[object] | None:
        """COPY would tell of an error of ours in its own words: it is kept, and the rows end."""
        try:
            return next(self.rows, None)
        except NotThatFile as problem:
            self.problem = problem
            return None


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _cell(value: object) -> str:
    return "\\N" if value is None else str(value).translate(_ESCAPED)


def stage(name: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
    """Fill a staging table that goes with the transaction. Name and columns are the program's own. Raises
    NotThatFile."""
    lines = _Lines(rows)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")
        cursor.copy_expert(f"COPY {name} FROM STDIN", lines, size=1 << 20)
        if lines.problem is not None:
            raise lines.problem
        cursor.execute(f"ANALYZE {name}")


def changes(sql: str) -> tuple[int, int]:
    """How many rows a statement that returns `xmax = 0` has made, and how many it has changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH put AS ({sql}) SELECT count(*) FILTER (WHERE made), count(*) FILTER (WHERE NOT made) FROM put"  # noqa: S608
        )
        made, changed = cursor.fetchone()
        return int(made), int(changed)


def removals(sql: str) -> int:
    """How many rows a statement removes."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.rowcount)
