"""Open data: the files that programs read. What stands in them is described in docs/open-data.md and stays."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from foundation.spreadsheets import csv_file
from metrics.indicators import INDICATORS, Indicator
from metrics.models import Level, Span
from reports.queries.published import PublicMonth, Told

SCHEMA = 1  # of the files below: another number if what they hold changes its meaning
LICENCE = {
    "name": "公共データ利用規約(第1.0版)",
    "url": "https://www.digital.go.jp/resources/open_data/public_data_license_v1.0",
    "compatible_with": "CC BY 4.0",
    "compatible_url": "https://creativecommons.org/licenses/by/4.0/deed.ja",
}
SOURCE = "よろず支援拠点全国本部「よろず支援拠点 月次実績」"
WITHHELD = "x"
COLUMNS = (
    "month", "version", "span", "span_label", "level", "level_label", "place_code", "place", "indicator",
    "indicator_label", "code", "code_label", "value", "suppressed", "unit",
)  # fmt: skip


def csv_of(found: PublicMonth) -> bytes:
    """One fact per row; never a blank value: a zero is 0, what is withheld is x."""
    rows = (
        [
            str(found.told.month), found.told.version, *place, *what,
            WITHHELD if value is None else value, "true" if value is None else "false", unit,
        ]
        for place, what, value, unit in _facts(found)
    )  # fmt: skip
    return csv_file([COLUMNS, *rows]).content


def json_of(found: PublicMonth) -> bytes:
    """The same facts with what one needs to understand and check them."""
    told = found.told
    return _json(
        {
            "schema": SCHEMA,
            "title": f"よろず支援拠点 月次実績 {told.month}",
            **_licence(),
            **_entry(told),
            "frozen_sha256": found.frozen_sha256,
            "suppression": {"below": 5, "value": None, "rule": "n<5, and whatever would give it away by subtraction"},
            "definitions": [
                {name: one[name] for name in ("code", "version", "since", "label", "unit", "definition", "of")}
                for one in found.definitions
            ],
            "places": [
                {"level": where.level, "code": where.code, "name": where.name, "bureau": where.bureau}
                for where in found.places
            ],
            "unconfirmed": [where.code for where in found.unconfirmed],
            "code_labels": found.content["labels"],
            "columns": ["span", "level", "place_code", "indicator", "code", "value", "suppressed"],
            "facts": [
                [place[0], place[2], place[4], what[0], what[2], value, value is None]
                for place, what, value, _unit in _facts(found)
            ],
        }
    )


def index_of(all_told: Iterable[Told]) -> bytes:
    """Every published month and version, with its addresses."""
    entries = [_entry(told) for told in all_told]
    return _json({"schema": SCHEMA, "title": "よろず支援拠点 月次実績", **_licence(), "publications": entries})


def definitions() -> bytes:
    """Every definition of every indicator, the newest first, with the months it holds in."""
    with translation.override("ja"):
        entries = [_definition(one) for indicator, earlier in INDICATORS.histories() for one in (indicator, *earlier)]
    return _json({"schema": SCHEMA, "title": "よろず支援拠点 指標の定義", **_licence(), "definitions": entries})


def absolute(name: str, *args: object) -> str:
    """An address as it may be kept and cited."""
    return settings.SITE_URL + reverse(name, args=args)


def _facts(found: PublicMonth) -> Iterator[tuple[Sequence[str], Sequence[str], int | None, str]]:
    """(span, level and place; indicator and code; value; unit) of each fact, with names."""
    places = {(where.level, where.key): where for where in found.places}
    defined = {one["code"]: one for one in found.definitions}
    labels = found.content["labels"]
    with translation.override("ja"):
        spans = {span.value: str(span.label) for span in Span}
        levels = {level.value: str(level.label) for level in Level}
    for span, level, key, indicator, code, value in found.content["facts"]:
        where, what = places[level, key], defined[indicator]
        label = labels.get(indicator, {}).get(code, code)
        place = (span, spans[span], level, levels[level], where.code, where.name)
        yield place, (indicator, what["label"], code, label), value, what["unit"]


def _entry(told: Told) -> dict[str, Any]:
    at = (str(told.month), told.version)
    return {
        "month": str(told.month),
        "version": told.version,
        "is_correction": told.is_correction,
        "published_at": timezone.localtime(told.published_at).isoformat(timespec="seconds"),
        "sha256": told.sha256,
        "url": absolute("figures:version", *at),
        "csv": absolute("figures:csv", *at),
        "json": absolute("figures:json", *at),
    }


def _definition(one: Indicator) -> dict[str, Any]:
    return {
        "code": one.code,
        "version": one.version,
        "since": str(one.since),
        "until": str(one.until) if one.until else None,
        "label": str(one.label),
        "unit": str(one.unit),
        "definition": str(one.definition),
        "of": one.of,
        "breakdown": str(one.breakdown.label) if one.breakdown else "",
        "adds_up_over_places": one.additive,
        "adds_up_over_months": one.adds_over_months,
    }


def _licence() -> dict[str, Any]:
    return {"licence": LICENCE, "source": SOURCE, "publisher": "よろず支援拠点全国本部"}


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
