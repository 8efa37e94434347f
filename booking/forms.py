"""What is typed about a booking: by the hub, by a stranger, and about the calendar itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from booking.choices import PlaceKind, Weekday
from booking.models import Booking, ClosedDay, OpenHours, Place
from booking.queries import PublicSlot
from consultations.choices import Method
from consultations.forms.cases import colleagues
from consultations.forms.fields import phone_field
from consultations.models import Enterprise
from foundation.fields import CleanCharField, JapaneseDateField
from foundation.templatetags.shown import day as day_in_words
from hubs.models import Hub, Unit

MINUTES = [(n, _("%(n)s分") % {"n": n}) for n in (30, 45, 60, 90, 120, 180)]
# quoted local parts, comments and the like are no address that letters can go to
PLAIN_ADDRESS = RegexValidator(r'^[^\s<>()\[\],;:"@\\]+@[^\s<>()\[\],;:"@\\]+$', _("メールアドレスとして読めません。"))
METHODS = [m for m in Method.choices if m[0] != Method.MAIL]  # nobody makes an appointment for a mail


class TimeField(forms.TimeField):
    """A time of day, in the browser's own field."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 300})
        super().__init__(widget=widget, input_formats=["%H:%M", "%H:%M:%S"], **options)


def email_field(**options: Any) -> forms.EmailField:
    return forms.EmailField(
        label=_("メールアドレス"), max_length=254, required=False, validators=[PLAIN_ADDRESS], **options
    )


