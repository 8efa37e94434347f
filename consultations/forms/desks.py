"""A special desk as headquarters types it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.models import SpecialDesk
from foundation.fields import CleanCharField, JapaneseDateField
from hubs.models import Prefecture


class DeskForm(forms.ModelForm):
    """Names, reason, first and last day, and where."""

    name = CleanCharField(label=_("名称"), max_length=80)
    name_en = CleanCharField(label=_("英語名"), max_length=120)
    reason = CleanCharField(
        label=_("設置の理由"), max_length=2000, multiline=True, help_text=_("設置の根拠や対象となる事業者を書きます。")
    )
    opened_on = JapaneseDateField(label=_("開設日"), help_text=_("この日以降に受け付けた案件で選べます。"))
    closed_on = JapaneseDateField(
        label=_("終了日"), required=False, help_text=_("この日までに受け付けた案件で選べます。空欄は終了未定です。")
    )
    only_in = forms.TypedMultipleChoiceField(
        label=_("対象の都道府県"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("選ばなければ全国が対象です。"),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = SpecialDesk
        fields = ("name", "name_en", "reason", "opened_on", "closed_on", "only_in")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        prefectures = [(row.pk, str(row)) for row in Prefecture.objects.order_by("pk")]
        self.fields["only_in"].choices = prefectures  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if SpecialDesk.objects.filter(name=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("同じ名称の特別相談窓口があります。"))
        return name

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        first, last = values.get("opened_on"), values.get("closed_on")
        if first and last and last < first:
            self.add_error("closed_on", _("終了日は開設日以降にしてください。"))
        return values

    def _post_clean(self) -> None:
        """The row itself is changed by the action, which locks it first."""

    def values(self) -> dict[str, Any]:
        """The changed data."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
