"""A consultation as it is typed, and as it is revised."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.actions.sessions import Involved, Session
from consultations.choices import Category, EnterpriseKind, Method, NotCounted, Reception
from consultations.forms.fields import (
    CHECKBOXES,
    NOTE,
    Codes,
    corporate_number_field,
    phone_field,
    postal_field,
    row_number,
)
from consultations.models import Case, Consultation, Enterprise, SpecialDesk
from consultations.queries import fills
from consultations.queries.offers import DESKS, ORGANIZATIONS, PROGRAMS, Held
from directory.choices import CodeKind
from foundation.errors import Unreadable
from foundation.fields import CleanCharField, JapaneseDateField
from foundation.periods import parse_day
from hubs.models import Hub, Prefecture, Unit

LONGEST_NOTE = 8000

PROGRAMME_START = dt.date(2014, 4, 1)  # the hubs opened in fiscal 2014

NEW = "new"

NUMBER_KNOWN = _("この法人番号の事業者は登録済みです。番号で探して選んでください。")

DESK_NOT_OPEN = _("この特別相談窓口は、案件の受付日には開設されていません。")

INVOLVED = ("referred", "cooperating", "used", "introduced")

SESSION_NAMES = (
    "held_on", "minutes", "method", "themes", "content", "advice", "next_step", "place", "client_people", "not_counted",
)  # fmt: skip


class SessionFields(forms.Form):
    """The note itself: shared by logging and revising."""

    held_on = JapaneseDateField(label=_("相談日"))
    method = forms.ChoiceField(label=_("相談方法"), choices=Method.choices, widget=forms.RadioSelect)
    minutes = forms.IntegerField(
        label=_("相談時間(分)"), min_value=1, max_value=1440, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    themes = forms.MultipleChoiceField(label=_("相談細目"), widget=CHECKBOXES)
    content = CleanCharField(
        label=_("相談内容"), max_length=LONGEST_NOTE, multiline=True, widget=NOTE,
        help_text=_("何に困っているか。別のコーディネーターが読んで引き継げるように書きます。"),
    )  # fmt: skip
    advice = CleanCharField(label=_("助言内容"), max_length=LONGEST_NOTE, multiline=True, widget=NOTE)
    next_step = CleanCharField(label=_("次回まで"), max_length=2000, multiline=True, required=False, widget=NOTE)
    client_people = CleanCharField(label=_("相談者"), max_length=120, required=False)
    place = CleanCharField(label=_("場所"), max_length=120, required=False)
    unit: forms.ModelChoiceField = forms.ModelChoiceField(label=_("ユニット"), queryset=None, required=False)
    not_counted = forms.ChoiceField(
        label=_("計上"), required=False, choices=[("", _("計上する")), *NotCounted.choices],
        help_text=_("計上しない場合は理由を選びます。"),
    )  # fmt: skip
    referred = forms.MultipleChoiceField(label=_("紹介した支援機関"), required=False, widget=CHECKBOXES)
    cooperating = forms.MultipleChoiceField(label=_("連携した支援機関"), required=False, widget=CHECKBOXES)
    used = forms.MultipleChoiceField(label=_("活用した支援制度"), required=False, widget=CHECKBOXES)
    introduced = forms.MultipleChoiceField(label=_("紹介した支援制度"), required=False, widget=CHECKBOXES)

    def __init__(self, *args: Any, hub: Hub, today: dt.date, held: Held | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hub, self.today = hub, today
        self.codes = Codes(hub, self.days(), self.lists_needed(), held)
        self.offer("themes", lambda: self.codes.choices(CodeKind.THEME, blank=""))
        self.fields["unit"].queryset = Unit.objects.filter(hub=hub).order_by("pk")  # type: ignore[attr-defined]
        for name in ("referred", "cooperating"):
            self.offer(name, lambda: self.codes.choices(ORGANIZATIONS, blank=""))
        for name in ("used", "introduced"):
            self.offer(name, lambda: self.codes.choices(PROGRAMS, blank=""))

    def days(self) -> list[dt.date]:
        """Today, and the day of the session where it can be read: a March session entered in April has March's
        themes."""
        try:
            return [self.today, parse_day(str(self["held_on"].value())[:40])]
        except Unreadable:
            return [self.today]

    def lists_needed(self) -> Iterable[str]:
        """The national code lists that this form offers."""
        return (CodeKind.THEME,)

    def offer(self, name: str, choices: Any) -> None:
        """What a field lets one choose, read from the database only when it is shown or checked."""
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def involved(self) -> Involved:
        """The organizations and programmes that were ticked. For valid forms only."""
        return Involved(**{name: [int(pk) for pk in self.cleaned_data[name]] for name in INVOLVED})

    def clean_held_on(self) -> dt.date:
        day = self.cleaned_data["held_on"]
        if day > self.today:
            raise ValidationError(_("相談日が未来の日付です。"))
        if day < PROGRAMME_START:
            raise ValidationError(_("相談日は2014年4月1日以降の日付にしてください。"))
        return day

    def session(self) -> Session:
        """The note as a value. For valid forms only."""
        values = self.cleaned_data
        names = ("held_on", "minutes", "method", "themes", "content", "advice", "next_step", "place", "client_people")
        return Session(
            **{name: values[name] for name in names},
            not_counted=values["not_counted"], unit=values["unit"], involved=self.involved(),
        )  # fmt: skip


class LoggingForm(SessionFields):
    """One page for everything: whom, which case, what was said. Enterprise and case may be made in place."""

    # as the page goes: the error summary lists what is wrong from top to bottom
    field_order = (
        "client_id", "q", "enterprise", "new_name", "new_kana", "new_kind", "new_corporate_number", "new_phone",
        "new_industry", "new_postal_code", "new_prefecture", "new_municipality", "new_address",
        "case", "case_title", "case_category", "case_reception", "case_introduced_by",
        "case_heard_from", "case_special_desk",
    )  # fmt: skip
    client_id = forms.UUIDField(widget=forms.HiddenInput)
    q = CleanCharField(
        label=_("事業者を探す"), max_length=120, required=False,
        help_text=_("名称・フリガナ・法人番号・電話番号の一部。㈱や全角・半角の違いは気にしなくてかまいません。"),
    )  # fmt: skip
    enterprise = forms.CharField(label=_("事業者"), required=False, max_length=20)
    new_name = CleanCharField(label=_("名称"), max_length=120, required=False)
    new_kana = CleanCharField(label=_("フリガナ"), max_length=160, required=False)
    new_kind = forms.ChoiceField(label=_("区分"), choices=EnterpriseKind.choices, required=False)
    new_corporate_number = corporate_number_field()
    new_phone = phone_field()
    new_industry = forms.ChoiceField(label=_("業種"), required=False)
    new_postal_code = postal_field()
    new_prefecture: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("都道府県"), queryset=Prefecture.objects.order_by("pk"), required=False, empty_label="—"
    )
    new_municipality = CleanCharField(label=_("市区町村"), max_length=60, required=False)
    new_address = CleanCharField(label=_("住所"), max_length=200, required=False)
    case = forms.CharField(label=_("案件"), required=False, max_length=20)
    case_title = CleanCharField(label=_("件名"), max_length=120, required=False)
    case_category = forms.ChoiceField(label=_("主たる相談区分"), choices=Category.choices, required=False)
    case_reception = forms.ChoiceField(label=_("受付経路"), choices=Reception.choices, required=False)
    case_introduced_by = forms.ChoiceField(label=_("案件紹介元機関"), required=False)
    case_heard_from = forms.ChoiceField(label=_("認知媒体"), required=False)
    case_special_desk = forms.ChoiceField(label=_("特別相談窓口"), required=False)
    next_action = CleanCharField(
        label=_("次回アクション"), max_length=200, required=False,
        help_text=_("案件に入り、期日の7日前からマイデスクに出ます。空欄なら、案件のものは変わりません。"),
    )  # fmt: skip
    next_due_on = JapaneseDateField(label=_("次回アクションの期日"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen_enterprise: Enterprise | None = None
        self.chosen_case: Case | None = None
        self.offer("new_industry", self.codes.industries)
        self.offer("case_introduced_by", lambda: self.codes.choices(CodeKind.INTRODUCER))
        self.offer("case_heard_from", lambda: self.codes.choices(CodeKind.HEARD_FROM))
        self.offer("case_special_desk", lambda: self.codes.choices(DESKS))

    def lists_needed(self) -> Iterable[str]:
        makes_more = not self.is_bound or NEW in (self.data.get("enterprise"), self.data.get("case"))
        return CodeKind.values if makes_more or "find" in self.data else (CodeKind.THEME,)

    @property
    def has_address(self) -> bool:
        """Whether anything of the new client's address is known already."""
        return any(self[f"new_{name}"].value() for name in ("postal_code", "municipality", "address"))

    @property
    def has_desks(self) -> bool:
        """Whether a special desk takes cases these days: otherwise nobody is asked about one."""
        return bool(self.codes.rows(DESKS))

    @property
    def is_new_enterprise(self) -> bool:
        return self.cleaned_data.get("enterprise") == NEW

    @property
    def is_new_case(self) -> bool:
        return self.is_new_enterprise or self.cleaned_data.get("case") == NEW

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.is_new_enterprise:
            self._check_new_enterprise(values)
        elif "enterprise" in values:
            self._choose(values["enterprise"], values.get("case", ""))
        if self.is_new_case:
            self._demand("case_title", _("新しい案件の件名を入力してください。"))
            self._demand("case_category", _("主たる相談区分を選んでください。"))
            self._check_desk(values)
        if values.get("next_due_on"):
            self._demand("next_action", _("期日までに行うことを入力してください。"))
        return values

    def _check_new_enterprise(self, values: dict[str, Any]) -> None:
        self._demand("new_name", _("新しい事業者の名称を入力してください。"))
        number = values.get("new_corporate_number")
        if number and Enterprise.objects.filter(hub=self.hub, corporate_number=number).exists():
            self.add_error("new_corporate_number", NUMBER_KNOWN)

    def _check_desk(self, values: dict[str, Any]) -> None:
        """Choices span two days, today and the session's: a case comes on the latter."""
        if not (chosen := values.get("case_special_desk")) or "held_on" not in values:
            return
        desks = SpecialDesk.objects.open_on(values["held_on"]).at_hub(self.hub.pk)
        if not desks.filter(pk=row_number(chosen)).exists():
            self.add_error("case_special_desk", DESK_NOT_OPEN)

    def _choose(self, enterprise: str, case: str) -> None:
        """The case that was picked, or the enterprise for a new one. Of this hub, and belonging together."""
        if case != NEW and self._choose_case(case, row_number(enterprise)):
            return
        # one that was merged since this page was opened, or this draft begun, stands for what it was merged into
        self.chosen_enterprise = Enterprise.objects.named().filter(hub=self.hub).stands_for(row_number(enterprise))
        if self.chosen_enterprise is None:
            self.add_error("enterprise", _("事業者を選ぶか、新しい事業者として登録してください。"))
        elif case != NEW and not self._choose_case(case, self.chosen_enterprise.pk):
            self.add_error("case", _("案件を選ぶか、新しい案件を作ってください。"))

    def _choose_case(self, case: str, enterprise_id: int) -> bool:
        cases = Case.objects.filter(hub=self.hub, pk=row_number(case), enterprise_id=enterprise_id)
        cases = cases.filter(enterprise__anonymised_at__isnull=True)
        self.chosen_case = next(iter(cases.only("hub_id", "enterprise_id", "state", "version")[:1]), None)
        return self.chosen_case is not None

    def _demand(self, name: str, message: Any) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, message)

    def clean_next_due_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["next_due_on"]
        if day and day < self.today:
            raise ValidationError(_("過ぎた日付です。今日以降の期日を入力してください。"))
        return day

    def enterprise_fields(self) -> dict[str, Any]:
        """Of a new enterprise."""
        names = (
            "name",
            "kana",
            "kind",
            "corporate_number",
            "phone",
            "industry",
            "postal_code",
            "municipality",
            "address",
        )
        fields = {name: self.cleaned_data[f"new_{name}"] for name in names}
        place = self.cleaned_data["new_prefecture"] or self.hub.prefecture
        return fields | fills.of_new_client(fields, place.pk)

    def case_fields(self) -> dict[str, Any]:
        """Of a new case."""
        fields = {
            name: self.cleaned_data[f"case_{name}"] for name in ("title", "category", "introduced_by", "heard_from")
        }
        return fields | {
            "reception": self.cleaned_data["case_reception"] or Reception.PHONE, "unit": self.cleaned_data["unit"],
            "special_desk_id": int(self.cleaned_data["case_special_desk"] or 0) or None,
        }  # fmt: skip


class RevisionForm(SessionFields):
    """A record that is being changed. `version` is what its writer saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    @classmethod
    def starting_from(cls, consultation: Consultation, **kwargs: Any) -> RevisionForm:
        """Filled with the record as it is."""
        names = [*SESSION_NAMES, "version"]
        initial = {name: getattr(consultation, name) for name in names} | involved_initial(consultation)
        return cls(initial=initial | {"unit": consultation.unit_id}, held=held_by(consultation), **kwargs)


def held_by(consultation: Consultation) -> Held:
    """The themes and organizations that a record has."""
    return Held(consultation.themes, list(consultation.involvements.values_list("organization_id", flat=True)))


def involved_initial(consultation: Consultation) -> dict[str, list[int]]:
    """The organizations and programmes of a record, as the form's fields name them."""
    found: dict[str, list[int]] = {"referred": [], "cooperating": [], "used": [], "introduced": []}
    for row in consultation.involvements.all():
        found["referred" if row.kind == "referral" else "cooperating"].append(row.organization_id)
    for use in consultation.program_uses.all():
        found[use.kind].append(use.program_id)
    return found
