"""What the public reads of a version of a month: every figure, or that it is withheld; and how it is called."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.cache import caches
from django.db import connection
from django.utils import translation
from django.utils.connection import ConnectionProxy
from django.utils.crypto import get_random_string

from foundation.periods import Month
from hubs.models import Bureau, Hub
from metrics.evidence import canonical
from metrics.indicators import INDICATORS
from metrics.models import Freeze, FrozenFact, FrozenHub, Span
from metrics.queries import Labels
from reports.relations import BUREAU, HUB, NATION, Cell
from reports.suppression import Withheld, withhold

cache = ConnectionProxy(caches, "public")  # whatever is in it may be gone the next moment
EDITION = "figures:edition"  # in the cache: changes with every publication
Facts = Mapping[Cell, int]


def figures_to_publish(frozen: Freeze) -> dict[str, Any]:
    """`facts`: one [span, level, place, indicator, code, value] per figure; the value is null where it is withheld, and
    a zero stands as 0 for every total and every code that the span has anywhere. `labels`, `hubs`, `bureaus`: what
    things were called. `unconfirmed`: the hubs that were not waited for. In a scope that sees the nation's figures;
    earlier versions must have been published before. Raises reports.relations.Disagreement."""
    month, spans = frozen.as_month, _frozen(frozen)
    hubs = list(Hub.objects.select_related("prefecture__bureau").order_by("pk"))
    bureaus = list(Bureau.objects.order_by("position", "pk"))
    bureau_of = {hub.pk: hub.prefecture.bureau_id for hub in hubs}
    parts = FrozenHub.objects.filter(freeze=frozen, confirmed=False)
    gone = withhold(
        month=spans[Span.MONTH], quarter=spans[Span.QUARTER_TO_DATE], year=spans[Span.YEAR_TO_DATE],
        bureau_of=bureau_of, before=_withheld_before(month), registry=INDICATORS.at(month),
    )  # fmt: skip
    by_span = {Span.MONTH: gone.month, Span.QUARTER_TO_DATE: gone.quarter, Span.YEAR_TO_DATE: gone.year}
    places = [(NATION, 0), *((BUREAU, one.pk) for one in bureaus), *((HUB, one.pk) for one in hubs)]
    with translation.override("ja"):
        labels = Labels()
        named = {indicator.code: labels.of(indicator) for indicator in INDICATORS.at(month).breakdowns()}
        return {
            "facts": [row for span in Span for row in _rows(span, spans[span], by_span[span], places, month)],
            "labels": {code: {one: str(name) for one, name in names.items()} for code, names in named.items()},
            "hubs": [[hub.pk, hub.slug, hub.code, hub.prefecture.name, bureau_of[hub.pk]] for hub in hubs],
            "bureaus": [[one.pk, f"{one.position:02d}", one.name] for one in bureaus],
            "unconfirmed": list(parts.order_by("hub_id").values_list("hub_id", flat=True)),
        }


def digest(told: Mapping[str, Any]) -> str:
    """SHA-256 over what is published, in its one spelling."""
    return hashlib.sha256(canonical(told)).hexdigest()


def edition() -> str:
    """Changes whenever something was published: what is kept ready for the public goes by it."""
    found = cache.get(EDITION)
    return found if found is not None else str(cache.get_or_set(EDITION, get_random_string(12), None))


def begin_edition() -> None:
    """Something was published: nothing that is kept ready holds any more."""
    cache.set(EDITION, get_random_string(12), None)


def _frozen(frozen: Freeze) -> dict[Span, dict[Cell, int]]:
    found: dict[Span, dict[Cell, int]] = {span: {} for span in Span}
    rows = FrozenFact.objects.filter(freeze=frozen).values_list(
        "span", "level", "hub_id", "bureau_id", "indicator", "code", "value"
    )
    for span, level, hub, bureau, indicator, code, value in rows.iterator(chunk_size=5000):
        found[Span(span)][Cell(level, hub or bureau or 0, indicator, code)] = value
    return found


def _rows(
    span: Span, facts: Facts, gone: frozenset[Cell], places: list[tuple[str, int]], month: Month
) -> Iterator[list[Any]]:
    codes: dict[str, set[str]] = defaultdict(set)
    for cell in (*facts, *gone):
        codes[cell.indicator].add(cell.code)
    for indicator in INDICATORS.at(month):
        for code in sorted(codes[indicator.code]) if indicator.breakdown else [""]:
            for place in places:
                cell = Cell(*place, indicator.code, code)
                yield [span.value, *cell, None if cell in gone else facts.get(cell, 0)]


_WITHHELD = """
    SELECT month, fact->>0, fact->>1, (fact->>2)::bigint, fact->>3, fact->>4
      FROM reports_publication, jsonb_path_query(figures, 'strict $.facts[*] ? (@[5] == null)') AS fact
     WHERE month BETWEEN %s AND %s"""


def _withheld_before(month: Month) -> Withheld:
    """What was withheld of the month and of the months before it in its fiscal year, in whatever version."""
    of_month, of_quarter, of_year = set(), set(), set()
    first, quarter = (span.start(month).first for span in (Span.YEAR_TO_DATE, Span.QUARTER_TO_DATE))
    with connection.cursor() as cursor:
        cursor.execute(_WITHHELD, [first, month.first])
        for day, span, *cell in cursor.fetchall():
            found = Cell(*cell)
            of_year.add(found)
            if day >= quarter and span != Span.YEAR_TO_DATE:
                of_quarter.add(found)
            if day == month.first and span == Span.MONTH:
                of_month.add(found)
    return Withheld(frozenset(of_month), frozenset(of_quarter), frozenset(of_year))
