"""Consents, requests about one's own data, and what headquarters sets for the programme."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.choices import ConsentMeans, ConsentPurpose, IdentityCheck, PrivacyKind, Relation
from consultations.models import Consent, ConsentText, ProgramRules
from consultations.queries.privacy import WARNED_DAYS
from foundation.fields import CleanCharField, JapaneseDateField, WholeNumberField

FUTURE = _("未来の日付にはできません。")
MEANS = [(value, label) for value, label in ConsentMeans.choices if value != ConsentMeans.UNRECORDED]


class ConsentForm(forms.Form):
    """A consent that a client gave."""

    purpose = forms.ChoiceField(label=_("目的"), choices=ConsentPurpose.choices)
    given_on = JapaneseDateField(label=_("同意した日"))
    means = forms.ChoiceField(label=_("方法"), choices=MEANS, widget=forms.RadioSelect)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_given_on(self) -> dt.date:
        if self.cleaned_data["given_on"] > self.today:
            raise ValidationError(FUTURE)
        return self.cleaned_data["given_on"]


class WithdrawalForm(forms.Form):
    """The day on which a client took a consent back."""

    on = JapaneseDateField(label=_("撤回した日"))

    def __init__(self, *args: Any, consent: Consent, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": today}, **kwargs)  # type: ignore[misc]
        self.consent, self.today = consent, today

    def clean_on(self) -> dt.date:
        day = self.cleaned_data["on"]
        if not self.consent.given_on <= day <= self.today:
            raise ValidationError(_("同意した日から今日までの日付にしてください。"))
        return day


class PrivacyRequestForm(forms.Form):
    """Somebody asks about their own data."""

    kind = forms.ChoiceField(label=_("請求の種類"), choices=PrivacyKind.choices, widget=forms.RadioSelect)
    requester = CleanCharField(label=_("請求者の氏名"), max_length=80)
    relation = forms.ChoiceField(label=_("請求者の立場"), choices=Relation.choices)
    identity_check = forms.ChoiceField(label=_("本人確認の方法"), choices=IdentityCheck.choices)
    received_on = JapaneseDateField(label=_("受付日"))

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_received_on(self) -> dt.date:
        if self.cleaned_data["received_on"] > self.today:
            raise ValidationError(FUTURE)
        return self.cleaned_data["received_on"]


class CarryingOutForm(forms.Form):
    """The last question before what cannot be taken back."""

    confirmed = forms.BooleanField(
        label=_("消去すると元に戻せないことを確認しました。"),
        error_messages={"required": _("確認の欄に印を付けてください。")},
    )


class RefusalForm(forms.Form):
    """Why a request is not carried out."""

    reason = CleanCharField(
        label=_("実施しない理由"), max_length=400, multiline=True, help_text=_("請求者に通知する理由を書きます。")
    )


class RulesForm(forms.Form):
    """New rules of the programme, valid from a day."""

    valid_from = JapaneseDateField(label=_("適用開始日"))
    retention_years = WholeNumberField(
        label=_("個人情報の保存年数"), min_value=1, max_value=30,
        help_text=_("最後のやり取りからこの年数が過ぎた事業者の個人情報を、夜間に匿名化します。"),
    )  # fmt: skip
    chase_1 = WholeNumberField(label=_("1回目の督促(送付からの日数)"), min_value=1, max_value=365)
    chase_2 = WholeNumberField(label=_("2回目の督促(送付からの日数)"), min_value=1, max_value=365)
    chase_3 = WholeNumberField(label=_("3回目の督促(送付からの日数)"), min_value=1, max_value=365)
    link_days = WholeNumberField(label=_("回答用リンクの有効日数"), min_value=1, max_value=365)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    @classmethod
    def starting_from(cls, rules: ProgramRules, *, today: dt.date) -> RulesForm:
        """Filled with the rules as they are, from tomorrow."""
        first, second, third = rules.chase_days
        start = today + dt.timedelta(days=1)
        initial = {"retention_years": rules.retention_years, "link_days": rules.link_days, "valid_from": start}
        return cls(initial=initial | {"chase_1": first, "chase_2": second, "chase_3": third}, today=today)

    def clean_valid_from(self) -> dt.date:
        day = self.cleaned_data["valid_from"]
        if day <= self.today:
            raise ValidationError(_("明日以降の日付にしてください。今日までの基準は変えられません。"))
        if ProgramRules.objects.filter(valid_from=day).exists():
            raise ValidationError(_("この日から適用する基準は、すでにあります。"))
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        days = [values.get(name) for name in ("chase_1", "chase_2", "chase_3")]
        for number in (1, 2):
            before, after = days[number - 1], days[number]
            if before is not None and after is not None and after <= before:
                self.add_error(f"chase_{number + 1}", _("前の督促より後の日数にしてください。"))
        self._give_warning_time(values)
        return values

    def _give_warning_time(self, values: dict[str, Any]) -> None:
        """Chiefs are warned a month ahead of whose data will go: a shorter time must not overtake the warning."""
        day, years = values.get("valid_from"), values.get("retention_years")
        if day is None or years is None:
            return
        shorter = years < ProgramRules.objects.on(day).retention_years
        if shorter and day <= self.today + dt.timedelta(days=WARNED_DAYS):
            self.add_error(
                "valid_from", _("保存年数を短くする場合は、拠点に予告できるよう、32日以上先の日付にしてください。")
            )

    def numbers(self) -> dict[str, Any]:
        """For valid forms only."""
        values = self.cleaned_data
        chase = [values["chase_1"], values["chase_2"], values["chase_3"]]
        return {name: values[name] for name in ("valid_from", "retention_years", "link_days")} | {"chase_days": chase}


class ConsentTextForm(forms.Form):
    """A new version of what clients are asked to consent to."""

    purpose = forms.ChoiceField(label=_("目的"), choices=ConsentPurpose.choices)
    version = CleanCharField(label=_("版"), max_length=20, help_text=_("例: 2027-1"))
    valid_from = JapaneseDateField(label=_("適用開始日"))
    body = CleanCharField(label=_("文面"), max_length=4000, multiline=True)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_valid_from(self) -> dt.date:
        if self.cleaned_data["valid_from"] < self.today:
            raise ValidationError(_("今日以降の日付にしてください。"))
        return self.cleaned_data["valid_from"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        same = ConsentText.objects.filter(purpose=values.get("purpose", ""))
        if same.filter(version=values.get("version", "")).exists():
            self.add_error("version", _("この目的には、同じ版がすでにあります。"))
        if values.get("valid_from") and same.filter(valid_from=values["valid_from"]).exists():
            self.add_error("valid_from", _("この目的には、同じ日から適用する文面がすでにあります。"))
        return values
