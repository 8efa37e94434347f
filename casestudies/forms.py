"""A case study as headquarters types it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from casestudies.choices import StudyState
from casestudies.models import CaseStudy
from consultations.choices import Category
from consultations.queries.offers import code_labels, themes_on
from directory.choices import CodeKind
from foundation.fields import CleanCharField, JapaneseDateField
from hubs.models import Hub

LONGEST = 4000


class StudyForm(forms.ModelForm):
    """What is told, of whose work, and since when the client agrees."""

    hub = forms.ModelChoiceField(label=_("拠点"), queryset=Hub.objects.none())
    title = CleanCharField(label=_("題名"), max_length=120)
    client = CleanCharField(
        label=_("支援を受けた事業者"), max_length=120,
        help_text=_("例: 食品製造業・従業員12名。名称は、掲載に同意を得た場合だけ書きます。"),
    )  # fmt: skip
    industry = forms.ChoiceField(label=_("業種"), required=False)
    category = forms.ChoiceField(label=_("主たる相談区分"), choices=Category.choices)
    themes = forms.MultipleChoiceField(label=_("相談細目"), required=False, widget=forms.CheckboxSelectMultiple)
    problem = CleanCharField(label=_("相談の内容と課題"), max_length=LONGEST, multiline=True)
    support = CleanCharField(label=_("支援の内容"), max_length=LONGEST, multiline=True)
    result = CleanCharField(label=_("成果"), max_length=LONGEST, multiline=True)
    consented_on = JapaneseDateField(
        label=_("掲載に同意を得た日"), required=False,
        help_text=_("事業者が掲載する文章を確認し、同意した日です。これがないと公表できません。"),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = CaseStudy
        fields = (
            "hub", "title", "client", "industry", "category", "themes", "problem", "support", "result", "consented_on",
        )  # fmt: skip

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial["version"] = self.instance.version
        industries = code_labels(CodeKind.INDUSTRY)[CodeKind.INDUSTRY].items()
        held, themes = self.instance.themes, dict(themes_on(today))
        if past := set(held) - themes.keys():
            labels = code_labels(CodeKind.THEME)[CodeKind.THEME]
            themes |= {code: labels.get(code, code) for code in sorted(past)}
        self.fields["hub"].queryset = Hub.objects.select_related("prefecture").order_by("pk")  # type: ignore[attr-defined]
        self.fields["industry"].choices = [("", "—"), *((c, f"{c} {label}") for c, label in industries)]  # type: ignore[attr-defined]
        self.fields["themes"].choices = list(themes.items())  # type: ignore[attr-defined]

    def clean_consented_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["consented_on"]
        if day and day > self.today:
            raise ValidationError(_("先の日付です。同意を得た日を入力してください。"))
        if day is None and self.instance.state == StudyState.PUBLISHED:
            raise ValidationError(
                _("公表中の事例には、同意を得た日が必要です。同意がなくなったときは公表を終えてください。")
            )
        return day

    def _post_clean(self) -> None:
        """The row itself is changed by the action, which locks it first."""

    def values(self) -> dict[str, Any]:
        """The changed data."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
