"""Facts and the ledger of what has been counted."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.constraints import FIGURES, SameHub, Wall, one_of
from foundation.periods import Month
from hubs.tenancy import FigureManager, HubOwned, NoScope, current_scope


class Level(models.TextChoices):
    """Where a figure is counted."""

    HUB = "hub", _("拠点")
    BUREAU = "bureau", _("経済産業局")
    NATION = "nation", _("全国")


class Span(models.TextChoices):
    """Over how long: the month itself, or its fiscal quarter or year up to and including the month."""

    MONTH = "month", _("月")
    QUARTER_TO_DATE = "qtd", _("四半期累計")
    YEAR_TO_DATE = "ytd", _("年度累計")

    def start(self, month: Month) -> Month:
        """The month that it begins with."""
        match self:
            case Span.QUARTER_TO_DATE:
                return month.quarter.months[0]
            case Span.YEAR_TO_DATE:
                return month.fiscal_year.months[0]
            case _:
                return month

    @property
    def in_brackets(self) -> str:
        """What is said after the name of a figure that is not of the month alone; "" of the month."""
        return "" if self is Span.MONTH else f"({self.label})"

    @classmethod
    def standing(cls, month: Month) -> list[Span]:
        """What a closed month stands for for good: itself, and the quarter and the fiscal year that end with it. The
        same is `metrics_stands` in the database."""
        ends = {cls.MONTH: month, cls.QUARTER_TO_DATE: month.quarter.months[-1],
                cls.YEAR_TO_DATE: month.fiscal_year.months[-1]}  # fmt: skip
        return [span for span in cls if ends[span] == month]


class FactManager(models.Manager[Any]):
    """Raises without a scope. Bureau and nation rows have no hub; hub rows stand behind the wall."""

    def get_queryset(self) -> models.QuerySet[Any]:
        if current_scope() is None:
            raise NoScope("Fact was asked for outside any scope")
        return super().get_queryset()


class Fact(models.Model):
    """One figure: where, when, which indicator, which code of its breakdown ('' for the total)."""

    level = models.CharField(max_length=10, choices=Level.choices)
    hub = models.ForeignKey("hubs.Hub", models.PROTECT, null=True, related_name="+", db_index=False)
    bureau = models.ForeignKey("hubs.Bureau", models.PROTECT, null=True, related_name="+", db_index=False)
    month = models.DateField()
    span = models.CharField(max_length=10, choices=Span.choices)
    indicator = models.CharField(max_length=40)
    code = models.CharField(max_length=40, blank=True)
    value = models.BigIntegerField()

    objects = FactManager()

    class Meta:
        verbose_name = _("集計値")
        verbose_name_plural = _("集計値")
        constraints = [
            Wall(name="metrics_fact_wall", sees=FIGURES, or_none=True),
            models.UniqueConstraint(
                fields=["month", "span", "level", "hub", "bureau", "indicator", "code"],
                name="one_fact_per_place_time_and_code",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(level=Level.HUB, hub__isnull=False, bureau__isnull=True)
                | Q(level=Level.BUREAU, hub__isnull=True, bureau__isnull=False)
                | Q(level=Level.NATION, hub__isnull=True, bureau__isnull=True),
                name="a_fact_has_the_place_of_its_level",
            ),
        ]
        indexes = [models.Index(fields=["hub", "indicator", "span", "month"], name="fact_by_hub")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.level} {self.indicator} {self.code} = {self.value}"


class Count(models.Model):
    """The ledger: when a month was last counted, and how long that took. The nation's.

    `turn` is a number that never comes twice; the database draws another whenever a figure of the month itself
    changes. Whether a month has changed since it was frozen is asked of it and not of any clock: clocks jump, two
    machines have two, and a count that began before a closing may write after it."""

    month = models.DateField(primary_key=True)
    counted_at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    turn = models.BigIntegerField(db_default=Func(Value("metrics_turn"), function="nextval"))

    class Meta:
        verbose_name = _("集計台帳")
        verbose_name_plural = _("集計台帳")

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.counted_at:%H:%M:%S}"


class Cause(models.TextChoices):
    """Why a month was frozen."""

    CLOSING = "closing", _("締め")
    CORRECTION = "correction", _("訂正")


class FreezeQuerySet(models.QuerySet["Freeze"]):
    """Sentences about what was frozen."""

    def of(self, month: Month) -> FreezeQuerySet:
        return self.filter(month=month.first)

    def newest_first(self) -> FreezeQuerySet:
        return self.order_by("-month", "-version")

    def newest_of_each_month(self) -> FreezeQuerySet:
        return self.order_by("-month", "-version").distinct("month")


class Freeze(models.Model):
    """A month as it was closed (version 1), or corrected (further ones). The database lets nobody change it.

    `definitions` are those that it was counted by; `earlier` is what bureaus and the nation need of the year's months
    before it; `sha256` is over all of these, the hubs' evidence and every figure (metrics.freezing says how). `turn` is
    the ledger's at that moment: as long as it has not moved, the live count is what was frozen.
    """

    month = models.DateField(_("対象月"))
    version = models.PositiveSmallIntegerField(_("版"))
    cause = models.CharField(_("理由"), max_length=12, choices=Cause.choices)
    carried_in = models.DateField(_("掲載する月"))  # the month whose package tells of it
    made_at = models.DateTimeField(_("確定日時"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    definitions: models.JSONField = models.JSONField(_("定義"))
    earlier: models.JSONField = models.JSONField(default=dict)
    turn = models.BigIntegerField(default=0)
    sha256 = models.CharField("SHA-256", max_length=64)

    objects = FreezeQuerySet.as_manager()

    class Meta:
        verbose_name = _("確定値の版")
        verbose_name_plural = _("確定値の版")
        constraints = [
            models.UniqueConstraint(fields=["month", "version"], name="one_freeze_per_month_and_version"),
            one_of("cause", Cause, name="freeze_cause_is_known"),
            models.CheckConstraint(
                condition=Q(cause=Cause.CLOSING, version=1, carried_in=F("month"))
                | Q(cause=Cause.CORRECTION, version__gt=1, carried_in__gte=F("month")),
                name="a_month_closes_once_and_is_corrected_after",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="a_frozen_month_is_its_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} v{self.version}"

    @property
    def as_month(self) -> Month:
        return Month.of(self.month)


class FrozenHub(HubOwned):
    """A hub's part in a frozen month: whether its chief and headquarters had confirmed it, and the hash of its rows.
    `changes` says which rows came, went and changed since the version before: {source: {"added": n, …}}."""

    freeze = models.ForeignKey(Freeze, models.PROTECT, related_name="hubs")
    confirmed = models.BooleanField(_("確認済み"))
    rows_sha256 = models.CharField(max_length=64)
    changes: Any = models.JSONField(default=dict)

    objects = FigureManager()

    class Meta:
        verbose_name = _("拠点ごとの確定")
        verbose_name_plural = _("拠点ごとの確定")
        constraints = [
            Wall(name="metrics_frozenhub_wall", sees=FIGURES),
            models.UniqueConstraint(fields=["hub", "freeze"], name="one_part_per_hub_and_freeze"),
        ]

    def __str__(self) -> str:
        return f"{self.freeze_id} {self.hub_id}"


class FrozenRows(HubOwned):
    """The rows behind a hub's part, packed (metrics.evidence): records, so behind the records' wall."""

    freeze = models.ForeignKey(Freeze, models.PROTECT, related_name="+")
    content = models.BinaryField()

    class Meta:
        verbose_name = _("確定値の元の記録")
        verbose_name_plural = _("確定値の元の記録")
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(fields=["hub", "freeze"], name="one_set_of_rows_per_hub_and_freeze"),
            SameHub(
                name="frozen_rows_are_of_a_frozen_hub",
                columns=["hub_id", "freeze_id"],
                to_table="metrics_frozenhub",
                to_columns=["hub_id", "freeze_id"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.freeze_id} {self.hub_id}"


class FrozenFact(models.Model):
    """One figure of a frozen month; as Fact otherwise."""

    freeze = models.ForeignKey(Freeze, models.PROTECT, related_name="facts", db_index=False)
    level = models.CharField(max_length=10, choices=Level.choices)
    hub = models.ForeignKey("hubs.Hub", models.PROTECT, null=True, related_name="+", db_index=False)
    bureau = models.ForeignKey("hubs.Bureau", models.PROTECT, null=True, related_name="+", db_index=False)
    span = models.CharField(max_length=10, choices=Span.choices)
    indicator = models.CharField(max_length=40)
    code = models.CharField(max_length=40, blank=True)
    value = models.BigIntegerField()

    objects = FactManager()

    class Meta:
        verbose_name = _("確定値")
        verbose_name_plural = _("確定値")
        constraints = [
            Wall(name="metrics_frozenfact_wall", sees=FIGURES, or_none=True),
            models.UniqueConstraint(
                fields=["freeze", "span", "level", "hub", "bureau", "indicator", "code"],
                name="one_frozen_fact_per_place_and_code",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.freeze_id} {self.level} {self.indicator} {self.code} = {self.value}"


class SavedTableQuerySet(models.QuerySet["SavedTable"]):
    """Sentences about saved cross tables."""

    def for_person(self, person: Any) -> Self:
        """One's own, and those that are shared with headquarters."""
        return self.filter(Q(owner=person) | Q(is_shared=True))

    def by_name(self) -> Self:
        return self.order_by("-is_shared", "name", "pk")


