"""One line of the trail."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.constraints import Wall
from foundation.paging import behind


class EntryQuerySet(models.QuerySet["Entry"]):
    """Sentences about the trail."""

    def since(self, moment: dt.datetime) -> Self:
        return self.filter(at__gte=moment)

    def before(self, moment: dt.datetime) -> Self:
        return self.filter(at__lt=moment)

    def about(self, subject_type: str, subject_id: str) -> Self:
        return self.filter(subject_type=subject_type, subject_id=subject_id)

    def newest_first(self) -> Self:
        return self.order_by("-at", "-pk")

    def behind(self, place: tuple[dt.datetime, int] | None) -> Self:
        """The lines that follow a place in the order of newest_first."""
        return behind(self, "at", place)


class Entry(models.Model):
    """Something that somebody did. Written by `audit.trail`, read on the trail pages, never changed."""

    at = models.DateTimeField(_("日時"))
    action = models.CharField(_("操作"), max_length=60)
    actor_id = models.BigIntegerField(_("利用者番号"), null=True)
    actor = models.CharField(_("利用者"), max_length=254, blank=True)
    hub_id = models.IntegerField(_("拠点"), null=True)
    subject_type = models.CharField(_("対象の種類"), max_length=60, blank=True)
    subject_id = models.CharField(_("対象番号"), max_length=60, blank=True)
    detail = models.JSONField(_("内容"), default=dict)
    address = models.GenericIPAddressField(_("接続元"), null=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("監査記録")
        verbose_name_plural = pgettext_lazy("plural", "監査記録")
        indexes = [
            models.Index(fields=["hub_id", "-at"], name="audit_entry_by_hub"),
            models.Index(fields=["actor_id", "-at"], name="audit_entry_by_actor"),
            models.Index(fields=["subject_type", "subject_id", "-at"], name="audit_entry_by_subject"),
            models.Index(fields=["-at"], name="audit_entry_by_time"),
            models.Index(fields=["action", "-at"], name="audit_entry_by_action"),
        ]
        constraints = [Wall(name="audit_entry_wall", or_none=True, append_only=True)]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.action}"
