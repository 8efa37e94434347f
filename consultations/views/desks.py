"""Special desks: headquarters opens, changes and closes them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations import actions
from consultations.actions import desks
from consultations.forms.desks import DeskForm
from consultations.models import SpecialDesk
from consultations.views.clients import differing
from foundation.paging import behind, page_of, read_place
from hubs.access import Permission
from hubs.doors import Door, Reach
from hubs.models import Prefecture

PAGE_SIZE = 50


class DeskDoor(Door):
    """Base of the pages about special desks."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.MANAGE_DESKS

    def page(self, form: DeskForm, *, status: int = 200, differences: Any = ()) -> HttpResponse:
        context = {"form": form, "desk": form.instance, "differences": differences}
        return render(self.request, "consultations/desk_edit.html", context, status=status)


class DeskList(DeskDoor):
    """GET: every special desk, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        behind_it = behind(SpecialDesk.objects.all(), "opened_on", read_place(request.GET))
        found = list(behind_it.newest_first()[: PAGE_SIZE + 1])
        page = page_of(found, size=PAGE_SIZE, query=request.GET, place_of=lambda row: (row.opened_on, row.pk))
        names = {row.pk: str(row) for row in Prefecture.objects.order_by("pk")}
        rows = [(desk, [names[code] for code in desk.only_in]) for desk in page.objects]
        context = {"page": page, "rows": rows, "today": timezone.localdate()}
        return render(request, "consultations/desk_list.html", context)


class DeskNew(DeskDoor):
    """GET and POST: open a special desk."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(DeskForm(initial={"opened_on": timezone.localdate()}))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = DeskForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        desks.open_desk(by=self.person, at=timezone.now(), **form.values())
        messages.success(request, _("特別相談窓口を開設しました。"))
        return redirect(reverse("nation_desks:desks"))


class DeskEdit(DeskDoor):
    """GET and POST: change a special desk, or close it."""

    def desk(self, pk: int) -> SpecialDesk:
        found = SpecialDesk.objects.filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(DeskForm(instance=self.desk(pk)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        form = DeskForm(request.POST, instance=self.desk(pk))
        if not form.is_valid():
            return self.page(form, status=422)
        version = form.cleaned_data["version"]
        try:
            desks.revise_desk(desk=form.instance, version=version, by=self.person, at=timezone.now(), **form.values())
        except actions.Edited as problem:
            return self.conflict(problem.current, form)
        messages.success(request, _("特別相談窓口を更新しました。"))
        return redirect(reverse("nation_desks:desks"))

    def conflict(self, current: SpecialDesk, form: DeskForm) -> HttpResponse:
        sent = self.request.POST.copy()
        sent["version"] = str(current.version)
        again = DeskForm(sent, instance=current)
        return self.page(again, status=409, differences=differing(current, form))  # type: ignore[arg-type]
