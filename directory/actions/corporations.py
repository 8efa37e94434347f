"""法人番号: the National Tax Agency's files (全件データ), and the daily differences of the same layout.

Thirty columns: 1 一連番号, 2 法人番号, 3 処理区分, 4 訂正区分, 5 更新年月日, 6 変更年月日, 7 商号又は名称, 8 its image,
9 法人種別, 10–12 国内所在地 (prefecture, municipality, street), 13 its image, 14 都道府県コード, 15 市区町村コード
(three digits), 16 郵便番号, 17 国外所在地, 18 its image, 19 登記記録の閉鎖等年月日, 20 its cause, 21 承継先法人番号,
22 変更事由の詳細, 23 法人番号指定年月日, 24 最新履歴, 25–28 in English, 29 フリガナ, 30 検索対象除外.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from audit import trail
from directory.actions.loading import BadRows, Loaded, NotThatFile, Reading, changes, opened, removals, stage
from foundation.identifiers import with_municipality_check

COLUMNS = 30
_DELETED = "99"  # 処理区分: taken off the register
_PREFECTURES = range(1, 48)
_STAGED = """
    number text, process text, updated_on date, name text, kind text, municipality text, street text,
    prefecture_code smallint, municipality_code text, postal_code text, abroad text, closed_on date, successor text,
    kana text, sequence integer
"""
_FIELDS = (
    "name", "kana", "kind", "prefecture_code", "municipality_code", "municipality", "street", "postal_code", "abroad",
    "closed_on", "successor", "updated_on",
)  # fmt: skip
_LIST = ", ".join(_FIELDS)
# An older file never overwrites what a newer one has brought.
_PUT = f"""
    INSERT INTO directory_registeredcorporation AS known (number, {_LIST})
    SELECT number, {_LIST} FROM (
        SELECT DISTINCT ON (number) * FROM staged_corporations ORDER BY number, updated_on DESC, sequence DESC
    ) AS newest WHERE process <> '{_DELETED}'
    ON CONFLICT (number) DO UPDATE SET ({_LIST}) = ROW ({", ".join(f"excluded.{name}" for name in _FIELDS)})
     WHERE excluded.updated_on >= known.updated_on
       AND ({", ".join(f"known.{name}" for name in _FIELDS)})
           IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in _FIELDS)})
    RETURNING xmax = 0 AS made
"""  # noqa: S608
_REMOVE = f"""
    DELETE FROM directory_registeredcorporation AS known USING (
        SELECT DISTINCT ON (number) * FROM staged_corporations ORDER BY number, updated_on DESC, sequence DESC
    ) AS newest
     WHERE newest.process = '{_DELETED}' AND known.number = newest.number AND known.updated_on <= newest.updated_on
"""  # noqa: S608


class _Refused(Exception):
    """Why a row is none."""


@transaction.atomic
def import_corporations(*, path: Path, at: dt.datetime, skip_bad: bool = False) -> Loaded:
    """Bring one file in. With bad rows nothing of it, unless `skip_bad`. Raises BadRows, NotThatFile."""
    reading = Reading()
    with opened(path) as rows:
        stage("staged_corporations", _STAGED, _good(rows, reading))
    if reading.rows == 0 and reading.bad_count == 0:
        raise NotThatFile(f"{path.name}: no rows")
    if reading.bad_count and not skip_bad:
        raise BadRows(reading)
    removed = removals(_REMOVE)
    made, changed = changes(_PUT)
    removals("DROP TABLE staged_corporations")
    counts: dict[str, Any] = {"rows": reading.rows, "made": made, "changed": changed, "removed": removed}
    trail.record("reference.imported", by=None, at=at, kind="corporations", bad=reading.bad_count, **counts)
    return Loaded(reading, made, changed, removed)


def _good(rows: Iterator[tuple[int, list[str]]], reading: Reading) -> Iterator[tuple[object, ...]]:
    for line, cells in rows:
        try:
            row = _row(cells)
        except _Refused as problem:
            reading.refuse(line, str(problem))
            continue
        if row is not None:
            reading.rows += 1
            yield row


def _row(cells: list[str]) -> tuple[object, ...] | None:
    """A line as it is staged; None for one that is history. Raises _Refused."""
    if len(cells) != COLUMNS:
        raise _Refused(f"{len(cells)} columns instead of {COLUMNS}")
    number, name = cells[1], cells[6].strip()
    if not _is_number(number):
        raise _Refused(f"not a 法人番号: {number[:20]!r}")
    if not name:
        raise _Refused("no name")
    text = "".join((name, cells[10], cells[11], cells[16], cells[28]))
    if "\ufffd" in text or "\x00" in text:
        raise _Refused("characters that cannot be read")
    if not (cells[0].isascii() and cells[0].isdigit() and len(cells[0]) < 10):
        raise _Refused(f"not a 一連番号: {cells[0][:20]!r}")
    prefecture, municipality = _place(cells[13], cells[14])
    postal = cells[15].replace("-", "")
    if postal and not (len(postal) == 7 and postal.isascii() and postal.isdigit()):
        raise _Refused(f"not a 郵便番号: {postal[:20]!r}")
    if cells[20] and not _is_number(cells[20]):
        raise _Refused(f"not a 承継先法人番号: {cells[20][:20]!r}")
    updated, closed = _day(cells[4]), _day(cells[18]) if cells[18] else None
    if cells[23] == "0":
        return None
    return (
        number, cells[2], updated, name[:150], cells[8][:3], cells[10].strip()[:40], cells[11].strip()[:300],
        prefecture, municipality, postal, cells[16].strip()[:300], closed, cells[20], cells[28].strip()[:500],
        int(cells[0]),
    )  # fmt: skip


def _is_number(number: str) -> bool:
    """Thirteen digits whose first is right (foundation.identifiers, written for five million of them)."""
    if len(number) != 13 or not (number.isascii() and number.isdigit()):
        return False
    odd, even = sum(map(int, number[12:0:-2])), sum(map(int, number[11:0:-2]))
    return number[0] == str(9 - (odd + 2 * even) % 9)


@cache
def _place(prefecture: str, city: str) -> tuple[int | None, str]:
    """The codes of a place; none abroad."""
    if not prefecture:
        return None, ""
    if not (prefecture.isascii() and prefecture.isdigit() and int(prefecture) in _PREFECTURES):
        raise _Refused(f"not a 都道府県コード: {prefecture[:20]!r}")
    if not (len(city) == 3 and city.isascii() and city.isdigit()):
        raise _Refused(f"not a 市区町村コード: {city[:20]!r}")
    return int(prefecture), with_municipality_check(f"{int(prefecture):02d}{city}")


@cache
def _day(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise _Refused(f"not a date: {text[:20]!r}") from None
