"""The pages' own forms, filled again for every row: a row is held against the very rules that a person typing is.

A form is made once, not once a row, and what it would ask the database at each row is looked up before. Choices are
taken by their label or by their code, several of them separated by 、 or a comma.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from consultations.choices import CaseState
from consultations.forms import EnterpriseForm
from consultations.forms.cases import NewCaseForm
from consultations.forms.fields import Codes
from consultations.forms.sessions import DESK_NOT_OPEN, SessionFields
from consultations.models import Case, Enterprise, SpecialDesk
from foundation.fields import CleanCharField
from foundation.text import fold
from hubs.models import Hub

Problems = list[tuple[str, str]]  # (field, message)
_SEPARATORS = re.compile(r"[、,，;；\n]+")
_YES, _NO = (
    frozenset({"1", "ハイ", "有", "○", "〇", "true", "yes", "y", "スル"}),
    frozenset({"0", "イイエ", "無", "×", "false", "no", "n", ""}),
)
UNKNOWN = _("「%(value)s」は選択肢にありません。")


class OneOfThese(forms.Field):
    """A row of a table that was loaded before: no question to the database for each value."""

    def __init__(self, *, rows: dict[str, Any], **options: Any) -> None:
        super().__init__(**options)
        self.rows = rows

    def clean(self, value: Any) -> Any:
        """The row, or None. Raises ValidationError."""
        if not value:
            return super().clean(None)
        if value not in self.rows:
            raise ValidationError(UNKNOWN % {"value": value})
        return self.rows[value]


class EnterpriseRow(EnterpriseForm):
    """An enterprise in a row. Twins are looked for among all rows at once, and what the model would check again the
    database holds anyway."""

    def clean_corporate_number(self) -> str:
        return self.cleaned_data["corporate_number"]

    def _post_clean(self) -> None:
        """Nothing is built here."""


class CaseRow(NewCaseForm):
    """A case in a row. Its special desk goes by its name, and must have been open on the day that the case came."""

    special_desk = CleanCharField(label=_("特別相談窓口"), max_length=120, required=False)  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.desks_here = {
            fold(name): desk
            for desk in SpecialDesk.objects.at_hub(self.instance.hub_id).order_by("pk")
            for name in (desk.name_en, desk.name)
        }
        self.open_by_day: dict[dt.date, set[int]] = {}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        name, day = values.get("special_desk"), values.get("received_on")
        desk = self.desks_here.get(fold(name)) if name else None
        if name and desk is None:
            self.add_error("special_desk", UNKNOWN % {"value": name[:40]})
        elif desk is not None and day is not None and desk.pk not in self._open_on(day):
            self.add_error("special_desk", DESK_NOT_OPEN)
        else:
            values["special_desk"] = desk
        return values

    def _open_on(self, day: dt.date) -> set[int]:
        if day not in self.open_by_day:
            self.open_by_day[day] = set(SpecialDesk.objects.open_on(day).values_list("pk", flat=True))
        return self.open_by_day[day]

    def _post_clean(self) -> None:
        """Nothing is built here."""


class SessionRow(SessionFields):
    """A consultation in a row: what may be chosen depends on its own day."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_day: dict[tuple[dt.date, ...], Codes] = {}

    def choose_day(self) -> None:
        """Offer what could be chosen on the row's day."""
        days = tuple(self.days())
        if days not in self.by_day:
            self.by_day[days] = Codes(self.hub, days, self.lists_needed())
        self.codes = self.by_day[days]


class RowForm:
    """One form for all rows."""

    def __init__(self, form: Any, *, leave_out: frozenset[str] = frozenset()) -> None:
        self.form = form
        for name in [*leave_out, "version"]:
            form.fields.pop(name, None)
        for name, field in list(form.fields.items()):
            if isinstance(field, forms.ModelChoiceField) and not isinstance(field, forms.ModelMultipleChoiceField):
                form.fields[name] = _loaded(field)
        form.is_bound = True
        self._known: dict[tuple[str, int], dict[str, str]] = {}

    @property
    def fields(self) -> dict[str, forms.Field]:
        """By name."""
        return self.form.fields

    def read(self, texts: Mapping[str, str]) -> tuple[dict[str, Any], Problems]:
        """What the form makes of a row's texts, and what it complains of."""
        form = self.form
        sent: MultiValueDict[str, str] = MultiValueDict()
        form.data = sent
        if isinstance(form, SessionRow):
            sent["held_on"] = texts.get("held_on", "")
            form.choose_day()
        strange: Problems = []
        for name, text in texts.items():
            sent.setlist(name, self._values(name, text, strange))
        form.full_clean()
        told = {name for name, _message in strange}
        complaints = [
            (name, str(message))
            for name, messages in form.errors.items() if name not in told
            for message in messages
        ]  # fmt: skip
        return form.cleaned_data, [*strange, *complaints]

    def _values(self, name: str, text: str, strange: Problems) -> list[str]:
        field, text = self.form.fields[name], text.strip()
        if isinstance(field, forms.BooleanField):
            answer = fold(text)
            if answer not in _YES | _NO:
                strange.append((name, str(UNKNOWN % {"value": text[:40]})))
            return ["1"] if answer in _YES else []
        if not isinstance(field, forms.ChoiceField | OneOfThese):
            return [text]
        several = isinstance(field, forms.MultipleChoiceField)
        parts = [part.strip() for part in _SEPARATORS.split(text)] if several else [text]
        known = self._choices(name, field)
        found = []
        for part in filter(None, parts):
            if (value := known.get(fold(part))) is None:
                strange.append((name, str(UNKNOWN % {"value": part[:40]})))
            else:
                found.append(value)
        return found

    def _choices(self, name: str, field: Any) -> dict[str, str]:
        key = (name, id(getattr(self.form, "codes", None)))
        if key not in self._known:
            pairs = _labels_of_rows(field) if isinstance(field, OneOfThese) else _flat(field.choices)
            self._known[key] = {}
            for value, label in pairs:
                for written in (str(value), str(label), str(label).removeprefix(f"{value} ")):
                    self._known[key].setdefault(fold(written), str(value))
        return self._known[key]


def _loaded(field: forms.ModelChoiceField) -> OneOfThese:
    rows = {str(row.pk): row for row in field.queryset or ()}
    return OneOfThese(rows=rows, label=field.label, required=field.required)


def _labels_of_rows(field: OneOfThese) -> Iterator[tuple[str, str]]:
    return ((key, str(row)) for key, row in field.rows.items())


def _flat(choices: Any) -> Iterator[tuple[str, str]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        elif value != "":
            yield value, str(label)


def enterprise_form(hub: Hub, today: dt.date) -> RowForm:
    """For enterprises."""
    return RowForm(EnterpriseRow(MultiValueDict(), hub=hub, today=today))


def case_form(hub: Hub, today: dt.date, by: User) -> RowForm:
    """For cases. Deputies depend on who is there: not in a file."""
    beginning = Case(hub=hub, enterprise=Enterprise(hub=hub), lead=by, state=CaseState.RECEIVED)
    return RowForm(CaseRow(MultiValueDict(), instance=beginning, today=today), leave_out=frozenset({"deputy"}))


def session_form(hub: Hub, today: dt.date) -> RowForm:
    """For consultations."""
    return RowForm(SessionRow(MultiValueDict(), hub=hub, today=today))
