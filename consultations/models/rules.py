"""What headquarters sets for the programme, from a day on."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def usual_chase_days() -> list[int]:
    """9, 21 and 45 days after a referral was sent (domain.md §8)."""
    return [9, 21, 45]


class ProgramRulesQuerySet(models.QuerySet["ProgramRules"]):
    """Sentences about rules."""

    def on(self, day: dt.date) -> ProgramRules:
        """The rules in force on a day; the defaults where headquarters has set none."""
        return self.filter(valid_from__lte=day).order_by("-valid_from").first() or ProgramRules(valid_from=day)


class ProgramRules(models.Model):
    """The numbers that headquarters sets. A change is a new row, valid from a day: the old ones stay readable."""

    valid_from = models.DateField(_("適用開始日"), unique=True)
    retention_years = models.PositiveSmallIntegerField(_("個人情報の保存年数"), default=7)
    chase_days = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("督促までの日数"), default=usual_chase_days, size=3
    )
    link_days = models.PositiveSmallIntegerField(_("回答用リンクの有効日数"), default=60)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("設定者"), related_name="+")
    set_at = models.DateTimeField(_("設定日時"))

    objects = ProgramRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("運用の基準")
        verbose_name_plural = _("運用の基準")
        constraints = [
            models.CheckConstraint(condition=Q(retention_years__range=(1, 30)), name="kept_for_1_to_30_years"),
            models.CheckConstraint(condition=Q(link_days__range=(1, 365)), name="a_link_lives_1_to_365_days"),
            models.CheckConstraint(
                condition=Q(chase_days__len=3, chase_days__0__gte=1)
                & Q(chase_days__0__lt=F("chase_days__1"), chase_days__1__lt=F("chase_days__2")),
                name="chased_three_times_each_later",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}"
