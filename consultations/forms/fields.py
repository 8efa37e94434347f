"""The kinds of field that the forms of this room share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.queries.offers import DESKS, ORGANIZATIONS, PROGRAMS, Held, offered
from directory.choices import CodeKind
from foundation.errors import Unreadable
from foundation.fields import CleanCharField, WholeNumberField
from foundation.identifiers import corporate_number, municipality_code, phone_number, postal_code
from hubs.models import Hub

FORGOTTEN = _("この事業者の個人情報は消去されたため、登録・変更できません。")
CHECKBOXES = forms.CheckboxSelectMultiple

NOTE = forms.Textarea(attrs={"rows": 5})


class Codes:
    """What a form offers on some days. Read once per form, when first needed."""

    def __init__(self, hub: Hub, days: Iterable[dt.date], kinds: Iterable[str], held: Held | None = None) -> None:
        self.hub, self.days, self.kinds, self.held = hub, tuple(days), tuple(kinds), held or Held()
        self._lists: dict[str, list[tuple[str, str, str]]] = {}

    def rows(self, name: str) -> list[tuple[str, str, str]]:
        """(value, label, parent) rows of one list. A refused form is shown with more lists than it was checked by."""
        if name not in self._lists:
            foreseen = {*self.kinds, ORGANIZATIONS, PROGRAMS, DESKS}
            kinds = self.kinds if name in foreseen and not self._lists else CodeKind.values
            self._lists = offered(hub=self.hub, days=self.days, kinds=kinds, held=self.held)
        return self._lists[name]

    def choices(self, name: str, *, blank: str | Any = "—") -> list[tuple[str, Any]]:
        """(value, label) pairs, a blank one first unless `blank` is empty."""
        rows: list[tuple[str, Any]] = [(value, label) for value, label, _parent in self.rows(name)]
        return [("", blank), *rows] if blank else rows

    def industries(self) -> list[Any]:
        """JSIC 中分類 grouped by 大分類."""
        rows = self.rows(CodeKind.INDUSTRY)
        groups: dict[str, tuple[str, list]] = {c: (f"{c} {label}", []) for c, label, parent in rows if not parent}
        for code, label, parent in rows:
            if parent:
                groups.setdefault(parent, (parent, []))[1].append((code, f"{code} {label}"))
        return [("", "—"), *groups.values()]


class NumberField(CleanCharField):
    """Text that a rule of foundation.identifiers reads. `messages` maps the rule's complaints."""

    def __init__(self, *, read: Any, messages: dict[str, Any], **options: Any) -> None:
        self.read, self.complaints = read, messages
        super().__init__(max_length=40, **options)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return self.read(text)
        except Unreadable as problem:
            raise ValidationError(self.complaints.get(str(problem), self.complaints["length"])) from problem


def corporate_number_field(**options: Any) -> NumberField:
    return NumberField(
        label=_("法人番号"), required=False, read=corporate_number,
        help_text=_("13桁。全角やハイフンがあってもかまいません。"),
        messages={
            "length": _("法人番号は13桁の数字です。"),
            "check_digit": _("検査用数字が合いません。番号を確かめてください。"),
        }, **options,
    )  # fmt: skip


def phone_field(**options: Any) -> NumberField:
    return NumberField(
        label=_("電話番号"), required=False, read=phone_number,
        messages={"length": _("電話番号は市外局番から、10桁か11桁で入力してください。")}, **options,
    )  # fmt: skip


def postal_field(**options: Any) -> NumberField:
    return NumberField(
        label=_("郵便番号"), required=False, read=postal_code, messages={"length": _("郵便番号は7桁です。")}, **options
    )


def municipality_code_field(**options: Any) -> NumberField:
    return NumberField(
        label=_("市区町村コード"), required=False, read=municipality_code, help_text=_("検査用数字を含む6桁。"),
        messages={
            "length": _("市区町村コードは6桁の数字です。"),
            "check_digit": _("検査用数字が合いません。コードを確かめてください。"),
        }, **options,
    )  # fmt: skip


class YenField(WholeNumberField):
    """An amount that may be a loss, as accounts write it: ▲1,200,000円."""

    def to_python(self, value: Any) -> int | None:
        """Raises ValidationError."""
        if isinstance(value, str):
            for minus in "▲△−－‐":
                value = value.replace(minus, "-")
        return super().to_python(value)


def row_number(text: str) -> int:
    """A row's number out of a form, −1 for anything that is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1
