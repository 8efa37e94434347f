"""Which columns a file may have: the fields of the pages' forms, by the headings that people give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exchange.choices import ImportKind
from exchange.rowforms import RowForm
from foundation.text import match_key

OWN_ID, ENTERPRISE_ID, CASE_ID, CASE_NUMBER, LEAD = "id", "enterprise_id", "case_id", "case_number", "lead"
ENTERPRISE, CASE, SESSION = "enterprise", "case", "session"


@dataclass(frozen=True)
class ImportField:
    """One thing that a column can hold. `part` is the form that reads it; empty for what the import itself reads."""

    part: str
    name: str
    label: str | Promise
    required: bool = False

    @property
    def key(self) -> str:
        """Its name within a mapping."""
        return f"{self.part}.{self.name}" if self.part else self.name


# Other names that headings have, by field. The field's own label is known without saying.
SYNONYMS: dict[str, tuple[str, ...]] = {
    OWN_ID: ("番号", "ID", "管理番号", "カルテ番号", "相談番号", "相談記録番号", "外部ID"),
    ENTERPRISE_ID: ("事業者ID", "企業ID", "事業者コード", "企業コード", "顧客番号"),
    CASE_ID: ("案件ID", "案件コード", "移行元の案件番号"),
    CASE_NUMBER: ("案件番号",),
    LEAD: ("担当者", "対応者", "主担当", "担当コーディネーター", "相談員"),
    "enterprise.name": ("事業者", "事業者名", "企業名", "会社名", "名称", "相談者名"),
    "enterprise.kana": ("フリガナ", "事業者名カナ", "企業名カナ"),
    "enterprise.phone": ("電話", "TEL", "電話番号"),
    "enterprise.email": ("メールアドレス", "Eメール", "E-mail"),
    "enterprise.representative": ("代表者名", "代表者氏名"),
    "enterprise.postal_code": ("〒",),
    "enterprise.municipality": ("市町村",),
    "enterprise.employees": ("従業員数",),
    "enterprise.capital_yen": ("資本金",),
    "enterprise.established_on": ("設立年月", "設立日", "創業年月"),
    "enterprise.industry": ("業種コード",),
    "case.title": ("案件名", "相談件名", "タイトル"),
    "case.category": ("相談区分", "主たる相談区分"),
    "case.received_on": ("受付年月日",),
    "case.special_desk": ("特別相談窓口名",),
    "session.held_on": ("相談年月日", "対応日", "実施日", "日付"),
    "session.minutes": ("相談時間", "時間(分)", "分"),
    "session.method": ("方法", "相談方法", "対応方法"),
    "session.themes": ("相談細目", "相談テーマ", "テーマ"),
    "session.content": ("相談の内容", "内容"),
    "session.advice": ("助言", "対応内容", "アドバイス"),
    "session.next_step": ("今後の対応", "次回予定"),
    "session.not_counted": ("非計上の理由", "非計上"),
}
NUMBER_LABELS = {
    ImportKind.ENTERPRISES: _("移行元の事業者番号"),
    ImportKind.CASES: _("移行元の案件番号"),
    ImportKind.CONSULTATIONS: _("移行元の相談番号"),
}


def fields_of(kind: str, forms_of: Mapping[str, RowForm]) -> list[ImportField]:
    """What a file of this kind may hold, as the mapping page shows it."""
    found = [ImportField("", OWN_ID, NUMBER_LABELS[ImportKind(kind)])]
    if kind != ImportKind.ENTERPRISES:
        found.append(ImportField("", ENTERPRISE_ID, _("移行元の事業者番号")))
    if kind == ImportKind.CONSULTATIONS:
        found.append(ImportField("", CASE_ID, _("移行元の案件番号")))
        found.append(ImportField("", CASE_NUMBER, _("案件番号(登録済みの案件)")))
    if kind != ImportKind.ENTERPRISES:
        found.append(ImportField("", LEAD, _("担当者(氏名かメール)")))
    for part in (SESSION, CASE, ENTERPRISE):
        if part in forms_of:
            found += [_field(part, name, field, kind) for name, field in forms_of[part].fields.items()]
    return found


def _field(part: str, name: str, field: forms.Field, kind: str) -> ImportField:
    label = str(field.label)
    if part == ENTERPRISE and kind != ImportKind.ENTERPRISES:
        label = str(_("事業者の%(field)s") % {"field": label})
    if part == CASE and kind == ImportKind.CONSULTATIONS:
        label = str(_("案件の%(field)s") % {"field": label})
    needed = field.required and part == _PART_OF[ImportKind(kind)] and name not in _FILLED_IN
    return ImportField(part, name, label, needed)


_PART_OF = {
    ImportKind.ENTERPRISES: ENTERPRISE,
    ImportKind.CASES: CASE,
    ImportKind.CONSULTATIONS: SESSION,
}
_FILLED_IN = frozenset({"kind", "reception"})


def guessed(fields: Sequence[ImportField], headings: Sequence[str], saved: Mapping[str, str]) -> dict[str, int]:
    """Which column is which field: as last time, else by its heading. No column twice."""
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        places.setdefault(_key(heading), place)
    found: dict[str, int] = {}
    for field in fields:
        known = [saved[field.key]] if field.key in saved else []
        for name in (*known, str(field.label), *SYNONYMS.get(field.key, ()), _plain_label(field)):
            place = places.get(_key(name), -1)
            if place >= 0 and place not in found.values():
                found[field.key] = place
                break
    return found


def _plain_label(field: ImportField) -> str:
    """「事業者の住所」 is written 住所 in most files."""
    return str(field.label).split("の", 1)[-1] if field.part else ""


def _key(heading: str) -> str:
    return match_key(heading)
