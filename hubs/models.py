"""Bureaus, prefectures, implementing bodies, hubs, units, memberships, appointments."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils.translation import get_language, override, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from foundation.constraints import FIGURES, SameHub, Wall, both_or_neither, one_of
from foundation.paging import behind
from foundation.periods import FiscalYear
from hubs.choices import AppointmentMove, AppointmentState, Post, ReleaseGround, Role, UnitKind
from hubs.tenancy import FigureManager, HubOwned


class NamedInTwoLanguages(models.Model):
    """A place or office with its official Japanese name and an English one for the switch."""

    name = models.CharField(_("名称"), max_length=100)
    name_en = models.CharField(_("英語名"), max_length=100)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name_en if (get_language() or "ja").startswith("en") else self.name


class Bureau(NamedInTwoLanguages):
    """経済産業局: eight, and the 内閣府沖縄総合事務局. Contracts hubs, designates chiefs."""

    slug = models.SlugField(_("略号"), unique=True)
    position = models.PositiveSmallIntegerField(_("並び順"))

    class Meta:
        verbose_name = _("経済産業局")
        verbose_name_plural = pgettext_lazy("plural", "経済産業局")


class Prefecture(NamedInTwoLanguages):
    """都道府県 by its code (JIS X 0401), with the bureau that is responsible for it."""

    code = models.IntegerField(_("都道府県コード"), primary_key=True)
    bureau = models.ForeignKey(Bureau, models.PROTECT, verbose_name=_("経済産業局"))

    class Meta:
        verbose_name = _("都道府県")
        verbose_name_plural = pgettext_lazy("plural", "都道府県")
        constraints = [models.CheckConstraint(condition=Q(code__range=(1, 47)), name="prefectures_are_1_to_47")]

    @property
    def short_name(self) -> str:
        """東京 for 東京都; 北海道 stays."""
        shown = str(self)
        return shown if shown != self.name or shown == "北海道" else shown[:-1]


class ImplementingBody(NamedInTwoLanguages):
    """実施機関: hosts a hub, usually a prefectural foundation."""

    corporate_number = models.CharField(_("法人番号"), max_length=13, blank=True)

    class Meta:
        verbose_name = _("実施機関")
        verbose_name_plural = pgettext_lazy("plural", "実施機関")


class Hub(NamedInTwoLanguages):
    """拠点, the tenant. Its key is its prefecture's code, so a code means the same everywhere."""

    id = models.IntegerField(_("拠点コード"), primary_key=True)
    slug = models.SlugField(_("URL名"), unique=True)
    prefecture = models.OneToOneField(Prefecture, models.PROTECT, verbose_name=_("都道府県"))
    implementing_body = models.ForeignKey(ImplementingBody, models.PROTECT, verbose_name=_("実施機関"))
    tile_row = models.PositiveSmallIntegerField(_("タイル地図の行"))
    tile_column = models.PositiveSmallIntegerField(_("タイル地図の列"))

    class Meta:
        verbose_name = _("拠点")
        verbose_name_plural = pgettext_lazy("plural", "拠点")
        constraints = [models.CheckConstraint(condition=Q(id=F("prefecture")), name="a_hub_is_its_prefecture")]

    def get_absolute_url(self) -> str:
        return reverse("hubs:home", args=[self.slug])

    @property
    def code(self) -> str:
        """The two-digit code as people write it: 01, 13."""
        return f"{self.pk:02d}"


