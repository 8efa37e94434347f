"""What is chosen when a report is ordered, and what is said about a month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.fields import CleanCharField, JapaneseDateField
from foundation.periods import Month
from metrics.indicators import INDICATORS, Indicator
from reports.choices import Format, PackageKind
from reports.editions import Edition
from reports.models import Remark
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
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
    zero = forms.BooleanField(label=_("この月は相談が1件もなかったことを確認しました"), required=False)

    def __init__(
        self,
        *args: Any,
        jumps: Sequence[Confirmed],
        known: Mapping[str, str],
        remarks: Mapping[str, Remark],
        **kwargs: Any,
    ) -> None:
        """`known`: explanations that were given before; `remarks`: what headquarters asked at the last return. Both by
        indicator."""
        super().__init__(*args, **kwargs)
        for code, remark in remarks.items():
            self.fields[f"{_REPLY}{code}"] = CleanCharField(
                label=_("%(indicator)sへの指摘に対する回答") % {"indicator": INDICATORS[code].label}, max_length=1000,
                required=False, multiline=True, initial=remark.reply, widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip
        for jump in jumps:
            self.fields[explanation_name(jump.indicator.code)] = CleanCharField(
                label=_("%(indicator)sの増減の説明") % {"indicator": jump.indicator.label}, max_length=1000,
                required=False, multiline=True, initial=known.get(jump.indicator.code, ""),
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip

    def explanations(self) -> dict[str, str]:
        """By indicator. For valid forms only."""
        return self._said(_EXPLANATION)

    def replies(self) -> dict[str, str]:
        """The same for what is answered to headquarters."""
        return self._said(_REPLY)

    def about(self, indicator: str) -> list[forms.BoundField]:
        """What is asked beside one figure."""
        names = (f"{_REPLY}{indicator}", explanation_name(indicator))
        return [self[name] for name in names if name in self.fields]

    def _said(self, prefix: str) -> dict[str, str]:
        given = self.cleaned_data.items()
        return {name.removeprefix(prefix): text for name, text in given if name.startswith(prefix)}


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
    """Closing a month: hubs that are not accepted are not waited for only with a reason; figures that changed since
    they were accepted are closed only by somebody who has seen them."""

    note = CleanCharField(
        label=_("待たずに締める理由"), max_length=1000, required=False, multiline=True,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    seen = forms.BooleanField(label=_("確認した後に変わった値を見ました。いまの値で締めます。"), required=False)

    def __init__(self, *args: Any, needs_reason: bool = False, mark: str = "", **kwargs: Any) -> None:
        """`mark`: what has changed since it was accepted (queries.closing.mark_of_moved)."""
        super().__init__(*args, **kwargs)
        self.needs_reason, self.mark = needs_reason, mark

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"]
        if self.needs_reason and not note:
            raise forms.ValidationError(_("待っていない拠点があります。待たずに締める理由を書いてください。"))
        return note

    def clean_seen(self) -> bool:
        if self.mark and self.data.get("mark") != self.mark:
            raise forms.ValidationError(_("画面を開いた後に値が変わりました。いまの値を確かめてください。"))
        if self.mark and not self.cleaned_data["seen"]:
            raise forms.ValidationError(_("確認した後に値が変わった拠点があります。いまの値を見てから締めてください。"))
        return bool(self.cleaned_data["seen"])


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


class DatesForm(forms.Form):
    """提出期限 and 締め日 of a month, and the two that the page showed."""

    due_on = JapaneseDateField(label=_("提出期限"))
    closes_on = JapaneseDateField(label=_("締め日"))
    seen_due = forms.DateField(widget=forms.HiddenInput)
    seen_closing = forms.DateField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, month: Month, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.month = month

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        due_on, closes_on = values.get("due_on"), values.get("closes_on")
        latest = self.month.plus(LATEST_AFTER).last
        if due_on and due_on <= self.month.last:
            self.add_error("due_on", _("提出期限は、月が終わった後の日にしてください。"))
        if due_on and closes_on and closes_on < due_on:
            self.add_error("closes_on", _("締め日は、提出期限の日かその後にしてください。"))
        if closes_on and closes_on > latest:
            self.add_error("closes_on", _("締め日は、対象月の6か月後の月末までにしてください。"))
        return values

    def seen(self) -> tuple[dt.date, dt.date]:
        """For valid forms only."""
        return self.cleaned_data["seen_due"], self.cleaned_data["seen_closing"]


LATEST_AFTER = 6  # months
_EXPLANATION, _REMARK, _REPLY = "explanation_", "remark_", "reply_"


def explanation_name(indicator: str) -> str:
    """The field in which a jump is explained."""
    return f"{_EXPLANATION}{indicator}"


class SubscriptionForm(forms.Form):
    """Of which packages somebody wants to be told by mail: none is an answer too."""

    kinds = forms.MultipleChoiceField(
        label=_("メールで知らせる報告"),
        choices=PackageKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class PackageOrderForm(forms.Form):
    """A month or fiscal year that is closed, as `month 2026-10` or `year 2026-04`."""

    period = forms.ChoiceField(label=_("対象"))

    def __init__(self, *args: Any, periods: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = list(periods)  # type: ignore[attr-defined]
