"""What is chosen when a report is ordered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.choices import Format
from reports.editions import Edition


class EditionForm(forms.Form):
    """An edition out of those that the user may have, and a format."""

    edition = forms.ChoiceField(label=_("版"))
    format = forms.ChoiceField(label=_("形式"), choices=Format.choices)

    def __init__(self, *args: Any, editions: dict[str, Edition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["edition"].choices = [(slug, edition.label) for slug, edition in editions.items()]  # type: ignore[attr-defined]
