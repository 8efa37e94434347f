"""The rows behind a month's figures, kept when it is closed: enough to count it anew without the records.

`gather` reads them in SQL, from the same sources that metrics.counting counts. `recount` counts them in plain Python,
from the definitions that were frozen with them: a second writing of every rule, which closing compares with the first
and which still gives the same figures when the records and this registry have long changed. What stands here is keys
and codes: no name, no text.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection

from foundation.periods import Month
from hubs.tenancy import HUB_IDS
from metrics.counting import COUNTED, FIRST_SESSIONS, ROWS, defined, filled
from metrics.indicators import Indicator, Source, Way
from metrics.models import Level, Span


class Cell(NamedTuple):
    """One figure of a month. `place` is a hub's or bureau's key; 0 for the nation."""

    level: str
    place: int
    span: str
    indicator: str
    code: str


class Came(NamedTuple):
    """An enterprise that came in the fiscal year up to the month: who it is across hubs, and when."""

    enterprise: int
    identity: int
    in_quarter: bool
    in_month: bool


class Newcomer(NamedTuple):
    """An enterprise that came in the month, and whether that holds its first session ever at the hub, in the bureau's
    hubs, anywhere."""

    enterprise: int
    identity: int
    at_hub: bool
    in_bureau: bool
    in_nation: bool


@dataclass
class Rows:
    """What is behind one hub's month. `columns` names what stands in each source's rows; the first is the key."""

    columns: dict[str, list[str]] = field(default_factory=dict)
    rows: dict[str, list[list[Any]]] = field(default_factory=dict)
    came: dict[str, list[Came]] = field(default_factory=dict)  # of each indicator of different enterprises
    newcomers: dict[str, list[Newcomer]] = field(default_factory=dict)  # of each of first sessions
    earlier: dict[str, dict[str, int]] = field(default_factory=dict)  # month → "indicator code" → figure of the hub

    def packed(self) -> bytes:
        """As it is kept: always the same bytes for the same rows."""
        return gzip.compress(self.text(), mtime=0)

    def text(self) -> bytes:
        """The one way to write it, which the hash is of."""
        return canonical(
            {
                "columns": self.columns,
                "rows": self.rows,
                "came": {code: [list(row) for row in rows] for code, rows in self.came.items()},
                "newcomers": {code: [list(row) for row in rows] for code, rows in self.newcomers.items()},
                "earlier": self.earlier,
            }
        )

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text()).hexdigest()

    @classmethod
    def unpacked(cls, content: bytes) -> Rows:
        """What `packed` kept."""
        found = json.loads(gzip.decompress(content))
        came = {code: [Came(*row) for row in rows] for code, rows in found["came"].items()}
        newcomers = {code: [Newcomer(*row) for row in rows] for code, rows in found["newcomers"].items()}
        return cls(found["columns"], found["rows"], came, newcomers, found["earlier"])

    def keys(self) -> dict[str, dict[Any, Any]]:
        """source → key → the rest of the row: for telling two versions apart. Themes and desks are left to their
        consultations."""
        found = {
            source: {row[0]: row for row in rows}
            for source, rows in self.rows.items()
            if source not in (Source.THEMES, Source.DESKS)
        }
        themes: dict[int, list[str]] = defaultdict(list)
        for key, _hub, theme in ((row[0], None, row[-1]) for row in self.rows.get(Source.THEMES, [])):
            themes[key].append(theme)
        sessions = found.get(Source.CONSULTATIONS, {})
        found[Source.CONSULTATIONS] = {key: [*row, *sorted(themes[key])] for key, row in sessions.items()}
        return found

    def visitors(self) -> dict[int, list[Any]]:
        """enterprise → how it is counted, of those that came in the month."""
        found: dict[int, list[Any]] = defaultdict(list)
        for code, came in sorted(self.came.items()):
            for row in came:
                if row.in_month:
                    found[row.enterprise] += [code, row.identity]
        for code, newcomers in sorted(self.newcomers.items()):
            for new in newcomers:
                found[new.enterprise] += [code, *new[1:]]
        return dict(found)


def canonical(value: Any) -> bytes:
    """JSON with one spelling: sorted keys, no blanks, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


