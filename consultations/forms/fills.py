"""A client's form that is sent to be filled in, not to be saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from consultations.queries import fills

LOOK, TAKE = "look", "take"  # the buttons' names
FILLED = (
    "name", "kana", "corporate_number", "legal_form", "legal_form_position", "postal_code", "prefecture",
    "municipality_code", "municipality", "address",
)  # fmt: skip


def wants_filling(sent: QueryDict) -> bool:
    """Whether a button for looking up or taking over was pressed."""
    return LOOK in sent or TAKE in sent


def labels_of(form: forms.BaseForm, prefix: str) -> dict[str, Any]:
    """The fields that reference data can fill, as the form calls them."""
    return {name: form.fields[prefix + name].label for name in FILLED if prefix + name in form.fields}


def filled(form: forms.BaseForm, sent: QueryDict, prefix: str = "") -> dict[str, Any]:
    """What was typed in every field, with what was taken over: for a form that shows it and complains of nothing."""
    typed = {name: field.widget.value_from_datadict(sent, {}, name) for name, field in form.fields.items()}
    values = {name: typed.get(prefix + name) for name in FILLED}
    taken = fills.taken(sent.get(TAKE, ""), values, labels_of(form, prefix))
    return typed | {prefix + name: value for name, value in taken.items()}


def offers_beside(form: forms.BaseForm, prefix: str = "") -> dict[str, Any]:
    """What the templates of offers need, for what stands in a form's fields now."""
    labels = labels_of(form, prefix)
    values = {name: form[prefix + name].value() for name in labels}
    return {"offers": fills.offers(values, labels), "prefix": prefix}


def offers_for(sent: Mapping[str, Any], form: type[forms.BaseForm], prefix: str = "") -> dict[str, Any]:
    """The same for what a page sends while one types."""
    fields = form.base_fields  # type: ignore[attr-defined]
    labels = {name: fields[prefix + name].label for name in FILLED if prefix + name in fields}
    values = {name: str(sent.get(prefix + name, ""))[:200] for name in labels}
    return {"offers": fills.offers(values, labels, is_typing=True), "prefix": prefix}
