"""What is typed, checked. Messages stand beside their field in the reader's language; what was typed stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations import queries
from consultations.actions import Involved, Session
from consultations.choices import (
    CaseMove,
    Category,
    EnterpriseKind,
    Method,
    NotCounted,
    Reception,
    Resolution,
)
from consultations.models import Case, Consultation, Enterprise
from consultations.queries import Held, Wanted
from directory.choices import CodeKind
from foundation.errors import Unreadable
from foundation.fields import CleanCharField, JapaneseDateField
from foundation.identifiers import corporate_number, phone_number, postal_code
from foundation.periods import parse_day
from foundation.text import search_words
from hubs.models import Hub, Unit

LONGEST_NOTE = 8000
PROGRAMME_START = dt.date(2014, 4, 1)  # the hubs opened in fiscal 2014
NEW = "new"
NUMBER_KNOWN = _("この法人番号の事業者は登録済みです。番号で探して選んでください。")
NUMBER_TWIN = _("この法人番号の事業者は、この拠点に登録済みです。")
CHECKBOXES = forms.CheckboxSelectMultiple
NOTE = forms.Textarea(attrs={"rows": 5})


class Codes:
    """What a form offers on some days. Read once per form, when first needed."""

    def __init__(self, hub: Hub, days: Iterable[dt.date], kinds: Iterable[str], held: Held | None = None) -> None:
        self.hub, self.days, self.kinds, self.held = hub, tuple(days), tuple(kinds), held or Held()
        self._lists: dict[str, list[tuple[str, str, str]]] = {}

    def rows(self, name: str) -> list[tuple[str, str, str]]:
        """(value, label, parent) rows of one list. A refused form is shown with more lists than it was checked by."""
        if name not in self._lists:
            foreseen = {*self.kinds, queries.ORGANIZATIONS, queries.PROGRAMS}
            kinds = self.kinds if name in foreseen and not self._lists else CodeKind.values
            self._lists = queries.offered(hub=self.hub, days=self.days, kinds=kinds, held=self.held)
        return self._lists[name]

    def choices(self, name: str, *, blank: str | Any = "—") -> list[tuple[str, Any]]:
        """(value, label) pairs, a blank one first unless `blank` is empty."""
        rows: list[tuple[str, Any]] = [(value, label) for value, label, _parent in self.rows(name)]
        return [("", blank), *rows] if blank else rows

    def industries(self) -> list[Any]:
        """JSIC 中分類 grouped by 大分類."""
        rows = self.rows(CodeKind.INDUSTRY)
        groups: dict[str, tuple[str, list]] = {c: (f"{c} {label}", []) for c, label, parent in rows if not parent}
        for code, label, parent in rows:
            if parent:
                groups.setdefault(parent, (parent, []))[1].append((code, f"{code} {label}"))
        return [("", "—"), *groups.values()]


class NumberField(CleanCharField):
    """Text that a rule of foundation.identifiers reads. `messages` maps the rule's complaints."""

    def __init__(self, *, read: Any, messages: dict[str, Any], **options: Any) -> None:
        self.read, self.complaints = read, messages
        super().__init__(max_length=40, **options)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return self.read(text)
        except Unreadable as problem:
            raise ValidationError(self.complaints.get(str(problem), self.complaints["length"])) from problem


def corporate_number_field(**options: Any) -> NumberField:
    return NumberField(
        label=_("法人番号"), required=False, read=corporate_number,
        help_text=_("13桁。全角やハイフンがあってもかまいません。"),
        messages={
            "length": _("法人番号は13桁の数字です。"),
            "check_digit": _("検査用数字が合いません。番号を確かめてください。"),
        }, **options,
    )  # fmt: skip


