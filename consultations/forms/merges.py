"""Comparing two enterprises field by field, and what an undoing must decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.actions.merging import CHOSEN, Side
from consultations.models import Enterprise, Merge
from consultations.queries.offers import code_labels
from directory.choices import CodeKind
from foundation.fields import CleanCharField
from foundation.templatetags.shown import day
from hubs.models import Prefecture

KEEP, RESTORE = "keep", "restore"
EMPTY = _("(なし)")
NOTE = 200


@dataclass(frozen=True)
class Row:
    """One field of two enterprises side by side. Where they differ, `choices` are (value, text, is chosen)."""

    label: Any
    texts: tuple[str, str]
    name: str = ""
    choices: tuple[tuple[str, str, bool], ...] = ()


class MergeForm(forms.Form):
    """Which record survives, and for each field in which they differ, whose value."""

    survivor = forms.ChoiceField(label=_("残す事業者"), widget=forms.RadioSelect)
    first_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    second_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    note = CleanCharField(label=_("備考"), max_length=NOTE, required=False)

    def __init__(self, *args: Any, first: Enterprise, second: Enterprise, proposed: Enterprise, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "survivor": str(proposed.pk), "first_version": first.version, "second_version": second.version,
        }  # fmt: skip
        super().__init__(*args, **kwargs)
        self.sides, self.proposed = (first, second), proposed
        self.fields["survivor"].choices = [(str(row.pk), row.name) for row in self.sides]  # type: ignore[attr-defined]
        self.shown = Shown()
        self.differing = [name for name in CHOSEN if getattr(first, name) != getattr(second, name)]
        for name in self.differing:
            self.fields[_take(name)] = forms.ChoiceField(
                label=Enterprise._meta.get_field(name).verbose_name,  # type: ignore[union-attr]
                choices=[(str(row.pk), self.shown(row, name)) for row in self.sides],
                initial=str(self._usual(name).pk),
            )

    def _usual(self, name: str) -> Enterprise:
        """Whose value is proposed: the survivor's, unless only the other one has any. Who once refused surveys gets
        none."""
        other = next(row for row in self.sides if row.pk != self.proposed.pk)
        if name == "survey_opt_out":
            return other if other.survey_opt_out else self.proposed
        filled = getattr(self.proposed, name) not in ("", None, [])
        return self.proposed if filled else other

    @property
    def is_outdated(self) -> bool:
        """Whether somebody has changed one of the two since the page was opened. For checked forms."""
        seen = [self.cleaned_data.get(name) for name in ("first_version", "second_version")]
        return all(seen) and seen != [row.version for row in self.sides]

    def rows(self) -> list[Row]:
        """All fields, those that differ with their choices. Fields that both left empty are left out."""
        found = []
        first, second = self.sides
        for name in CHOSEN:
            label = Enterprise._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            texts = (self.shown(first, name), self.shown(second, name))
            if name in self.differing:
                chosen = str(self[_take(name)].value())
                choices = tuple(
                    (str(row.pk), text, chosen == str(row.pk)) for row, text in zip(self.sides, texts, strict=True)
                )
                found.append(Row(label, texts, _take(name), choices))
            elif getattr(first, name) not in ("", None, [], False):
                found.append(Row(label, texts))
        return found

    def decided(self) -> dict[str, Any]:
        """What merging needs. For valid forms only."""
        first, second = self.sides
        values = self.cleaned_data
        sides = [Side(first, values["first_version"]), Side(second, values["second_version"])]
        survivor, loser = sides if values["survivor"] == str(first.pk) else sides[::-1]
        take = [name for name in self.differing if values[_take(name)] == str(loser.enterprise.pk)]
        return {"survivor": survivor, "loser": loser, "take": take, "note": values["note"]}


class UndoForm(forms.Form):
    """For each field that was edited since the merge: keep what stands, or go back."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, merge: Merge, edited: Mapping[str, Any], **kwargs: Any) -> None:
        kwargs["initial"] = {"version": merge.survivor.version}
        super().__init__(*args, **kwargs)
        self.names = list(edited)
        shown = Shown()
        for name in self.names:
            now = shown.value(name, edited[name])
            was = shown.value(name, merge.fields[name]["was"])
            self.fields[f"restore_{name}"] = forms.ChoiceField(
                label=Enterprise._meta.get_field(name).verbose_name,  # type: ignore[union-attr]
                choices=[
                    (KEEP, _("今の値を残す: %(value)s") % {"value": now}),
                    (RESTORE, _("統合前の値に戻す: %(value)s") % {"value": was}),
                ],
                initial=KEEP,
                widget=forms.RadioSelect,
            )

    def restore(self) -> dict[str, bool]:
        """Name → whether it goes back. For valid forms only."""
        return {name: self.cleaned_data[f"restore_{name}"] == RESTORE for name in self.names}


class DismissForm(forms.Form):
    """Why two are not one, if somebody wants to say."""

    note = CleanCharField(label=_("理由"), max_length=NOTE, required=False)


class Shown:
    """An enterprise's values as people read them. Lists are read once, when first needed."""

    def __init__(self) -> None:
        self._industries: dict[str, str] | None = None
        self._prefectures: dict[int, str] | None = None

    def __call__(self, enterprise: Enterprise, name: str) -> str:
        return self.value(name, enterprise.serializable_value(name))

    def value(self, name: str, value: Any) -> str:
        """One value, also one that a ledger keeps."""
        if value in ("", None, []):
            return str(EMPTY)
        field: Any = Enterprise._meta.get_field(name)
        if isinstance(value, bool):
            return str(_("はい") if value else _("いいえ"))
        if name == "industry":
            return f"{value} {self.industries.get(value, '')}".strip()
        if name == "prefecture":
            return self.prefectures.get(int(value), str(value))
        if isinstance(value, list):
            labels = dict(field.base_field.choices or ())
            return "、".join(str(labels.get(each, each)) for each in value)
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if field.get_internal_type() == "DateField":
            return day(value if isinstance(value, dt.date) else dt.date.fromisoformat(value))
        return f"{value:,}" if isinstance(value, int) else str(value)

    @property
    def industries(self) -> dict[str, str]:
        if self._industries is None:
            self._industries = code_labels(CodeKind.INDUSTRY)[CodeKind.INDUSTRY]
        return self._industries

    @property
    def prefectures(self) -> dict[int, str]:
        if self._prefectures is None:
            self._prefectures = {row.pk: str(row) for row in Prefecture.objects.all()}
        return self._prefectures


def _take(name: str) -> str:
    return f"take_{name}"
