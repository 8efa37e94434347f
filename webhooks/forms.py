"""What is typed."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from foundation.fields import CleanCharField
from webhooks.choices import Event


class EndpointForm(forms.Form):
    """A new endpoint."""

    name = CleanCharField(label=_("用途"), max_length=80)
    url = forms.URLField(
        label=_("送信先URL"),
        max_length=400,
        assume_scheme="https",
        help_text=_("https:// で始まる、公開されたアドレス。"),
    )
    events = forms.MultipleChoiceField(
        label=_("知らせること"), choices=Event.choices, widget=forms.CheckboxSelectMultiple
    )

    def clean_url(self) -> str:
        url = self.cleaned_data["url"]
        parts = urlsplit(url)
        if parts.scheme != "https" and not settings.WEBHOOKS_TO_PRIVATE_ADDRESSES:
            raise ValidationError(_("https:// で始まるアドレスにしてください。"))
        if parts.username or parts.password:
            raise ValidationError(_("アドレスに利用者名やパスワードを含めないでください。"))
        return url
