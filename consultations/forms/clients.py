"""A client's data as it is typed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.choices import BusinessGroup, EnterpriseKind
from consultations.forms.fields import (
    CHECKBOXES,
    Codes,
    YenField,
    corporate_number_field,
    municipality_code_field,
    phone_field,
    postal_field,
)
from consultations.models import Enterprise
from consultations.queries.fills import legal_form_of
from consultations.queries.offers import Held
from directory.choices import CodeKind
from foundation.fields import CleanCharField, JapaneseDateField, WholeNumberField
from hubs.models import Hub

NUMBER_TWIN = _("この法人番号の事業者は、この拠点に登録済みです。")

_TEXTS = (
    "name", "kana", "trade_name", "representative", "representative_kana", "representative_post", "municipality",
    "address",
)  # fmt: skip
# (label, whether it stands open, its fields), as the page goes
SECTIONS: tuple[tuple[Promise | str, bool, tuple[str, ...]], ...] = (
    (_("基本"), True, ("kind", "corporate_number", "name", "kana", "legal_form", "legal_form_position", "trade_name",
                      "industry")),
    (_("所在地"), True, ("postal_code", "prefecture", "municipality", "municipality_code", "address")),
    (_("連絡先"), True, ("phone", "email", "url")),
    (_("代表者"), False, ("representative", "representative_kana", "representative_post")),
    (_("規模と設立"), False, ("employees", "capital_yen", "established_on", "founding_stage")),
    (_("最近期の業績"), False, ("accounts_on", "sales_yen", "profit_yen", "labor_yen", "depreciation_yen")),
    (_("所属団体・調査"), False, ("memberships", "survey_opt_out")),
)  # fmt: skip


@dataclass(frozen=True)
class FormSection:
    """Some fields under one heading, folded or open."""

    label: Promise | str
    is_open: bool
    fields: list[forms.BoundField]


class EnterpriseForm(forms.ModelForm):
    """A client's data."""

    corporate_number = corporate_number_field()
    phone = phone_field()
    postal_code = postal_field()
    municipality_code = municipality_code_field()
    established_on = JapaneseDateField(label=_("設立年月日"), required=False)
    industry = forms.ChoiceField(label=_("業種"), required=False)
    url = forms.URLField(label=_("URL"), required=False, max_length=200, assume_scheme="https")
    employees = WholeNumberField(label=_("常時使用従業員数"), required=False, min_value=0, max_value=2_000_000_000)
    capital_yen = WholeNumberField(label=_("資本金(円)"), required=False, min_value=0)
    accounts_on = JapaneseDateField(label=_("最近期の決算日"), required=False)
    sales_yen = YenField(label=_("売上高(円)"), required=False)
    profit_yen = YenField(label=_("営業利益(円)"), required=False, help_text=_("損失は -1,200,000 か ▲1,200,000。"))
    labor_yen = YenField(label=_("人件費(円)"), required=False)
    depreciation_yen = YenField(label=_("減価償却費(円)"), required=False)
    memberships = forms.MultipleChoiceField(
        label=_("所属団体"), required=False, choices=BusinessGroup.choices, widget=CHECKBOXES
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)

    class Meta:
        model = Enterprise
        fields = tuple(name for _label, _open, names in SECTIONS for name in names)

    def __init__(self, *args: Any, hub: Hub, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hub = hub
        codes = Codes(hub, [today], [CodeKind.INDUSTRY], Held([self.instance.industry]))
        self.fields["industry"].choices = codes.industries  # type: ignore[attr-defined]
        for name in _TEXTS:
            old = self.fields[name]
            longest = getattr(Enterprise._meta.get_field(name), "max_length", None)
            self.fields[name] = CleanCharField(label=old.label, required=old.required, max_length=longest or 200)

    @property
    def sections(self) -> list[FormSection]:
        """The fields as the page shows them; what went wrong stands open."""
        return [
            FormSection(label, is_open or (self.is_bound and any(name in self.errors for name in names)),
                        [self[name] for name in names])
            for label, is_open, names in SECTIONS
        ]  # fmt: skip

    def clean_corporate_number(self) -> str:
        number = self.cleaned_data["corporate_number"]
        twins = Enterprise.objects.filter(hub=self.hub, corporate_number=number).exclude(pk=self.instance.pk)
        if number and twins.exists():
            raise ValidationError(NUMBER_TWIN)
        return number

    def clean_memberships(self) -> list[str]:
        chosen = self.cleaned_data["memberships"]
        if BusinessGroup.NONE in chosen and len(chosen) > 1:
            raise ValidationError(_("「なし」は、ほかの団体と一緒には選べません。"))
        return chosen

    def clean(self) -> dict[str, Any]:
        """A company's legal form is read out of its name where nothing else is said."""
        values = super().clean() or self.cleaned_data
        if values.get("kind") == EnterpriseKind.CORPORATION and not values.get("legal_form"):
            values["legal_form"], values["legal_form_position"] = legal_form_of(values.get("name") or "")
        elif values.get("legal_form_position") and not values.get("legal_form"):
            values["legal_form_position"] = ""
        return values

    def values(self) -> dict[str, Any]:
        """The changed data."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