class SavedTable(models.Model):
    """A cross table's question under a name. A shared one stays when its owner leaves: it is headquarters' then."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("保存した人"), related_name="+")
    name = models.CharField(_("名前"), max_length=60)
    query = models.CharField(_("条件"), max_length=4000)
    is_shared = models.BooleanField(_("本部で共有する"), default=False)
    saved_at = models.DateTimeField(_("保存日時"))

    objects = SavedTableQuerySet.as_manager()

    class Meta:
        verbose_name = _("保存したクロス集計")
        verbose_name_plural = _("保存したクロス集計")
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_table_per_owner_and_name"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="a_saved_table_has_name_and_question"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("crosstab:table", args=[self.pk])


class PulseManager(FigureManager):
    """Those of the hubs whose figures are in scope."""


class Pulse(models.Model):
    """What no monthly figure says of a hub, as it was when last looked at: how fresh its records are, and whether its
    referrals are answered. One row a hub, written over; numbers only, so that it can be seen where figures can."""

    hub = models.OneToOneField("hubs.Hub", models.PROTECT, primary_key=True, related_name="pulse")
    taken_at = models.DateTimeField()
    last_held_on = models.DateField(null=True)
    sessions = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    sent = models.PositiveIntegerField()
    unanswered = models.PositiveIntegerField()

    objects = PulseManager()

    class Meta:
        verbose_name = _("拠点の近況")
        verbose_name_plural = _("拠点の近況")
        constraints = [
            Wall(name="metrics_pulse_wall", sees=FIGURES),
            models.CheckConstraint(
                condition=Q(late__lte=F("sessions"), unanswered__lte=F("sent")),
                name="a_part_is_not_more_than_its_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hub_id} {self.taken_at:%Y-%m-%d %H:%M}"