def phone_field(**options: Any) -> NumberField:
    return NumberField(
        label=_("電話番号"), required=False, read=phone_number,
        messages={"length": _("電話番号は市外局番から、10桁か11桁で入力してください。")}, **options,
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
            self.offer(name, lambda: self.codes.choices(queries.ORGANIZATIONS, blank=""))
        for name in ("used", "introduced"):
            self.offer(name, lambda: self.codes.choices(queries.PROGRAMS, blank=""))

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
        "new_industry", "case", "case_title", "case_category", "case_reception", "case_introduced_by",
        "case_heard_from",
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
    case = forms.CharField(label=_("案件"), required=False, max_length=20)
    case_title = CleanCharField(label=_("件名"), max_length=120, required=False)
    case_category = forms.ChoiceField(label=_("主たる相談区分"), choices=Category.choices, required=False)
    case_reception = forms.ChoiceField(label=_("受付経路"), choices=Reception.choices, required=False)
    case_introduced_by = forms.ChoiceField(label=_("案件紹介元機関"), required=False)
    case_heard_from = forms.ChoiceField(label=_("認知媒体"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen_enterprise: Enterprise | None = None
        self.chosen_case: Case | None = None
        self.offer("new_industry", self.codes.industries)
        self.offer("case_introduced_by", lambda: self.codes.choices(CodeKind.INTRODUCER))
        self.offer("case_heard_from", lambda: self.codes.choices(CodeKind.HEARD_FROM))

    def lists_needed(self) -> Iterable[str]:
        makes_more = not self.is_bound or NEW in (self.data.get("enterprise"), self.data.get("case"))
        return CodeKind.values if makes_more or "find" in self.data else (CodeKind.THEME,)

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
        return values

    def _check_new_enterprise(self, values: dict[str, Any]) -> None:
        self._demand("new_name", _("新しい事業者の名称を入力してください。"))
        number = values.get("new_corporate_number")
        if number and Enterprise.objects.filter(hub=self.hub, corporate_number=number).exists():
            self.add_error("new_corporate_number", NUMBER_KNOWN)

    def _choose(self, enterprise: str, case: str) -> None:
        """The case that was picked, or the enterprise for a new one. Of this hub, and belonging together."""
        if case != NEW:
            cases = Case.objects.filter(hub=self.hub, pk=row_number(case), enterprise_id=row_number(enterprise))
            self.chosen_case = next(iter(cases.only("hub_id", "enterprise_id", "state", "version")[:1]), None)
            if self.chosen_case is not None:
                return
        self.chosen_enterprise = Enterprise.objects.filter(hub=self.hub, pk=row_number(enterprise)).first()
        if self.chosen_enterprise is None:
            self.add_error("enterprise", _("事業者を選ぶか、新しい事業者として登録してください。"))
        elif case != NEW:
            self.add_error("case", _("案件を選ぶか、新しい案件を作ってください。"))

    def _demand(self, name: str, message: Any) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, message)

    def enterprise_fields(self) -> dict[str, Any]:
        """Of a new enterprise."""
        names = ("name", "kana", "kind", "corporate_number", "phone", "industry")
        fields = {name: self.cleaned_data[f"new_{name}"] for name in names}
        return fields | {"kind": fields["kind"] or EnterpriseKind.CORPORATION, "prefecture_id": self.hub.prefecture_id}

    def case_fields(self) -> dict[str, Any]:
        """Of a new case."""
        fields = {
            name: self.cleaned_data[f"case_{name}"] for name in ("title", "category", "introduced_by", "heard_from")
        }
        return fields | {
            "reception": self.cleaned_data["case_reception"] or Reception.PHONE, "unit": self.cleaned_data["unit"],
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


INVOLVED = ("referred", "cooperating", "used", "introduced")
SESSION_NAMES = (
    "held_on", "minutes", "method", "themes", "content", "advice", "next_step", "place", "client_people", "not_counted",
)  # fmt: skip


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


class EnterpriseForm(forms.ModelForm):
    """A client's data."""

    corporate_number = corporate_number_field()
    phone = phone_field()
    postal_code = NumberField(
        label=_("郵便番号"), required=False, read=postal_code, messages={"length": _("郵便番号は7桁です。")}
    )
    established_on = JapaneseDateField(label=_("設立年月日"), required=False)
    consented_on = JapaneseDateField(label=_("個人情報の取扱いに同意した日"), required=False)
    industry = forms.ChoiceField(label=_("業種"), required=False)
    url = forms.URLField(label=_("URL"), required=False, max_length=200, assume_scheme="https")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)

    class Meta:
        model = Enterprise
        fields = (
            "kind", "name", "kana", "corporate_number", "trade_name", "representative", "postal_code", "prefecture",
            "municipality", "address", "phone", "email", "url", "industry", "employees", "capital_yen",
            "established_on", "consented_on",
        )  # fmt: skip

    def __init__(self, *args: Any, hub: Hub, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hub = hub
        codes = Codes(hub, [today], [CodeKind.INDUSTRY], Held([self.instance.industry]))
        self.fields["industry"].choices = codes.industries  # type: ignore[attr-defined]
        for name in ("name", "kana", "trade_name", "representative", "municipality", "address"):
            old = self.fields[name]
            longest = getattr(Enterprise._meta.get_field(name), "max_length", None)
            self.fields[name] = CleanCharField(label=old.label, required=old.required, max_length=longest or 200)

    def clean_corporate_number(self) -> str:
        number = self.cleaned_data["corporate_number"]
        twins = Enterprise.objects.filter(hub=self.hub, corporate_number=number).exclude(pk=self.instance.pk)
        if number and twins.exists():
            raise ValidationError(NUMBER_TWIN)
        return number

    def values(self) -> dict[str, Any]:
        """The changed data."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class CaseForm(forms.ModelForm):
    """What is written about a case."""

    title = CleanCharField(label=_("件名"), max_length=120)
    issue = CleanCharField(label=_("本質的課題"), max_length=4000, multiline=True, required=False)
    plan = CleanCharField(label=_("実行計画"), max_length=4000, multiline=True, required=False)
    next_action = CleanCharField(label=_("次回アクション"), max_length=200, required=False)
    next_due_on = JapaneseDateField(label=_("期日"), required=False)
    introduced_by = forms.ChoiceField(label=_("案件紹介元機関"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = Case
        fields = ("title", "category", "introduced_by", "issue", "plan", "next_action", "next_due_on")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        codes = Codes(self.instance.hub, [today], [CodeKind.INTRODUCER], Held([self.instance.introduced_by]))
        self.fields["introduced_by"].choices = lambda: codes.choices(CodeKind.INTRODUCER)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The changed data."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class CaseMoveForm(forms.Form):
    """One step of a case."""

    move = forms.ChoiceField(label=_("操作"), choices=CaseMove.choices)
    on = JapaneseDateField(label=_("日付"))
    resolution = forms.ChoiceField(label=_("解決度"), choices=[("", "—"), *Resolution.choices], required=False)
    note = CleanCharField(label=_("備考"), max_length=400, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, case: Case, today: dt.date, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": today, "version": case.version}
        super().__init__(*args, **kwargs)
        self.case, self.today = case, today

    def clean_on(self) -> dt.date:
        day = self.cleaned_data["on"]
        if not self.case.received_on <= day <= self.today:
            raise ValidationError(_("受付日から今日までの日付にしてください。"))
        return day


class FilterForm(forms.Form):
    """The filters of a hub's list. They live in the URL."""

    q = CleanCharField(label=_("本文"), max_length=100, required=False)
    first = JapaneseDateField(label=_("相談日(から)"), required=False)
    last = JapaneseDateField(label=_("相談日(まで)"), required=False)
    method = forms.ChoiceField(label=_("相談方法"), choices=[("", _("すべて")), *Method.choices], required=False)
    theme = forms.ChoiceField(label=_("相談細目"), required=False)
    mine = forms.BooleanField(label=_("自分の記録だけ"), required=False)

    def __init__(self, *args: Any, hub: Hub, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = Codes(hub, [today], [CodeKind.THEME])
        self.fields["theme"].choices = lambda: codes.choices(CodeKind.THEME, blank=_("すべて"))  # type: ignore[attr-defined]

    def clean_q(self) -> str:
        text = self.cleaned_data["q"]
        if any(len(word) < 2 for word in search_words(text)):
            raise ValidationError(_("2文字以上の言葉で探してください。"))
        return text

    def wanted(self, user_id: int) -> Wanted:
        """The filters as a value. For valid forms only."""
        values = self.cleaned_data
        return Wanted(
            words=values["q"], first=values["first"], last=values["last"], method=values["method"],
            theme=values["theme"], lead_id=user_id if values["mine"] else None,
        )  # fmt: skip


def row_number(text: str) -> int:
    """A row's number out of a form, −1 for anything that is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1
