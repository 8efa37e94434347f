"""Forms of this room. They read what was typed; the tender's rules are in hubs.actions, which both ask."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.fields import CleanCharField, JapaneseDateField, WholeNumberField
from foundation.periods import FiscalYear
from foundation.templatetags.shown import fiscal_year
from hubs.actions import SHORTEST_REASON, Candidate, Terms, broken_terms
from hubs.choices import AppointmentMove as Move
from hubs.choices import AppointmentState, Post, ReleaseGround

FIRST_YEAR = 2018  # the tender's
HIGHEST_FEE = 9_999_999
_TERMS = ("post", "starts_on", "ends_on", "days_per_week", "fee_yen")


class AppointmentRequestForm(forms.Form):
    """Proposing somebody to the bureau."""

    post = forms.ChoiceField(label=_("職"), widget=forms.RadioSelect)
    email = forms.EmailField(
        label=_("候補者のメールアドレス"),
        max_length=254,
        help_text=_("登録のある方はこれだけで見つかります。"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = CleanCharField(
        label=_("候補者の氏名"), max_length=80, required=False, help_text=_("まだ登録のない方のときに入力します。")
    )
    starts_on = JapaneseDateField(label=_("契約開始日"), help_text=_("例: 2026-04-01、令和8年4月1日、R8.4.1"))
    ends_on = JapaneseDateField(label=_("契約終了日"), help_text=_("年度末(3月31日)まで。"))
    days_per_week = forms.DecimalField(
        label=_("週の勤務日数"),
        min_value=Decimal("0.5"),
        max_value=7,
        max_digits=2,
        decimal_places=1,
        help_text=_("チーフコーディネーターは3日以上。半日は0.5日です。"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    fee_yen = WholeNumberField(label=_("報酬月額(円・税抜き)"), min_value=0, max_value=HIGHEST_FEE)
    reason = CleanCharField(
        label=_("原則によらない理由"),
        max_length=400,
        required=False,
        multiline=True,
        help_text=_("報酬が原則額を下回るときは必須です。経済産業局が合意の判断に使います。"),
    )
    person_consented_on = JapaneseDateField(
        label=_("本人の承諾日"), required=False, help_text=_("代理のときは必須です。本人が代理を承諾した日。")
    )

    def __init__(self, *args: Any, posts: list[str], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["post"].choices = [(post, Post(post).label) for post in posts]  # type: ignore[attr-defined]
        if len(posts) == 1:
            self.fields["post"].initial = posts[0]

    def clean(self) -> None:
        """Ask the rules as soon as the terms can be read, so that all messages come at once."""
        super().clean()
        if all(self.cleaned_data.get(name) is not None for name in _TERMS):
            for name, message in broken_terms(self.terms(), today=self.today).items():
                self.add_error(name, message)

    def terms(self) -> Terms:
        """What was proposed."""
        typed = self.cleaned_data
        rest = {"reason": typed.get("reason", ""), "person_consented_on": typed.get("person_consented_on")}
        return Terms(**{name: typed[name] for name in _TERMS}, **rest)

    def candidate(self) -> Candidate:
        """Who was proposed."""
        return Candidate(self.cleaned_data["email"], self.cleaned_data["name"])


class NoteForm(forms.Form):
    """A move that needs no more than a remark."""

    note = CleanCharField(label=_("備考"), max_length=400, required=False, multiline=True)


class DeclineForm(forms.Form):
    """The bureau says why not."""

    note = CleanCharField(label=_("同意しない理由"), max_length=400, multiline=True)


class ContractForm(forms.Form):
    """The body has signed."""

    starts_on = JapaneseDateField(
        label=_("契約開始日"), help_text=_("合意した期間のなかの日付。終了日は合意したとおりです。")
    )
    note = CleanCharField(label=_("備考"), max_length=400, required=False, multiline=True)


class ReleaseForm(forms.Form):
    """One of the seven grounds, and the last day."""

    ground = forms.ChoiceField(label=_("解除の事由"), choices=ReleaseGround.choices, widget=forms.RadioSelect)
    released_on = JapaneseDateField(label=_("解除日"), help_text=_("契約の最後の日。権限もこの日までとなります。"))
    note = CleanCharField(
        label=_("経緯"),
        max_length=400,
        required=False,
        multiline=True,
        help_text=_("チーフコーディネーターとの調整、経済産業局への報告など。"),
    )


MOVE_FORMS: dict[str, type[forms.Form]] = {
    Move.AGREE: NoteForm,
    Move.DECLINE: DeclineForm,
    Move.WITHDRAW: NoteForm,
    Move.CONTRACT: ContractForm,
    Move.END: NoteForm,
    Move.RELEASE: ReleaseForm,
}


class AppointmentFilter(forms.Form):
    """Filters of the lists, from the address."""

    state = forms.ChoiceField(label=_("状態"), required=False)
    post = forms.ChoiceField(label=_("職"), required=False)
    year = forms.TypedChoiceField(label=_("年度"), required=False, coerce=int, empty_value=None)

    everything: ClassVar[list[tuple[str, Any]]] = [("", _("すべて"))]

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = [FiscalYear(year) for year in range(FiscalYear.of(today).year + 1, FIRST_YEAR - 1, -1)]
        for name, choices in (
            ("state", AppointmentState.choices),
            ("post", Post.choices),
            ("year", [(str(year), fiscal_year(year)) for year in years]),
        ):
            self.fields[name].choices = self.everything + choices  # type: ignore[attr-defined]

    def narrow(self, rows: Any) -> Any:
        """The rows that the filters leave. A filter that cannot be read leaves all; its message is shown."""
        chosen = self.cleaned_data if self.is_valid() else {}
        if chosen.get("state"):
            rows = rows.filter(state=chosen["state"])
        if chosen.get("post"):
            rows = rows.filter(post=chosen["post"])
        if chosen.get("year"):
            rows = rows.starting_in(FiscalYear(chosen["year"]))
        return rows


class OpeningForm(forms.Form):
    """Why headquarters must read a hub's records."""

    reason = CleanCharField(
        label=_("理由"),
        max_length=400,
        min_length=SHORTEST_REASON,
        multiline=True,
        help_text=_("10文字以上。拠点にも表示されます。事業者や個人の名前は書かないでください。"),
    )


class TrailFilter(forms.Form):
    """Filters of the audit trail, from the address."""

    action = forms.ChoiceField(label=_("操作"), required=False)
    person = CleanCharField(label=_("利用者のメールアドレス"), max_length=254, required=False)
    since = JapaneseDateField(label=_("開始日"), required=False)
    until = JapaneseDateField(label=_("終了日"), required=False)
    subject = CleanCharField(label=_("対象(種類:番号)"), max_length=122, required=False)

    def __init__(self, *args: Any, actions: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [("", _("すべて")), *actions]  # type: ignore[attr-defined]
