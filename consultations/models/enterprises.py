"""事業者: who is supported."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consultations.choices import EnterpriseKind
from foundation.constraints import one_of
from foundation.text import fold, match_key, search_words
from hubs.tenancy import HubManager, HubOwned, HubQuerySet


class EnterpriseQuerySet(HubQuerySet["Enterprise"]):
    """Sentences about enterprises."""

    def matching(self, query: str) -> Self:
        """Those whose name, kana, 法人番号 or telephone number hold every word of the query, however written."""
        found = self
        for word in search_words(query):
            found = found.filter(search_key__contains=match_key(word) or word)
        return found


class EnterpriseManager(HubManager.from_queryset(EnterpriseQuerySet)):  # type: ignore[misc]
    """The hub's own enterprises."""


class Enterprise(HubOwned):
    """A client of a hub: corporation, sole proprietor, somebody about to found one."""

    kind = models.CharField(_("区分"), max_length=20, choices=EnterpriseKind.choices)
    name = models.CharField(_("名称"), max_length=120)
    kana = models.CharField(_("フリガナ"), max_length=160, blank=True)
    corporate_number = models.CharField(_("法人番号"), max_length=13, blank=True)
    trade_name = models.CharField(_("屋号"), max_length=120, blank=True)
    representative = models.CharField(_("代表者"), max_length=80, blank=True)
    postal_code = models.CharField(_("郵便番号"), max_length=7, blank=True)
    prefecture = models.ForeignKey("hubs.Prefecture", models.PROTECT, verbose_name=_("都道府県"), null=True, blank=True)
    municipality = models.CharField(_("市区町村"), max_length=60, blank=True)
    address = models.CharField(_("住所"), max_length=200, blank=True)
    phone = models.CharField(_("電話番号"), max_length=11, blank=True)
    email = models.EmailField(_("メール"), blank=True)
    url = models.URLField(_("URL"), blank=True)
    industry = models.CharField(_("業種"), max_length=40, blank=True)
    employees = models.PositiveIntegerField(_("常時使用従業員数"), null=True, blank=True)
    capital_yen = models.PositiveBigIntegerField(_("資本金(円)"), null=True, blank=True)
    established_on = models.DateField(_("設立年月"), null=True, blank=True)
    consented_on = models.DateField(_("個人情報同意日"), null=True, blank=True)
    search_key = models.TextField(editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("登録日時"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(_("更新日時"))

    objects = EnterpriseManager()

    class Meta:
        verbose_name = _("事業者")
        verbose_name_plural = _("事業者")
        indexes = [
            models.Index(fields=["hub", "-updated_at", "-id"], name="enterprise_by_hub"),
            # the national count asks who else bears this number; the number leads, the hub follows
            models.Index(fields=["corporate_number", "hub"], name="enterprise_by_number"),
        ]
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(fields=["id", "hub"], name="enterprise_and_hub"),
            models.UniqueConstraint(
                fields=["hub", "corporate_number"],
                condition=~Q(corporate_number=""),
                name="one_enterprise_per_hub_and_number",
            ),
            one_of("kind", EnterpriseKind, name="enterprise_kind_is_known"),
            models.CheckConstraint(condition=~Q(name=""), name="an_enterprise_has_a_name"),
            models.CheckConstraint(
                condition=Q(corporate_number="") | Q(corporate_number__regex=r"^[1-9][0-9]{12}$"),
                name="corporate_number_has_13_digits",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_key = search_key_of(self)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("consultations:enterprise", args=[self.hub.slug, self.pk])


def search_key_of(enterprise: Enterprise) -> str:
    """What find-as-you-type looks through: folded names without legal form, the written name, numbers."""
    names = (enterprise.name, enterprise.kana, enterprise.trade_name)
    parts = [match_key(name) for name in names if name] + [fold(enterprise.name)]
    return " ".join([*parts, fold(enterprise.representative), enterprise.corporate_number, enterprise.phone]).strip()