# ---- reading
_CAME = """
    SELECT v.hub_id, v.enterprise_id, {identity} AS identity, v.in_quarter, v.in_month
      FROM (SELECT c.hub_id, c.enterprise_id, bool_or(c.held_on >= %(first)s) AS in_month,
                   bool_or(c.held_on >= %(quarter)s) AS in_quarter
              FROM consultations_consultation c
             WHERE c.held_on BETWEEN %(year)s AND %(last)s AND {stands} AND {defined}
             GROUP BY c.hub_id, c.enterprise_id) v
      JOIN consultations_enterprise e ON e.id = v.enterprise_id AND e.hub_id = v.hub_id
     ORDER BY v.hub_id, v.enterprise_id"""
_NEWCOMERS = (
    FIRST_SESSIONS  # noqa: S608
    + """, firsts AS (
        SELECT DISTINCT hub_id, identity,
               min(day) OVER (PARTITION BY hub_id, identity) >= %(first)s AS at_hub,
               min(day) OVER (PARTITION BY bureau_id, identity) >= %(first)s AS in_bureau,
               min(day) OVER (PARTITION BY identity) >= %(first)s AS in_nation
          FROM begun WHERE day IS NOT NULL
    )
    SELECT e.hub_id, e.id, {identity}, firsts.at_hub, firsts.in_bureau, firsts.in_nation
      FROM met e JOIN firsts ON firsts.hub_id = e.hub_id AND firsts.identity = {identity}
     ORDER BY e.hub_id, e.id"""
)

_EARLIER = """
    SELECT coalesce(hub_id, 0), coalesce(bureau_id, 0), level, month, indicator, code, value FROM metrics_fact
     WHERE span = 'month' AND month >= %(year)s AND month < %(first)s AND indicator = ANY (%(indicators)s)
       AND (level = 'hub' OR indicator = ANY (%(anew)s))
     ORDER BY month, level, hub_id, bureau_id, indicator, code"""


def gather(month: Month, definitions: Iterable[Indicator]) -> tuple[dict[int, Rows], dict[str, dict[str, int]]]:
    """The rows behind a month, by hub; and what bureaus and the nation need of the year's months before it, as
    "bureau 3" → "2026-04 new_visitors" → figure. In the nation's scope."""
    definitions = list(definitions)
    found = {hub: Rows() for hub in HUB_IDS}
    days = {"first": month.first, "last": month.last, "year": month.fiscal_year.first, "hubs": list(HUB_IDS)}
    days["quarter"] = month.quarter.first
    for source in Source:
        columns = _columns(source, definitions)
        if columns:
            _gather_source(found, source, columns, days)
    for definition in definitions:
        _gather_people(found, definition, days)
    earlier: dict[str, dict[str, int]] = defaultdict(dict)
    adding = [i for i in definitions if i.adds_over_months]
    anew = [i.code for i in adding if not i.additive]
    asked = days | {"indicators": [i.code for i in adding], "anew": anew}
    for hub, bureau, level, day, indicator, code, value in _asked(_EARLIER, asked):
        if level == Level.HUB:
            found[hub].earlier.setdefault(str(Month.of(day)), {})[f"{indicator} {code}"] = value
        else:
            place = f"{level} {bureau}" if bureau else str(level)
            earlier[place][f"{Month.of(day)} {indicator}"] = value
    return found, dict(earlier)


def _gather_source(found: dict[int, Rows], source: Source, columns: list[str], days: dict[str, Any]) -> None:
    for rows in found.values():
        rows.columns[str(source)], rows.rows[str(source)] = columns, []
    named = ", ".join(columns)
    sql = f"WITH {COUNTED} SELECT hub_id, {named} FROM {ROWS[source]} AS found ORDER BY hub_id, {named}"  # noqa: S608
    for hub, *row in _asked(sql, days):
        found[hub].rows[str(source)].append(row)


