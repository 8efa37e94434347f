"""Form fields that every room uses: dates as Japanese write them, and text that a person can have typed."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from foundation.errors import Unreadable
from foundation.periods import parse_day
from foundation.text import has_forbidden, search_words, words_left_out

_LONGEST_DATE = 40
_LONGEST_NUMBER = 18


class CleanCharField(forms.CharField):
    """Text of at most `max_length` characters, without what no person types (foundation.text.has_forbidden).

    One line, unless `multiline` (then line ends become \\n). The page gets no `maxlength`: a browser would
    cut pasted text off silently, whereas a message beside the field lets its writer shorten it.
    """

    default_error_messages = {
        "forbidden": _("使えない文字(制御文字など)が含まれています。その部分を消して入力し直してください。"),
        "lines": _("改行は使えません。1行で入力してください。"),
    }

    def __init__(self, *, max_length: int, multiline: bool = False, **options: Any) -> None:
        self.multiline = multiline
        if multiline:
            options.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        super().__init__(max_length=max_length, **options)

    def to_python(self, value: Any) -> str | None:
        """The text, stripped. Raises ValidationError."""
        text = super().to_python(value)
        if not text:
            return text
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if has_forbidden(text):
            raise ValidationError(self.error_messages["forbidden"], code="forbidden")
        if "\n" in text and not self.multiline:
            raise ValidationError(self.error_messages["lines"], code="lines")
        return text

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class WordsField(CleanCharField):
    """Words to look for in text. One letter finds too much; a word too many is refused rather than left out."""

    default_error_messages = {
        "short": _("2文字以上の言葉で探してください。"),
        "many": _("言葉は8つまでにしてください。9つ目からの言葉: %(words)s"),
    }

    def validate(self, value: Any) -> None:
        """Raises ValidationError."""
        super().validate(value)
        if any(len(word) < 2 for word in search_words(value)):
            raise ValidationError(self.error_messages["short"], code="short")
        if left_out := words_left_out(value):
            raise ValidationError(self.error_messages["many"], code="many", params={"words": " ".join(left_out)})


class JapaneseDateField(forms.Field):
    """A day as people write it: 2026-04-01, 2026/4/1, 令和8年4月1日, R8.4.1 (foundation.periods.parse_day).

    Gives datetime.date, or None when empty and not required. What was typed stays in the field; a date that
    comes from the program is shown as ISO.
    """

    widget = forms.TextInput
    default_error_messages = {
        "invalid": _("日付として読めません。例: 2026-04-01、2026/4/1、令和8年4月1日、R8.4.1"),
    }

    def to_python(self, value: Any) -> dt.date | None:
        """Raises ValidationError."""
        if value in self.empty_values:
            return None
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        text = str(value)
        try:
            if len(text) > _LONGEST_DATE:
                raise Unreadable("too long")
            return parse_day(text)
        except Unreadable as problem:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from problem

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, dt.date) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"autocomplete": "off"}


class WholeNumberField(forms.IntegerField):
    """A whole number as people write it: 50000, 50,000, ５０，０００, 50,000円."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> int | None:
        """Raises ValidationError."""
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).replace(",", "").strip().removesuffix("円").removesuffix("人")
            if len(value) > _LONGEST_NUMBER:
                raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"inputmode": "numeric", "autocomplete": "off"}
