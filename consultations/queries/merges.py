"""What a merge would do, before it is done: what would move, and which figures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Count, Exists, ForeignKey, Model, OuterRef, Q, QuerySet, UniqueConstraint
from django.utils.functional import Promise

from consultations.models import Case, Consultation, Enterprise, Merge, MergedRow
from foundation.periods import FiscalYear, Month

STAYS, MOVES = "stays", "moves"

# 者 of whole months as they stand, and as if the one enterprise were the other. What counts: domain.md §4.
_COUNTED = """
    SELECT held_on, enterprise_id AS apart,
           CASE enterprise_id WHEN %(loser)s THEN %(survivor)s ELSE enterprise_id END AS together
      FROM consultations_consultation c
     WHERE hub_id = %(hub)s AND deleted_at IS NULL AND not_counted = ''
"""
_VISITORS = f"""
    SELECT count(DISTINCT apart), count(DISTINCT together) FROM ({_COUNTED}) AS counted
     WHERE held_on BETWEEN %(first)s AND %(last)s
"""  # noqa: S608
_NEW = f"""
    WITH met AS MATERIALIZED (
        SELECT DISTINCT apart AS id FROM ({_COUNTED}) AS counted WHERE held_on BETWEEN %(first)s AND %(last)s
    ), begun AS (
        SELECT id, CASE id WHEN %(loser)s THEN %(survivor)s ELSE id END AS together, (
               SELECT c.held_on FROM consultations_consultation c
                WHERE c.hub_id = %(hub)s AND c.enterprise_id = met.id AND c.deleted_at IS NULL AND c.not_counted = ''
                ORDER BY c.held_on LIMIT 1) AS day
          FROM (SELECT id FROM met UNION SELECT unnest(ARRAY[%(loser)s, %(survivor)s]::bigint[])) AS met
    )
    SELECT (SELECT count(*) FROM begun WHERE day BETWEEN %(first)s AND %(last)s),
           (SELECT count(*) FROM (SELECT min(day) AS day FROM begun GROUP BY together) AS one
             WHERE day BETWEEN %(first)s AND %(last)s)
