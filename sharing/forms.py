"""What one hub asks, and what the other answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from foundation.fields import CleanCharField, JapaneseDateField
from sharing.actions import Release, Wish
from sharing.choices import ConsentHow, SharingKind
from sharing.models import LONGEST
from sharing.queries import Match

TOO_LONG = _("今日から1年以内の日付にしてください。")


def refuse_too_long(first: dt.date, last: dt.date | None) -> None:
    """Raises ValidationError."""
    if last is not None and not first <= last <= first + LONGEST:
        raise ValidationError(TOO_LONG)


class AskForm(forms.Form):
    """Asking for joint support or a transfer, with the client's consent."""

    to_hub = forms.TypedChoiceField(label=_("申入れ先の拠点"), coerce=int, widget=forms.RadioSelect)
    kind = forms.ChoiceField(
        label=_("種別"), choices=SharingKind.choices, widget=forms.RadioSelect,
        help_text=_("共同支援: 相手の拠点の経過を期限まで読めます。拠点間移管: 相手の案件をこの拠点が引き継ぎます。"),
    )  # fmt: skip
    reason = CleanCharField(
        label=_("申入れの理由"), max_length=400, multiline=True,
        help_text=_("相手の拠点のチーフコーディネーターが読みます。"),
    )  # fmt: skip
    consented_on = JapaneseDateField(label=_("事業者が同意した日"))
    consent_how = forms.ChoiceField(label=_("同意の方法"), choices=ConsentHow.choices, widget=forms.RadioSelect)
    ends_on = JapaneseDateField(
        label=_("共同支援の終了日"), required=False, help_text=_("共同支援のときに入力します。1年以内です。")
    )

    def __init__(self, *args: Any, matches: Sequence[Match], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        free = [match for match in matches if match.live is None]
        self.fields["to_hub"].choices = [(match.hub.pk, str(match.hub)) for match in free]  # type: ignore[attr-defined]
        if len(free) == 1:
            self.initial.setdefault("to_hub", free[0].hub.pk)

    def clean_consented_on(self) -> dt.date:
        day = self.cleaned_data["consented_on"]
        if day > self.today:
            raise ValidationError(_("同意した日は、今日までの日付にしてください。"))
        return day

    def clean_ends_on(self) -> dt.date | None:
        refuse_too_long(self.today, self.cleaned_data["ends_on"])
        return self.cleaned_data["ends_on"]

    def clean(self) -> None:
        values = self.cleaned_data
        if values.get("kind") == SharingKind.JOINT and values.get("ends_on") is None and "ends_on" not in self.errors:
            self.add_error("ends_on", _("共同支援の終了日を入力してください。"))

    def wish(self, number: str) -> Wish:
        """What is asked about a 法人番号."""
        values = self.cleaned_data
        ends_on = values["ends_on"] if values["kind"] == SharingKind.JOINT else None
        return Wish(
            kind=values["kind"], corporate_number=number, reason=values["reason"], ends_on=ends_on,
            consented_on=values["consented_on"], consent_how=values["consent_how"],
        )  # fmt: skip


class JointAcceptanceForm(forms.Form):
    """Yes to joint support, until a day that the holding hub may bring forward."""

    ends_on = JapaneseDateField(
        label=_("共同支援の終了日"), help_text=_("1年以内です。相手はこの日まで経過を読めます。")
    )
    answer = CleanCharField(label=_("回答に添える言葉"), max_length=400, multiline=True, required=False)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_ends_on(self) -> dt.date:
        refuse_too_long(self.today, self.cleaned_data["ends_on"])
        return self.cleaned_data["ends_on"]

    def terms(self) -> dict[str, Any]:
        """What `accept` takes."""
        return {"answer": self.cleaned_data["answer"], "ends_on": self.cleaned_data["ends_on"]}


class TransferAcceptanceForm(forms.Form):
    """Yes to a transfer: which cases go, with what."""

    cases = forms.MultipleChoiceField(
        label=_("引き渡す案件"), widget=forms.CheckboxSelectMultiple,
        help_text=_("選んだ案件は、この拠点では「移管」として中断になります。相談記録と件数はこの拠点に残ります。"),
    )  # fmt: skip
    summary = CleanCharField(label=_("引継ぎの要点"), max_length=4000, multiline=True)
    with_notes = forms.BooleanField(label=_("相談記録の写しも渡す"), required=False)
    answer = CleanCharField(label=_("回答に添える言葉"), max_length=400, multiline=True, required=False)

    def __init__(self, *args: Any, cases: Sequence[Case], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cases"].choices = [(str(case.pk), str(case)) for case in cases]  # type: ignore[attr-defined]
        if not cases:
            self.fields["cases"].help_text = _(
                "引き渡せる未終了の案件がありません。支援を続ける案件を作ってから承諾するか、辞退の理由に「共同支援で経過を"
                "お見せできます」と書いて返してください。"
            )

    def terms(self) -> dict[str, Any]:
        """What `accept` takes."""
        values = self.cleaned_data
        release = Release([int(pk) for pk in values["cases"]], values["summary"], values["with_notes"])
        return {"answer": values["answer"], "release": release}


class RefusalForm(forms.Form):
    """No, and why."""

    answer = CleanCharField(label=_("辞退の理由"), max_length=400, multiline=True)

    def terms(self) -> dict[str, Any]:
        """What `decline` takes."""
        return self.cleaned_data


class ClosingForm(forms.Form):
    """Taking a request back, or ending joint support before its last day."""

    note = CleanCharField(label=_("備考"), max_length=400, required=False)

    def terms(self) -> dict[str, Any]:
        """What `withdraw` and `end` take."""
        return self.cleaned_data
