"""GET /nation/warnings/: the hubs that fall behind, for headquarters and for the bureau that is responsible."""

from __future__ import annotations

from typing import ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from dashboards.queries.warnings import RULES, hubs_behind
from hubs.access import Permission
from hubs.doors import Door, Reach
from hubs.models import Hub


class Warnings(Door):
    """?rule=falling shows those alone that this rule names."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.VIEW_WARNINGS

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("rule", "")
        if wanted and wanted not in {rule.code for rule in RULES}:
            raise Http404
        hubs = Hub.objects.filter(pk__in=request.scope.figures)  # type: ignore[attr-defined]
        looked_at = list(hubs.select_related("prefecture", "pulse").order_by("pk"))
        behind = hubs_behind(hubs=looked_at, today=timezone.localdate())
        named = {rule.code: [one for one in behind if rule in {s.rule for s in one.signs}] for rule in RULES}
        context = {
            "behind": named[wanted] if wanted else behind, "wanted": wanted, "count": len(looked_at),
            "rules": [(rule, len(named[rule.code])) for rule in RULES], "today": timezone.localdate(),
            "taken_at": min((h.pulse.taken_at for h in looked_at if hasattr(h, "pulse")), default=None),
        }  # fmt: skip
        return render(request, "dashboards/warning_list.html", context)
