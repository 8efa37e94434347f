"""What stands around every page: where one can go, who one is, when one will be signed out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from hubs import access
from hubs.access import Permission
from hubs.models import Hub


@dataclass(frozen=True)
class Way:
    """One entry of the navigation: shown to who holds the right."""

    label: Promise
    url_name: str
    permission: Permission


@dataclass(frozen=True)
class Group:
    """Ways that are not needed all day, folded under one word."""

    label: Promise
    ways: tuple[Way, ...]


Open = tuple[Promise, str]  # a way that this person may go: its words and its address
HUB_WAYS = (
    Way(_("マイデスク"), "hubs:desk", Permission.LOG_CONSULTATION),
    Way(_("相談を記録"), "consultations:new", Permission.LOG_CONSULTATION),
    Way(pgettext_lazy("plural", "相談記録"), "consultations:consultations", Permission.VIEW_RECORDS),
    Way(pgettext_lazy("plural", "案件"), "consultations:cases", Permission.VIEW_RECORDS),
    Way(pgettext_lazy("plural", "事業者"), "consultations:enterprises", Permission.VIEW_RECORDS),
    Way(_("予約表"), "booking:calendar", Permission.BOOK),
    Way(pgettext_lazy("plural", "紹介"), "referrals:list", Permission.VIEW_RECORDS),
    Way(_("検索"), "finding:search", Permission.VIEW_RECORDS),
)
HUB_GROUPS = (
    Group(
        _("点検と整理"),
        (
            Way(_("重複候補"), "consultations:duplicates", Permission.MERGE_ENTERPRISES),
            Way(_("統合の履歴"), "consultations:merges", Permission.MERGE_ENTERPRISES),
            Way(_("記録の点検"), "consultations:reviews", Permission.REVIEW_NOTES),
            Way(_("開示・消去の請求"), "consultations:privacy_requests", Permission.DISCLOSE),
            Way(_("保存期間"), "consultations:retention", Permission.DISCLOSE),
        ),
    ),
    Group(
        _("やりとり"),
        (
            Way(_("拠点間の連携"), "sharing:requests", Permission.ASK_SHARING),
            Way(_("書き出し"), "exchange:exports", Permission.EXPORT_RECORDS),
            Way(_("取込"), "exchange:imports", Permission.IMPORT_RECORDS),
            Way(_("外部通知"), "webhooks:endpoints", Permission.MANAGE_WEBHOOKS),
        ),
    ),
    Group(
        _("拠点"),
        (
            Way(_("拠点の状況"), "hubs:home", Permission.VIEW_HUB),
            Way(_("分析"), "hubs:analysis", Permission.VIEW_HUB),
            Way(_("目標"), "targets:list", Permission.VIEW_HUB),
            Way(_("月次報告の提出"), "months:list", Permission.VIEW_HUB),
            Way(_("拠点の報告書"), "months:reports", Permission.DOWNLOAD_HUB_REPORT),
            Way(_("体制"), "hubs:roster", Permission.VIEW_HUB),
            Way(_("担当の上限と休止"), "consultations:assignments", Permission.ASSIGN),
            Way(_("引き継ぎ"), "booking:handovers", Permission.ASSIGN),
            Way(pgettext_lazy("plural", "委嘱"), "hubs:appointments", Permission.VIEW_APPOINTMENTS),
            Way(_("監査証跡"), "hubs:trail", Permission.VIEW_HUB_TRAIL),
        ),
    ),
)
NATION_WAYS = (
    Way(_("報告の受取り"), "agency:home", Permission.USE_AGENCY_DESK),
    Way(_("全国の状況"), "nation:month", Permission.VIEW_NATION),
    Way(_("分析"), "nation:analysis", Permission.VIEW_NATION),
    Way(_("クロス集計"), "crosstab:page", Permission.CROSS_TABULATE),
    Way(_("早期警戒"), "nation:warnings", Permission.VIEW_WARNINGS),
    Way(_("目標"), "nation_targets:list", Permission.VIEW_NATION),
    Way(_("月次報告の確認"), "nation_months:list", Permission.WATCH_MONTHS),
)
NATION_GROUPS = (
    Group(
        _("報告書"),
        (
            Way(_("報告パッケージ"), "reports:packages", Permission.DOWNLOAD_REPORT),
            Way(_("月次報告"), "reports:list", Permission.DOWNLOAD_REPORT),
            Way(_("本部の月次報告"), "reports:compositions", Permission.READ_COMPOSITIONS),
        ),
    ),
    Group(
        _("事業の運営"),
        (
            Way(_("特別相談窓口"), "nation_desks:desks", Permission.MANAGE_DESKS),
            Way(_("支援事例"), "nation_casestudies:list", Permission.MANAGE_CASE_STUDIES),
            Way(pgettext_lazy("plural", "委嘱"), "nation_hubs:appointments", Permission.VIEW_APPOINTMENTS),
        ),
    ),
    Group(
        _("基準と監査"),
        (
            Way(_("運用の基準"), "nation_desks:rules", Permission.SET_RULES),
            Way(_("同意文"), "nation_desks:consent_texts", Permission.SET_RULES),
            Way(_("監査証跡"), "nation_hubs:trail", Permission.VIEW_TRAIL),
            Way(_("管理"), "admin:index", Permission.ADMINISTER),
        ),
    ),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html. Costs no query: memberships are known since the entrance."""
    user = getattr(request, "user", None)
    page: dict[str, Any] = {
        "demo": settings.DEMO,
        "idle_minutes": settings.IDLE_MINUTES,
        "languages": settings.LANGUAGES,
    }
    if user is None or not user.is_authenticated:
        return page
    hub = getattr(request, "hub", None)
    at_hub = hub or access.own_hub(user)
    held = access.permissions_of(user, at_hub) if at_hub is not None else set()
    return page | {
        "frame_hub": at_hub,
        "hub_ways": _at_hub(held, HUB_WAYS, at_hub),
        "hub_groups": _folded((group, _at_hub(held, group.ways, at_hub)) for group in HUB_GROUPS),
        "nation_ways": _nationally(user, NATION_WAYS),
        "nation_groups": _folded((group, _nationally(user, group.ways)) for group in NATION_GROUPS),
    }


def _at_hub(held: set[str], ways: tuple[Way, ...], hub: Hub | None) -> list[Open]:
    if hub is None:
        return []
    return [(way.label, reverse(way.url_name, args=[hub.slug])) for way in ways if way.permission in held]


def _nationally(user: User, ways: tuple[Way, ...]) -> list[Open]:
    return [(way.label, reverse(way.url_name)) for way in ways if access.holds_nationally(user, way.permission)]


def _folded(groups: Iterable[tuple[Group, list[Open]]]) -> list[tuple[Promise, list[Open]]]:
    """Only those in which there is something."""
    return [(group.label, ways) for group, ways in groups if ways]
