"""Codes, support organizations, support programmes."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from directory.choices import CodeKind
from foundation.constraints import one_of


class CodeQuerySet(models.QuerySet["Code"]):
    """Sentences about codes."""

    def of(self, kind: str) -> Self:
        return self.filter(kind=kind).order_by("position", "code")

    def valid_on(self, day: dt.date) -> Self:
        """Those that may be chosen on a day. Old ones stay readable."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class Code(models.Model):
    """One entry of one national code list. Records keep the code; the label is looked up."""

    kind = models.CharField(_("一覧"), max_length=20, choices=CodeKind.choices)
    code = models.CharField(_("コード"), max_length=40)
    label_ja = models.CharField(_("名称"), max_length=80)
    label_en = models.CharField(_("英語名"), max_length=120)
    parent = models.CharField(_("上位コード"), max_length=40, blank=True)
    revision = models.CharField(_("改定版"), max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)
    valid_from = models.DateField(_("有効開始日"))
    valid_to = models.DateField(_("有効終了日"), null=True, blank=True)

    objects = CodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("コード")
        verbose_name_plural = pgettext_lazy("plural", "コード")
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="one_meaning_per_code"),
            one_of("kind", CodeKind, name="code_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """In the reader's language."""
        return self.label_en if (get_language() or "ja").startswith("en") else self.label_ja


class SupportOrganization(models.Model):
    """支援機関: whom a client can be referred to, or who cooperates."""

    kind = models.CharField(_("種別"), max_length=40)
    name = models.CharField(_("名称"), max_length=120)
    kana = models.CharField(_("フリガナ"), max_length=120, blank=True)
    prefecture = models.ForeignKey("hubs.Prefecture", models.PROTECT, verbose_name=_("都道府県"), null=True, blank=True)
    is_active = models.BooleanField(_("有効"), default=True)

    class Meta:
        verbose_name = _("支援機関")
        verbose_name_plural = pgettext_lazy("plural", "支援機関")
        indexes = [models.Index(fields=["prefecture", "kind"], name="organization_by_place")]

    def __str__(self) -> str:
        return self.name


class SupportProgram(models.Model):
    """支援制度: a programme that a client used or was told about."""

    name = models.CharField(_("名称"), max_length=120, unique=True)
    name_en = models.CharField(_("英語名"), max_length=160)
    valid_from = models.DateField(_("開始日"))
    valid_to = models.DateField(_("終了日"), null=True, blank=True)

    class Meta:
        verbose_name = _("支援制度")
        verbose_name_plural = pgettext_lazy("plural", "支援制度")

    def __str__(self) -> str:
        return self.name_en if (get_language() or "ja").startswith("en") else self.name
