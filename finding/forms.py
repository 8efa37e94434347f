"""The search box with its filters, and the name of a saved view."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.choices import CaseState
from consultations.forms.fields import Codes
from consultations.queries import OPEN
from directory.choices import CodeKind
from finding.choices import Found
from finding.queries import Sought
from foundation.fields import CleanCharField, JapaneseDateField, WordsField
from hubs.models import Hub, Membership


class SearchForm(forms.Form):
    """One box, and filters that live in the address."""

    q = WordsField(label=_("探す言葉"), max_length=100, required=False)
    kind = forms.ChoiceField(label=_("対象"), required=False, choices=[("", _("すべて")), *Found.choices])
    first = JapaneseDateField(label=_("日付(から)"), required=False)
    last = JapaneseDateField(label=_("日付(まで)"), required=False)
    state = forms.ChoiceField(
        label=_("案件の状態"), required=False, choices=[("", _("すべて")), (OPEN, _("未終了")), *CaseState.choices]
    )
    theme = forms.ChoiceField(label=_("相談細目"), required=False)
    lead = forms.ChoiceField(label=_("担当者"), required=False)

    def __init__(self, *args: Any, hub: Hub, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = Codes(hub, [today], [CodeKind.THEME])
        people = Membership.objects.people_of(hub, today)
        themes, lead = self.fields["theme"], self.fields["lead"]
        themes.choices = lambda: codes.choices(CodeKind.THEME, blank=_("すべて"))  # type: ignore[attr-defined]
        lead.choices = lambda: [("", _("すべて")), *((str(m.user_id), m.user.name) for m in people)]  # type: ignore[attr-defined]

    def sought(self) -> Sought:
        """What is looked for. For valid forms only."""
        values = self.cleaned_data
        return Sought(
            words=values["q"], kind=values["kind"], first=values["first"], last=values["last"], state=values["state"],
            theme=values["theme"], lead_id=int(values["lead"]) if values["lead"] else None,
        )  # fmt: skip


class ViewForm(forms.Form):
    """What a saved view is called, and who sees it."""

    name = CleanCharField(label=_("名前"), max_length=60)
    is_shared = forms.BooleanField(label=_("拠点で共有する"), required=False)
