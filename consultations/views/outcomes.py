"""Outcomes of a case and their follow-ups."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations import actions
from consultations.actions import outcomes
from consultations.choices import AsOf, OutcomeKind
from consultations.forms import FORGOTTEN, row_number
from consultations.forms.outcomes import OutcomeForm, SkippingForm
from consultations.models import Case, FollowUp, Outcome
from consultations.queries.lists import every_outcome, unconfirmed_in
from consultations.views.clients import OneCase, differing
from consultations.views.logging import RecordDoor
from foundation.paging import behind, page_of, read_place
from hubs.access import Permission
from hubs.doors import looked_at

PAGE_SIZE = 50


class OutcomeList(RecordDoor):
    """GET: the hub's outcomes, the latest known first; `?kind=` those of one kind, `?unconfirmed=2026-10` those of
    a month that the client has not confirmed."""

    def get(self, request: HttpRequest) -> HttpResponse:
        kind, place = request.GET.get("kind", ""), read_place(request.GET)
        month = unconfirmed_in(request.GET.get("unconfirmed", ""))
        rows = behind(every_outcome(hub=self.hub, kind=kind, unconfirmed=month), "measured_on", place)
        found = list(rows.select_related("case__enterprise")[: PAGE_SIZE + 1])
        page = page_of(found, size=PAGE_SIZE, query=request.GET, place_of=lambda row: (row.measured_on, row.pk))
        looked_at(request, "outcomes.listed", kind=kind if kind in OutcomeKind.values else "")
        context = {"page": page, "kind": kind, "kinds": OutcomeKind.choices, "unconfirmed": month}
        return render(request, "consultations/outcome_list.html", context)


class OutcomeNew(OneCase):
    """GET and POST: write an outcome of a case down; `?as_of=` says of which time."""

    permission: ClassVar[str | None] = Permission.LOG_CONSULTATION

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.case(pk)
        looked_at(request, "case.viewed", on=case)
        asked = request.GET.get("as_of", "")
        beginning = {"as_of": asked if asked in AsOf.values else AsOf.CLOSING, "measured_on": timezone.localdate()}
        return self.page(case, OutcomeForm(case=case, today=timezone.localdate(), initial=beginning))

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        case = self.case(pk)
        form = OutcomeForm(request.POST, case=case, today=timezone.localdate())
        if not form.is_valid():
            return self.page(case, form, status=422)
        try:
            outcomes.record_outcome(case=case, by=self.person, at=timezone.now(), **form.values())
        except actions.Anonymised:
            form.add_error(None, FORGOTTEN)
            return self.page(case, form, status=422)
        messages.success(request, _("成果を記録しました。"))
        return redirect(f"{case.get_absolute_url()}#outcomes")

    def page(self, case: Case, form: OutcomeForm, status: int = 200) -> HttpResponse:
        return render(self.request, "consultations/outcome_edit.html", {"case": case, "form": form}, status=status)


class OneOutcome(RecordDoor):
    """Base of pages about one outcome."""

    permission: ClassVar[str | None] = Permission.LOG_CONSULTATION

    def outcome(self, pk: int) -> Outcome:
        rows = Outcome.objects.filter(hub=self.hub, pk=pk).standing()
        found = rows.select_related("hub", "case__hub", "updated_by").first()
        if found is None:
            raise Http404
        return found


class OutcomeEdit(OneOutcome):
    """GET and POST: change an outcome, or write down that the client has confirmed it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        outcome = self.outcome(pk)
        looked_at(request, "case.viewed", on=outcome.case)
        return self.page(outcome, self.form(outcome))

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        outcome = self.outcome(pk)
        form = self.form(outcome, request.POST)
        if not form.is_valid():
            return self.page(outcome, form, status=422)
        version = form.cleaned_data["version"]
        try:
            outcomes.revise_outcome(
                outcome=outcome, version=version, by=self.person, at=timezone.now(), **form.values()
            )
        except actions.Edited as problem:
            return self.conflict(problem.current, form)
        except actions.Anonymised:
            form.add_error(None, FORGOTTEN)
            return self.page(outcome, form, status=422)
        messages.success(request, _("成果を更新しました。"))
        return redirect(f"{outcome.case.get_absolute_url()}#outcomes")

    def form(self, outcome: Outcome, *sent: Any) -> OutcomeForm:
        return OutcomeForm(*sent, instance=outcome, case=outcome.case, today=timezone.localdate())

    def conflict(self, current: Outcome, form: OutcomeForm) -> HttpResponse:
        sent = self.request.POST.copy()
        sent["version"] = str(current.version)
        looked_at(self.request, "case.viewed", on=form.case)
        current = self.outcome(current.pk)
        return self.page(current, self.form(current, sent), status=409, differences=differing(current, form))  # type: ignore[arg-type]

    def page(self, outcome: Outcome, form: OutcomeForm, status: int = 200, differences: Any = ()) -> HttpResponse:
        context = {"case": outcome.case, "outcome": outcome, "form": form, "differences": differences}
        return render(self.request, "consultations/outcome_edit.html", context, status=status)


class OutcomeDeletion(OneOutcome):
    """POST: take an outcome back. A follow-up that it had settled is due again."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        outcome = self.outcome(pk)
        version = row_number(request.POST.get("version", ""))
        try:
            outcomes.delete_outcome(outcome=outcome, version=version, by=self.person, at=timezone.now())
        except actions.Edited:
            messages.error(request, _("ほかの人が先に変更しました。内容を確かめてから、もう一度削除してください。"))
        else:
            messages.success(request, _("成果を削除しました。"))
        return redirect(f"{outcome.case.get_absolute_url()}#outcomes")


class FollowUpSkipping(RecordDoor):
    """GET and POST: do without a follow-up, and say why."""

    permission: ClassVar[str | None] = Permission.LOG_CONSULTATION

    def follow_up(self, pk: int) -> FollowUp:
        rows = FollowUp.objects.filter(hub=self.hub, pk=pk).select_related("case__hub", "case__enterprise")
        found = rows.first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        follow_up = self.follow_up(pk)
        looked_at(request, "case.viewed", on=follow_up.case)
        return self.page(follow_up, SkippingForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        follow_up, form = self.follow_up(pk), SkippingForm(request.POST)
        if not form.is_valid():
            return self.page(follow_up, form, status=422)
        try:
            outcomes.skip_follow_up(follow_up=follow_up, by=self.person, at=timezone.now(), **form.cleaned_data)
        except outcomes.AlreadyEnded:
            messages.error(request, _("この追跡は、すでに済んでいるか取り消されています。"))
        else:
            messages.success(request, _("この時点の追跡を見送りました。"))
        return redirect(f"{follow_up.case.get_absolute_url()}#outcomes")

    def page(self, follow_up: FollowUp, form: SkippingForm, status: int = 200) -> HttpResponse:
        context = {"follow_up": follow_up, "case": follow_up.case, "form": form}
        return render(self.request, "consultations/followup_skipping.html", context, status=status)
