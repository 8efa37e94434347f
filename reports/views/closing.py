"""Closing, correcting and publishing the nation's month; reopenings asked for and decided."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.models import Consultation
from foundation.errors import MoveRefused
from foundation.periods import Month
from hubs.access import Permission
from hubs.doors import Door, Reach, looked_at
from jobs import actions as jobs
from jobs.queries import progress_of
from metrics import corrections
from reports.actions import reopening as actions
from reports.forms import ClosingForm, DecisionForm, ReopeningForm
from reports.models import Reopening
from reports.queries import closing as queries
from reports.queries.months import report_of
from reports.views.editions import read_month
from reports.views.months import MonthDoor


class ClosingDoor(Door):
    """A page about the closing of one month of the nation."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.CLOSE_MONTH

    def back(self, month: Month) -> HttpResponseBase:
        return redirect("nation_months:closing", str(month))

    def order(self, kind: str, month: Month, **more: Any) -> None:
        """Have it done by a worker; what is under way already is not asked for twice."""
        found = queries.newest_job(month)
        if found is None or not found.is_under_way:
            jobs.request(kind=kind, parameters={"month": str(month), **more}, by=self.person, at=timezone.now())


class MonthClosing(ClosingDoor):
    """GET /nation/months/2026-10/closing/: who is missing, what it carries, its versions. POST: close it."""

    def get(self, request: HttpRequest, month: str) -> HttpResponse:
        return self.page(read_month(month), ClosingForm())

    def post(self, request: HttpRequest, month: str) -> HttpResponseBase:
        wanted = read_month(month)
        found = queries.closing_of(wanted, today=timezone.localdate())
        form = ClosingForm(request.POST, needs_reason=found.needs_reason, mark=found.mark)
        if not form.is_valid():
            return self.page(wanted, form, status=422)
        self.order(queries.CLOSE, wanted, note=form.cleaned_data["note"], seen=found.mark)
        return self.back(wanted)

    def page(self, month: Month, form: ClosingForm, status: int = 200) -> HttpResponse:
        found = queries.closing_of(month, today=timezone.localdate())
        pending = corrections.pending()
        context = {
            "month": month, "closing": found, "form": form, "job": found.job,
            "carried": queries.in_words(corrections.carried_in(month)) if found.is_closed else [],
            "pending": queries.in_words(pending), "pending_count": len(pending), "shown": queries.SHOWN,
            "may_correct": found.is_closed and bool(pending) and not found.is_under_way,
        } | (progress_of(found.job) if found.job else {})  # fmt: skip
        return render(self.request, "reports/closing_page.html", context, status=status)


class ClosingProgress(ClosingDoor):
    """GET …/closing/progress/?seen=…: the part that changes; 204 while it does not, a reload at its end."""

    def get(self, request: HttpRequest, month: str) -> HttpResponse:
        wanted = read_month(month)
        job = queries.newest_job(wanted)
        if job is None:
            raise Http404
        context = {"month": wanted, "job": job} | progress_of(job)
        if request.GET.get("seen") == context["seen"]:
            return HttpResponse(status=204)
        response = render(request, "reports/_closing_progress.html", context)
        if not job.is_under_way:
            response["HX-Refresh"] = "true"  # the whole page says more now
        return response


class ClosingRecord(ClosingDoor):
    """GET …/closing/record/: the record of the newest deed, as a file."""

    def get(self, request: HttpRequest, month: str) -> HttpResponseBase:
        wanted = read_month(month)
        job = queries.newest_job(wanted)
        if job is None or not job.has_result:
            return self.back(wanted)
        looked_at(request, "report.downloaded", on=job, sha256=job.sha256, month=str(wanted))
        return FileResponse(default_storage.open(str(job.result.name)), as_attachment=True, filename=job.result_name)


class MonthPublication(ClosingDoor):
    """POST …/publication/: publish what is closed."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, month: str) -> HttpResponseBase:
        wanted = read_month(month)
        self.order(queries.PUBLISH, wanted)
        return self.back(wanted)


class MonthCorrection(ClosingDoor):
    """POST …/correction/: a further version of the newest closed month, without waiting for the next closing."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, month: str) -> HttpResponseBase:
        wanted = read_month(month)
        self.order(queries.CORRECT, wanted)
        return self.back(wanted)


