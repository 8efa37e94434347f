"""Closed months: which of a hub's records can no longer be changed, and until when some of them can again."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.constraints import FIGURES, Wall
from foundation.periods import Month
from hubs.tenancy import FigureManager, HubOwned


class MonthLock(HubOwned):
    """締めた月: what counts of a consultation held in it stays as it is. Written from upstairs, where months are closed
    and reopened; kept by a trigger as well. `open_until`: a reopening is granted until then, for `open_for` these
    consultations, or for all if none are named."""

    month = models.DateField(gettext_lazy("対象月"))
    locked_at = models.DateTimeField(gettext_lazy("締め日時"))
    open_until = models.DateTimeField(gettext_lazy("再開の期限"), null=True)
    open_for = ArrayField(models.BigIntegerField(), default=list)

    objects = FigureManager()

    class Meta:
        verbose_name = gettext_lazy("締めた月")
        verbose_name_plural = gettext_lazy("締めた月")
        constraints = [
            Wall(name="consultations_monthlock_wall", sees=FIGURES),
            models.UniqueConstraint(fields=["hub", "month"], name="one_lock_per_hub_and_month"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="a_locked_month_is_its_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.hub_id} {self.month:%Y-%m}"

    def is_open(self, at: dt.datetime, consultation: int | None = None) -> bool:
        """Whether a reopening lets this consultation be changed now; `None`: whether it lets any."""
        if self.open_until is None or self.open_until <= at:
            return False
        return not self.open_for or consultation is None or consultation in self.open_for

    def in_words(self, at: dt.datetime) -> str:
        """Why nothing can be changed, who can reopen it, and until when it is open, in the reader's language."""
        month = Month.of(self.month)
        values = {
            "month": f"{month.year}-{month.number:02d}"
            if translation.get_language() == "en"
            else f"{month.year}年{month.number}月",
            "day": f"{timezone.localtime(self.locked_at):%Y-%m-%d}",
        }
        if self.is_open(at):
            assert self.open_until is not None
            values["until"] = f"{timezone.localtime(self.open_until):%Y-%m-%d %H:%M}"
            if self.open_for:
                return _("%(month)sは%(day)sに締めましたが、申請した記録だけ%(until)sまで直せます。") % values
            return _("%(month)sは%(day)sに締めましたが、再開中のため%(until)sまで直せます。") % values
        return (
            _(
                "%(month)sは%(day)sに締めたため、集計に関わる内容は直せません。直すには、チーフコーディネーターが理由を添えて"
                "再開を申請し、全国本部が期限を付けて承認します。"
            )
            % values
        )
