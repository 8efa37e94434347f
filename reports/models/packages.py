"""What the agency is handed: a package of files for each closed month and each fiscal year, kept by version."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.constraints import FIGURES, Wall, one_of
from foundation.periods import FiscalYear, Month
from hubs.tenancy import NoScope, current_scope
from jobs.choices import JobState
from jobs.models import Job
from metrics.models import Freeze
from reports.choices import PackageFormat, PackageKind


class PackageQuerySet(models.QuerySet["Package"]):
    """Sentences about packages."""

    def of(self, kind: str, first: dt.date) -> Self:
        return self.filter(kind=kind, first=first)

    def complete(self) -> Self:
        return self.filter(made_at__isnull=False)

    def with_job(self) -> Self:
        return self.select_related("freeze", "job", "requested_by")

    def newest_first(self) -> Self:
        """By the month that they run to; a year's after the month's."""
        return self.order_by("-freeze__month", "kind", "-version")


class Package(models.Model):
    """A month's or a fiscal year's files, made from what is frozen and from nothing else.

    `freeze` is the month's version that is told; of a year, that of the last month in it. `told` are the versions of
    every month that stands in it for comparison, `carried` those of earlier months whose corrections it lists: pinned
    when it is asked for, so that a package whose making was interrupted goes on with the same figures.
    """

    kind = models.CharField(_("種類"), max_length=10, choices=PackageKind.choices)
    first = models.DateField(_("対象期間の初日"))
    version = models.PositiveSmallIntegerField(_("版"))
    freeze = models.ForeignKey(Freeze, models.PROTECT, related_name="packages")
    told = ArrayField(models.BigIntegerField(), default=list)
    carried = ArrayField(models.BigIntegerField(), default=list)
    summary: Any = models.JSONField(_("概要"), default=list)  # [[heading, text], …] of the nation's edition
    files_due = models.PositiveSmallIntegerField(_("ファイル数"))
    job = models.ForeignKey(Job, models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("依頼日時"))
    made_at = models.DateTimeField(_("作成日時"), null=True)  # when its last file was there

    objects = PackageQuerySet.as_manager()

    class Meta:
        verbose_name = _("報告パッケージ")
        verbose_name_plural = _("報告パッケージ")
        constraints = [
            models.UniqueConstraint(fields=["kind", "first", "version"], name="one_package_per_period_and_version"),
            one_of("kind", PackageKind, name="package_kind_is_known"),
            models.CheckConstraint(condition=Q(first__day=1, version__gte=1), name="a_package_begins_on_a_first"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.first:%Y-%m} v{self.version}"

    @property
    def month(self) -> Month:
        """The last month that it tells of."""
        return self.freeze.as_month

    @property
    def fiscal_year(self) -> FiscalYear:
        return FiscalYear.of(self.first)

    @property
    def is_year(self) -> bool:
        return self.kind == PackageKind.YEAR

    @property
    def is_midway(self) -> bool:
        """A year's before its last month is closed."""
        return self.is_year and self.month != self.fiscal_year.months[-1]

    @property
    def period(self) -> str:
        """As it stands in file names: 2026年10月, 2026年度."""
        return f"{self.first.year}年度" if self.is_year else f"{self.first.year}年{self.first.month}月"

    @property
    def is_complete(self) -> bool:
        return self.made_at is not None

    @property
    def is_under_way(self) -> bool:
        return not self.is_complete and self.job.is_under_way

    @property
    def has_failed(self) -> bool:
        return not self.is_complete and self.job.state == JobState.FAILED


class PackageFileQuerySet(models.QuerySet["PackageFile"]):
    """Sentences about a package's files."""

    def in_order(self) -> Self:
        return self.order_by("path")


class PackageFileManager(models.Manager.from_queryset(PackageFileQuerySet)):  # type: ignore[misc]
    """Raises without a scope. A hub's edition stands behind its wall; the nation's and bureaus' are their pages' to
    give."""

    def get_queryset(self) -> PackageFileQuerySet:
        if current_scope() is None:
            raise NoScope("PackageFile was asked for outside any scope")
        return super().get_queryset()


class PackageFile(models.Model):
    """One file. Written once, never changed: the database refuses it."""

    package = models.ForeignKey(Package, models.PROTECT, related_name="files")
    edition = models.CharField(_("版"), max_length=60)  # nation, a bureau's slug, hub- and a hub's slug
    bureau = models.ForeignKey("hubs.Bureau", models.PROTECT, null=True, related_name="+")
    hub = models.ForeignKey("hubs.Hub", models.PROTECT, null=True, related_name="+", db_index=False)
    form = models.CharField(_("形式"), max_length=12, choices=PackageFormat.choices)
    path = models.CharField(_("パッケージ内の名前"), max_length=200)
    stored = models.FileField(_("ファイル"), upload_to="packages/", max_length=200)
    bytes = models.PositiveBigIntegerField(_("大きさ"))
    sha256 = models.CharField("SHA-256", max_length=64)
    made_at = models.DateTimeField(_("作成日時"))

    objects = PackageFileManager()

    class Meta:
        verbose_name = _("パッケージのファイル")
        verbose_name_plural = _("パッケージのファイル")
        indexes = [models.Index(fields=["hub", "package"], name="packagefile_by_hub")]
        constraints = [
            Wall(name="reports_packagefile_wall", sees=FIGURES, or_none=True),
            models.UniqueConstraint(
                fields=["hub", "package", "edition", "form"],
                name="one_file_per_edition_and_format",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(fields=["hub", "package", "path"], name="one_file_per_path", nulls_distinct=False),
            one_of("form", PackageFormat, name="package_format_is_known"),
            models.CheckConstraint(
                condition=Q(hub__isnull=True) | Q(bureau__isnull=True), name="an_edition_is_of_a_hub_or_a_bureau"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.package_id} {self.path}"

    @property
    def name(self) -> str:
        """Without its folder."""
        return self.path.rpartition("/")[2]


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Sentences about subscriptions."""

    def to(self, package: Package) -> Self:
        """Those that were there when the package was."""
        return self.filter(what=package.kind, since__lte=package.made_at).select_related("user")


class Subscription(models.Model):
    """Somebody wants to be told by mail when a package is there."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    what = models.CharField(_("知らせるもの"), max_length=10, choices=PackageKind.choices)
    since = models.DateTimeField(_("登録日時"))

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("メール通知の登録")
        verbose_name_plural = _("メール通知の登録")
        constraints = [
            models.UniqueConstraint(fields=["user", "what"], name="one_subscription_per_user_and_kind"),
            one_of("what", PackageKind, name="subscription_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.what}"
