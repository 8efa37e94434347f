"""Where and when a hub receives clients, and who comes when."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from booking.choices import BookingState, PlaceKind, Source, Weekday
from booking.workflow import HOLDING
from consultations.choices import Method
from consultations.models import Consultation, Enterprise
from consultations.models.enterprises import ANONYMISED
from foundation.constraints import LINK, LinkDoor, SameHub, both_or_neither, one_of
from foundation.paging import behind
from hubs.tenancy import HubManager, HubOwned, HubQuerySet, LinkManager

SALT = "booking.link"


def token_of(client_id: uuid.UUID) -> str:
    """The key of a booking's link: follows from its number and the system's secret, so that no table keeps it and each
    mail can tell it again."""
    return salted_hmac(SALT, str(client_id), algorithm="sha256").hexdigest()


class Place(HubOwned):
    """A room of the hub, a satellite, or online. One that is shared receives several clients at a time."""

    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("種類"), max_length=10, choices=PlaceKind.choices)
    unit = models.ForeignKey("hubs.Unit", models.PROTECT, verbose_name=_("ユニット"), null=True, blank=True)
    address = models.CharField(_("住所・行き方"), max_length=200, blank=True)  # told to clients
    is_shared = models.BooleanField(_("同時に複数の相談を受ける"), default=False)
    is_active = models.BooleanField(_("使用中"), default=True)

    class Meta:
        verbose_name = _("相談場所")
        verbose_name_plural = _("相談場所")
        constraints = [
            *HubOwned.Meta.constraints,
            LinkDoor(  # whoever has a booking reads where to go
                name="booking_place_by_link",
                condition=f"id = (SELECT b.place_id FROM booking_booking b WHERE b.token_hash = {LINK})",  # noqa: S608
            ),
            models.UniqueConstraint(fields=["id", "hub"], name="place_and_hub"),
            models.UniqueConstraint(fields=["hub", "name"], name="one_place_per_hub_and_name"),
            one_of("kind", PlaceKind, name="place_kind_is_known"),
            SameHub(
                name="a_place_is_in_its_hubs_unit",
                columns=["unit_id", "hub_id"], to_table="hubs_unit", to_columns=["id", "hub_id"],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class OpenHours(HubOwned):
    """When a coordinator receives clients at a place, week by week, in slots of some minutes. Times are Tokyo's."""

    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("コーディネーター"), related_name="+", db_index=False
    )
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("場所"), related_name="+", db_index=False)
    weekday = models.CharField(_("曜日"), max_length=1, choices=Weekday.choices)
    opens = models.TimeField(_("開始"))
    closes = models.TimeField(_("終了"))
    minutes = models.PositiveSmallIntegerField(_("1枠の分数"), default=60)
    valid_from = models.DateField(_("適用開始日"))
    valid_to = models.DateField(_("適用終了日"), null=True, blank=True)

    class Meta:
        verbose_name = _("受付時間")
        verbose_name_plural = _("受付時間")
        indexes = [models.Index(fields=["hub", "coordinator", "weekday"], name="openhours_by_coordinator")]
        constraints = [
            *HubOwned.Meta.constraints,
            one_of("weekday", Weekday, name="openhours_weekday_is_known"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="hours_close_after_they_open"),
            models.CheckConstraint(condition=Q(minutes__range=(15, 480)), name="a_slot_lasts_15_to_480_minutes"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="hours_end_after_they_begin"
            ),
            SameHub(
                name="hours_are_at_their_hubs_place",
                columns=["place_id", "hub_id"], to_table="booking_place", to_columns=["id", "hub_id"],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"


class ClosedDay(HubOwned):
    """A day on which nobody is received: holidays, or one coordinator's absence."""

    on = models.DateField(_("日付"))
    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("コーディネーター"), related_name="+", db_index=False,
        null=True, blank=True,
    )  # fmt: skip
    name = models.CharField(_("理由"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("休業日")
        verbose_name_plural = _("休業日")
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["hub", "on", "coordinator"], nulls_distinct=False, name="one_closed_day_per_hub_day_and_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"


class BookingQuerySet(HubQuerySet["Booking"]):
    """Sentences about bookings."""

    def beginning_on(self, day: dt.date) -> Self:
        """In Tokyo's days."""
        return self.filter(starts_at__date=day)

    def beginning_between(self, first: dt.datetime, end: dt.datetime) -> Self:
        """From `first` until just before `end`."""
        return self.filter(starts_at__gte=first, starts_at__lt=end)

    def requested(self) -> Self:
        return self.filter(state=BookingState.REQUESTED)

    def confirmed(self) -> Self:
        return self.filter(state=BookingState.CONFIRMED)

    def strangers_before(self, at: dt.datetime) -> Self:
        """Of people who are no client of the hub's, and whom nobody has had to do with since: whatever became of it."""
        nobodys = self.filter(enterprise__isnull=True, consultation__isnull=True, updated_at__lt=at)
        return nobodys.filter(Q(starts_at__isnull=True) | Q(starts_at__lt=at)).exclude(client_name=ANONYMISED)

    def holding(self) -> Self:
        """Those that take up a person and a place."""
        return self.filter(state__in=HOLDING)

    def with_people(self) -> Self:
        return self.select_related("hub", "coordinator", "place", "enterprise")

    def soonest_first(self) -> Self:
        return self.order_by("starts_at", "pk")

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")

    def behind(self, place: tuple[dt.datetime, int] | None) -> Self:
        """The rows that follow a place in the order of newest_first."""
        return behind(self, "created_at", place)


class BookingManager(HubManager.from_queryset(BookingQuerySet)):  # type: ignore[misc]
    """The hub's own bookings."""


class TsTzRange(Func):
    """tstzrange(start, end): the end is not part of it."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


_WHEN = (TsTzRange("starts_at", "ends_at"), RangeOperators.OVERLAPS)
_HOLDS = Q(state__in=HOLDING)


class Booking(HubOwned):
    """Somebody comes, or would like to. A request may only wish for a time; a confirmed one has time, place and person.

    `client_id` becomes the number of the consultation that it leads to: that is how the two know each other, and why
    it is recorded once. `token_hash` opens the booking to its client: `by_link` in the scope of the link.
    """

    client_id = models.UUIDField(_("予約番号"), default=uuid.uuid4, editable=False)
    token_hash = models.CharField(max_length=64, editable=False)
    state = models.CharField(_("状態"), max_length=10, choices=BookingState.choices)
    source = models.CharField(_("受付"), max_length=10, choices=Source.choices)
    place = models.ForeignKey(
        Place, models.PROTECT, verbose_name=_("場所"), related_name="+", null=True, blank=True, db_index=False
    )
    takes_place = models.BooleanField(default=False, editable=False)  # alone: its place was not shared
    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("担当"), related_name="+", null=True, blank=True,
        db_index=False,
    )  # fmt: skip
    starts_at = models.DateTimeField(_("開始"), null=True, blank=True)
    ends_at = models.DateTimeField(_("終了"), null=True, blank=True)
    method = models.CharField(_("相談方法"), max_length=20, choices=Method.choices)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, verbose_name=_("事業者"), related_name="+", null=True, blank=True, db_index=False
    )
    client_name = models.CharField(_("お名前"), max_length=80)
    company = models.CharField(_("会社名・屋号"), max_length=120, blank=True)
    phone = models.CharField(_("電話番号"), max_length=30, blank=True)
    email = models.EmailField(_("メールアドレス"), blank=True)
    wish = models.CharField(_("日時の希望"), max_length=400, blank=True)
    topic = models.TextField(_("相談したいこと"), blank=True)
    consented_at = models.DateTimeField(_("個人情報の取扱いへの同意"), null=True, editable=False)
    reason = models.CharField(
        _("理由"), max_length=200, blank=True
    )  # why it was declined or cancelled; told to the client
    consultation = models.ForeignKey(
        Consultation, models.PROTECT, verbose_name=_("相談記録"), related_name="+", null=True, db_index=False
    )
    sequence = models.PositiveIntegerField(default=0, editable=False)  # of its entry in the client's calendar
    reminded_at = models.DateTimeField(_("前日のお知らせ"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("受付日時"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )  # none: the client
    updated_at = models.DateTimeField(_("更新日時"))

    when_merged = {"enterprise": "moves"}
    objects = BookingManager()
    by_link = LinkManager()

    class Meta:
        verbose_name = _("予約")
        verbose_name_plural = _("予約")
        indexes = [
            models.Index(fields=["hub", "starts_at"], name="booking_by_time"),
            models.Index(fields=["hub", "created_at"], condition=Q(state="requested"), name="booking_by_request"),
            models.Index(fields=["hub", "enterprise"], name="booking_by_enterprise"),
        ]
        constraints = [
            *HubOwned.Meta.constraints,
            # Its client reads it by the link, and may add one only as a request of their own: nothing else is in reach.
            LinkDoor(name="booking_booking_by_link", condition=f"token_hash = {LINK}"),
            LinkDoor(
                name="booking_booking_asked",
                condition=(
                    f"token_hash = {LINK} AND state = 'requested' AND source = 'public' AND consented_at IS NOT NULL"
                    " AND coordinator_id IS NULL AND enterprise_id IS NULL AND consultation_id IS NULL"
                    " AND created_by_id IS NULL"
                ),
                commands=["INSERT"],
            ),
            models.UniqueConstraint(fields=["hub", "client_id"], name="one_booking_per_hub_and_client_id"),
            models.UniqueConstraint(fields=["token_hash", "hub"], name="one_booking_per_token"),
            ExclusionConstraint(
                name="no_coordinator_is_booked_twice",
                expressions=[("hub", "="), ("coordinator", "="), _WHEN],
                condition=_HOLDS,
            ),
            ExclusionConstraint(
                name="no_place_is_booked_twice",
                expressions=[("hub", "="), ("place", "="), _WHEN],
                condition=_HOLDS & Q(takes_place=True),
            ),
            one_of("state", BookingState, name="booking_state_is_known"),
            one_of("source", Source, name="booking_source_is_known"),
            one_of("method", Method, name="booking_method_is_known"),
            both_or_neither("starts_at", "ends_at", name="a_booking_begins_and_ends"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True)
                | Q(ends_at__gt=F("starts_at"), ends_at__lte=F("starts_at") + dt.timedelta(hours=12)),
                name="a_booking_ends_within_12_hours",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "attended", "no_show"])
                | Q(starts_at__isnull=False, place__isnull=False, coordinator__isnull=False),
                name="a_confirmed_booking_has_time_place_and_person",
            ),
            models.CheckConstraint(
                condition=Q(state="attended", consultation__isnull=False)
                | ~Q(state="attended") & Q(consultation__isnull=True),
                name="an_attended_booking_has_its_consultation",
            ),
            models.CheckConstraint(condition=~Q(client_name=""), name="a_booking_names_its_client"),
            models.CheckConstraint(
                condition=Q(source="hub", created_by__isnull=False) | Q(source="public", consented_at__isnull=False),
                name="a_stranger_has_consented",
            ),
            SameHub(
                name="a_booking_is_at_its_hubs_place",
                columns=["place_id", "hub_id"], to_table="booking_place", to_columns=["id", "hub_id"],
            ),
            SameHub(
                name="a_booking_is_of_its_hubs_enterprise",
                columns=["enterprise_id", "hub_id"], to_table="consultations_enterprise", to_columns=["id", "hub_id"],
            ),
            SameHub(
                name="a_booking_led_to_its_hubs_consultation",
                columns=["consultation_id", "hub_id"], to_table="consultations_consultation",
                to_columns=["id", "hub_id"],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("booking:booking", args=[self.hub.slug, self.pk])

    @property
    def reference(self) -> str:
        """What the ledger of assignments and the keys of letters call it."""
        return f"booking:{self.pk}"

    @property
    def who(self) -> str:
        """The client as a calendar shows it."""
        return self.enterprise.name if self.enterprise else self.company or self.client_name

    @property
    def length(self) -> int:
        """Minutes."""
        assert self.starts_at is not None
        assert self.ends_at is not None
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    def prefilled(self) -> dict[str, Any]:
        """What it tells of the client for a new enterprise."""
        return {"new_name": self.company or self.client_name, "new_phone": self.phone}
