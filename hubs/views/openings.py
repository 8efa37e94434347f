"""Headquarters opens a hub's records, with a reason, for an hour."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from hubs import actions
from hubs.access import Permission
from hubs.doors import Door, Reach
from hubs.forms import OpeningForm
from hubs.models import Hub, RecordOpening


class Opening(Door):
    """GET and POST /hubs/tokyo/opening/?next=/hubs/tokyo/cases/."""

    reach: ClassVar[Reach] = Reach.HUB_FIGURES
    permission: ClassVar[str | None] = Permission.OPEN_RECORDS

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(OpeningForm())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = OpeningForm(request.POST)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            try:
                actions.open_records(hub=self.hub, by=request.user, reason=reason, at=timezone.now())
            except ValidationError as problem:
                form.add_error(None, problem)
            else:
                return redirect(way_on(request.POST.get("next", ""), self.hub))
        return self.page(form, status=422)

    def page(self, form: OpeningForm, *, status: int = 200) -> HttpResponse:
        asked = self.request.POST.get("next", "") or self.request.GET.get("next", "")
        user: Any = self.request.user
        live = RecordOpening.objects.filter(user=user, hub=self.hub, expires_at__gt=timezone.now())
        page = {
            "hub": self.hub,
            "form": form,
            "next": way_on(asked, self.hub),
            "live": live.order_by("-expires_at").first(),
            "minutes": actions.OPENING_MINUTES,
        }
        return render(self.request, "hubs/opening_new.html", page, status=status)


def way_on(asked: str, hub: Hub) -> str:
    """Where to go after opening: a page of the same hub on this very site, otherwise the hub's front page."""
    own = asked.startswith(f"/hubs/{hub.slug}/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if own and ".." not in asked else hub.get_absolute_url()
