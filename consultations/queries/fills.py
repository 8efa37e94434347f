"""What public reference data offer to a client's form: the registered name and address behind a 法人番号, the places of
a postal code. Offered beside what is typed, never put over it unasked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consultations.choices import EnterpriseKind, LegalForm, Position
from directory.models import PostalArea, RegisteredCorporation
from foundation.errors import Unreadable
from foundation.identifiers import corporate_number, digits_of, postal_code
from foundation.text import fold
from hubs.models import Prefecture

MOST_AREAS = 30  # a code with more towns is offered by municipality
_NUMBER, _POSTAL = "number", "postal"
ALL = "!"  # behind a key: put over what is typed as well


@dataclass(frozen=True)
class Row:
    """One field of an offer: what would stand in it, as people read it, and what they have typed so far."""

    name: str
    label: Any
    shown: str
    typed: str

    @property
    def differs(self) -> bool:
        return bool(self.typed) and fold(self.typed) != fold(self.shown)

    @property
    def is_new(self) -> bool:
        return not self.typed


@dataclass(frozen=True)
class Offer:
    """What may be taken over by one press. `values` by field."""

    key: str
    title: str
    values: Mapping[str, Any]
    rows: tuple[Row, ...]
    closed_on: dt.date | None = None

    @property
    def differs(self) -> bool:
        return any(row.differs for row in self.rows)

    @property
    def adds(self) -> bool:
        return any(row.is_new for row in self.rows)


@dataclass(frozen=True)
class Offers:
    """What stands beside a number and beside a postal code. `unknown`: nobody is registered with this number, no place
    has this code. `misread`: what is typed is none."""

    registered: Offer | None = None
    unknown: bool = False
    misread: bool = False
    areas: tuple[Offer, ...] = ()
    unknown_code: bool = False
    misread_code: bool = False


def offers(typed: Mapping[str, Any], labels: Mapping[str, Any], *, is_typing: bool = False) -> Offers:
    """For what is typed in a form's fields. `labels`: the fields that the form has. While somebody is typing, what is
    too short yet is not complained of."""
    number, misread = _read(corporate_number, typed.get("corporate_number"), 13 if is_typing else 1)
    code, misread_code = _read(postal_code, typed.get("postal_code"), 7 if is_typing else 1)
    found = RegisteredCorporation.objects.numbered(number) if number else None
    areas = _areas(code, typed, labels) if code else ()
    return Offers(
        registered=_registered(found, typed, labels) if found else None,
        unknown=bool(number) and found is None and RegisteredCorporation.objects.exists(),
        misread=misread,
        areas=areas,
        unknown_code=bool(code) and not areas and PostalArea.objects.exists(),
        misread_code=misread_code,
    )


def legal_form_of(name: str) -> tuple[str, str]:
    """The legal form that a name begins or ends with, and where: ("stock", "before") of 株式会社青空."""
    folded = fold(name)
    for form in LegalForm:
        written = fold(str(_WRITTEN.get(form, "")))
        if written and folded.startswith(written):
            return form, Position.BEFORE
        if written and folded.endswith(written):
            return form, Position.AFTER
    return "", ""


# As they are written in names, whatever language the page speaks.
_WRITTEN = {
    LegalForm.STOCK: "株式会社", LegalForm.LIMITED: "有限会社", LegalForm.LLC: "合同会社",
    LegalForm.PARTNERSHIP: "合名会社", LegalForm.LIMITED_PARTNERSHIP: "合資会社",
    LegalForm.GENERAL_ASSOCIATION: "一般社団法人", LegalForm.GENERAL_FOUNDATION: "一般財団法人",
    LegalForm.NPO: "特定非営利活動法人", LegalForm.MEDICAL: "医療法人", LegalForm.WELFARE: "社会福祉法人",
    LegalForm.SCHOOL: "学校法人", LegalForm.ENTERPRISE_UNION: "企業組合", LegalForm.COOPERATIVE: "協同組合",
    LegalForm.AGRICULTURAL: "農事組合法人",
}  # fmt: skip


def of_new_client(fields: Mapping[str, Any], prefecture: int) -> dict[str, Any]:
    """What follows from the few fields of a new client: its kind, legal form, prefecture, and the code of its
    municipality as far as the postal file knows the name."""
    kind = fields["kind"] or EnterpriseKind.CORPORATION
    form, position = legal_form_of(fields["name"]) if kind == EnterpriseKind.CORPORATION else ("", "")
    there = PostalArea.objects.filter(prefecture_code=prefecture, municipality=fields["municipality"])
    codes = there.order_by("municipality_code").values_list("municipality_code", flat=True)
    code = codes.first() if fields["municipality"] else None
    return {"kind": kind, "legal_form": form, "legal_form_position": position, "prefecture_id": prefecture,
            "municipality_code": code or ""}  # fmt: skip


def _read(rule: Any, text: Any, complained_from: int) -> tuple[str, bool]:
    """What a rule reads in a text, and whether it cannot although so many digits are there."""
    try:
        return (rule(str(text)[:40]) if text else ""), False
    except Unreadable:
        return "", len(digits_of(str(text)[:40])) >= complained_from


def _registered(row: RegisteredCorporation, typed: Mapping[str, Any], labels: Mapping[str, Any]) -> Offer:
    form, position = legal_form_of(row.name)
    values = {
        "name": row.name, "kana": row.kana, "legal_form": form, "legal_form_position": position,
        "postal_code": row.postal_code, "prefecture": row.prefecture_code, "municipality_code": row.municipality_code,
        "municipality": row.municipality, "address": row.street,
    }  # fmt: skip
    return _offer(_NUMBER, row.name, values, typed, labels, closed_on=row.closed_on)


def _areas(code: str, typed: Mapping[str, Any], labels: Mapping[str, Any]) -> tuple[Offer, ...]:
    areas = list(PostalArea.objects.coded(code)[: 10 * MOST_AREAS])
    if len(areas) > MOST_AREAS:
        areas = list({area.municipality_code: area for area in areas}.values())
        for area in areas:
            area.town = ""
    names = _prefectures() if areas else {}
    return tuple(
        _offer(
            f"{_POSTAL}:{area.pk}",
            f"{names.get(area.prefecture_code, '')}{area.municipality}{area.town}",
            {
                "prefecture": area.prefecture_code, "municipality_code": area.municipality_code,
                "municipality": area.municipality, "address": area.town,
            },
            typed, labels,
        )
        for area in areas
    )  # fmt: skip


def _offer(
    key: str, title: str, values: Mapping[str, Any], typed: Mapping[str, Any], labels: Mapping[str, Any], **more: Any
) -> Offer:
    values = {name: value for name, value in values.items() if value and name in labels}
    names = _prefectures() if values.get("prefecture") else {}
    rows = []
    for name, value in values.items():
        shown, has = str(value), str(typed.get(name) or "")
        if name == "prefecture":
            shown, has = names.get(value, ""), names.get(int(has), "") if has.isdigit() else ""
        elif name == "address" and key != _NUMBER and has.startswith(shown):
            has = shown  # the town is there, with what is written behind it
        elif name == "legal_form":
            shown, has = str(LegalForm(value).label), str(LegalForm(has).label) if has in LegalForm.values else ""
        elif name == "legal_form_position":
            shown, has = str(Position(value).label), str(Position(has).label) if has in Position.values else ""
        rows.append(Row(name, labels[name], shown, has))
    return Offer(key, title, values, tuple(rows), **more)


def _prefectures() -> dict[int, str]:
    return dict(Prefecture.objects.values_list("code", "name"))


def taken(asked: str, typed: Mapping[str, Any], labels: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields get when an offer is pressed: the empty ones only, or with `!` behind its key all of them."""
    key, found = asked.removesuffix(ALL), offers(typed, labels)
    offer = next((each for each in (found.registered, *found.areas) if each is not None and each.key == key), None)
    if offer is None:
        return {}
    empty = {row.name for row in offer.rows if row.is_new}
    return {name: value for name, value in offer.values.items() if asked.endswith(ALL) or name in empty}
