"""特別相談窓口: what headquarters opens for a disaster, a large insolvency, rising prices, and closes again."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hubs.tenancy import HUB_IDS


class SpecialDeskQuerySet(models.QuerySet["SpecialDesk"]):
    """Sentences about special desks."""

    def open_on(self, day: dt.date) -> Self:
        """Those that take cases received on a day."""
        return self.filter(opened_on__lte=day).filter(Q(closed_on__isnull=True) | Q(closed_on__gte=day))

    def at_hub(self, hub_id: int) -> Self:
        """Those that a hub keeps: national ones, and those that name its prefecture."""
        return self.filter(Q(only_in=[]) | Q(only_in__contains=[hub_id]))

    def newest_first(self) -> Self:
        return self.order_by("-opened_on", "-pk")


class SpecialDesk(models.Model):
    """A special desk. It takes cases from its first to its last day; whatever it has taken stays its own."""

    name = models.CharField(_("名称"), max_length=80, unique=True)
    name_en = models.CharField(_("英語名"), max_length=120)
    reason = models.TextField(_("設置の理由"))
    opened_on = models.DateField(_("開設日"))
    closed_on = models.DateField(_("終了日"), null=True, blank=True)
    only_in = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("対象の都道府県"), default=list, blank=True
    )  # prefecture codes, which are the keys of hubs; none: everywhere
    version = models.PositiveIntegerField(default=1, editable=False)
    set_at = models.DateTimeField(_("更新日時"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("更新者"), related_name="+")

    objects = SpecialDeskQuerySet.as_manager()

    class Meta:
        verbose_name = _("特別相談窓口")
        verbose_name_plural = _("特別相談窓口")
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(name_en=""), name="a_special_desk_has_names"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_special_desk_has_a_reason"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="a_special_desk_closes_after_it_opened",
            ),
            models.CheckConstraint(
                condition=Q(only_in__contained_by=list(HUB_IDS)), name="a_special_desk_is_in_known_prefectures"
            ),
        ]

    def __str__(self) -> str:
        return self.name_en if (get_language() or "ja").startswith("en") else self.name

    def get_absolute_url(self) -> str:
        return reverse("nation_desks:desk", args=[self.pk])
