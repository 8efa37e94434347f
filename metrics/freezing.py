"""Freezing a month: its figures, the definitions they were counted by, the rows behind them, and a hash over all.

What is frozen is never changed: the database refuses it. Later counts that differ are a further version of the month,
a correction. `verify` counts a frozen month anew from its own rows: the same hash, years later.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import translation

from foundation.periods import Month
from hubs.models import Prefecture
from metrics import evidence
from metrics.evidence import Cell, Rows, canonical
from metrics.indicators import INDICATORS, Indicator
from metrics.models import Cause, Count, Freeze, FrozenFact, FrozenHub, FrozenRows


class Disagrees(Exception):
    """The figures and the rows behind them do not agree: the month cannot be frozen as it stands. Either a record was
    changed in this very moment, and trying again helps; or one of the two countings is wrong."""

    def __init__(self, differences: Mapping[Cell, tuple[int, int]]) -> None:
        some = ", ".join(f"{cell}: {pair}" for cell, pair in list(differences.items())[:5])
        super().__init__(f"{len(differences)} figures differ from their rows: {some}")
        self.differences = differences


@dataclass(frozen=True)
class Verdict:
    """What counting a frozen month anew from its own rows came to."""

    freeze: Freeze
    problems: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.problems


def newest(month: Month) -> Freeze | None:
    """The newest version of a month; None while it is open."""
    return Freeze.objects.of(month).newest_first().first()


def freeze(*, month: Month, confirmed: Collection[int], carried_in: Month, by: Any, at: dt.datetime) -> Freeze:
    """Keep a month as it stands now. It must just have been counted in this transaction (metrics.actions.recount),
    in the nation's scope. `confirmed`: the hubs whose month is confirmed. Raises Disagrees."""
    definitions = definitions_of(month)
    rows, earlier = evidence.gather(month, _indicators(month))
    facts = _counted(month)
    _compare(facts, evidence.recount(month, definitions, rows, earlier, bureaus_of_hubs()))
    before, hash_of_all = newest(month), digest(month, definitions, earlier, _told(rows, confirmed), facts)
    made = Freeze.objects.create(
        month=month.first, version=before.version + 1 if before else 1,
        cause=Cause.CORRECTION if before else Cause.CLOSING, carried_in=carried_in.first, made_at=at, made_by=by,
        turn=Count.objects.get(month=month.first).turn,
        definitions=definitions, earlier=earlier, sha256=hash_of_all,
    )  # fmt: skip
    FrozenHub.objects.bulk_create(
        FrozenHub(
            hub_id=hub,
            freeze=made,
            confirmed=hub in confirmed,
            rows_sha256=found.sha256,
            changes=_changes(before, hub, found),
        )
        for hub, found in rows.items()
    )
    FrozenRows.objects.bulk_create(FrozenRows(hub_id=hub, freeze=made, content=r.packed()) for hub, r in rows.items())
    _copy_facts(made)
    return made


def verify(frozen: Freeze) -> Verdict:
    """Count a frozen month anew, from its rows and its definitions only. In the nation's scope."""
    problems = []
    parts = {part.hub_id: part for part in FrozenHub.objects.filter(freeze=frozen)}
    rows = {}
    for row in FrozenRows.objects.filter(freeze=frozen).order_by("hub_id").iterator(chunk_size=10):
        try:
            rows[row.hub_id] = Rows.unpacked(bytes(row.content))
        except (OSError, EOFError, ValueError, LookupError, TypeError, zlib.error):
            problems.append(f"the rows of hub {row.hub_id} cannot be read")
    if problems:
        return Verdict(frozen, tuple(problems))
    if rows.keys() != parts.keys():
        problems.append(f"rows of {len(rows)} hubs for {len(parts)}")
    problems += [
        f"the rows of hub {hub} are not those of its hash" for hub in rows if rows[hub].sha256 != parts[hub].rows_sha256
    ]
    month = frozen.as_month
    facts = _frozen(frozen)
    anew = evidence.recount(month, frozen.definitions, rows, frozen.earlier, bureaus_of_hubs())
    problems += [f"{cell}: {left} frozen, {right} counted" for cell, (left, right) in _differences(facts, anew).items()]
    confirmed = {hub for hub, part in parts.items() if part.confirmed}
    if digest(month, frozen.definitions, frozen.earlier, _told(rows, confirmed), anew) != frozen.sha256:
        problems.append("the hash differs")
    return Verdict(frozen, tuple(problems))


