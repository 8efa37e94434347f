"""A file to be taken in, and which of its columns is what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from exchange.choices import ImportKind
from exchange.columns import ImportField
from exchange.sheets import MOST_BYTES, TOO_LARGE
from foundation.fields import CleanCharField


class UploadForm(forms.Form):
    """What it is, where it comes from, the file."""

    kind = forms.ChoiceField(label=_("取り込むもの"), choices=[*reversed(ImportKind.choices)])
    source = CleanCharField(
        label=_("移行元"), max_length=40, initial="Excel",
        help_text=_("前に使っていたシステムや表の名前。同じ移行元の同じ番号は、二度取り込まれません。列の対応もこの名前で覚えます。"),
    )  # fmt: skip
    file = forms.FileField(
        label=_("ファイル"), max_length=200,
        help_text=_("Excel(.xlsx)か、UTF-8またはShift_JISのCSV。1行目を見出しにしてください。20MB、50,000行まで。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
    )  # fmt: skip

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_(TOO_LARGE))
        return file


class MappingForm(forms.Form):
    """One choice of a column for each field."""

    def __init__(self, *args: Any, columns: Sequence[ImportField], headings: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [
            ("", _("使わない")),
            *((str(place), heading or _("(見出しなし)")) for place, heading in enumerate(headings)),
        ]
        self.by_name: dict[str, ImportField] = {}
        for number, column in enumerate(columns):
            name = f"column_{number}"
            self.by_name[name] = column
            self.fields[name] = forms.ChoiceField(label=str(column.label), choices=places, required=column.required)

    @classmethod
    def starting_from(cls, mapping: dict[str, int], **kwargs: Any) -> MappingForm:
        """As it is mapped now."""
        form = cls(**kwargs)
        form.initial = {name: str(mapping.get(column.key, "")) for name, column in form.by_name.items()}
        return form

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        used: dict[str, str] = {}
        for name, place in list(values.items()):
            if place and place in used:
                self.add_error(name, _("「%(other)s」と同じ列です。") % {"other": self.fields[used[place]].label})
            used.setdefault(place, name)
        return values

    def mapping(self) -> dict[str, int]:
        """Field → number of its column. For valid forms only."""
        return {self.by_name[name].key: int(place) for name, place in self.cleaned_data.items() if place}
