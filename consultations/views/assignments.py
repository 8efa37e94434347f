"""Who has how much, what each can take, and who leads a case."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from consultations import actions
from consultations.actions import assignments
from consultations.forms.assignments import CapacityForm, LeadForm, why_not
from consultations.models import Capacity, Case
from consultations.queries import assignments as queries
from consultations.views.clients import OneCase
from consultations.views.logging import RecordDoor
from hubs.access import Permission
from hubs.doors import looked_at


class AssignmentList(RecordDoor):
    """GET: coordinators with their open cases, this week's count and cap, and pauses."""

    permission: ClassVar[str | None] = Permission.ASSIGN

    def get(self, request: HttpRequest) -> HttpResponse:
        looked_at(request, "assignments.listed")
        today = timezone.localdate()
        context = {"loads": queries.loads(hub=self.hub, day=today), "today": today}
        return render(request, "consultations/assignment_list.html", context)


class CapacityEdit(RecordDoor):
    """GET and POST: what one coordinator can take."""

    permission: ClassVar[str | None] = Permission.ASSIGN

    def someone(self, pk: int) -> User:
        loads = queries.loads(hub=self.hub, day=timezone.localdate())
        found = next((load.person for load in loads if load.person.pk == pk), None)
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self.someone(pk)
        row = Capacity.objects.filter(hub=self.hub, coordinator=person).first()
        names = ("weekly_cap", "paused_from", "paused_until")
        return self.page(person, CapacityForm(initial={name: getattr(row, name, None) for name in names}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        person, form = self.someone(pk), CapacityForm(request.POST)
        if not form.is_valid():
            return self.page(person, form, status=422)
        assignments.set_capacity(
            hub=self.hub, coordinator=person, by=self.person, at=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("受けられる件数を設定しました。"))
        return redirect(reverse("consultations:assignments", args=[self.hub.slug]))

    def page(self, person: User, form: CapacityForm, status: int = 200) -> HttpResponse:
        context: dict[str, Any] = {"coordinator": person, "form": form}
        return render(self.request, "consultations/capacity_edit.html", context, status=status)


class CaseLead(OneCase):
    """GET and POST: give a case to another lead."""

    permission: ClassVar[str | None] = Permission.LOG_CONSULTATION

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.case(pk)
        looked_at(request, "case.viewed", on=case)
        return self.page(case, LeadForm(case=case, today=timezone.localdate()))

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        case, today = self.case(pk), timezone.localdate()
        form = LeadForm(request.POST, case=case, today=today)
        if not form.is_valid():
            return self.page(case, form, status=422)
        wanted, version = form.cleaned_data["lead"], form.cleaned_data["version"]
        try:
            assignments.give_case(case=case, to=wanted, version=version, on=today, by=self.person, at=timezone.now())
        except assignments.NotFree as problem:
            form.add_error("lead", why_not(problem))
            return self.page(case, form, status=422)
        except actions.Edited:
            messages.error(
                request, _("ほかの人が先に案件を変更しました。今の主担当を確かめてから、やり直してください。")
            )
            return self.page(case, LeadForm(case=case, today=today), status=409)
        messages.success(request, _("主担当を変更しました。"))
        return redirect(case)

    def page(self, case: Case, form: LeadForm, status: int = 200) -> HttpResponse:
        return render(self.request, "consultations/case_lead.html", {"case": case, "form": form}, status=status)
