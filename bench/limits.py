"""The bare GROUP BYs that yield the same numbers as compiling a month: what a careful person would type, one
statement per source, for the month, the quarter and the year to date. Nothing is written. Independent of
metrics.counting, and compared with its facts figure by figure before any time is taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from django.db import connection

from foundation.periods import Month
from metrics.models import Fact, Span

Facts = dict[tuple[str, int, str, str, str], int]  # (level, place, span, indicator, code): value

_COUNTS = "c.deleted_at IS NULL AND c.not_counted = '' AND c.held_on BETWEEN %(first)s AND %(last)s"
_BUREAU = "JOIN hubs_prefecture p ON p.code = c.hub_id"
_WHO = "CASE e.corporate_number WHEN '' THEN 'r' || e.id ELSE e.corporate_number END"


def _levels(*columns: str) -> str:
    """GROUP BY of hub, bureau and nation, for the total and for each column."""
    sets = [(place, column) for place in ("hub_id", "bureau_id", "") for column in ("", *columns)]
    return "GROUP BY GROUPING SETS (" + ", ".join(f"({', '.join(filter(None, pair))})" for pair in sets) + ")"


_SESSIONS = f"""
    SELECT GROUPING(hub_id, bureau_id), hub_id, bureau_id, GROUPING(category, method, introducer, industry, unit),
           coalesce(category, method, introducer, industry, unit, ''), count(*), sum(minutes)
      FROM (SELECT c.hub_id, p.bureau_id, c.minutes, k.category, c.method,
                   coalesce(nullif(k.introduced_by, ''), 'unstated') AS introducer,
                   coalesce(nullif(j.parent, ''), j.code, 'unstated') AS industry, coalesce(u.kind, 'unstated') AS unit
              FROM consultations_consultation c {_BUREAU}
              JOIN consultations_case k ON k.id = c.case_id
              JOIN consultations_enterprise e ON e.id = c.enterprise_id
              LEFT JOIN directory_code j ON j.kind = 'industry' AND j.code = e.industry
              LEFT JOIN hubs_unit u ON u.id = c.unit_id WHERE {_COUNTS}) found
     {_levels("category", "method", "introducer", "industry", "unit")}"""
_THEMES = f"""
    SELECT GROUPING(hub_id, bureau_id), hub_id, bureau_id, theme, count(*)
      FROM (SELECT DISTINCT c.id, c.hub_id, p.bureau_id, theme FROM consultations_consultation c {_BUREAU},
                   unnest(c.themes) theme WHERE {_COUNTS}) found
     GROUP BY GROUPING SETS ((hub_id, theme), (bureau_id, theme), (theme))"""
_ORGANIZATIONS = f"""
    SELECT GROUPING(c.hub_id, p.bureau_id), c.hub_id, p.bureau_id, GROUPING(o.kind), i.kind, o.kind, count(*)
      FROM consultations_involvement i JOIN consultations_consultation c ON c.id = i.consultation_id {_BUREAU}
      JOIN directory_supportorganization o ON o.id = i.organization_id WHERE {_COUNTS}
     GROUP BY i.kind, GROUPING SETS ((c.hub_id), (p.bureau_id), (), (c.hub_id, o.kind), (p.bureau_id, o.kind),
              (o.kind))"""
_PROGRAMS = f"""
    SELECT GROUPING(c.hub_id, p.bureau_id), c.hub_id, p.bureau_id, GROUPING(u.program_id), u.kind, u.program_id::text,
           count(*)
      FROM consultations_programuse u JOIN consultations_consultation c ON c.id = u.consultation_id {_BUREAU}
     WHERE {_COUNTS}
     GROUP BY u.kind, GROUPING SETS ((c.hub_id), (p.bureau_id), (), (c.hub_id, u.program_id),
              (p.bureau_id, u.program_id),
              (u.program_id))"""
_CASES = f"""
    SELECT GROUPING(c.hub_id, p.bureau_id), c.hub_id, p.bureau_id, GROUPING(resolution), resolution, count(*)
      FROM consultations_case c {_BUREAU} WHERE closed_on BETWEEN %(first)s AND %(last)s
     GROUP BY GROUPING SETS ((c.hub_id), (p.bureau_id), (), (c.hub_id, resolution), (p.bureau_id, resolution),
              (resolution))"""
_VISITORS = f"""
    SELECT GROUPING(c.hub_id, p.bureau_id), c.hub_id, p.bureau_id, count(DISTINCT {_WHO})
      FROM consultations_consultation c {_BUREAU} JOIN consultations_enterprise e ON e.id = c.enterprise_id
     WHERE {_COUNTS} GROUP BY GROUPING SETS ((c.hub_id), (p.bureau_id), ())"""
_NEW = f"""
    SELECT places, hub_id, bureau_id, count(*) FROM (
        SELECT GROUPING(c.hub_id, p.bureau_id) AS places, c.hub_id, p.bureau_id, {_WHO} AS who, min(c.held_on) AS day
          FROM consultations_consultation c {_BUREAU} JOIN consultations_enterprise e ON e.id = c.enterprise_id
         WHERE c.deleted_at IS NULL AND c.not_counted = '' AND c.held_on <= %(last)s
         GROUP BY GROUPING SETS ((c.hub_id, {_WHO}), (p.bureau_id, {_WHO}), ({_WHO}))) begun
     WHERE day >= %(first)s GROUP BY 1, 2, 3"""

_BY = {15: "category", 23: "method", 27: "introducer", 29: "industry", 30: "unit"}


def bare(month: Month, *, spans: Iterable[Span] = Span) -> Facts:
    """Every figure of a month, for hubs, bureaus and the nation. In the nation's scope."""
    found: Facts = {}
    for span in spans:
        asked = {"first": span.start(month).first, "last": month.last}
        for (places, hub, bureau), indicator, code, value in (*_of_sessions(asked), *_of_the_rest(asked)):
            found[{1: "hub", 2: "bureau", 3: "nation"}[places], hub or bureau or 0, span.value, indicator, code] = value
    return found


