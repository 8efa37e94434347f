"""An outcome as it is typed, and a follow-up that is done without."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.models import Case, Outcome
from foundation.fields import CleanCharField, JapaneseDateField, WholeNumberField


class OutcomeForm(forms.ModelForm):
    """What became of a case, and how one knows."""

    measured_on = JapaneseDateField(label=_("把握した日"))
    amount_yen = WholeNumberField(
        label=_("金額(円)"), min_value=0, max_value=10**15, required=False,
        help_text=_("増えた額・減った額・調達した額など。分からなければ空欄のままにします。"),
    )  # fmt: skip
    before_value = WholeNumberField(
        label=_("支援前の値"), min_value=-(10**15), max_value=10**15, required=False,
        help_text=_("金額は円、雇用は人数、新規取引は件数です。"),
    )  # fmt: skip
    after_value = WholeNumberField(
        label=_("支援後の値"), min_value=-(10**15), max_value=10**15, required=False,
    )  # fmt: skip
    evidence = CleanCharField(
        label=_("根拠"), max_length=2000, multiline=True, required=False,
        help_text=_("何を見て、誰から聞いて分かったか。決算書、試算表、聞き取りなど。"),
    )  # fmt: skip
    confirmed_on = JapaneseDateField(label=_("本人確認の日"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = Outcome
        fields = (
            "kind", "trend", "as_of", "measured_on", "amount_yen", "before_value", "after_value", "evidence",
            "confirmed_on", "confirmed_how",
        )  # fmt: skip

    def __init__(self, *args: Any, case: Case, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.today = case, today
        self.initial["version"] = self.instance.version

    def clean_measured_on(self) -> dt.date:
        day = self.cleaned_data["measured_on"]
        if not self.case.received_on <= day <= self.today:
            raise ValidationError(_("受付日から今日までの日付にしてください。"))
        return day

    def clean_confirmed_on(self) -> dt.date | None:
        day = self.cleaned_data["confirmed_on"]
        if day and day > self.today:
            raise ValidationError(_("本人確認の日が未来の日付です。"))
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        day, how, known = values.get("confirmed_on"), values.get("confirmed_how"), values.get("measured_on")
        if day and not how:
            self.add_error("confirmed_how", _("確認の方法を選んでください。"))
        if how and not day and "confirmed_on" not in self.errors:
            self.add_error("confirmed_on", _("いつ確認したかを入力してください。"))
        if day and known and day < known:
            self.add_error("confirmed_on", _("本人確認の日は、把握した日以降にしてください。"))
        return values

    def _post_clean(self) -> None:
        """The row itself is changed by the action, which locks it first."""

    def values(self) -> dict[str, Any]:
        """The changed data."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class SkippingForm(forms.Form):
    """Why a follow-up is done without."""

    reason = CleanCharField(label=_("見送る理由"), max_length=200)