class Unit(HubOwned):
    """A unit or satellite office of a hub. Its name is no secret: visible with the hub's figures."""

    kind = models.CharField(_("種別"), max_length=20, choices=UnitKind.choices)
    name = models.CharField(_("名称"), max_length=100)
    is_satellite = models.BooleanField(_("サテライト"), default=False)

    objects = FigureManager()

    class Meta:
        verbose_name = _("ユニット")
        verbose_name_plural = pgettext_lazy("plural", "ユニット")
        constraints = [
            Wall(name="hubs_unit_wall", sees=FIGURES),
            one_of("kind", UnitKind, name="unit_kind_is_known"),
            models.UniqueConstraint(fields=["hub", "name"], name="one_unit_per_hub_and_name"),
            models.UniqueConstraint(fields=["id", "hub"], name="unit_and_hub"),
        ]

    def __str__(self) -> str:
        """Its name; a unit that is called like its kind is called so in the reader's language."""
        with override("ja"):
            is_usual = self.name == self.get_kind_display()
        return self.get_kind_display() if is_usual else self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Sentences about memberships."""

    def of(self, user: Any) -> Self:
        return self.filter(user=user)

    def valid_on(self, day: dt.date) -> Self:
        """Those that hold on a day; both ends included."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))

    def people_of(self, hub: Hub, day: dt.date) -> Self:
        """Chiefs and coordinators of a hub on a day, with their names."""
        people = self.filter(hub=hub, role__in=[Role.CHIEF, Role.COORDINATOR]).valid_on(day)
        return people.select_related("user").order_by("role", "user__name")


_HUB_ROLES = [Role.CHIEF, Role.COORDINATOR, Role.IMPLEMENTING_BODY, Role.ADVISOR, Role.EVALUATOR]


class Membership(models.Model):
    """A role that a person has, where and how long. Everybody sees their own."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("利用者"))
    role = models.CharField(_("役割"), max_length=20, choices=Role.choices)
    hub = models.ForeignKey(Hub, models.PROTECT, verbose_name=_("拠点"), null=True, blank=True)
    bureau = models.ForeignKey(Bureau, models.PROTECT, verbose_name=_("経済産業局"), null=True, blank=True)
    valid_from = models.DateField(_("開始日"))
    valid_to = models.DateField(_("終了日"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("役割")
        verbose_name_plural = pgettext_lazy("plural", "役割")
        constraints = [
            Wall(name="hubs_membership_wall", sees=FIGURES, or_none=True, or_own="user_id"),
            one_of("role", Role, name="membership_role_is_known"),
            models.CheckConstraint(
                condition=(
                    Q(role__in=_HUB_ROLES, hub__isnull=False, bureau__isnull=True)
                    | Q(role=Role.BUREAU, hub__isnull=True, bureau__isnull=False)
                    | Q(hub__isnull=True, bureau__isnull=True) & ~Q(role__in=[*_HUB_ROLES, Role.BUREAU])
                ),
                name="a_role_has_its_place",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="membership_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"


class RecordOpening(HubOwned):
    """Headquarters opened a hub's records: why, and until when (domain.md §1, choice)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("利用者"))
    reason = models.CharField(_("理由"), max_length=400)
    opened_at = models.DateTimeField(_("開始日時"))
    expires_at = models.DateTimeField(_("期限"))

    objects = models.Manager()

    class Meta:
        verbose_name = _("記録の閲覧開始")
        verbose_name_plural = pgettext_lazy("plural", "記録の閲覧開始")
        constraints = [
            Wall(name="hubs_recordopening_wall", or_own="user_id"),
            models.CheckConstraint(condition=~Q(reason=""), name="an_opening_has_a_reason"),
        ]
        indexes = [models.Index(fields=["hub", "user", "-expires_at"], name="opening_by_user")]

    def __str__(self) -> str:
        return f"{self.user} → {self.hub}"


class FeeDefaultQuerySet(models.QuerySet["FeeDefault"]):
    """Sentences about fees."""

    def amount(self, year: FiscalYear, post: str) -> int | None:
        """Yen a month: the year's own, or the last that was set before it. None when nothing ever was."""
        rows = self.filter(post=post, fiscal_year__lte=year.year).order_by("-fiscal_year")
        return rows.values_list("fee_yen", flat=True).first()