def _of_sessions(asked: dict) -> Iterator[tuple]:
    for *place, divided, code, count, minutes in _rows(_SESSIONS, asked):
        yield place, f"consultations_by_{_BY[divided]}" if divided < 31 else "consultations", code, count
        if divided == 31:
            yield place, "minutes", "", minutes
    for *place, theme, count in _rows(_THEMES, asked):
        yield place, "consultations_by_theme", theme, count
    for *place, count in _rows(_VISITORS, asked):
        yield place, "visitors", "", count
    for *place, count in _rows(_NEW, asked):
        yield place, "new_visitors", "", count


def _of_the_rest(asked: dict) -> Iterator[tuple]:
    for *place, total, kind, code, count in _rows(_ORGANIZATIONS, asked):
        yield place, f"{kind}s" if total else f"{kind}s_by_organization", "" if total else code, count
    for *place, total, kind, code, count in _rows(_PROGRAMS, asked):
        yield place, f"programs_{kind}" if total else f"programs_{kind}_by_program", "" if total else code, count
    resolved: Counter[tuple] = Counter()
    for *place, total, code, count in _rows(_CASES, asked):
        yield place, "cases_closed" if total else "cases_closed_by_resolution", "" if total else code, count
        resolved[tuple(place)] += count if code in ("solved", "partly") else 0
    for place, count in resolved.items():
        yield place, "cases_resolved", "", count


def compiled(month: Month) -> Facts:
    """What the facts say of the same month. In the nation's scope."""
    rows = Fact.objects.filter(month=month.first)
    return {(f.level, f.hub_id or f.bureau_id or 0, f.span, f.indicator, f.code): f.value for f in rows}


def _rows(sql: str, asked: dict) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return cursor.fetchall()
