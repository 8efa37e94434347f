"""What the public page of a month shows, as plain rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from foundation.periods import Month
from metrics.models import Span
from reports.queries import published
from reports.queries.published import Changed, PublicMonth, Told, Where
from reports.relations import BUREAU, HUB

TREND_MONTHS = 13
HEADLINES = ("consultations", "visitors", "cases_resolved", "outcomes")
CHARTED = "consultations"
CORRECTIONS_SHOWN = 200


@dataclass(frozen=True)
class Shown:
    """A figure in a table: `value` is None where it is withheld."""

    value: int | None
    before: int | None = None


@dataclass(frozen=True)
class Row:
    """A label with its figures."""

    label: str
    unit: str
    figures: tuple[Shown, ...]
    note: str = ""


@dataclass(frozen=True)
class Table:
    """A breakdown of a total."""

    code: str
    title: str
    rows: tuple[Row, ...]
    overlaps: bool


@dataclass(frozen=True)
class Correction:
    """One corrected figure in words."""

    place: str
    label: str
    unit: str
    before: int
    after: int


def page_of(found: PublicMonth, all_told: list[Told]) -> dict[str, Any]:
    """Everything for the template. Two more questions to the database: the months and the version before."""
    told = found.told
    totals = [one for one in found.definitions if not one["of"]]
    versions = [one for one in all_told if one.month == told.month]
    corrections = _corrections(found)
    return {
        "found": found,
        "told": told,
        "title_month": told.month,
        "newest_version": versions[0],
        "versions": versions,
        "months": _months(all_told),
        "changed_at": max(one.published_at for one in all_told),
        "headlines": [row for row in _nation(found, totals) if row.note in HEADLINES],
        "nation": _nation(found, totals),
        "totals": totals,
        "bureaus": _places(found, totals, BUREAU),
        "hubs": _places(found, totals, HUB),
        "breakdowns": _breakdowns(found),
        "trend": published.trend(CHARTED, told.month.plus(1 - TREND_MONTHS), told.month),
        "trend_label": next((one["label"] for one in totals if one["code"] == CHARTED), ""),
        "corrections": corrections[:CORRECTIONS_SHOWN],
        "corrections_left": max(0, len(corrections) - CORRECTIONS_SHOWN),
        "fiscal_year": told.month.fiscal_year,
    }


def _months(all_told: Iterable[Told]) -> list[Told]:
    """The newest version of each month."""
    found: dict[Month, Told] = {}
    for told in all_told:
        found.setdefault(told.month, told)
    return list(found.values())


def _nation(found: PublicMonth, totals: list[dict[str, Any]]) -> list[Row]:
    nation = found.places[0]
    return [
        Row(
            one["label"],
            one["unit"],
            tuple(Shown(found.value(span, nation, one["code"])) for span in Span),
            one["code"],
        )
        for one in totals
    ]


def _places(found: PublicMonth, totals: list[dict[str, Any]], level: str) -> list[Row]:
    return [
        Row(where.name, "", tuple(Shown(found.value(Span.MONTH, where, one["code"])) for one in totals), where.bureau)
        for where in found.places
        if where.level == level
    ]


def _breakdowns(found: PublicMonth) -> list[Table]:
    tables = []
    for one in found.definitions:
        if one["of"]:
            rows = tuple(_codes(found, found.places[0], one))
            tables.append(Table(one["code"], one["label"], rows, one["source"] == "themes"))
    return [table for table in tables if table.rows]


def _codes(found: PublicMonth, where: Where, definition: dict[str, Any]) -> Iterable[Row]:
    """A row for each code that the year has anywhere."""
    told = {cell.code for cell in found.figures[Span.YEAR_TO_DATE] if cell.indicator == definition["code"]}
    for code, label in found.content["labels"][definition["code"]].items():
        if code in told:
            shown = tuple(Shown(found.value(span, where, definition["code"], code)) for span in Span)
            yield Row(label, definition["unit"], shown)


def _corrections(found: PublicMonth) -> list[Correction]:
    if not found.told.is_correction:
        return []
    before = published.read(found.told.month, found.told.version - 1)
    return [_in_words(found, one) for one in published.changed(before, found)] if before else []


def _in_words(found: PublicMonth, one: Changed) -> Correction:
    places = {(where.level, where.key): where.name for where in found.places}
    defined = {definition["code"]: definition for definition in found.definitions}
    definition = defined.get(one.cell.indicator, {"label": one.cell.indicator, "unit": ""})
    label = found.content["labels"].get(one.cell.indicator, {}).get(one.cell.code, one.cell.code)
    named = f"{definition['label']} {label}".strip() + one.span.in_brackets
    return Correction(places[one.cell.level, one.cell.place], named, definition["unit"], one.before, one.after)
