"""What is written about a case, and its steps."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from consultations.choices import CaseMove, CaseState, Resolution
from consultations.forms.fields import Codes
from consultations.forms.sessions import PROGRAMME_START
from consultations.models import Case, Enterprise, SpecialDesk
from consultations.queries.offers import Held
from directory.choices import CodeKind
from foundation.fields import CleanCharField, JapaneseDateField
from hubs.models import Hub, Membership


class CaseForm(forms.ModelForm):
    """What is written about a case."""

    title = CleanCharField(label=_("件名"), max_length=120)
    issue = CleanCharField(label=_("本質的課題"), max_length=4000, multiline=True, required=False)
    plan = CleanCharField(label=_("実行計画"), max_length=4000, multiline=True, required=False)
    next_action = CleanCharField(label=_("次回アクション"), max_length=200, required=False)
    next_due_on = JapaneseDateField(label=_("期日"), required=False)
    introduced_by = forms.ChoiceField(label=_("案件紹介元機関"), required=False)
    special_desk: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("特別相談窓口"), queryset=None, required=False, empty_label="—"
    )
    deputy: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("副担当"), queryset=None, required=False, empty_label="—"
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = Case
        fields = (
            "title", "category", "introduced_by", "special_desk", "issue", "plan", "deputy", "next_action",
            "next_due_on",
        )  # fmt: skip

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        codes = Codes(self.instance.hub, [today], [CodeKind.INTRODUCER], Held([self.instance.introduced_by]))
        self.fields["introduced_by"].choices = lambda: codes.choices(CodeKind.INTRODUCER)  # type: ignore[attr-defined]
        self.fields["special_desk"].queryset = self.desks(today)  # type: ignore[attr-defined]
        self.fields["deputy"].queryset = colleagues(self.instance.hub, today, self.instance.deputy_id)  # type: ignore[attr-defined]

    def desks(self, today: dt.date) -> Any:
        """Those that were open when the case came, and the one that it has."""
        day = self.instance.received_on or today
        rows = SpecialDesk.objects.open_on(day).at_hub(self.instance.hub_id)
        return (rows | SpecialDesk.objects.filter(pk=self.instance.special_desk_id)).newest_first()

    def values(self) -> dict[str, Any]:
        """The changed data."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


def colleagues(hub: Hub, day: dt.date, held: int | None) -> Any:
    """Who consults at the hub on a day, and whoever is named already."""
    posts = Membership.objects.people_of(hub, day).order_by()
    return User.objects.filter(Q(pk__in=posts.values("user")) | Q(pk=held)).order_by("name", "pk")


def may_be_received_on(day: dt.date, today: dt.date) -> bool:
    """Whether a case can have come on a day."""
    return PROGRAMME_START <= day <= today


class NewCaseForm(CaseForm):
    """A case as a program opens one. On the page it is opened together with its first consultation."""

    received_on = JapaneseDateField(label=_("受付日"))
    heard_from = forms.ChoiceField(label=_("認知媒体"), required=False)
    version = None  # type: ignore[assignment]

    class Meta(CaseForm.Meta):
        fields = ("received_on", "reception", "heard_from", *CaseForm.Meta.fields)  # type: ignore[assignment]

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.today = today
        codes = Codes(self.instance.hub, [today], [CodeKind.HEARD_FROM])
        self.fields["heard_from"].choices = lambda: codes.choices(CodeKind.HEARD_FROM)  # type: ignore[attr-defined]

    @classmethod
    def of(cls, enterprise: Enterprise, typed: dict[str, Any], *, by: User, today: dt.date) -> NewCaseForm:
        """For an enterprise of the hub; whoever opens the case leads it."""
        beginning = Case(hub=enterprise.hub, enterprise=enterprise, lead=by, state=CaseState.RECEIVED)
        return cls(typed, instance=beginning, today=today)

    def clean_received_on(self) -> dt.date:
        day = self.cleaned_data["received_on"]
        if not may_be_received_on(day, self.today):
            raise ValidationError(_("受付日は2014年4月1日から今日までの日付にしてください。"))
        return day


class CaseMoveForm(forms.Form):
    """One step of a case."""

    move = forms.ChoiceField(label=_("操作"), choices=CaseMove.choices)
    on = JapaneseDateField(label=_("日付"))
    resolution = forms.ChoiceField(label=_("解決度"), choices=[("", "—"), *Resolution.choices], required=False)
    note = CleanCharField(label=_("備考"), max_length=400, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, case: Case, today: dt.date, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": today, "version": case.version}
        super().__init__(*args, **kwargs)
        self.case, self.today = case, today

    def clean_on(self) -> dt.date:
        day = self.cleaned_data["on"]
        if not self.case.received_on <= day <= self.today:
            raise ValidationError(_("受付日から今日までの日付にしてください。"))
        return day
