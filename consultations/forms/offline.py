"""The form of the page without a network: the fields of the logging page that need no hub to choose from."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.forms.sessions import LoggingForm
from consultations.queries.offers import themes_on

# Case, organizations and programmes are chosen out of the hub's rows: they follow when the record is corrected.
FIELDS = (
    "q", "new_name", "new_kana", "new_kind", "new_corporate_number", "new_phone", "case_title", "case_category",
    "case_reception", "held_on", "minutes", "method", "themes", "content", "advice", "next_step", "client_people",
    "place", "not_counted",
)  # fmt: skip
WHOM = (("new", _("新しい事業者")), ("known", _("登録済みの事業者(送信のときに選びます)")))


class OfflineForm(forms.Form):
    """Never bound here: what is written goes to the logging page's own form, which checks it."""

    whom = forms.ChoiceField(label=_("事業者"), choices=WHOM, widget=forms.RadioSelect, initial="new")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FIELDS:
            self.fields[name] = copy.deepcopy(LoggingForm.base_fields[name])
        self.fields["q"].label = _("事業者名")
        self.fields["q"].help_text = _("つながったときに、この名前で探して選びます。")
        self.fields["themes"].choices = themes_on(today)  # type: ignore[attr-defined]
        self.fields["minutes"].initial, self.fields["method"].initial = 60, "visit_to_client"