def digest(
    month: Month,
    definitions: Sequence[Mapping[str, Any]],
    earlier: Mapping[str, Any],
    hubs: Mapping[str, Any],
    facts: Mapping[Cell, int],
) -> str:
    """SHA-256 over all that a version of a month says, in its one spelling."""
    told = {
        "month": str(month),
        "definitions": list(definitions),
        "earlier": earlier,
        "hubs": hubs,
        "figures": sorted([*cell, value] for cell, value in facts.items()),
    }
    return hashlib.sha256(canonical(told)).hexdigest()


def definitions_of(month: Month) -> list[dict[str, Any]]:
    """The definitions valid in a month as they are kept, in Japanese: what was told must not change with a
    translation."""
    with translation.override("ja"):
        return [
            {
                "code": one.code, "version": one.version, "since": str(one.since), "label": str(one.label),
                "unit": str(one.unit), "definition": str(one.definition), "of": one.of,
                "source": str(one.counted.source), "aggregate": one.counted.aggregate, "by": one.counted.by,
                "way": str(one.counted.way), "only": _only(one),
                "breakdown": str(one.breakdown.label) if one.breakdown else "",
            }
            for one in _indicators(month)
        ]  # fmt: skip


def _only(one: Indicator) -> dict[str, Any] | None:
    only = one.counted.only
    return {"column": only.column, "values": list(only.values), "but": only.but} if only else None


def bureaus_of_hubs() -> dict[int, int]:
    """The bureau of each hub."""
    return dict(Prefecture.objects.values_list("code", "bureau_id"))


def _indicators(month: Month) -> list[Indicator]:
    return list(INDICATORS.at(month))


def _told(rows: Mapping[int, Rows], confirmed: Collection[int]) -> dict[str, Any]:
    return {str(hub): [hub in confirmed, found.sha256] for hub, found in sorted(rows.items())}


def _counted(month: Month) -> dict[Cell, int]:
    sql = """
        SELECT level, coalesce(hub_id, bureau_id, 0), span, indicator, code, value FROM metrics_fact
         WHERE month = %s AND indicator = ANY (%s)"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [month.first, [one.code for one in _indicators(month)]])
        return {Cell(*row[:5]): row[5] for row in cursor.fetchall()}


def _frozen(frozen: Freeze) -> dict[Cell, int]:
    rows = FrozenFact.objects.filter(freeze=frozen).values_list(
        "level", "hub_id", "bureau_id", "span", "indicator", "code", "value"
    )
    return {Cell(level, hub or bureau or 0, span, indicator, code): value
            for level, hub, bureau, span, indicator, code, value in rows.iterator(chunk_size=5000)}  # fmt: skip


def _copy_facts(made: Freeze) -> None:
    sql = """
        INSERT INTO metrics_frozenfact (freeze_id, level, hub_id, bureau_id, span, indicator, code, value)
        SELECT %s, level, hub_id, bureau_id, span, indicator, code, value FROM metrics_fact
         WHERE month = %s AND indicator = ANY (%s)"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [made.pk, made.month, [one["code"] for one in made.definitions]])


def _compare(facts: Mapping[Cell, int], anew: Mapping[Cell, int]) -> None:
    found = _differences(facts, anew)
    if found:
        raise Disagrees(found)


def _differences(left: Mapping[Cell, int], right: Mapping[Cell, int]) -> dict[Cell, tuple[int, int]]:
    cells = sorted(left.keys() | right.keys())
    return {c: (left.get(c, 0), right.get(c, 0)) for c in cells if left.get(c, 0) != right.get(c, 0)}


def _changes(before: Freeze | None, hub: int, now: Rows) -> dict[str, dict[str, int]]:
    """How many rows of each kind came, went and changed since the version before."""
    if before is None:
        return {}
    then = rows_of(before, hub)
    return compared(then, now)


def rows_of(frozen: Freeze, hub: int) -> Rows:
    """The rows behind a hub's frozen month, in a scope that sees its records. Raises FrozenRows.DoesNotExist."""
    return Rows.unpacked(bytes(FrozenRows.objects.get(freeze=frozen, hub_id=hub).content))


def compared(then: Rows, now: Rows) -> dict[str, dict[str, int]]:
    """{source: {"added", "removed", "changed"}}, without what stayed as it was. `visitors` are the enterprises."""
    old, new = then.keys(), now.keys()
    old["visitors"], new["visitors"] = then.visitors(), now.visitors()
    found = {}
    for source in sorted(old.keys() | new.keys()):
        left, right = old.get(source, {}), new.get(source, {})
        counts = {
            "added": len(right.keys() - left.keys()),
            "removed": len(left.keys() - right.keys()),
            "changed": sum(left[key] != right[key] for key in left.keys() & right.keys()),
        }
        if any(counts.values()):
            found[str(source)] = counts
    return found
