"""What is typed on one's own pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import TokenScope
from foundation.fields import CleanCharField, JapaneseDateField
from hubs.access import Permission

LONGEST_DAYS = 365
USUAL_DAYS = 90
NEEDS = {TokenScope.FIGURES_READ: Permission.VIEW_NATION}


class TokenForm(forms.Form):
    """A token for a program: what for, what it may do, until when. Nobody is offered what they may not do."""

    name = CleanCharField(
        label=_("用途"), max_length=80, help_text=_("どのプログラムが使うか。例: 顧客管理システムとの連携")
    )
    scopes = forms.MultipleChoiceField(label=_("できること"), widget=forms.CheckboxSelectMultiple)
    expires_on = JapaneseDateField(label=_("有効期限"), help_text=_("1年以内の日付。この日の終わりまで使えます。"))

    def __init__(self, *args: Any, user: Any, today: dt.date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"expires_on": today + dt.timedelta(days=USUAL_DAYS)})
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (scope.value, scope.label)
            for scope in TokenScope
            if user.has_perm(NEEDS.get(scope, Permission.VIEW_RECORDS))
        ]

    def clean_expires_on(self) -> dt.date:
        day = self.cleaned_data["expires_on"]
        if not self.today < day <= self.today + dt.timedelta(days=LONGEST_DAYS):
            raise ValidationError(_("明日から1年以内の日付にしてください。"))
        return day
