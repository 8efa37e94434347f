"""The filters of a hub's list."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.choices import Gap, Method
from consultations.forms.fields import Codes
from consultations.queries.lists import Wanted
from directory.choices import CodeKind
from foundation.fields import JapaneseDateField, WordsField
from hubs.models import Hub


class FilterForm(forms.Form):
    """The filters of a hub's list. They live in the URL."""

    q = WordsField(label=_("本文"), max_length=100, required=False)
    first = JapaneseDateField(label=_("相談日(から)"), required=False)
    last = JapaneseDateField(label=_("相談日(まで)"), required=False)
    method = forms.ChoiceField(label=_("相談方法"), choices=[("", _("すべて")), *Method.choices], required=False)
    theme = forms.ChoiceField(label=_("相談細目"), required=False)
    missing = forms.ChoiceField(label=_("提出前の点検"), choices=[("", _("すべて")), *Gap.choices], required=False)
    mine = forms.BooleanField(label=_("自分の記録だけ"), required=False)

    def __init__(self, *args: Any, hub: Hub, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = Codes(hub, [today], [CodeKind.THEME])
        self.fields["theme"].choices = lambda: codes.choices(CodeKind.THEME, blank=_("すべて"))  # type: ignore[attr-defined]

    def wanted(self, user_id: int) -> Wanted:
        """The filters as a value. For valid forms only."""
        values = self.cleaned_data
        return Wanted(
            words=values["q"], first=values["first"], last=values["last"], method=values["method"],
            theme=values["theme"], lead_id=user_id if values["mine"] else None,
            missing=values["missing"],
        )  # fmt: skip
