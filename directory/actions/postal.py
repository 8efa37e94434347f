"""郵便番号: Japan Post's file of all towns, one line each, in UTF-8 (utf_ken_all.csv).

Fifteen columns: 1 全国地方公共団体コード (five digits), 2 旧郵便番号, 3 郵便番号, 4–6 kana, 7–9 prefecture,
municipality, town, 10–15 flags. The file is the whole truth: what it no longer has is gone.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from audit import trail
from directory.actions.loading import BadRows, Loaded, NotThatFile, Reading, changes, opened, removals, stage
from foundation.identifiers import with_municipality_check

COLUMNS = 15
_STAGED = "postal_code text, prefecture_code smallint, municipality_code text, municipality text, town text"
_PUT = """
    INSERT INTO directory_postalarea AS known (postal_code, prefecture_code, municipality_code, municipality, town)
    SELECT DISTINCT ON (postal_code, municipality_code, town) * FROM staged_areas
     ORDER BY postal_code, municipality_code, town, municipality
    ON CONFLICT (postal_code, municipality_code, town) DO UPDATE
       SET prefecture_code = excluded.prefecture_code, municipality = excluded.municipality
     WHERE (known.prefecture_code, known.municipality)
           IS DISTINCT FROM (excluded.prefecture_code, excluded.municipality)
    RETURNING xmax = 0 AS made
"""
_REMOVE = """
    DELETE FROM directory_postalarea AS known WHERE NOT EXISTS (
        SELECT FROM staged_areas s WHERE s.postal_code = known.postal_code
           AND s.municipality_code = known.municipality_code AND s.town = known.town)
"""
_FEWEST = 0.5  # of what is known: a file cut off on its way must not empty the table
# What stands in the town's place without being a town, or behind it in brackets.
_NO_TOWN = re.compile(r"以下に掲載がない場合|.*の次に番地がくる場合|.*(町|村)一円")
_BRACKETS = re.compile(r"[（(].*$")


class _Refused(Exception):
    """Why a row is none."""


@transaction.atomic
def import_postal(*, path: Path, at: dt.datetime, skip_bad: bool = False, may_shrink: bool = False) -> Loaded:
    """Bring the file in. With bad rows nothing of it, unless `skip_bad`. Raises BadRows, NotThatFile; the latter also
    for a file with less than half of the towns that are known, unless `may_shrink`."""
    reading = Reading()
    with opened(path) as rows:
        stage("staged_areas", _STAGED, _good(rows, reading))
    if reading.bad_count and not skip_bad:
        raise BadRows(reading)
    if reading.rows == 0 or (not may_shrink and _is_much_smaller()):
        raise NotThatFile(f"{path.name}: {reading.rows} towns, far fewer than are known")
    removed = removals(_REMOVE)
    made, changed = changes(_PUT)
    removals("DROP TABLE staged_areas")
    counts: dict[str, Any] = {"rows": reading.rows, "made": made, "changed": changed, "removed": removed}
    trail.record("reference.imported", by=None, at=at, kind="postal", bad=reading.bad_count, **counts)
    return Loaded(reading, made, changed, removed)


def _is_much_smaller() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(DISTINCT (postal_code, municipality_code, town)) FROM staged_areas),"
            " (SELECT count(*) FROM directory_postalarea)"
        )
        staged, known = cursor.fetchone()
        return bool(staged < known * _FEWEST)


def _good(rows: Iterator[tuple[int, list[str]]], reading: Reading) -> Iterator[tuple[object, ...]]:
    for line, cells in rows:
        try:
            row = _row(cells)
        except _Refused as problem:
            reading.refuse(line, str(problem))
            continue
        reading.rows += 1
        yield row


def _row(cells: list[str]) -> tuple[object, ...]:
    """A line as it is staged. Raises _Refused."""
    if len(cells) != COLUMNS:
        raise _Refused(f"{len(cells)} columns instead of {COLUMNS}")
    code, postal, municipality = cells[0], cells[2], cells[7].strip()
    if not (len(code) == 5 and code.isascii() and code.isdigit() and 1 <= int(code[:2]) <= 47):
        raise _Refused(f"not a 全国地方公共団体コード: {code[:20]!r}")
    if not (len(postal) == 7 and postal.isascii() and postal.isdigit()):
        raise _Refused(f"not a 郵便番号: {postal[:20]!r}")
    if not municipality or "\ufffd" in municipality + cells[8]:
        raise _Refused("no municipality, or characters that cannot be read")
    return postal, int(code[:2]), with_municipality_check(code), municipality[:40], town_of(cells[8])


def town_of(text: str) -> str:
    """The town as one writes it in an address: 大手町（次のビルを除く） is 大手町; a remark is no town."""
    town = _BRACKETS.sub("", text.strip())
    return "" if _NO_TOWN.fullmatch(town) else town[:200]
