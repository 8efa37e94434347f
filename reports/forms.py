"""What is chosen when a report is ordered, and what is said about a month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.fields import CleanCharField
from metrics.indicators import Indicator
from reports.choices import Format
from reports.editions import Edition
from reports.queries.months import Confirmed


class EditionForm(forms.Form):
    """An edition out of those that the user may have, and a format."""

    edition = forms.ChoiceField(label=_("版"))
    format = forms.ChoiceField(label=_("形式"), choices=Format.choices)

    def __init__(self, *args: Any, editions: dict[str, Edition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["edition"].choices = [(slug, edition.label) for slug, edition in editions.items()]  # type: ignore[attr-defined]


class SubmissionForm(forms.Form):
    """What a chief confirms: the figures with an explanation of each jump, and a month without any consultation."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    zero = forms.BooleanField(label=_("この月は相談が1件もなかったことを確認しました"), required=False)

    def __init__(self, *args: Any, jumps: Sequence[Confirmed], known: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for jump in jumps:
            self.fields[explanation_name(jump.indicator.code)] = CleanCharField(
                label=_("%(indicator)sの増減の説明") % {"indicator": jump.indicator.label}, max_length=1000,
                required=False, multiline=True, initial=known.get(jump.indicator.code, ""),
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip

    def explanations(self) -> dict[str, str]:
        """By indicator. For valid forms only."""
        return {
            name.removeprefix(_EXPLANATION): text
            for name, text in self.cleaned_data.items()
            if name.startswith(_EXPLANATION)
        }


class CheckForm(forms.Form):
    """What headquarters says: to the whole month, and to single figures."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    note = CleanCharField(
        label=_("差し戻す理由"), max_length=1000, multiline=True, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, indicators: Iterable[Indicator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for indicator in indicators:
            self.fields[f"{_REMARK}{indicator.code}"] = CleanCharField(
                label=str(indicator.label), max_length=1000, required=False
            )

    def remarks(self) -> dict[str, str]:
        """By indicator. For valid forms only."""
        return {
            name.removeprefix(_REMARK): text for name, text in self.cleaned_data.items() if name.startswith(_REMARK)
        }

    def remark_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(_REMARK)]


class ClosingForm(forms.Form):
    """Closing a month: hubs that are not accepted are not waited for only with a reason."""

    note = CleanCharField(
        label=_("確認済みでない拠点を待たずに締める理由"), max_length=1000, required=False, multiline=True,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, missing: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.missing = missing

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"]
        if self.missing and not note:
            raise forms.ValidationError(_("確認済みでない拠点があります。待たずに締める理由を書いてください。"))
        return note


class ReopeningForm(forms.Form):
    """Why a closed month should be opened again, and for which records."""

    reason = CleanCharField(
        label=_("再開の理由"), max_length=1000, multiline=True, widget=forms.Textarea(attrs={"rows": 3})
    )
    records = CleanCharField(
        label=_("直す相談記録の番号"), max_length=500, required=False,
        help_text=_("番号を空白かカンマで区切ります。空欄にすると、この月の相談記録をすべて直せるように申請します。"),
    )  # fmt: skip

    def clean_records(self) -> list[int]:
        parts = self.cleaned_data["records"].replace(",", " ").replace("、", " ").split()
        if any(not part.isascii() or not part.isdigit() or len(part) > 18 for part in parts):
            raise forms.ValidationError(_("相談記録の番号(数字)を書いてください。"))
        return sorted({int(part) for part in parts})


class DecisionForm(forms.Form):
    """Headquarters' answer to a reopening."""

    decision = forms.ChoiceField(
        label=_("決定"), choices=[("grant", _("承認する")), ("refuse", _("却下する"))], widget=forms.RadioSelect
    )
    days = forms.IntegerField(
        label=_("再開する日数"),
        min_value=1,
        max_value=13,
        initial=7,
        help_text=_("今日から数えて13日まで。最後の日の終わりに自動で締まります。"),
    )
    answer = CleanCharField(
        label=_("本部の回答"), max_length=1000, required=False, multiline=True, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("decision") == "refuse" and not found.get("answer"):
            self.add_error("answer", _("却下するときは、理由を書いてください。"))
        return found


_EXPLANATION, _REMARK = "explanation_", "remark_"


def explanation_name(indicator: str) -> str:
    """The field in which a jump is explained."""
    return f"{_EXPLANATION}{indicator}"
