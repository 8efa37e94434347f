"""The monthly report that headquarters composes itself: drafted out of blocks, submitted once, then never changed."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.constraints import both_or_neither, one_of
from foundation.periods import Month
from metrics.models import Freeze
from reports.choices import BlockKind, CompositionState

LONGEST_HEADING, LONGEST_TEXT = 100, 10_000


class CompositionQuerySet(models.QuerySet["Composition"]):
    """Sentences about headquarters' reports."""

    def of(self, month: Month) -> Self:
        return self.filter(month=month.first)

    def drafting(self) -> Self:
        return self.filter(state=CompositionState.DRAFTING)

    def submitted(self) -> Self:
        return self.filter(state=CompositionState.SUBMITTED)

    def without_content(self) -> Self:
        """For lists: what was submitted is long."""
        return self.defer("content")

    def with_people(self) -> Self:
        return self.select_related("made_by", "changed_by", "submitted_by", "freeze", "paper")

    def newest_first(self) -> Self:
        return self.order_by("-month", "-version")

    def newest_of_each_month(self) -> Self:
        return self.order_by("-month", "-version").distinct("month")


class Composition(models.Model):
    """One version of headquarters' report of a month, of figures only and nobody's rows: no wall.

    `revision` counts its savings, so that two editors notice each other. Once submitted, `content` holds what it says
    (reports.composing.reading writes it), `sha256` is over it, and `freeze` is the closed month's version that it
    speaks of: none if the month was still open (速報). The database then lets nobody change it.
    """

    month = models.DateField(_("対象月"))
    version = models.PositiveSmallIntegerField(_("版"), default=1)
    title = models.CharField(_("表題"), max_length=LONGEST_HEADING)
    state = models.CharField(
        _("状態"), max_length=10, choices=CompositionState.choices, default=CompositionState.DRAFTING
    )
    revision = models.PositiveIntegerField(default=1, editable=False)
    made_at = models.DateTimeField(_("作成日時"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("更新日時"))
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(_("提出日時"), null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    freeze = models.ForeignKey(Freeze, models.PROTECT, null=True, related_name="+")
    content: Any = models.JSONField(_("提出した内容"), null=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)

    objects = CompositionQuerySet.as_manager()

    class Meta:
        verbose_name = _("本部の月次報告")
        verbose_name_plural = _("本部の月次報告")
        constraints = [
            models.UniqueConstraint(fields=["month", "version"], name="one_composition_per_month_and_version"),
            models.UniqueConstraint(
                fields=["month"], condition=Q(state=CompositionState.DRAFTING), name="one_draft_composition_per_month"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="a_composition_is_of_a_months_first_day"),
            models.CheckConstraint(condition=~Q(title=""), name="a_composition_has_a_title"),
            one_of("state", CompositionState, name="composition_state_is_known"),
            both_or_neither("submitted_at", "submitted_by", name="a_submitted_composition_has_a_person"),
            models.CheckConstraint(
                condition=Q(
                    state=CompositionState.SUBMITTED, submitted_at__isnull=False, content__isnull=False,
                    sha256__regex=r"^\w{64}$",
                )
                | Q(
                    state=CompositionState.DRAFTING, submitted_at__isnull=True, content__isnull=True, sha256="",
                    freeze__isnull=True,
                ),
                name="a_submitted_composition_has_its_content",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} v{self.version} {self.state}"

    @property
    def as_month(self) -> Month:
        return Month.of(self.month)

    @property
    def is_draft(self) -> bool:
        return self.state == CompositionState.DRAFTING

    @property
    def is_flash(self) -> bool:
        """Submitted before the month was closed: 速報."""
        return not self.is_draft and self.freeze_id is None


class BlockQuerySet(models.QuerySet["Block"]):
    """Sentences about blocks."""

    def in_order(self) -> Self:
        return self.order_by("composition_id", "position")


class Block(models.Model):
    """A part of a composition: figures of a kind, chosen by `options`, and what headquarters says about them."""

    composition = models.ForeignKey(Composition, models.CASCADE, related_name="blocks", db_index=False)
    position = models.PositiveSmallIntegerField(_("順番"))
    kind = models.CharField(_("種類"), max_length=12, choices=BlockKind.choices)
    heading = models.CharField(_("見出し"), max_length=LONGEST_HEADING, blank=True)
    options: Any = models.JSONField(_("条件"), default=dict, blank=True)
    text = models.CharField(_("文章"), max_length=LONGEST_TEXT, blank=True)

    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("本部の月次報告の部分")
        verbose_name_plural = _("本部の月次報告の部分")
        constraints = [
            models.UniqueConstraint(fields=["composition", "position"], name="one_block_per_position"),
            one_of("kind", BlockKind, name="block_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.composition_id} {self.position} {self.kind}"


class Paper(models.Model):
    """The PDF of a submitted composition, kept for good. Made once, from its content."""

    composition = models.OneToOneField(Composition, models.PROTECT, related_name="paper")
    file = models.FileField(_("ファイル"), upload_to="compositions/%Y/%m/")
    bytes = models.PositiveIntegerField(_("大きさ"))
    sha256 = models.CharField("SHA-256", max_length=64)
    made_at = models.DateTimeField(_("作成日時"))

    class Meta:
        verbose_name = _("本部の月次報告のPDF")
        verbose_name_plural = _("本部の月次報告のPDF")

    def __str__(self) -> str:
        return f"{self.composition_id} {self.sha256[:8]}"
