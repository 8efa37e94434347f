"""Corrections: what a closed month's figures say differently in a later version, and what they would say now.

Nothing is stored for it: versions are immutable, so the difference of two is a fact. Compared is what a month stands
for for good (Span.standing): its own figures, and those of the quarter and the fiscal year that end with it. The year
to date of a month in between stays as it was told; the next month's has the corrected figures in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from foundation.periods import Month
from metrics.indicators import INDICATORS
from metrics.models import Level, Span
from metrics.queries import Place


@dataclass(frozen=True)
class Correction:
    """One figure before and after. `version` is the one that says `after`; None while it only would."""

    month: Month
    place: Place
    indicator: str
    code: str
    before: int
    after: int
    version: int | None = None
    span: Span = Span.MONTH

    @property
    def difference(self) -> int:
        return self.after - self.before


_KEY = "span, level, coalesce(hub_id, 0) AS hub, coalesce(bureau_id, 0) AS bureau, indicator, code"
_CARRIED = f"""
    WITH pairs AS MATERIALIZED (
        SELECT now.id, now.month, now.version, old.id AS before_id
          FROM metrics_freeze now JOIN metrics_freeze old ON old.month = now.month AND old.version = now.version - 1
         WHERE now.cause = 'correction' AND (%(carried_in)s::date IS NULL OR now.carried_in = %(carried_in)s)
           AND (%(month)s::date IS NULL OR now.month = %(month)s)
           AND (%(versions)s::bigint[] IS NULL OR now.id = ANY (%(versions)s))
    ), after AS (
        SELECT pairs.id AS pair, value, {_KEY} FROM pairs JOIN metrics_frozenfact ON freeze_id = pairs.id
         WHERE metrics_stands(span, pairs.month)
    ), before AS (
        SELECT pairs.id AS pair, value, {_KEY} FROM pairs JOIN metrics_frozenfact ON freeze_id = pairs.before_id
         WHERE metrics_stands(span, pairs.month)
    ), told AS (
        SELECT pair, span, level, hub, bureau, indicator, code, coalesce(before.value, 0) AS was,
               coalesce(after.value, 0) AS is_now
          FROM before FULL JOIN after USING (pair, span, level, hub, bureau, indicator, code)
         WHERE before.value IS DISTINCT FROM after.value
    )
    SELECT pairs.month, pairs.version, span, level, hub, bureau, indicator, code, was, is_now
      FROM told JOIN pairs ON pairs.id = told.pair"""  # noqa: S608

# Only months whose figures moved after they were frozen can differ: the others need not be compared. A month that the
# ledger does not know is compared as well.
_PENDING = f"""
    WITH newest AS MATERIALIZED (
        SELECT DISTINCT ON (month) month, id, turn FROM metrics_freeze ORDER BY month, version DESC
    ), suspects AS MATERIALIZED (
        SELECT month, newest.id FROM newest LEFT JOIN metrics_count AS ledger USING (month)
         WHERE ledger.turn IS DISTINCT FROM newest.turn AND (%(month)s::date IS NULL OR month = %(month)s)
    ), live AS (
        SELECT month, value, {_KEY} FROM metrics_fact
         WHERE metrics_stands(span, month) AND month IN (SELECT month FROM suspects)
           AND indicator = ANY (%(indicators)s) AND (%(hub)s::integer IS NULL OR hub_id = %(hub)s)
    ), frozen AS (
        SELECT suspects.month, value, {_KEY} FROM suspects JOIN metrics_frozenfact ON freeze_id = suspects.id
         WHERE metrics_stands(span, suspects.month) AND (%(hub)s::integer IS NULL OR hub_id = %(hub)s)
    )
    SELECT month, NULL, span, level, hub, bureau, indicator, code, coalesce(frozen.value, 0), coalesce(live.value, 0)
      FROM frozen FULL JOIN live USING (month, span, level, hub, bureau, indicator, code)
     WHERE frozen.value IS DISTINCT FROM live.value"""  # noqa: S608


def carried_in(month: Month) -> list[Correction]:
    """What the package of a month tells about the months before it. Within a figures scope."""
    return _found(_CARRIED, {"carried_in": month.first, "month": None, "versions": None})


def made_to(month: Month) -> list[Correction]:
    """Every correction of a month, version by version."""
    return _found(_CARRIED, {"carried_in": None, "month": month.first, "versions": None})


def told_by(versions: Collection[int]) -> list[Correction]:
    """What these freezes tell differently from those before them: what lists so many tells of no other."""
    return _found(_CARRIED, {"carried_in": None, "month": None, "versions": list(versions)}) if versions else []


def pending(*, month: Month | None = None, hub_id: int | None = None) -> list[Correction]:
    """What the records of closed months say now, differently from what was told. Each is told with the next closing."""
    codes = [indicator.code for indicator in INDICATORS]
    asked = {"month": month.first if month else None, "hub": hub_id, "indicators": codes}
    return _found(_PENDING, asked)


def months_to_correct() -> list[Month]:
    """The closed months of which something is pending, oldest first."""
    return sorted({one.month for one in pending()})


def totals_first(found: Iterable[Correction]) -> list[Correction]:
    """By month, the month before its quarter before its year, the nation before bureaus before hubs, in the registry's
    order."""
    order = {indicator.code: n for n, indicator in enumerate(INDICATORS)}
    levels, spans = [Level.NATION, Level.BUREAU, Level.HUB], list(Span)
    return sorted(
        found,
        key=lambda one: (
            one.month, one.version or 0, spans.index(one.span), levels.index(one.place.level),
            one.place.bureau_id or 0, one.place.hub_id or 0, order.get(one.indicator, len(order)), one.code,
        ),
    )  # fmt: skip


def _found(sql: str, asked: dict[str, Any]) -> list[Correction]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return totals_first(
            Correction(
                Month.of(day),
                Place(Level(level), hub or None, bureau or None),
                indicator,
                code,
                was,
                is_now,
                version,
                Span(span),
            )
            for day, version, span, level, hub, bureau, indicator, code, was, is_now in cursor.fetchall()
        )
