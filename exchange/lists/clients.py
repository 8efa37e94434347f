"""事業者 and 案件 as files."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from consultations.choices import CaseState, Category, EnterpriseKind, FoundingStage, Reception, Resolution
from consultations.models import Case, Enterprise
from consultations.queries.lists import cases_in
from consultations.queries.offers import code_labels
from directory.choices import CodeKind
from exchange.lists.declaring import Column, ExportedList, FiltersRefused, labelled
from foundation.text import has_forbidden
from hubs.access import Permission
from hubs.models import Hub


def _enterprise_columns() -> list[Column]:
    industries = code_labels(CodeKind.INDUSTRY)[CodeKind.INDUSTRY]
    return [
        Column.choice(_("区分"), "kind", EnterpriseKind),
        Column.text(_("名称"), "name"),
        Column.text(_("フリガナ"), "kana"),
        Column.text(_("法人番号"), "corporate_number"),
        Column.text(_("屋号"), "trade_name"),
        Column.text(_("代表者"), "representative"),
        Column.text(_("郵便番号"), "postal_code"),
        Column.text(_("都道府県"), "prefecture__name"),
        Column.text(_("市区町村コード"), "municipality_code"),
        Column.text(_("市区町村"), "municipality"),
        Column.text(_("住所"), "address"),
        Column.text(_("電話番号"), "phone"),
        Column.text(_("メール"), "email"),
        Column.text(_("URL"), "url"),
        Column.text(_("業種コード"), "industry"),
        Column(_("業種"), labelled(F("industry"), industries)),
        Column.number(_("常時使用従業員数"), "employees"),
        Column.number(_("資本金(円)"), "capital_yen"),
        Column.day(_("設立年月"), "established_on"),
        Column.choice(_("創業ステージ"), "founding_stage", FoundingStage),
        Column.day(_("最近期の決算日"), "accounts_on"),
        Column.number(_("売上高(円)"), "sales_yen"),
        Column.number(_("営業利益(円)"), "profit_yen"),
        Column.number(_("人件費(円)"), "labor_yen"),
        Column.number(_("減価償却費(円)"), "depreciation_yen"),
        Column(_("付加価値額(円)"), F("profit_yen") + F("labor_yen") + F("depreciation_yen"), is_number=True),
        Column.moment(_("登録日時"), "created_at"),
        Column.moment(_("更新日時"), "updated_at"),
    ]


def _enterprises(hub: Hub, query: QueryDict, who: User, today: dt.date) -> QuerySet:
    words = query.get("q", "").strip()[:120]
    if has_forbidden(words):
        raise FiltersRefused(words)
    return Enterprise.objects.filter(hub=hub).standing().matching(words).order_by("-updated_at", "-pk")


def _case_columns() -> list[Column]:
    labels = code_labels(CodeKind.INTRODUCER, CodeKind.HEARD_FROM)
    return [
        Column.text(_("案件番号"), "number"),
        Column.text(_("件名"), "title"),
        Column.text(_("事業者"), "enterprise__name"),
        Column.text(_("法人番号"), "enterprise__corporate_number"),
        Column.choice(_("主たる相談区分"), "category", Category),
        Column.day(_("受付日"), "received_on"),
        Column.choice(_("受付経路"), "reception", Reception),
        Column(_("案件紹介元機関"), labelled(F("introduced_by"), labels[CodeKind.INTRODUCER])),
        Column(_("認知媒体"), labelled(F("heard_from"), labels[CodeKind.HEARD_FROM])),
        Column.text(_("特別相談窓口"), "special_desk__name"),
        Column.text(_("本質的課題"), "issue"),
        Column.text(_("実行計画"), "plan"),
        Column.text(_("ユニット"), "unit__name"),
        Column.text(_("主担当"), "lead__name"),
        Column.text(_("副担当"), "deputy__name"),
        Column.choice(_("状態"), "state", CaseState),
        Column.day(_("終了日"), "closed_on"),
        Column.choice(_("解決度"), "resolution", Resolution),
        Column.text(_("次回アクション"), "next_action"),
        Column.day(_("期日"), "next_due_on"),
        Column.moment(_("登録日時"), "created_at"),
    ]


def _cases(hub: Hub, query: QueryDict, who: User, today: dt.date) -> QuerySet:
    words = query.get("q", "").strip()[:120]
    if has_forbidden(words):
        raise FiltersRefused(words)
    return cases_in(Case.objects.filter(hub=hub), query.get("state", "open")).matching(words).newest_first()


ENTERPRISES = ExportedList(
    name="enterprises",
    label=pgettext_lazy("plural", "事業者"),
    permission=Permission.VIEW_RECORDS,
    columns=_enterprise_columns,
    rows=_enterprises,
    filters=frozenset({"q"}),
    url_name="consultations:enterprises",
)
CASES = ExportedList(
    name="cases",
    label=pgettext_lazy("plural", "案件"),
    permission=Permission.VIEW_RECORDS,
    columns=_case_columns,
    rows=_cases,
    filters=frozenset({"q", "state"}),
    url_name="consultations:cases",
)
