"""A job."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.constraints import FIGURES, Wall, one_of


class JobState(models.TextChoices):
    """The life of a job."""

    QUEUED = "queued", _("待機中")
    RUNNING = "running", _("作成中")
    DONE = "done", _("完了")
    FAILED = "failed", _("失敗")
    EXPIRED = "expired", _("期限切れ")


class Job(models.Model):
    """One piece of long work that somebody asked for. Without a hub it is the nation's or a bureau's."""

    kind = models.CharField(_("種類"), max_length=40)
    hub = models.ForeignKey("hubs.Hub", models.PROTECT, null=True, related_name="+", db_index=False)
    parameters = models.JSONField(_("条件"), default=dict)
    state = models.CharField(_("状態"), max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    percent = models.PositiveSmallIntegerField(_("進捗(%)"), default=0)
    message = models.CharField(_("経過"), max_length=200, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("依頼日時"))
    started_at = models.DateTimeField(_("開始日時"), null=True)
    finished_at = models.DateTimeField(_("完了日時"), null=True)
    expires_at = models.DateTimeField(_("保存期限"), null=True)
    result = models.FileField(_("結果"), upload_to="jobs/%Y/%m/", blank=True)
    result_name = models.CharField(_("ファイル名"), max_length=120, blank=True)
    result_bytes = models.PositiveBigIntegerField(_("大きさ"), null=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("処理")
        verbose_name_plural = _("処理")
        indexes = [models.Index(fields=["kind", "-requested_at"], name="job_by_kind")]
        constraints = [
            Wall(name="jobs_job_wall", sees=FIGURES, or_none=True),
            one_of("state", JobState, name="job_state_is_known"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="no_more_than_all_of_it"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