"""  # noqa: S608


@dataclass(frozen=True)
class Holder:
    """A column somewhere that points to an enterprise, and what a merge does with it."""

    model: type[Model]
    field: str
    moves: bool

    @property
    def table(self) -> str:
        """As Django labels models."""
        return self.model._meta.label_lower

    @property
    def label(self) -> str | Promise:
        """What people call its rows; empty for what they never see."""
        named = "verbose_name" in self.model._meta.original_attrs
        return self.model._meta.verbose_name_plural or "" if named else ""

    def rows(self, enterprise: Enterprise) -> QuerySet[Any]:
        """What points to an enterprise."""
        hub: dict[str, Any] = {"hub_id": enterprise.hub_id} if _has(self.model, "hub") else {}
        return self.model._default_manager.filter(**hub, **{f"{self.field}_id": enterprise.pk})

    def movable(self, loser: Enterprise, survivor: Enterprise) -> QuerySet[Any]:
        """What can be moved: all but what the survivor has already, where a table allows only one."""
        rows = self.rows(loser)
        for fields, condition in _unique_keys(self.model, self.field):
            others = {name: OuterRef(name) for name in fields if name != self.field}
            twin = self.model._default_manager.filter(condition, **others, **{f"{self.field}_id": survivor.pk})
            rows = rows.exclude(condition, Exists(twin)) if condition else rows.exclude(Exists(twin))
        return rows


def holders() -> list[Holder]:
    """Every column of every room that points to an enterprise; cases first, since what belongs to a case must wait for
    it. A model says in `when_merged` what becomes of each: {"enterprise": "moves"} or "stays". Unsaid means moves; a
    house test demands that it be said."""
    found = [
        Holder(model, field.name, getattr(model, "when_merged", {}).get(field.name, MOVES) == MOVES)
        for model in apps.get_models()
        if not model._meta.proxy and model._meta.managed
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.related_model is Enterprise
    ]
    return sorted(found, key=lambda holder: (holder.model is not Case, holder.model is not Consultation, holder.table))


def moving() -> list[Holder]:
    """Those whose rows go along."""
    return [holder for holder in holders() if holder.moves]


def to_be_moved(*, loser: Enterprise, survivor: Enterprise) -> list[tuple[str | Promise, int]]:
    """How many rows of what kind a merge would move. Left out: kinds of which there are none, and what nobody sees."""
    counts = [(holder.label, holder.movable(loser, survivor).count()) for holder in moving() if holder.label]
    return [(label, count) for label, count in counts if count]


def figures_of_merging(*, survivor: Enterprise, loser: Enterprise) -> list[dict[str, Any]]:
    """The hub's 者 figures that differ between two enterprises apart and the same two as one: per month
    {"month": "2026-11", "visitors": [apart, together], "new_visitors": […]}, per fiscal year {"year": 2026, "visitors":
    […]}. Oldest first; what does not differ is left out."""
    days = [_days(survivor), _days(loser)]
    if not all(days):
        return []
    months = [{Month.of(day) for day in met} for met in days]
    years = [{month.fiscal_year for month in met} for met in months]
    touched = (months[0] & months[1]) | {Month.of(max(min(met) for met in days))}
    found: list[dict[str, Any]] = []
    for month in sorted(touched):
        asked = _asked(survivor, loser, month)
        counted = {"visitors": _pair(_VISITORS, asked), "new_visitors": _pair(_NEW, asked)}
        found.append({"month": str(month), **counted})
    return found + [
        {"year": year.year, "visitors": _pair(_VISITORS, _asked(survivor, loser, year))}
        for year in sorted(years[0] & years[1])
    ]


@dataclass(frozen=True)
class Told:
    """A row of figures as a page shows it: a month or a fiscal year, and what stood and stands there."""

    month: Month | None
    year: FiscalYear | None
    visitors: list[int]
    new_visitors: list[int]


def told(figures: list[dict[str, Any]]) -> list[Told]:
    """What figures_of_merging gave, or a merge has kept, for a page."""
    return [
        Told(
            Month.parse(row["month"]) if "month" in row else None,
            FiscalYear(row["year"]) if "year" in row else None,
            row["visitors"],
            row.get("new_visitors", []),
        )
        for row in figures
    ]


def moved_by(merge: Merge) -> list[tuple[str | Promise, int]]:
    """How many rows of what kind a merge has moved."""
    rows = MergedRow.objects.filter(hub_id=merge.hub_id, merge=merge).values_list("table").annotate(count=Count("pk"))
    counts = dict(rows)
    labels = {holder.table: holder.label for holder in holders()}
    return [(labels[table], count) for table, count in sorted(counts.items()) if labels.get(table)]


def _days(enterprise: Enterprise) -> set[dt.date]:
    rows = Consultation.objects.filter(hub_id=enterprise.hub_id, enterprise=enterprise).counted()
    return set(rows.values_list("held_on", flat=True))


def _asked(survivor: Enterprise, loser: Enterprise, span: Month | FiscalYear) -> dict[str, Any]:
    ids = {"hub": survivor.hub_id, "survivor": survivor.pk, "loser": loser.pk}
    return ids | {"first": span.first, "last": span.last}


def _pair(sql: str, asked: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return list(cursor.fetchone())


def _has(model: type[Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)


def _unique_keys(model: type[Model], field: str) -> list[tuple[tuple[str, ...], Q]]:
    """The unique keys that a column is part of, with their conditions."""
    keys = [
        (tuple(rule.fields), rule.condition or Q())
        for rule in model._meta.constraints
        if isinstance(rule, UniqueConstraint) and field in rule.fields and "id" not in rule.fields
    ]
    keys += [(tuple(names), Q()) for names in model._meta.unique_together if field in names]
    return keys + ([((field,), Q())] if model._meta.get_field(field).unique else [])  # type: ignore[union-attr]
