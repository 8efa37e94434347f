"""A job."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.constraints import FIGURES, Wall, one_of
from jobs.choices import JobState


class JobQuerySet(models.QuerySet["Job"]):
    """Sentences about jobs."""

    def overdue(self, at: dt.datetime) -> Self:
        """Waiting or running, but no sign of life came by the time expected."""
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING], expected_by__lt=at)

    def expired(self, at: dt.datetime) -> Self:
        """Done, file still kept, its time over."""
        return self.filter(state=JobState.DONE, expires_at__lte=at)

    def with_something(self) -> Self:
        """Those that have made a file, or are just making one."""
        return self.filter(state__in=[JobState.DONE, JobState.RUNNING])

    def left_behind(self) -> Self:
        """Expired, but the file was not deleted when that was committed."""
        return self.filter(state=JobState.EXPIRED).exclude(result="")

    def with_people(self) -> Self:
        return self.select_related("requested_by")

    def newest_first(self) -> Self:
        return self.order_by("-requested_at", "-pk")


class Job(models.Model):
    """One piece of long work that somebody asked for. Without a hub it is the nation's or a bureau's.

    `kind` is the name of the Celery task that does it; the task takes `job_id`. `attempt` counts how often it
    was started and tells a worker that was thought dead from the one that took over.
    """

    kind = models.CharField(_("種類"), max_length=40)
    hub = models.ForeignKey("hubs.Hub", models.PROTECT, null=True, related_name="+", db_index=False)
    parameters = models.JSONField(_("条件"), default=dict)
    state = models.CharField(_("状態"), max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    percent = models.PositiveSmallIntegerField(_("進捗(%)"), default=0)
    message = models.CharField(_("経過"), max_length=200, blank=True)
    attempt = models.PositiveSmallIntegerField(_("試行回数"), default=0)
    expected_by = models.DateTimeField(_("応答期限"), null=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("依頼日時"))
    started_at = models.DateTimeField(_("開始日時"), null=True)
    finished_at = models.DateTimeField(_("完了日時"), null=True)
    expires_at = models.DateTimeField(_("保存期限"), null=True)
    result = models.FileField(_("結果"), upload_to="jobs/%Y/%m/", blank=True)
    result_name = models.CharField(_("ファイル名"), max_length=120, blank=True)
    result_bytes = models.PositiveBigIntegerField(_("大きさ"), null=True)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("処理")
        verbose_name_plural = _("処理")
        indexes = [
            models.Index(fields=["kind", "-requested_at"], name="job_by_kind"),
            models.Index(fields=["state", "expected_by"], name="job_by_state"),
        ]
        constraints = [
            Wall(name="jobs_job_wall", sees=FIGURES, or_none=True),
            one_of("state", JobState, name="job_state_is_known"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="no_more_than_all_of_it"),
            models.CheckConstraint(
                condition=~Q(state=JobState.DONE)
                | Q(finished_at__isnull=False, expires_at__isnull=False, result_bytes__isnull=False)
                & ~Q(result="")
                & ~Q(sha256=""),
                name="a_done_job_has_its_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def is_under_way(self) -> bool:
        """Whether something is still to come."""
        return self.state in (JobState.QUEUED, JobState.RUNNING)

    @property
    def has_result(self) -> bool:
        """Whether there is a file to download."""
        return self.state == JobState.DONE
