"""Rows out of the database, as fast as it gives them: one COPY of one SELECT under the walls of the hub.

The database writes the CSV, labels and the apostrophes before what might be a formula included; what is left to do
in Python is done per line. Nothing holds more than a line and a buffer, so half a million rows cost no memory.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Sequence
from typing import IO, Any

from django.db import connection
from django.db.models import Func, QuerySet, TextField

from exchange.lists.declaring import Column
from foundation.spreadsheets import CP932_TWINS, GETA

TIMEOUT_SECONDS = 900  # of one statement: an export that runs wild ends by itself
_EVERY = 2000  # lines between two signs of life
_BUFFER = 1 << 20


class Neutralised(Func):
    """Text with an apostrophe in front where a spreadsheet might run it (foundation.spreadsheets.may_be_formula)."""

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        sql, values = compiler.compile(self.source_expressions[0])
        text = f"({sql})::text"
        starts = "ARRAY['=','+','-','@',E'\\t',E'\\r',E'\\n','＝','＋','－','＠']"
        return f"CASE WHEN left({text}, 1) = ANY ({starts}) THEN '''' || {text} ELSE {text} END", [
            *values,
            *values,
            *values,
        ]


def select_of(rows: QuerySet, columns: Sequence[Column], *, neutralised: bool) -> bytes:
    """The SELECT of these columns with its values written in."""
    named = {f"column_{place}": _value(column, neutralised) for place, column in enumerate(columns)}
    sql, values = rows.annotate(**named).values_list(*named).query.sql_with_params()
    with connection.cursor() as cursor:
        return cursor.mogrify(sql, values)


def _value(column: Column, neutralised: bool) -> Any:
    text = neutralised and not column.is_safe
    return Neutralised(column.value, output_field=TextField()) if text else column.value


def limit_statements() -> None:
    """For this transaction: no statement for ever, and no more memory than a page would take."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{TIMEOUT_SECONDS}s'")
        # Parallel workers would take the processors from those who are typing.
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")


def count_of(rows: QuerySet) -> int:
    """How many rows there are to write."""
    return rows.order_by().count()


class Lines:
    """Takes COPY's output: ends lines as Excel does, counts them, says that it lives."""

    def __init__(self, out: IO[bytes], tell: Callable[[int], None]) -> None:
        self.out, self.tell, self.count = out, tell, 0

    def write(self, line: bytes) -> None:
        """One row: PostgreSQL sends each as a message of its own."""
        self.out.write(line[:-1] + b"\r\n")
        self.count += 1
        if self.count % _EVERY == 0:
            self.tell(self.count)

    def close(self) -> None:
        """Nothing is held back."""


class Cp932Lines(Lines):
    """The same in Windows' encoding. What it cannot hold becomes 〓 and is kept in `lost`."""

    def __init__(self, out: IO[bytes], tell: Callable[[int], None]) -> None:
        super().__init__(out, tell)
        self.lost: dict[str, None] = {}
        self.buffer = bytearray()
        codecs.register_error("yorozu-geta", self._replace)

    def _replace(self, problem: UnicodeError) -> tuple[str, int]:
        assert isinstance(problem, UnicodeEncodeError)
        letters = problem.object[problem.start : problem.end]
        self.lost |= dict.fromkeys(letters)
        return GETA * len(letters), problem.end

    def write(self, line: bytes) -> None:
        """One row."""
        self.buffer += line[:-1]
        self.buffer += b"\r\n"
        self.count += 1
        if len(self.buffer) > _BUFFER:
            self.close()
        if self.count % _EVERY == 0:
            self.tell(self.count)

    def close(self) -> None:
        """Write what is held back."""
        text = _TWINS.sub(_twin, self.buffer.decode())
        self.out.write(text.encode("cp932", "yorozu-geta"))
        self.buffer.clear()


_TWINS = re.compile("[" + "".join(map(chr, CP932_TWINS)) + "]")


def _twin(found: re.Match[str]) -> str:
    return str(CP932_TWINS[ord(found.group())])


def copy_out(select: bytes, lines: Lines) -> int:
    """Run it. Returns the number of rows."""
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(b"COPY (" + select + b") TO STDOUT (FORMAT csv)", lines)
    lines.close()
    return lines.count
