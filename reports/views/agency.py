"""The agency's page: the newest package on top, what came before it, what was corrected, and being told by mail."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from hubs.access import Permission
from hubs.doors import Door, Reach
from metrics import corrections
from reports.actions import packages as actions
from reports.choices import PackageKind
from reports.forms import SubscriptionForm
from reports.models import Package, Subscription
from reports.queries import compositions
from reports.queries import packages as queries
from reports.queries.closing import in_words
from reports.views.packages import around

HISTORY = 13  # a year of months, and its year
COMPOSED = 3  # of headquarters' own reports


class AgencyHome(Door):
    """GET /agency/: where the agency's people begin."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.USE_AGENCY_DESK

    def get(self, request: HttpRequest) -> HttpResponse:
        packages = list(Package.objects.with_job().newest_first()[:HISTORY])
        shown = queries.shown_to(request.user, packages)
        newest = next((one for one in shown if one.package.is_complete), None)
        coming = next((one for one in shown if one.package.is_under_way), None)
        carried = corrections.told_by(newest.package.carried) if newest else []
        context = {
            "newest": newest, "coming": coming, "history": [one for one in shown if one not in (newest, coming)],
            "corrections": in_words(carried), "correction_count": len(carried),
            "composed": compositions.newest_submitted()[:COMPOSED],
            "subscribed": Subscription.objects.filter(user=self.person).exists(),
        } | (around(coming.package, coming.made) | {"package": coming.package} if coming else {})  # fmt: skip
        return render(request, "reports/agency_home.html", context)


class SubscriptionPage(Door):
    """GET /agency/subscription/: of what one is told by mail. POST: change it."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.DOWNLOAD_REPORT

    def get(self, request: HttpRequest) -> HttpResponse:
        held = Subscription.objects.filter(user=self.person).values_list("what", flat=True)
        form = SubscriptionForm(initial={"kinds": list(held)})
        return render(request, "reports/subscription_page.html", {"form": form})

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = SubscriptionForm(request.POST)
        if not form.is_valid():
            return render(request, "reports/subscription_page.html", {"form": form}, status=422)
        kinds = [kind for kind in PackageKind.values if kind in form.cleaned_data["kinds"]]
        actions.subscribe(user=self.person, kinds=kinds, at=timezone.now())
        messages.success(request, _("登録しました。") if kinds else _("通知を解除しました。"))
        return redirect("agency:subscription")
