"""What stands around every page: where one can go, who one is, when one will be signed out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubs import access
from hubs.access import Permission
from hubs.models import Hub


@dataclass(frozen=True)
class Way:
    """One entry of the navigation: shown to who holds the right."""

    label: Promise
    url_name: str
    permission: Permission


HUB_WAYS = (
    Way(_("拠点の状況"), "hubs:home", Permission.VIEW_HUB),
    Way(_("相談を記録"), "consultations:new", Permission.LOG_CONSULTATION),
    Way(pgettext_lazy("plural", "相談記録"), "consultations:consultations", Permission.VIEW_RECORDS),
    Way(pgettext_lazy("plural", "案件"), "consultations:cases", Permission.VIEW_RECORDS),
    Way(pgettext_lazy("plural", "事業者"), "consultations:enterprises", Permission.VIEW_RECORDS),
    Way(_("体制"), "hubs:roster", Permission.VIEW_HUB),
    Way(pgettext_lazy("plural", "委嘱"), "hubs:appointments", Permission.VIEW_APPOINTMENTS),
    Way(_("監査証跡"), "hubs:trail", Permission.VIEW_HUB_TRAIL),
)
NATION_WAYS = (
    Way(_("全国の状況"), "nation:month", Permission.VIEW_NATION),
    Way(_("月次報告"), "reports:list", Permission.DOWNLOAD_REPORT),
    Way(pgettext_lazy("plural", "委嘱"), "nation_hubs:appointments", Permission.VIEW_APPOINTMENTS),
    Way(_("監査証跡"), "nation_hubs:trail", Permission.VIEW_TRAIL),
    Way(_("管理"), "admin:index", Permission.ADMINISTER),
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
    nation = [
        (way.label, reverse(way.url_name)) for way in NATION_WAYS if access.holds_nationally(user, way.permission)
    ]
    at_hub = hub or access.own_hub(user)
    return page | {"frame_hub": at_hub, "hub_ways": _hub_ways(user, at_hub), "nation_ways": nation}


def _hub_ways(user: Any, hub: Hub | None) -> list[tuple[Promise, str]]:
    if hub is None:
        return []
    held = access.permissions_of(user, hub)
    return [(way.label, reverse(way.url_name, args=[hub.slug])) for way in HUB_WAYS if way.permission in held]
