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
from foundation.text import like_pattern, search_words


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


_KANA = "".join(map(chr, range(0x3041, 0x3097)))  # ぁ to ゖ, and the same as katakana
_KATAKANA = "".join(chr(ord(letter) + 0x60) for letter in _KANA)
# Folding like foundation.text.fold, by the database: a prefecture has some hundreds of organizations.
_FOLDED = (
    "translate(lower(normalize(directory_supportorganization.name || ' ' || directory_supportorganization.kana, NFKC)),"
    f" '{_KANA}', '{_KATAKANA}')"
)


class SupportOrganizationQuerySet(models.QuerySet["SupportOrganization"]):
    """Sentences about support organizations."""

    def near(self, prefecture_id: int) -> Self:
        """Those of a prefecture and those of the whole country, as far as they are at work."""
        return self.filter(is_active=True).filter(Q(prefecture=prefecture_id) | Q(prefecture__isnull=True))

    def matching(self, query: str) -> Self:
        """Those whose name or kana hold every word of the query, however written."""
        patterns = [like_pattern(word) for word in search_words(query)]
        return self.extra(where=[f"{_FOLDED} LIKE ALL (%s)"], params=[patterns])  # type: ignore[return-value]  # noqa: S610  (values are passed apart)

    def by_name(self) -> Self:
        return self.order_by("name", "pk")


class SupportOrganization(models.Model):
    """支援機関: whom a client can be referred to, or who cooperates."""

    kind = models.CharField(_("種別"), max_length=40)
    name = models.CharField(_("名称"), max_length=120)
    kana = models.CharField(_("フリガナ"), max_length=120, blank=True)
    prefecture = models.ForeignKey("hubs.Prefecture", models.PROTECT, verbose_name=_("都道府県"), null=True, blank=True)
    is_active = models.BooleanField(_("有効"), default=True)

    objects = SupportOrganizationQuerySet.as_manager()

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


class RegisteredCorporationQuerySet(models.QuerySet["RegisteredCorporation"]):
    """Sentences about registered corporations."""

    def numbered(self, number: str) -> RegisteredCorporation | None:
        """Who bears a 法人番号."""
        return self.filter(pk=number).first()


class RegisteredCorporation(models.Model):
    """A corporation as the National Tax Agency publishes it (法人番号公表サイト): public data, nobody's record."""

    number = models.CharField(_("法人番号"), max_length=13, primary_key=True)
    name = models.CharField(_("商号又は名称"), max_length=150)
    kana = models.CharField(_("フリガナ"), max_length=500, blank=True)
    kind = models.CharField(_("法人種別"), max_length=3, blank=True)
    prefecture_code = models.PositiveSmallIntegerField(_("都道府県コード"), null=True)
    municipality_code = models.CharField(_("市区町村コード"), max_length=6, blank=True)
    municipality = models.CharField(_("市区町村"), max_length=40, blank=True)
    street = models.CharField(_("丁目番地等"), max_length=300, blank=True)
    postal_code = models.CharField(_("郵便番号"), max_length=7, blank=True)
    abroad = models.CharField(_("国外所在地"), max_length=300, blank=True)
    closed_on = models.DateField(_("登記記録の閉鎖等年月日"), null=True)
    successor = models.CharField(_("承継先法人番号"), max_length=13, blank=True)
    updated_on = models.DateField(_("更新年月日"))

    objects = RegisteredCorporationQuerySet.as_manager()

    class Meta:
        verbose_name = _("登記された法人")
        verbose_name_plural = _("登記された法人")
        constraints = [
            models.CheckConstraint(
                condition=Q(number__regex=r"^[1-9][0-9]{12}$"), name="a_registered_number_has_13_digits"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PostalAreaQuerySet(models.QuerySet["PostalArea"]):
    """Sentences about postal codes."""

    def coded(self, postal_code: str) -> Self:
        """The areas of one postal code, northernmost prefecture first."""
        return self.filter(postal_code=postal_code).order_by("prefecture_code", "municipality_code", "town")


class PostalArea(models.Model):
    """A town and its postal code (日本郵便 utf_ken_all). One code may have several towns, even in two prefectures."""

    postal_code = models.CharField(_("郵便番号"), max_length=7)
    prefecture_code = models.PositiveSmallIntegerField(_("都道府県コード"))
    municipality_code = models.CharField(_("市区町村コード"), max_length=6)
    municipality = models.CharField(_("市区町村"), max_length=40)
    town = models.CharField(_("町域"), max_length=200, blank=True)

    objects = PostalAreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("郵便番号の町域")
        verbose_name_plural = _("郵便番号の町域")
        indexes = [models.Index(fields=["prefecture_code", "municipality"], name="area_by_municipality")]
        constraints = [
            models.UniqueConstraint(
                fields=["postal_code", "municipality_code", "town"], name="one_area_per_code_and_town"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.postal_code} {self.municipality}{self.town}"
