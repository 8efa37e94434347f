"""What a chief and a coordinator say about a note, checked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.choices import ReviewMove
from foundation.fields import CleanCharField

SAY_SOMETHING = _("コメントを入力してください。")


class CommentForm(forms.Form):
    """Something said about a note. For the chief also what becomes of it."""

    text = CleanCharField(label=_("コメント"), max_length=2000, multiline=True, required=False)
    move = forms.ChoiceField(choices=ReviewMove.choices, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("move") not in (None, ReviewMove.ACCEPT) and "text" in values and not values["text"]:
            self.add_error("text", ValidationError(SAY_SOMETHING))
        return values
