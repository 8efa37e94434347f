"""Handing over: a leaver's open cases and coming bookings, in one deed, with a list to print."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from booking import actions, queries
from booking.forms import HandoverForm
from booking.models import Booking
from consultations.actions import assignments
from consultations.forms.assignments import why_not
from consultations.forms.cases import colleagues
from consultations.models import Handover
from consultations.queries import assignments as loads
from foundation.paging import behind, page_of, read_moment, read_place
from foundation.spreadsheets import csv_file
from foundation.templatetags.shown import moment
from hubs.access import Permission
from hubs.doors import Door, Reach, looked_at

CASES, BOOKINGS = 150, 60  # on one page: a form has at most 500 fields
PAGE_SIZE = 50


class HandoverDoor(Door):
    """A page about handing over."""

    reach: ClassVar[Reach] = Reach.HUB_RECORDS
    permission: ClassVar[str | None] = Permission.ASSIGN


class HandoverNew(HandoverDoor):
    """GET and POST assignments/<person>/handover/: which cases and bookings go to whom. All or none."""

    def giver(self, pk: int) -> User:
        everybody = loads.loads(hub=self.hub, day=timezone.localdate())
        found = next((load.person for load in everybody if load.person.pk == pk), None)
        if found is None:
            raise Http404
        return found

    def form(self, giver: User, *args: Any) -> HandoverForm:
        people = [one for one in colleagues(self.hub, timezone.localdate(), None) if one.pk != giver.pk]
        ahead = queries.confirmed_ahead(hub=self.hub, coordinator=giver, at=timezone.now(), at_most=BOOKINGS)
        cases = loads.open_cases_of(hub=self.hub, person=giver, at_most=CASES)
        return HandoverForm(*args, people=people, cases=cases, bookings=ahead)

    def get(self, request: HttpRequest, person: int) -> HttpResponse:
        giver = self.giver(person)
        return self.page(giver, self.form(giver))

    def post(self, request: HttpRequest, person: int) -> HttpResponseBase:
        giver = self.giver(person)
        form = self.form(giver, request.POST)
        if not form.is_valid():
            return self.page(giver, form, status=422)
        cases = [assignments.Giving(case, to) for case, to in form.givings("case")]
        at = timezone.now()
        try:
            done = actions.hand_over(
                hub=self.hub, giver=giver, cases=cases, bookings=form.givings("booking"), by=self.person, at=at
            )
        except actions.DoesNotFit as problem:
            return self.refused(giver, form, problem)
        messages.success(request, _("引き継ぎました。一覧を印刷するか、ダウンロードできます。"))
        return redirect(reverse("booking:handover", args=[self.hub.slug, done.pk]))

    def refused(self, giver: User, form: HandoverForm, problem: actions.DoesNotFit) -> HttpResponse:
        for kind, problems in (("case", problem.cases), ("booking", problem.bookings)):
            for pk, reason in problems.items():
                form.add_error(f"{kind}_{pk}_to", _reason_in_words(reason))
        form.add_error(None, _("引き継げないものがあるため、何も変更していません。相手を変えてやり直してください。"))
        return self.page(giver, form, status=422)

    def page(self, giver: User, form: HandoverForm, status: int = 200) -> HttpResponse:
        looked_at(self.request, "assignments.listed", person=giver.pk)
        context = {"giver": giver, "form": form, "most_cases": CASES, "most_bookings": BOOKINGS}
        return render(self.request, "booking/handover_new.html", context, status=status)


class HandoverList(HandoverDoor):
    """GET handovers/: what was handed over, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = behind(Handover.objects.filter(hub=self.hub), "at", read_place(request.GET, read=read_moment))
        found = list(rows.select_related("giver", "by").order_by("-at", "-pk")[: PAGE_SIZE + 1])
        page = page_of(found, size=PAGE_SIZE, query=request.GET, place_of=lambda row: (row.at, row.pk))
        return render(request, "booking/handover_list.html", {"page": page})


class HandoverPage(HandoverDoor):
    """GET handovers/<pk>/: the list, for paper."""

    def handover(self, pk: int) -> Handover:
        found = Handover.objects.filter(hub=self.hub, pk=pk).select_related("giver", "by").first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        handover = self.handover(pk)
        looked_at(request, "handover.viewed", on=handover)
        cases, bookings = handed(handover)
        context = {"handover": handover, "cases": cases, "bookings": bookings}
        return render(request, "booking/handover_page.html", context)


class HandoverFile(HandoverPage):
    """GET handovers/<pk>/file/: the same as CSV."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        handover = self.handover(pk)
        cases, bookings = handed(handover)
        looked_at(request, "handover.downloaded", on=handover, rows=len(cases) + len(bookings))
        rows: list[list[str]] = [
            [_("種類"), _("番号・日時"), _("事業者"), _("件名・場所"), _("引き継ぎ元"), _("引き継ぎ先")]
        ]
        giver = handover.giver.name
        rows += [
            [_("案件"), row.case.number, row.case.enterprise.name, row.case.title, giver, row.coordinator.name]
            for row in cases
        ]
        rows += [
            [_("予約"), moment(one.starts_at), one.who, str(one.place or ""), giver, to.name] for one, to in bookings
        ]
        response = HttpResponse(csv_file(rows).content, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="handover-{handover.pk}.csv"'
        return response


def handed(handover: Handover) -> tuple[list[Any], list[tuple[Booking, User]]]:
    """The cases, and the bookings with whom they went to."""
    rows = list(handover.assignments.select_related("coordinator", "case__enterprise", "case__hub").order_by("pk"))
    named = {row.reference: row.coordinator for row in rows if row.reference}
    keys = [int(reference.partition(":")[2]) for reference in named]
    found = Booking.objects.filter(hub=handover.hub_id, pk__in=keys).with_people().soonest_first()
    return [row for row in rows if row.case_id and not row.reference], [(row, named[row.reference]) for row in found]


def _reason_in_words(problem: Exception) -> str:
    if isinstance(problem, assignments.NotFree):
        return why_not(problem)
    if isinstance(problem, actions.Taken):
        return _("その時間に別の予約があります。")
    return _("ほかの人が先に変更しました。開き直してください。")
