"""Facts and the ledger of what has been counted."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.constraints import FIGURES, Wall
from hubs.tenancy import NoScope, current_scope


class Level(models.TextChoices):
    """Where a figure is counted."""

    HUB = "hub", _("拠点")
    BUREAU = "bureau", _("経済産業局")
    NATION = "nation", _("全国")


class Span(models.TextChoices):
    """Over how long: the month itself, or its fiscal year up to and including the month."""

    MONTH = "month", _("月")
    YEAR_TO_DATE = "ytd", _("年度累計")


class FactManager(models.Manager["Fact"]):
    """Raises without a scope. Bureau and nation rows have no hub; hub rows stand behind the wall."""

    def get_queryset(self) -> models.QuerySet[Fact]:
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
    """The ledger: when a month was last counted, and how long that took. The nation's."""

    month = models.DateField(primary_key=True)
    counted_at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("集計台帳")
        verbose_name_plural = _("集計台帳")

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.counted_at:%H:%M:%S}"


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