class BookingForm(forms.Form):
    """A booking as the hub makes, confirms or moves it."""

    on = JapaneseDateField(label=_("日付"))
    time = TimeField(label=_("開始時刻"))
    minutes = forms.TypedChoiceField(label=_("長さ"), choices=MINUTES, coerce=int)
    coordinator: forms.ModelChoiceField = forms.ModelChoiceField(label=_("担当"), queryset=None)
    place: forms.ModelChoiceField = forms.ModelChoiceField(label=_("場所"), queryset=None)
    method = forms.ChoiceField(label=_("相談方法"), choices=METHODS)
    client_name = CleanCharField(label=_("お名前"), max_length=80)
    company = CleanCharField(label=_("会社名・屋号"), max_length=120, required=False)
    phone = phone_field()
    email = email_field(help_text=_("確定と前日のお知らせをメールで送ります。"))
    topic = CleanCharField(label=_("相談したいこと"), max_length=2000, multiline=True, required=False)
    enterprise = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**62)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)

    def __init__(self, *args: Any, hub: Hub, today: dt.date, held: Booking | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hub, self.held, self.chosen = hub, held, None
        places = Place.objects.filter(hub=hub, is_active=True)
        if held is not None and held.place_id:
            places |= Place.objects.filter(pk=held.place_id)
        people = colleagues(hub, today, held.coordinator_id if held else None)
        self.fields["place"].queryset = places.order_by("pk")  # type: ignore[attr-defined]
        self.fields["coordinator"].queryset = people  # type: ignore[attr-defined]
        if held is not None and held.starts_at is not None and held.length not in dict(MINUTES):
            self.fields["minutes"].choices = [*MINUTES, (held.length, held.length)]  # type: ignore[attr-defined]

    def clean_enterprise(self) -> Enterprise | None:
        """Of this hub; a number of another one is none."""
        pk = self.cleaned_data["enterprise"]
        return Enterprise.objects.named().filter(hub=self.hub, pk=pk).first() if pk else None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("on") and not dt.date(2014, 4, 1) <= values["on"] <= dt.date(2100, 3, 31):
            self.add_error("on", _("日付を確かめてください。"))
        return values

    def values(self) -> dict[str, Any]:
        """As the actions take them. For valid forms only."""
        typed = self.cleaned_data
        begins = dt.datetime.combine(typed["on"], typed["time"], timezone.get_default_timezone())
        names = ("coordinator", "place", "method", "client_name", "company", "phone", "email", "topic", "enterprise")
        ends = begins + dt.timedelta(minutes=typed["minutes"])
        return {name: typed[name] for name in names} | {"starts_at": begins, "ends_at": ends}


def initial_of(booking: Booking) -> dict[str, Any]:
    """A booking as its form shows it."""
    names = ("method", "client_name", "company", "phone", "email", "topic", "version")
    initial = {name: getattr(booking, name) for name in names}
    initial |= {"coordinator": booking.coordinator_id, "place": booking.place_id, "enterprise": booking.enterprise_id}
    if booking.starts_at is None:
        return initial | {"minutes": 60}
    begins = timezone.localtime(booking.starts_at)
    return initial | {"on": begins.date(), "time": begins.time(), "minutes": booking.length}


class ReasonForm(forms.Form):
    """Why a request is declined or a booking cancelled; the client reads it."""

    reason = CleanCharField(label=_("理由"), max_length=200, help_text=_("お客様へのメールに、そのまま書かれます。"))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class VersionForm(forms.Form):
    """A move that says nothing more."""

    version = forms.IntegerField(min_value=1)


class RequestForm(forms.Form):
    """What a stranger asks. `website` is for programs that fill whatever they find: people do not see it."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    first_wish = forms.ChoiceField(label=_("第1希望の日時"), required=False)
    second_wish = forms.ChoiceField(label=_("第2希望の日時"), required=False)
    free_wish = CleanCharField(
        label=_("そのほかの希望"), max_length=200, required=False, multiline=True,
        help_text=_("空いている時間に合うものがないときは、希望の曜日や時間帯を書いてください。"),
    )  # fmt: skip
    method = forms.ChoiceField(
        label=_("相談方法"), widget=forms.RadioSelect,
        choices=[m for m in Method.choices if m[0] in ("visit_to_hub", "satellite", "online", "phone")],
        initial=Method.VISIT_TO_HUB,
    )  # fmt: skip
    client_name = CleanCharField(
        label=_("お名前"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    company = CleanCharField(
        label=_("会社名・屋号"), max_length=120, required=False, help_text=_("創業前の方は空欄でかまいません。"),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )  # fmt: skip
    phone = phone_field()
    email = email_field(
        help_text=_("予約の確定とお知らせをお送りします。"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    topic = CleanCharField(label=_("相談したいこと"), max_length=1000, multiline=True)
    consent = forms.BooleanField(label=_("個人情報の取扱いに同意します"))
    website = forms.CharField(
        label=_("この欄には何も入力しないでください"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )  # fmt: skip

    def __init__(self, *args: Any, slots: Sequence[PublicSlot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slots = {slot.code: slot for slot in slots}
        for name in ("first_wish", "second_wish"):
            self.fields[name].choices = self._grouped(slots)  # type: ignore[attr-defined]
            self.fields[name].error_messages["invalid_choice"] = _(
                "この時間はもう空いていません。ほかの時間を選んでください。"
            )

    def _grouped(self, slots: Sequence[PublicSlot]) -> list[Any]:
        groups: dict[str, list[tuple[str, str]]] = {}
        for slot in slots:
            begins = timezone.localtime(slot.starts_at)
            label = f"{begins.month}/{begins.day} {begins:%H:%M}〜{timezone.localtime(slot.ends_at):%H:%M} {slot.place}"
            day = f"{day_in_words(begins.date())} ({Weekday(str(begins.weekday())).label})"
            groups.setdefault(day, []).append((slot.code, label))
        return [("", "—"), *groups.items()]

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(_("この欄は空にしてから送信してください。"))
        return ""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not (values.get("email") or values.get("phone")) and not {"email", "phone"} & self.errors.keys():
            self.add_error("email", _("ご連絡のため、メールアドレスか電話番号のどちらかを入力してください。"))
        wishes = ("first_wish", "second_wish", "free_wish")
        if not any(values.get(name) for name in wishes) and not set(wishes) & self.errors.keys():
            self.add_error("first_wish", _("希望の日時を選ぶか、そのほかの希望に書いてください。"))
        return values

    def values(self) -> dict[str, Any]:
        """As the action takes them. For valid forms only."""
        typed = self.cleaned_data
        names = ("client_id", "method", "client_name", "company", "phone", "email", "topic")
        first = self.slots.get(typed["first_wish"])
        when: dict[str, Any] = {}
        if first is not None:
            when = {"starts_at": first.starts_at, "ends_at": first.ends_at, "place_id": first.place_id}
        return {name: typed[name] for name in names} | when | {"wish": self._wish()}

    def _wish(self) -> str:
        """What else was wished, in words: whoever answers reads it."""
        second = self.slots.get(self.cleaned_data["second_wish"])
        told = []
        if second is not None:
            begins = timezone.localtime(second.starts_at)
            told.append(
                f"{self.fields['second_wish'].label}: {day_in_words(begins.date())} {begins:%H:%M} {second.place}"
            )
        return "\n".join([*told, *filter(None, [self.cleaned_data["free_wish"]])])


class PlaceForm(forms.ModelForm):
    """A room, a satellite, or online."""

    name = CleanCharField(label=_("名称"), max_length=80)
    kind = forms.ChoiceField(label=_("種類"), choices=PlaceKind.choices)
    address = CleanCharField(
        label=_("住所・行き方"), max_length=200, required=False, help_text=_("お客様へのメールと公開ページに載ります。")
    )
    unit: forms.ModelChoiceField = forms.ModelChoiceField(label=_("ユニット"), queryset=None, required=False)

    class Meta:
        model = Place
        fields = ("name", "kind", "unit", "address", "is_shared", "is_active")

    def __init__(self, *args: Any, hub: Hub, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hub = hub
        self.fields["unit"].queryset = Unit.objects.filter(hub=hub).order_by("pk")  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if Place.objects.filter(hub=self.hub, name=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("同じ名称の場所があります。"))
        return name

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class HoursForm(forms.ModelForm):
    """When somebody receives clients."""

    coordinator: forms.ModelChoiceField = forms.ModelChoiceField(label=_("コーディネーター"), queryset=None)
    place: forms.ModelChoiceField = forms.ModelChoiceField(label=_("場所"), queryset=None)
    weekday = forms.ChoiceField(label=_("曜日"), choices=Weekday.choices)
    opens = TimeField(label=_("開始"))
    closes = TimeField(label=_("終了"))
    minutes = forms.TypedChoiceField(label=_("1枠の長さ"), choices=MINUTES, coerce=int, initial=60)
    valid_from = JapaneseDateField(label=_("適用開始日"))
    valid_to = JapaneseDateField(label=_("適用終了日"), required=False)

    class Meta:
        model = OpenHours
        fields = ("coordinator", "place", "weekday", "opens", "closes", "minutes", "valid_from", "valid_to")

    def __init__(self, *args: Any, hub: Hub, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["coordinator"].queryset = colleagues(hub, today, None)  # type: ignore[attr-defined]
        self.fields["place"].queryset = Place.objects.filter(hub=hub, is_active=True).order_by("pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("opens") and values.get("closes") and values["closes"] <= values["opens"]:
            self.add_error("closes", _("開始より後の時刻にしてください。"))
        if values.get("valid_from") and values.get("valid_to") and values["valid_to"] < values["valid_from"]:
            self.add_error("valid_to", _("適用開始日より後の日付にしてください。"))
        return values


class ClosedDayForm(forms.Form):
    """A day on which nobody, or one person, is received."""

    on = JapaneseDateField(label=_("日付"))
    coordinator: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("コーディネーター"), queryset=None, required=False, empty_label=_("拠点全体")
    )
    name = CleanCharField(label=_("理由"), max_length=80, required=False)

    def __init__(self, *args: Any, hub: Hub, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hub = hub
        self.fields["coordinator"].queryset = colleagues(hub, today, None)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        same = ClosedDay.objects.filter(hub=self.hub, on=values.get("on"), coordinator=values.get("coordinator"))
        if values.get("on") and same.exists():
            self.add_error("on", _("この日はすでに登録されています。"))
        return values


class HandoverForm(forms.Form):
    """Which cases and bookings go to whom: a tick and a person for each, and one person for all that name none."""

    everything_to: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("まとめて引き継ぐ相手"), queryset=None, required=False, empty_label="—",
        help_text=_("行ごとに相手を選ばなかったものは、この人に引き継ぎます。"),
    )  # fmt: skip

    def __init__(
        self, *args: Any, people: Sequence[User], cases: Sequence[Any], bookings: Sequence[Booking], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.pk: person for person in people}
        self.fields["everything_to"].queryset = User.objects.filter(pk__in=self.people).order_by("name", "pk")  # type: ignore[attr-defined]
        self.rows = [("case", row) for row in cases] + [("booking", row) for row in bookings]
        to = [("", "—"), *((person.pk, person.name) for person in people)]
        for kind, row in self.rows:
            called = str(row) if kind == "case" else row.who
            self.fields[f"{kind}_{row.pk}"] = forms.BooleanField(label=called, required=False, initial=True)
            self.fields[f"{kind}_{row.pk}_to"] = forms.TypedChoiceField(
                label=called, choices=to, required=False, coerce=int, empty_value=None
            )

    def lines(self, kind: str) -> list[tuple[Any, Any, Any]]:
        """(row, its tick, its person) of a kind, for the page."""
        return [
            (row, self[f"{kind}_{row.pk}"], self[f"{kind}_{row.pk}_to"]) for which, row in self.rows if which == kind
        ]

    @property
    def case_lines(self) -> list[tuple[Any, Any, Any]]:
        return self.lines("case")

    @property
    def booking_lines(self) -> list[tuple[Any, Any, Any]]:
        return self.lines("booking")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        ticked = [f"{kind}_{row.pk}" for kind, row in self.rows if values.get(f"{kind}_{row.pk}")]
        if not ticked:
            raise ValidationError(_("引き継ぐものを1つ以上選んでください。"))
        if not values.get("everything_to"):
            for name in ticked:
                if not values.get(f"{name}_to"):
                    self.add_error(f"{name}_to", _("引き継ぐ相手を選んでください。"))
        return values

    def givings(self, kind: str) -> list[tuple[Any, User]]:
        """(row, whom it goes to) of what was ticked. For valid forms only."""
        typed, for_all = self.cleaned_data, self.cleaned_data["everything_to"]
        chosen = [row for which, row in self.rows if which == kind and typed[f"{kind}_{row.pk}"]]
        return [(row, self.people.get(typed[f"{kind}_{row.pk}_to"]) or for_all) for row in chosen]
