"""The report as CSV and JSON: one fact per row, codes and names side by side, for whoever computes on."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import IO, Any

from django.utils import timezone

from foundation.spreadsheets import csv_file
from reports.contents import Definition, FlatFact, MonthlyContent

COLUMNS = ("対象月", "階層", "地域コード", "地域", "指標コード", "指標", "内訳コード", "内訳", "値", "単位", "期間")


@dataclass(frozen=True)
class Flat:
    """An open file, and the characters that its encoding could not hold."""

    file: IO[bytes]
    lost: tuple[str, ...]


def write_csv(content: MonthlyContent, *, encoding: str = "utf-8") -> Flat:
    """The facts with a head, in UTF-8 with BOM or cp932, CRLF. Raises LookupError for other encodings."""
    written = csv_file([COLUMNS, *content.facts], encoding=encoding)
    return Flat(io.BytesIO(written.content), written.lost)


CORRECTED = ("対象月", "期間", "版", "地域", "指標コード", "指標", "内訳", "訂正前", "訂正後", "差", "単位", "理由")
DEFINED = ("指標コード", "指標", "単位", "合計の可否", "定義", "定義の版", "適用開始")


def write_json(content: MonthlyContent) -> bytes:
    """The same facts with their columns, corrections and definitions; UTF-8."""
    stamp = content.frozen
    told: dict[str, Any] = {
        "title": content.title, "edition": content.edition.slug, "month": str(content.month),
        "standing": content.standing,
        "freeze": {"version": stamp.version, "closed_on": stamp.closed_on.isoformat(), "sha256": stamp.sha256}
        if stamp else None,
        "columns": dict(zip(FlatFact._fields, COLUMNS, strict=True)),
        "facts": [fact._asdict() for fact in content.facts],
        "corrections": [
            {"month": str(one.month), "span": str(one.span.label), "version": one.version, "place": one.place,
             "indicator": one.indicator, "label": one.label, "code_label": one.code_label,
             "before": one.before, "after": one.after, "unit": one.unit, "reason": one.reason}
            for one in content.corrections
        ],
        "definitions": [one._asdict() for one in content.definitions],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def write_zip(content: MonthlyContent) -> IO[bytes]:
    """CSV and JSON of the facts, with corrections and definitions as CSV: an open .zip, at its beginning."""
    out, day = io.BytesIO(), timezone.localtime(content.made_at).timetuple()[:6]
    corrected = [
        (str(one.month), str(one.span.label), one.version, one.place, one.indicator, one.label, one.code_label,
         one.before, one.after, one.difference, one.unit, one.reason) for one in content.corrections
    ]  # fmt: skip
    parts = {
        "data.csv": csv_file([COLUMNS, *content.facts]).content,
        "data.json": write_json(content),
        "corrections.csv": csv_file([CORRECTED, *corrected]).content,
        "definitions.csv": csv_file([DEFINED, *map(_defined, content.definitions)]).content,
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, written in parts.items():
            archive.writestr(zipfile.ZipInfo(name, day), written, zipfile.ZIP_DEFLATED)
    out.seek(0)
    return out


def _defined(one: Definition) -> tuple[str, ...]:
    return one.code, one.label, one.unit, "できる" if one.adds else "できない", one.text, str(one.version), one.since
