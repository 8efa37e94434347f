"""Targets of a hub and of the nation: seen by everybody who sees the figures, set by chief and headquarters."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.periods import FiscalYear
from hubs.access import Permission, holds_nationally
from hubs.doors import Door, Reach
from hubs.models import Hub
from metrics.indicators import INDICATORS
from metrics.queries import Place
from plans import actions, queries
from plans.forms import TargetsForm, read_year, years_to_choose


class TargetDoor(Door):
    """A page about a place's targets of one year (?year=2026)."""

    reach: ClassVar[Reach] = Reach.HUB_FIGURES
    permission: ClassVar[str | None] = Permission.VIEW_HUB
    template: ClassVar[str]

    @property
    def year(self) -> FiscalYear:
        return read_year(self.request.GET, timezone.localdate())

    def whose(self) -> Hub | None:
        """The hub in the address; None for the nation."""
        return self.hub

    def place(self) -> Place:
        hub = self.whose()
        return Place.nation() if hub is None else Place.of_hub(hub)

    @cached_property
    def targets(self) -> queries.Targets:
        return queries.targets(year=self.year)

    def page(self, form: TargetsForm | None = None, status: int = 200, **more: Any) -> HttpResponse:
        aims = queries.aims_of(self.place(), self.year, self.targets)
        if form is None:
            form = TargetsForm(initial={aim.indicator.code: aim.target.value for aim in aims if aim.target})
        context = {
            "hub": self.whose(), "year": self.year, "years": years_to_choose(timezone.localdate()),
            "aims": [(aim, form[aim.indicator.code]) for aim in aims], "form": form,
        }  # fmt: skip
        return render(self.request, self.template, context | more, status=status)


class HubTargets(TargetDoor):
    """GET /hubs/<hub>/targets/: what the hub means to reach, and how far it is."""

    template: ClassVar[str] = "plans/target_list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(may_set=request.user.has_perm(Permission.SET_TARGETS, self.hub))


class HubRevision(TargetDoor):
    """GET, POST /hubs/<hub>/targets/revision/: the chief sets the year's targets."""

    permission: ClassVar[str | None] = Permission.SET_TARGETS
    template: ClassVar[str] = "plans/target_edit.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = TargetsForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        changed = actions.set_targets(
            hub=self.whose(), year=self.year, values=form.cleaned_data, by=self.person, at=timezone.now()
        )
        messages.success(request, _("目標を保存しました。") if changed else _("目標に変更はありません。"))
        return redirect(f"{self.list_address()}?year={self.year}")

    def list_address(self) -> str:
        return reverse("targets:list", args=[self.hub.slug])


class NationTargets(TargetDoor):
    """GET /nation/targets/: the nation's targets, and all hubs' side by side."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.VIEW_NATION
    template: ClassVar[str] = "plans/target_nation.html"

    def whose(self) -> None:
        return None

    def get(self, request: HttpRequest) -> HttpResponse:
        found = self.targets
        columns = found.indicators() or [INDICATORS["consultations"]]
        hubs = list(Hub.objects.filter(pk__in=request.scope.figures).order_by("pk"))  # type: ignore[attr-defined]
        return self.page(
            columns=[(i, found.sum_of(hubs, i), found.value(Place.nation(), i)) for i in columns],
            rows=queries.promises(hubs, columns, self.year, found),
            may_set=holds_nationally(request.user, Permission.SET_NATION_TARGETS),
        )


class NationRevision(HubRevision):
    """GET, POST /nation/targets/revision/: headquarters sets the nation's."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.SET_NATION_TARGETS

    def whose(self) -> None:
        return None

    def list_address(self) -> str:
        return reverse("nation_targets:list")
