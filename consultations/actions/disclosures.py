"""What is handed to somebody who asks what is held of them: one file, made on the spot."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.models import Enterprise
from consultations.queries.privacy import Section, Sight

JSON_TYPE = "application/json"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTH = 32
# Text stays text: a note that begins with = is no formula, a 法人番号 no number.
_TEXT_ONLY = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def held_sha256(sections: Sequence[Section]) -> str:
    """SHA-256 of what is held, as canonical JSON: the same as long as nothing is changed."""
    text = json.dumps(_held(sections), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def as_json(*, enterprise: Enterprise, sections: Sequence[Section], seen: Sequence[Sight], at: dt.datetime) -> bytes:
    """For programs: what is held, who saw it, and the hash of the former."""
    told = {
        "hub": enterprise.hub.slug, "enterprise": enterprise.pk, "made_at": at.isoformat(),
        "held_sha256": held_sha256(sections), "held": _held(sections),
        "seen": [{"at": s.at.isoformat(), "who": s.who, "action": str(s.action), "subject": s.subject} for s in seen],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def as_xlsx(*, enterprise: Enterprise, sections: Sequence[Section], seen: Sequence[Sight], at: dt.datetime) -> bytes:
    """For people: a sheet for each kind of thing, and one for who saw it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **_TEXT_ONLY})
    head, wrapped = book.add_format({"bold": True, "bg_color": "#E8F1FE"}), book.add_format({"text_wrap": True})
    wrapped.set_align("top")
    made = [{_("拠点"): str(enterprise.hub), _("作成日時"): at, "SHA-256": held_sha256(sections)}]
    sheets: list[tuple[str, Sequence[dict[str, Any]]]] = [(_("この資料"), made)]
    sheets += [(str(section.label), section.rows) for section in sections]
    sheets.append((_("閲覧・変更の記録"), [_seen_row(sight) for sight in seen]))
    for number, (name, rows) in enumerate(sheets, 1):
        sheet = book.add_worksheet(f"{number} {name}"[:31])
        columns = list(dict.fromkeys(label for row in rows for label in row))
        sheet.set_column(0, max(len(columns) - 1, 0), _WIDTH, wrapped)
        sheet.write_row(0, 0, columns, head)
        for line, row in enumerate(rows, 1):
            for column, label in enumerate(columns):
                sheet.write_string(line, column, as_text(row.get(label, "")), wrapped)
        sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


def _seen_row(sight: Sight) -> dict[str, Any]:
    detail = " / ".join(f"{name}: {text}" for name, text in sight.parts)
    return {_("日時"): sight.at, _("利用者"): sight.who, _("操作"): sight.action, _("対象"): sight.subject,
            _("内容"): detail}  # fmt: skip


def _held(sections: Sequence[Section]) -> dict[str, list[dict[str, str]]]:
    return {s.name: [{label: as_text(value) for label, value in row.items()} for row in s.rows] for s in sections}


def as_text(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if isinstance(value, list | tuple):
        return "、".join(map(as_text, value))
    if isinstance(value, dict):
        return "、".join(f"{name}: {as_text(text)}" for name, text in value.items())
    return str(value)
