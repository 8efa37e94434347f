"""目標: what a hub, or the nation, means to reach in a fiscal year."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.constraints import FIGURES, Wall
from foundation.periods import FiscalYear
from hubs.models import Hub
from hubs.tenancy import NoScope, current_scope
from metrics.indicators import FIRST_MONTH

LATEST_YEAR = 2199
HIGHEST = 9_999_999_999


class TargetQuerySet(models.QuerySet["Target"]):
    """Sentences about targets."""

    def of_year(self, year: FiscalYear) -> Self:
        return self.filter(fiscal_year=year.year)

    def of_hub(self, hub: Hub) -> Self:
        return self.filter(hub=hub)

    def with_people(self) -> Self:
        return self.select_related("set_by")


class TargetManager(models.Manager.from_queryset(TargetQuerySet)):  # type: ignore[misc]
    """Raises without a scope. The nation's have no hub; a hub's stand behind the wall, as its figures do."""

    def get_queryset(self) -> models.QuerySet[Any]:
        if current_scope() is None:
            raise NoScope("Target was asked for outside any scope")
        return super().get_queryset()


class Target(models.Model):
    """目標 of one total for one fiscal year: a hub's, or the nation's where no hub is named. A bureau has none of its
    own: its hubs' add up, where their figures do. What it was before stands in the audit trail."""

    hub = models.ForeignKey(
        Hub, models.PROTECT, verbose_name=_("拠点"), null=True, blank=True, related_name="+", db_index=False
    )
    fiscal_year = models.PositiveSmallIntegerField(_("年度"))
    indicator = models.CharField(_("指標"), max_length=40)
    value = models.BigIntegerField(_("目標値"))
    set_at = models.DateTimeField(_("設定日時"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("設定者"), related_name="+")

    objects = TargetManager()

    class Meta:
        verbose_name = _("目標")
        verbose_name_plural = _("目標")
        constraints = [
            Wall(name="plans_target_wall", sees=FIGURES, or_none=True),
            models.UniqueConstraint(
                fields=["hub", "fiscal_year", "indicator"],
                name="one_target_per_place_year_and_indicator",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(value__gte=0, value__lte=HIGHEST), name="a_target_is_not_below_zero"),
            models.CheckConstraint(
                condition=Q(fiscal_year__gte=FIRST_MONTH.fiscal_year.year, fiscal_year__lte=LATEST_YEAR),
                name="a_target_lies_in_a_year_of_the_programme",
            ),
            models.CheckConstraint(condition=~Q(indicator=""), name="a_target_has_an_indicator"),
        ]

    def __str__(self) -> str:
        return f"{self.hub_id or 'nation'} {self.fiscal_year} {self.indicator} {self.value}"
