"""事業者: who is supported."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consultations.choices import BusinessGroup, EnterpriseKind, FoundingStage, LegalForm, Position, Size
from consultations.models.sizes import size_of
from foundation.constraints import SameHub, one_of
from foundation.text import fold, match_key, search_words
from hubs.tenancy import HubManager, HubOwned, HubQuerySet

# What names a person or a company; emptied when a row is anonymised, and the database holds it so.
PERSONAL = (
    "kana", "corporate_number", "trade_name", "representative", "representative_kana", "representative_post",
    "postal_code", "municipality_code", "municipality", "address", "phone", "email", "url",
)  # fmt: skip
ANONYMISED = "匿名化済み"  # in place of a name


class EnterpriseQuerySet(HubQuerySet["Enterprise"]):
    """Sentences about enterprises."""

    def standing(self) -> Self:
        """Not merged into another one: what lists show and what can be chosen."""
        return self.filter(merged_into__isnull=True)

    def stands_for(self, pk: int) -> Enterprise | None:
        """The standing enterprise that a key means: what it was merged into, if it was."""
        found = self.filter(pk=pk).first()
        while found is not None and found.merged_into_id is not None:
            found = self.filter(pk=found.merged_into_id).first()
        return found

    def named(self) -> Self:
        """Those that are not anonymised."""
        return self.filter(anonymised_at__isnull=True)

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
    # kept by the database: a keyed hash of the 法人番号, which outlives it, so that the national count of 者 stays
    identity = models.BigIntegerField(null=True, editable=False)
    legal_form = models.CharField(_("法人格"), max_length=20, choices=LegalForm.choices, blank=True)
    legal_form_position = models.CharField(_("法人格の位置"), max_length=10, choices=Position.choices, blank=True)
    trade_name = models.CharField(_("屋号"), max_length=120, blank=True)
    representative = models.CharField(_("代表者"), max_length=80, blank=True)
    representative_kana = models.CharField(_("代表者フリガナ"), max_length=80, blank=True)
    representative_post = models.CharField(_("代表者の役職"), max_length=40, blank=True)
    postal_code = models.CharField(_("郵便番号"), max_length=7, blank=True)
    prefecture = models.ForeignKey("hubs.Prefecture", models.PROTECT, verbose_name=_("都道府県"), null=True, blank=True)
    municipality_code = models.CharField(_("市区町村コード"), max_length=6, blank=True)
    municipality = models.CharField(_("市区町村"), max_length=60, blank=True)
    address = models.CharField(_("住所"), max_length=200, blank=True)
    phone = models.CharField(_("電話番号"), max_length=11, blank=True)
    email = models.EmailField(_("メール"), blank=True)
    url = models.URLField(_("URL"), blank=True)
    industry = models.CharField(_("業種"), max_length=40, blank=True)
    industry_revision = models.CharField(_("業種分類の改定版"), max_length=20, blank=True, editable=False)
    employees = models.PositiveIntegerField(_("常時使用従業員数"), null=True, blank=True)
    capital_yen = models.PositiveBigIntegerField(_("資本金(円)"), null=True, blank=True)
    established_on = models.DateField(_("設立年月"), null=True, blank=True)
    founding_stage = models.CharField(_("創業ステージ"), max_length=20, choices=FoundingStage.choices, blank=True)
    accounts_on = models.DateField(_("最近期の決算日"), null=True, blank=True)
    sales_yen = models.BigIntegerField(_("売上高(円)"), null=True, blank=True)
    profit_yen = models.BigIntegerField(_("営業利益(円)"), null=True, blank=True)
    labor_yen = models.BigIntegerField(_("人件費(円)"), null=True, blank=True)
    depreciation_yen = models.BigIntegerField(_("減価償却費(円)"), null=True, blank=True)
    memberships = ArrayField(
        models.CharField(max_length=20, choices=BusinessGroup.choices),
        verbose_name=_("所属団体"), default=list, blank=True,
    )  # fmt: skip
    survey_opt_out = models.BooleanField(_("調査を送らない"), default=False)
    anonymised_at = models.DateTimeField(_("匿名化日時"), null=True, editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("統合先"), related_name="+", null=True, editable=False, db_index=False
    )
    search_key = models.TextField(editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("登録日時"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(_("更新日時"))

    when_merged = {"merged_into": "stays"}
    objects = EnterpriseManager()

    class Meta:
        verbose_name = _("事業者")
        verbose_name_plural = _("事業者")
        indexes = [
            models.Index(fields=["hub", "-updated_at", "-id"], name="enterprise_by_hub"),
            # the national count asks who else bears this number; the number leads, the hub follows
            models.Index(fields=["corporate_number", "hub"], name="enterprise_by_number"),
            models.Index(fields=["identity", "hub"], name="enterprise_by_identity"),
            models.Index(
                fields=["hub", "merged_into"], condition=Q(merged_into__isnull=False), name="enterprise_by_survivor"
            ),
        ]
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(fields=["id", "hub"], name="enterprise_and_hub"),
            models.UniqueConstraint(
                fields=["hub", "corporate_number"],
                condition=~Q(corporate_number=""),
                name="one_enterprise_per_hub_and_number",
            ),
            SameHub(
                name="an_enterprise_is_merged_within_its_hub",
                columns=["merged_into_id", "hub_id"],
                to_table="consultations_enterprise",
                to_columns=["id", "hub_id"],
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(corporate_number="") & ~Q(merged_into=F("pk")),
                name="a_merged_enterprise_gives_up_its_number",
            ),
            one_of("kind", EnterpriseKind, name="enterprise_kind_is_known"),
            models.CheckConstraint(condition=~Q(name=""), name="an_enterprise_has_a_name"),
            models.CheckConstraint(
                condition=Q(corporate_number="") | Q(corporate_number__regex=r"^[1-9][0-9]{12}$"),
                name="corporate_number_has_13_digits",
            ),
            models.CheckConstraint(
                condition=Q(municipality_code="") | Q(municipality_code__regex=r"^[0-9]{6}$"),
                name="municipality_code_has_6_digits",
            ),
            models.CheckConstraint(
                condition=Q(memberships__contained_by=list(BusinessGroup.values)), name="memberships_are_known"
            ),
            models.CheckConstraint(
                condition=Q(anonymised_at__isnull=True)
                | Q(**dict.fromkeys(PERSONAL, ""), search_key="", name=ANONYMISED),
                name="nobody_is_known_by_an_anonymised_row",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_key = search_key_of(self)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("consultations:enterprise", args=[self.hub.slug, self.pk])

    @property
    def is_known(self) -> bool:
        """Whether it is still known who this is."""
        return self.anonymised_at is None

    @property
    def value_added_yen(self) -> int | None:
        """付加価値額: 営業利益 + 人件費 + 減価償却費, where all three are known."""
        parts = (self.profit_yen, self.labor_yen, self.depreciation_yen)
        known = [part for part in parts if part is not None]
        return sum(known) if len(known) == len(parts) else None

    @property
    def groups(self) -> list[str]:
        """所属団体 by their labels."""
        return [str(BusinessGroup(group).label) for group in self.memberships]

    @property
    def size(self) -> Size:
        """小規模/中小企業判定."""
        return size_of(kind=self.kind, industry=self.industry, capital_yen=self.capital_yen, employees=self.employees)


def search_key_of(enterprise: Enterprise) -> str:
    """What find-as-you-type looks through: folded names without legal form, the written name, numbers."""
    if enterprise.anonymised_at is not None or enterprise.merged_into_id is not None:
        return ""
    names = (enterprise.name, enterprise.kana, enterprise.trade_name)
    parts = [match_key(name) for name in names if name] + [fold(enterprise.name)]
    return " ".join([*parts, fold(enterprise.representative), enterprise.corporate_number, enterprise.phone]).strip()