class FeeDefault(models.Model):
    """Monthly fees by fiscal year, without tax (tender II ※1 ②, ※2 ②). Headquarters changes them per year."""

    fiscal_year = models.PositiveSmallIntegerField(_("年度"))
    post = models.CharField(_("職"), max_length=20, choices=Post.choices)
    fee_yen = models.PositiveIntegerField(_("報酬月額(円)"))

    objects = FeeDefaultQuerySet.as_manager()

    class Meta:
        verbose_name = _("報酬の原則額")
        verbose_name_plural = pgettext_lazy("plural", "報酬の原則額")
        constraints = [
            models.UniqueConstraint(fields=["fiscal_year", "post"], name="one_fee_per_year_and_post"),
            one_of("post", Post, name="fee_post_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year} {self.get_post_display()}"


class DateRange(Func):
    """daterange(start, end, '[]')."""

    function = "DATERANGE"
    output_field = DateRangeField()


class FiscalYearEnd(Func):
    """31 March of the fiscal year that a date lies in."""

    template = "make_date((extract(year from (%(expressions)s - interval '3 months')))::int + 1, 3, 31)"
    output_field = models.DateField()


_EFFECTIVE = [AppointmentState.CONTRACTED, AppointmentState.ENDED, AppointmentState.RELEASED]


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Sentences about appointments."""

    def effective_on(self, day: dt.date) -> Self:
        return self.filter(state__in=_EFFECTIVE, starts_on__lte=day, ends_on__gte=day)

    def starting_in(self, year: FiscalYear) -> Self:
        return self.filter(starts_on__range=(year.first, year.last))

    def of_person(self, person: Any) -> Self:
        return self.filter(person=person)

    def alive_between(self, starts_on: dt.date, ends_on: dt.date) -> Self:
        """Requested, agreed or contracted ones whose period touches these days."""
        alive = [AppointmentState.REQUESTED, AppointmentState.AGREED, AppointmentState.CONTRACTED]
        return self.filter(state__in=alive, starts_on__lte=ends_on, ends_on__gte=starts_on)

    def leading_between(self, starts_on: dt.date, ends_on: dt.date) -> Self:
        """Contracts of chiefs and acting chiefs whose period touches these days."""
        leading = self.filter(post__in=[Post.CHIEF, Post.ACTING_CHIEF], state__in=_EFFECTIVE)
        return leading.filter(starts_on__lte=ends_on, ends_on__gte=starts_on)

    def with_people(self) -> Self:
        return self.select_related("hub", "person", "requested_by")

    def behind(self, place: tuple[dt.date, int] | None) -> Self:
        """The rows that follow a place in the order of newest_first."""
        return behind(self, "starts_on", place)

    def newest_first(self) -> Self:
        return self.order_by("-starts_on", "-pk")


class AppointmentManager(FigureManager.from_queryset(AppointmentQuerySet)):  # type: ignore[misc]
    """Appointments are about people who work for a hub, not about its clients."""


class Appointment(HubOwned):
    """委嘱/契約 of a chief or coordinator, from the request to its end (tender II ※1, ※2)."""

    post = models.CharField(_("職"), max_length=20, choices=Post.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("候補者"), related_name="+")
    state = models.CharField(_("状態"), max_length=20, choices=AppointmentState.choices)
    starts_on = models.DateField(_("契約開始日"))
    ends_on = models.DateField(_("契約終了日"))
    days_per_week = models.DecimalField(_("週の勤務日数"), max_digits=2, decimal_places=1)
    fee_yen = models.PositiveIntegerField(_("報酬月額(円・税抜き)"))
    fee_default_yen = models.PositiveIntegerField(_("原則額(円)"))
    reason = models.CharField(_("原則によらない理由"), max_length=400, blank=True)
    requested_at = models.DateTimeField(_("協議日時"))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(_("同意日時"), null=True, blank=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    person_consented_on = models.DateField(_("本人の承諾日"), null=True, blank=True)
    release_ground = models.CharField(_("解除の事由"), max_length=1, choices=ReleaseGround.choices, blank=True)

    objects = AppointmentManager()

    class Meta:
        verbose_name = _("委嘱")
        verbose_name_plural = pgettext_lazy("plural", "委嘱")
        indexes = [models.Index(fields=["hub", "-starts_on", "-id"], name="appointment_by_hub")]
        constraints = [
            Wall(name="hubs_appointment_wall", sees=FIGURES),
            one_of("post", Post, name="appointment_post_is_known"),
            one_of("state", AppointmentState, name="appointment_state_is_known"),
            models.UniqueConstraint(fields=["id", "hub"], name="appointment_and_hub"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="appointment_ends_after_start"),
            models.CheckConstraint(
                condition=Q(ends_on__lte=FiscalYearEnd(F("starts_on"))), name="appointment_ends_by_31_march"
            ),
            models.CheckConstraint(
                condition=~Q(post=Post.CHIEF) | Q(days_per_week__gte=3), name="a_chief_works_three_days_a_week"
            ),
            models.CheckConstraint(
                condition=Q(days_per_week__gt=0, days_per_week__lte=7), name="a_week_has_seven_days"
            ),
            both_or_neither("agreed_at", "agreed_by", name="an_agreement_has_its_bureau_official"),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "declined", "withdrawn"]) | Q(agreed_at__isnull=False),
                name="no_contract_without_the_bureau",
            ),
            models.CheckConstraint(
                condition=Q(fee_yen__gte=F("fee_default_yen")) | ~Q(reason=""), name="a_lower_fee_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(post=Post.ACTING_CHIEF, state__in=_EFFECTIVE) | Q(person_consented_on__isnull=False),
                name="an_acting_chief_has_consented",
            ),
            models.CheckConstraint(
                condition=(Q(state=AppointmentState.RELEASED) & Q(release_ground__in=ReleaseGround.values))
                | (~Q(state=AppointmentState.RELEASED) & Q(release_ground="")),
                name="release_on_one_of_seven_grounds",
            ),
            ExclusionConstraint(
                name="one_chief_per_hub_and_day",
                expressions=[
                    ("hub", RangeOperators.EQUAL),
                    (
                        DateRange("starts_on", "ends_on", RangeBoundary(inclusive_lower=True, inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(post__in=[Post.CHIEF, Post.ACTING_CHIEF], state__in=_EFFECTIVE),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hub} {self.get_post_display()} {self.person}"

    @property
    def fiscal_year(self) -> FiscalYear:
        return FiscalYear.of(self.starts_on)

    @property
    def pays_less(self) -> bool:
        """Below the default fee: only with the bureau's agreement (※1 ②, ※2 ②)."""
        return self.fee_yen < self.fee_default_yen

    @property
    def ends_early(self) -> bool:
        """Before 31 March: only with the bureau's agreement (※1 ④, ※2 ③)."""
        return self.ends_on < self.fiscal_year.last

    @property
    def role(self) -> Role:
        """The role that a contract gives: a chief's deputy leads as the chief does (※1 ⑥)."""
        return Role.COORDINATOR if self.post == Post.COORDINATOR else Role.CHIEF

    def get_absolute_url(self) -> str:
        return reverse("hubs:appointment", args=[self.hub.slug, self.pk])


class AppointmentStep(HubOwned):
    """One move of an appointment: its history."""

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="steps")
    move = models.CharField(_("操作"), max_length=20, choices=AppointmentMove.choices)
    state = models.CharField(_("状態"), max_length=20, choices=AppointmentState.choices)
    at = models.DateTimeField(_("日時"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.CharField(_("備考"), max_length=400, blank=True)

    objects = FigureManager()

    class Meta:
        verbose_name = _("委嘱の経過")
        verbose_name_plural = pgettext_lazy("plural", "委嘱の経過")
        indexes = [models.Index(fields=["hub", "appointment"], name="step_by_appointment")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            Wall(name="hubs_appointmentstep_wall", sees=FIGURES),
            SameHub(
                name="step_in_its_appointments_hub",
                columns=["appointment_id", "hub_id"],
                to_table="hubs_appointment",
                to_columns=["id", "hub_id"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.move}"