def _gather_people(found: dict[int, Rows], definition: Indicator, days: dict[str, Any]) -> None:
    code, way = definition.code, definition.counted.way
    if way is Way.DISTINCT:
        for rows in found.values():
            rows.came[code] = []
        for hub, *row in _asked(filled(_CAME, defined=defined(code)), days):
            found[hub].came[code].append(Came(*row))
    elif way is Way.FIRST:
        for rows in found.values():
            rows.newcomers[code] = []
        for hub, *row in _asked(filled(_NEWCOMERS, defined=defined(code, ever=True)), days):
            found[hub].newcomers[code].append(Newcomer(*row))


def _columns(source: Source, definitions: Iterable[Indicator]) -> list[str]:
    """The key, and whatever the definitions that count this source go by."""
    mine = [i.counted for i in definitions if i.counted.source is source and i.counted.way is Way.ADD]
    names = {c.by for c in mine if c.by} | {name for c in mine for name in columns_of(c.aggregate)}
    names |= {c.only.column for c in mine if c.only}
    return ["id", *sorted(names)] if mine else []


def _asked(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


# ---- counting anew, in plain Python
_AGGREGATE = re.compile(
    r"^(?P<what>count\(\*\)|sum\((?P<sum>\w+)\))"
    r"(?: FILTER \(WHERE (?P<column>\w+) (?:= '(?P<one>\w+)'|IN \((?P<many>[\w', ]+)\))\))?$"
)


def columns_of(aggregate: str) -> list[str]:
    """The columns that an aggregate of the registry reads. Raises ValueError for one that cannot be read."""
    found = _read(aggregate)
    return [name for name in (found["sum"], found["column"]) if name]


def _read(aggregate: str) -> re.Match[str]:
    found = _AGGREGATE.match(aggregate)
    if found is None:
        raise ValueError(f"an aggregate that evidence cannot count anew: {aggregate}")
    return found


def weight_of(aggregate: str, columns: list[str]) -> Callable[[list[Any]], int]:
    """How much one row adds."""
    found = _read(aggregate)
    summed = columns.index(found["sum"]) if found["sum"] else None
    tested = columns.index(found["column"]) if found["column"] else None
    wanted = {found["one"]} if found["one"] else set(re.findall(r"\w+", found["many"] or ""))
    return lambda row: (1 if summed is None else row[summed]) if tested is None or row[tested] in wanted else 0


def recount(
    month: Month,
    definitions: Iterable[Mapping[str, Any]],
    evidence: Mapping[int, Rows],
    earlier: Mapping[str, Mapping[str, int]],
    bureaus: Mapping[int, int],
) -> dict[Cell, int]:
    """Every figure of a month and of its quarter and year to date, from the rows alone, without zeros. `bureaus`: the
    bureau of each hub."""
    definitions = list(definitions)
    cells: Counter[Cell] = Counter()
    for definition in definitions:
        if definition["way"] == Way.DISTINCT:
            _count_came(cells, definition["code"], evidence, bureaus)
        elif definition["way"] == Way.FIRST:
            _count_newcomers(cells, month, definition["code"], evidence, earlier, bureaus)
        else:
            for hub, rows in evidence.items():
                _add(cells, month, definition, hub, bureaus[hub], rows)
    return {cell: value for cell, value in cells.items() if value}


def _places(hub: int, bureau: int) -> tuple[tuple[str, int], ...]:
    return (Level.HUB, hub), (Level.BUREAU, bureau), (Level.NATION, 0)


def _add(cells: Counter[Cell], month: Month, definition: Mapping[str, Any], hub: int, bureau: int, rows: Rows) -> None:
    code = definition["code"]
    figures = _figures(definition, rows)
    spans = {Span.MONTH: figures, Span.QUARTER_TO_DATE: Counter(figures), Span.YEAR_TO_DATE: Counter(figures)}
    for told, values in rows.earlier.items():
        for key, value in values.items():
            indicator, _, entry = key.partition(" ")
            if indicator == code:
                spans[Span.YEAR_TO_DATE][entry] += value
                if Month.parse(told) >= month.quarter.months[0]:
                    spans[Span.QUARTER_TO_DATE][entry] += value
    for span, values_of in spans.items():
        for entry, value in values_of.items():
            for level, place in _places(hub, bureau):
                cells[Cell(level, place, span, code, entry)] += value


def _figures(definition: Mapping[str, Any], rows: Rows) -> Counter[str]:
    """Of one hub's month: code of the breakdown → figure."""
    figures: Counter[str] = Counter()
    weight = weight_of(definition["aggregate"], rows.columns[definition["source"]])
    for entry, row in _counting_rows(definition, rows):
        figures[entry] += weight(row)
    return figures


def _counting_rows(definition: Mapping[str, Any], rows: Rows) -> Iterator[tuple[str, list[Any]]]:
    """The rows that a definition counts, each under its code of the breakdown."""
    columns, by, only = rows.columns[definition["source"]], definition["by"], definition["only"]
    weight = weight_of(definition["aggregate"], columns)
    place = columns.index(by) if by else None
    tested = columns.index(only["column"]) if only else None
    for row in rows.rows[definition["source"]]:
        if weight(row) and (tested is None or (row[tested] in only["values"]) != only["but"]):
            yield (row[place] if place is not None else ""), row


def _count_came(cells: Counter[Cell], code: str, evidence: Mapping[int, Rows], bureaus: Mapping[int, int]) -> None:
    who: dict[Cell, set[int]] = defaultdict(set)
    for hub, rows in evidence.items():
        for row in rows.came[code]:
            spans = [Span.YEAR_TO_DATE] + [Span.QUARTER_TO_DATE] * row.in_quarter + [Span.MONTH] * row.in_month
            for level, place in _places(hub, bureaus[hub]):
                for span in spans:
                    who[Cell(level, place, span, code, "")].add(row.identity)
    for cell, identities in who.items():
        cells[cell] += len(identities)


def _count_newcomers(
    cells: Counter[Cell],
    month: Month,
    code: str,
    evidence: Mapping[int, Rows],
    earlier: Mapping[str, Mapping[str, int]],
    bureaus: Mapping[int, int],
) -> None:
    """A first ever happens once: the months before add up, at each level by itself."""
    who: dict[tuple[str, int], set[int]] = defaultdict(set)
    for hub, rows in evidence.items():
        for row in rows.newcomers[code]:
            for place, is_new in zip(_places(hub, bureaus[hub]), row[2:], strict=True):
                if is_new:
                    who[place].add(row.identity)
    for (level, number), identities in who.items():
        for span in Span:
            cells[Cell(level, number, span, code, "")] += len(identities)
    for level, number, day, value in _told_earlier(code, evidence, earlier):
        cells[Cell(level, number, Span.YEAR_TO_DATE, code, "")] += value
        if Month.parse(day) >= month.quarter.months[0]:
            cells[Cell(level, number, Span.QUARTER_TO_DATE, code, "")] += value


def _told_earlier(
    code: str, evidence: Mapping[int, Rows], earlier: Mapping[str, Mapping[str, int]]
) -> list[tuple[str, int, str, int]]:
    """(level, place, month, figure) of the year's months before, of hubs, bureaus and the nation."""
    found = [
        (str(Level.HUB), hub, day, value)
        for hub, rows in evidence.items()
        for day, values in rows.earlier.items()
        for key, value in values.items()
        if key == f"{code} "
    ]
    for place, values in earlier.items():
        level, _, number = place.partition(" ")
        for key, value in values.items():
            day, indicator = key.split(" ", 1)
            if indicator == code:
                found.append((level, int(number or 0), day, value))
    return found


def keys_behind(rows: Rows, definition: Mapping[str, Any], code: str = "") -> set[int]:
    """The keys of a hub's rows that one figure of its frozen month counts; `code` names an entry of a breakdown."""
    if definition["way"] == Way.DISTINCT:
        return {row.enterprise for row in rows.came[definition["code"]] if row.in_month}
    if definition["way"] == Way.FIRST:
        return {row.enterprise for row in rows.newcomers[definition["code"]] if row.at_hub}
    return {row[0] for entry, row in _counting_rows(definition, rows) if entry == code}
