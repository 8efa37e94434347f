"""What somebody can take, and who leads a case."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.actions.assignments import CapReached, NotFree
from consultations.forms.cases import colleagues
from consultations.models import Case
from foundation.fields import JapaneseDateField, WholeNumberField


def why_not(problem: NotFree) -> str:
    """What a refusal is called beside a field."""
    who, on = problem.coordinator.name, f"{problem.on.month}/{problem.on.day}"
    if isinstance(problem, CapReached):
        return gettext("%(who)sさんは、%(on)sの週の上限に達しています。") % {"who": who, "on": on}
    return gettext("%(who)sさんは、%(on)sは割当を停止しています。") % {"who": who, "on": on}


class CapacityForm(forms.Form):
    """A cap a week, and a pause."""

    weekly_cap = WholeNumberField(
        label=_("週の上限(件)"), min_value=0, max_value=200, required=False,
        help_text=_("月曜から日曜までに割り当てる案件と予約の数。空欄は上限なし。"),
    )  # fmt: skip
    paused_from = JapaneseDateField(label=_("割当停止の初日"), required=False)
    paused_until = JapaneseDateField(
        label=_("割当停止の最終日"), required=False, help_text=_("空欄は、解除するまで停止。")
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        first, last = values.get("paused_from"), values.get("paused_until")
        if last and not first and "paused_from" not in self.errors:
            self.add_error("paused_from", _("停止の初日を入力してください。"))
        if first and last and last < first:
            self.add_error("paused_until", _("初日より後の日付にしてください。"))
        return values


class LeadForm(forms.Form):
    """Who leads a case from now on."""

    lead: forms.ModelChoiceField = forms.ModelChoiceField(label=_("主担当"), queryset=None)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, case: Case, today: dt.date, **kwargs: Any) -> None:
        kwargs["initial"] = {"lead": case.lead_id, "version": case.version}
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = colleagues(case.hub, today, None)  # type: ignore[attr-defined]
