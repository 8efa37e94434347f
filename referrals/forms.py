"""Forms of this room."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from directory.models import SupportOrganization
from foundation.fields import CleanCharField, JapaneseDateField, WholeNumberField
from hubs.models import Hub
from referrals.actions.preparing import WRITTEN, ConsentGiven
from referrals.choices import Consent, ReferralKind, Shared
from referrals.models import Referral
from referrals.queries import Candidate, organizations_for
from referrals.workflow import REASONED, answers_open_in

LONGEST = 2000
EARLIEST = dt.date(2014, 4, 1)
SAME = {"autocomplete": "off"}
SENT_AS = {"fields": "fields_shared"}  # a form has fields of its own


class ReferralForm(forms.Form):
    """One referral: to whom, for what, and what the client agreed to hand on."""

    organization = forms.TypedChoiceField(label=_("支援機関"), coerce=int)
    kind = forms.ChoiceField(label=_("種別"), choices=ReferralKind.choices, widget=forms.RadioSelect)
    recipient_name = CleanCharField(label=_("担当者名"), max_length=80, required=False)
    recipient_email = forms.EmailField(
        label=_("送付先のメール"), max_length=254, widget=forms.EmailInput(attrs=SAME),
        help_text=_("回答用のリンクをこの宛先に送ります。"),
    )  # fmt: skip
    request = CleanCharField(
        label=_("依頼内容"),
        max_length=LONGEST,
        multiline=True,
        help_text=_("相手機関に読まれます。お願いしたいことを書きます。"),
    )
    outline = CleanCharField(
        label=_("相談概要"), max_length=LONGEST, multiline=True, required=False,
        help_text=_("「提供する情報」で選んだときだけ相手機関に渡します。相談記録の本文は渡りません。"),
    )  # fmt: skip
    fields_shared = forms.MultipleChoiceField(
        label=_("提供する情報"), choices=Shared.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("本人が同意したものだけを選びます。選ばなかった情報は、相手機関から見えません。"),
    )  # fmt: skip
    consented_on = JapaneseDateField(
        label=_("本人の同意日"),
        required=False,
        help_text=_("同意を記録するまで送付できません。例: 2026-04-01、令和8年4月1日"),
    )
    consent_how = forms.ChoiceField(label=_("同意の方法"), choices=[("", "—"), *Consent.choices], required=False)
    client_id = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(
        self, *args: Any, hub: Hub, case: Case, candidates: list[Candidate], today: dt.date,
        referral: Referral | None = None, chosen: int | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        self.today = today
        kwargs["initial"] = _begun(case, chosen) if referral is None else _as_it_stands(referral)
        super().__init__(*args, **kwargs)
        rows = list(organizations_for(hub, referral.organization_id if referral else chosen))
        self.fields["organization"].choices = _grouped(candidates, rows)  # type: ignore[attr-defined]

    def clean_consented_on(self) -> dt.date | None:
        day = self.cleaned_data["consented_on"]
        if day and not EARLIEST <= day <= self.today:
            raise ValidationError(_("2014年4月1日から今日までの日付にしてください。"))
        return day

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        day, how = values.get("consented_on"), values.get("consent_how")
        if day and not how:
            self.add_error("consent_how", _("同意の方法を選んでください。"))
        if how and not day and "consented_on" not in self.errors:
            self.add_error("consented_on", _("同意日を入力してください。"))
        if (
            Shared.OUTLINE in values.get("fields_shared", [])
            and not values.get("outline")
            and "outline" not in self.errors
        ):
            self.add_error("outline", _("渡すと選んだので、相談概要を書いてください。"))
        return values

    @property
    def consent(self) -> ConsentGiven | None:
        """What is recorded of the client's consent."""
        day = self.cleaned_data["consented_on"]
        return ConsentGiven(day, self.cleaned_data["consent_how"]) if day else None

    def label_of(self, name: str) -> str:
        """What a referral's field is called on this page."""
        return str(_("案件")) if name == "case" else str(self.fields[SENT_AS.get(name, name)].label)

    def values(self) -> dict[str, Any]:
        """The rest, as the actions take it."""
        named = {name: self.cleaned_data[name] for name in WRITTEN if name in self.cleaned_data}
        named["organization"] = SupportOrganization.objects.get(pk=self.cleaned_data["organization"])
        return named | {"fields": self.cleaned_data["fields_shared"]}


class VersionForm(forms.Form):
    """A deed that needs no word."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class CancelForm(VersionForm):
    """Calling back."""

    reason = CleanCharField(label=_("取り消す理由"), max_length=400)


class AnswerForm(forms.Form):
    """What the other agency says."""

    move = forms.ChoiceField(label=_("今の状況"), widget=forms.RadioSelect)
    note = CleanCharField(
        label=_("ひとこと"), max_length=LONGEST, multiline=True, required=False,
        help_text=_("引き受けられないときは、理由を必ず書いてください。"),
    )  # fmt: skip
    client_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        kwargs |= {"initial": {"client_id": uuid.uuid4()}, "prefix": "answer"}
        super().__init__(*args, **kwargs)
        self.fields["move"].choices = [(move.value, move.label) for move in answers_open_in(referral.state)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        if (
            self.cleaned_data.get("move") in REASONED
            and not self.cleaned_data.get("note")
            and "note" not in self.errors
        ):
            self.add_error("note", _("引き受けられない理由を書いてください。"))
        return self.cleaned_data


class WorkForm(forms.Form):
    """What the other agency did."""

    worked_on = JapaneseDateField(label=_("支援した日"), help_text=_("例: 2026-04-01、令和8年4月1日"))
    times = WholeNumberField(label=_("回数"), min_value=1, max_value=99, initial=1)
    content = CleanCharField(label=_("支援の内容"), max_length=LONGEST, multiline=True)
    client_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, referral: Referral, today: dt.date, **kwargs: Any) -> None:
        kwargs |= {"initial": {"client_id": uuid.uuid4(), "times": 1, "worked_on": today}, "prefix": "work"}
        super().__init__(*args, **kwargs)
        self.referral, self.today = referral, today

    def clean_worked_on(self) -> dt.date:
        day = self.cleaned_data["worked_on"]
        if not (self.referral.sent_on or EARLIEST) <= day <= self.today:
            raise ValidationError(_("紹介された日から今日までの日付にしてください。"))
        return day


def _begun(case: Case, chosen: int | None) -> dict[str, Any]:
    return {
        "organization": chosen, "kind": ReferralKind.REFERRAL, "outline": case.issue, "client_id": uuid.uuid4(),
        "version": 1,
    }  # fmt: skip


def _as_it_stands(referral: Referral) -> dict[str, Any]:
    names = (*WRITTEN, "consented_on", "consent_how", "client_id", "version")
    held = {name: getattr(referral, name) for name in names if name not in ("organization", "fields")}
    return held | {"organization": referral.organization_id, "fields_shared": referral.fields}


def _grouped(candidates: list[Candidate], rows: list[SupportOrganization]) -> list[Any]:
    named = {one.pk for one in candidates}
    best = [(one.pk, f"{one.name} ({one.kind})") for one in candidates]
    rest = [(row.pk, row.name) for row in rows if row.pk not in named]
    return [("", "—"), (_("おすすめ順"), best), (_("そのほか"), rest)]