class Reopenings(Door):
    """GET /nation/reopenings/: those to be decided, and those that are open."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.CHECK_MONTHS

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "reports/reopening_list.html", {"reopenings": queries.reopenings_waiting()})


class HubReopening(MonthDoor):
    """GET /hubs/tokyo/months/2026-10/reopening/: ask for it. POST: asked."""

    permission: ClassVar[str | None] = Permission.CONFIRM_MONTH
    reach: ClassVar[Reach] = Reach.HUB_RECORDS

    def get(self, request: HttpRequest, month: str) -> HttpResponse:
        return self.page(read_month(month), ReopeningForm(initial={"records": request.GET.get("record", "")}))

    def post(self, request: HttpRequest, month: str) -> HttpResponseBase:
        wanted = read_month(month)
        form = ReopeningForm(request.POST)
        if form.is_valid() and (strange := self.strange(wanted, form.cleaned_data["records"])):
            form.add_error("records", _("この月の相談記録ではありません: %(numbers)s") % {"numbers": strange})
        if not form.is_valid():
            return self.page(wanted, form, status=422)
        values = form.cleaned_data
        try:
            actions.ask(
                report=report_of(self.hub, wanted), reason=values["reason"], consultations=values["records"],
                by=self.person, at=timezone.now(),
            )  # fmt: skip
        except (actions.AskedAlready, actions.NothingClosed):
            form.add_error(None, _("この月は締めていないか、すでに再開を申請しています。"))
            return self.page(wanted, form, status=409)
        messages.success(request, _("再開を申請しました。全国本部が承認すると、期限まで直せます。"))
        return self.back(wanted)

    def strange(self, month: Month, records: list[int]) -> str:
        known = Consultation.objects.filter(hub=self.hub, pk__in=records).held_in(month).values_list("pk", flat=True)
        return ", ".join(str(pk) for pk in sorted(set(records) - set(known)))

    def page(self, month: Month, form: ReopeningForm, status: int = 200) -> HttpResponse:
        context = {"hub": self.hub, "month": month, "form": form, "report": report_of(self.hub, month)}
        return render(self.request, "reports/reopening_new.html", context, status=status)


class ReopeningDecision(MonthDoor):
    """GET /hubs/tokyo/months/2026-10/reopening/decision/: what was asked. POST: granted until a day, or refused."""

    permission: ClassVar[str | None] = Permission.CHECK_MONTHS

    def get(self, request: HttpRequest, month: str) -> HttpResponse:
        return self.page(read_month(month), DecisionForm())

    def post(self, request: HttpRequest, month: str) -> HttpResponseBase:
        wanted, now = read_month(month), timezone.now()
        asked, form = self.asked(wanted), DecisionForm(request.POST)
        if not form.is_valid():
            return self.page(wanted, form, status=422)
        answer = form.cleaned_data["answer"]
        try:
            if form.cleaned_data["decision"] == "grant":
                until = queries.last_moment(now, form.cleaned_data["days"])
                actions.grant(reopening=asked, until=until, answer=answer, by=self.person, at=now)
                messages.success(request, _("再開を承認しました。"))
            else:
                actions.refuse(reopening=asked, answer=answer, by=self.person, at=now)
                messages.success(request, _("再開を却下しました。"))
        except MoveRefused:
            messages.error(request, _("ほかの人が先に決めました。"))
        return self.back(wanted)

    def asked(self, month: Month) -> Reopening:
        rows = Reopening.objects.filter(hub=self.hub, report__reporting_month_id=month.first)
        return get_object_or_404(rows.undecided().with_people())

    def page(self, month: Month, form: DecisionForm, status: int = 200) -> HttpResponse:
        context = {"hub": self.hub, "month": month, "form": form, "asked": self.asked(month)}
        return render(self.request, "reports/reopening_decision.html", context, status=status)


class ReopeningWithdrawal(MonthDoor):
    """POST …/reopening/withdrawal/: the hub takes its wish back."""

    permission: ClassVar[str | None] = Permission.CONFIRM_MONTH
    http_method_names = ["post"]

    def post(self, request: HttpRequest, month: str) -> HttpResponseBase:
        wanted = read_month(month)
        asked = Reopening.objects.filter(hub=self.hub, report__reporting_month_id=wanted.first).undecided().first()
        try:
            if asked is not None:
                actions.withdraw(reopening=asked, by=self.person, at=timezone.now())
                messages.success(request, _("再開の申請を取り下げました。"))
        except MoveRefused:
            messages.error(request, _("本部が先に回答しました。"))
        return self.back(wanted)
