"""The month at a hub and at headquarters: looked over, submitted, sent back, accepted."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.actions.locks import lock_on
from foundation.errors import MoveRefused
from foundation.periods import Month
from hubs.access import Permission
from hubs.doors import Door, Reach
from hubs.models import Hub
from metrics.indicators import INDICATORS
from metrics.models import Freeze
from metrics.queries import Told
from reports.actions import months as actions
from reports.choices import MonthMove
from reports.forms import CheckForm, SubmissionForm, explanation_name
from reports.models import MonthlyReport
from reports.queries import months as queries
from reports.queries.closing import corrections_of, in_words
from reports.views.editions import read_month
from reports.workflow import CLOSED, MONTH

SHOWN = 14


class MonthDoor(Door):
    """A page about one month of one hub."""

    reach: ClassVar[Reach] = Reach.HUB_FIGURES
    permission: ClassVar[str | None] = Permission.VIEW_HUB

    def back(self, month: Month) -> HttpResponseBase:
        return redirect("months:month", self.hub.slug, str(month))


class HubMonths(MonthDoor):
    """GET /hubs/tokyo/months/: the newest months and how far each is."""

    def get(self, request: HttpRequest) -> HttpResponse:
        newest = Month.of(timezone.localdate()).previous()
        months = [newest.plus(-n) for n in range(SHOWN)]
        known = {
            row.month: row
            for row in MonthlyReport.objects.filter(hub=self.hub).with_dates().order_by("-reporting_month")[: SHOWN * 2]
        }
        today = timezone.localdate()
        rows = [
            known.get(m) or MonthlyReport(hub=self.hub, reporting_month=queries.ReportingMonth.usual(m)) for m in months
        ]
        context = {"hub": self.hub, "rows": [(row, row.is_late(today)) for row in rows]}
        return render(request, "reports/month_list.html", context)


class HubMonth(MonthDoor):
    """GET /hubs/tokyo/months/2026-10/: its figures, what was said about them, and its history."""

    def get(self, request: HttpRequest, month: str) -> HttpResponse:
        wanted = read_month(month)
        report = queries.report_of(self.hub, wanted)
        return self.page(wanted, report, self.form(wanted, initial={"version": report.version}))

    def form(self, month: Month, *args: Any, **more: Any) -> CheckForm:
        return CheckForm(*args, indicators=INDICATORS.at(month).totals(), **more)

    def page(self, month: Month, report: MonthlyReport, form: CheckForm, status: int = 200) -> HttpResponse:
        saved = report.pk is not None
        said = dict(report.explanations.values_list("indicator", "text")) if saved else {}
        remarks = list(report.remarks.select_related("by").order_by("-at", "-pk")) if saved else []
        possible = MONTH.possible(report.state)
        told = Told.FROZEN if report.state in CLOSED else Told.LIVE
        figures = queries.figures_to_confirm(self.hub, month, told=told)
        checks = self.request.user.has_perm(Permission.CHECK_MONTHS, self.hub)
        confirms = self.request.user.has_perm(Permission.CONFIRM_MONTH, self.hub)
        versions = list(Freeze.objects.of(month).order_by("version"))
        made, pending = corrections_of(month, hub=self.hub) if versions else ([], [])
        standing = report.reopenings.standing().with_people().first() if saved else None
        lock = lock_on(hub_id=self.hub.pk, day=month.first) if versions else None
        context = {
            "hub": self.hub, "month": month, "report": report, "form": form,
            "dates": report.reporting_month, "is_late": report.is_late(timezone.localdate()),
            "is_over": timezone.localdate() > month.last,
            "figures": [(row, said.get(row.indicator.code, "")) for row in figures],
            "remarks": [(INDICATORS[row.indicator].label, row) for row in remarks if row.indicator in INDICATORS],
            "steps": report.steps.select_related("by").order_by("-at", "-pk") if saved else [],
            "may_reopen": confirms and report.state in CLOSED and standing is None,
            "reopening": standing, "may_decide": checks, "lock": lock, "may_ask_back": confirms,
            "locked": lock.in_words(timezone.now()) if lock else "",
            "made": in_words(made), "pending": in_words(pending), "versions": versions,
            "may_submit": confirms and MonthMove.SUBMIT in possible,
            "may_withdraw": confirms and MonthMove.WITHDRAW in possible,
            "may_accept": checks and MonthMove.ACCEPT in possible,
            "may_return": checks and MonthMove.RETURN in possible,
        }  # fmt: skip
        return render(self.request, "reports/month_page.html", context, status=status)


class Submission(MonthDoor):
    """GET: what to look at before submitting. POST …/submission/: the chief submits."""

    reach: ClassVar[Reach] = Reach.HUB_RECORDS
    permission: ClassVar[str | None] = Permission.CONFIRM_MONTH

    def get(self, request: HttpRequest, month: str) -> HttpResponse:
        return self.page(read_month(month), None)

    def post(self, request: HttpRequest, month: str) -> HttpResponseBase:
        wanted = read_month(month)
        form = self.form(wanted, request.POST)
        if not form.is_valid():
            return self.page(wanted, form, status=422)
        values = form.cleaned_data
        try:
            actions.submit(
                hub=self.hub, month=wanted, version=values["version"], explanations=form.explanations(),
                zero=values["zero"], by=self.person, at=timezone.now(),
            )  # fmt: skip
        except actions.ExplanationMissing as problem:
            for code in problem.indicators:
                form.add_error(explanation_name(code), _("前月から30%を超えて増減しています。理由を書いてください。"))
        except actions.ZeroUnconfirmed:
            form.add_error("zero", _("相談が1件もない月は、そのことを確認してから提出します。"))
        except actions.NotOver:
            form.add_error(None, _("まだ終わっていない月は提出できません。"))
        except (actions.Moved, MoveRefused):
            form.add_error(None, _("ほかの人が先に状態を変えました。月のページを開き直してください。"))
        else:
            messages.success(request, _("月次報告を提出しました。"))
            return self.back(wanted)
        return self.page(wanted, form, status=422)

    def form(self, month: Month, *args: Any) -> SubmissionForm:
        report = queries.report_of(self.hub, month)
        known = dict(report.explanations.values_list("indicator", "text")) if report.pk else {}
        figures = queries.figures_to_confirm(self.hub, month)
        return SubmissionForm(*args, jumps=queries.jumps_of(figures), known=known, initial={"version": report.version})

    def page(self, month: Month, form: SubmissionForm | None, status: int = 200) -> HttpResponse:
        report, figures = queries.report_of(self.hub, month), queries.figures_to_confirm(self.hub, month)
        form = form or self.form(month)
        names = set(form.fields)
        context = {
            "hub": self.hub, "month": month, "report": report, "form": form, "dates": report.reporting_month,
            "checks": queries.checks_of(self.hub, month), "is_zero": figures[0].now == 0,
            "is_over": timezone.localdate() > month.last,
            "may_submit": MonthMove.SUBMIT in MONTH.possible(report.state) and timezone.localdate() > month.last,
            "figures": [
                (row, form[name] if (name := explanation_name(row.indicator.code)) in names else None)
                for row in figures
            ],
        }  # fmt: skip
        return render(self.request, "reports/month_submission.html", context, status=status)


class MonthDeed(MonthDoor):
    """Base: POST moves the month once, and leads back to it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, month: str) -> HttpResponseBase:
        wanted = read_month(month)
        version = request.POST.get("version", "")
        try:
            self.move(wanted, int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0)
        except (actions.Moved, MoveRefused):
            messages.error(request, _("ほかの人が先に状態を変えました。今の状態を確かめてから操作してください。"))
        else:
            messages.success(request, _("月次報告の状態を変更しました。"))
        return self.back(wanted)

    def move(self, month: Month, version: int) -> None:
        raise NotImplementedError


class Withdrawal(MonthDeed):
    """POST …/withdrawal/: the hub takes it back."""

    permission: ClassVar[str | None] = Permission.CONFIRM_MONTH

    def move(self, month: Month, version: int) -> None:
        actions.withdraw(hub=self.hub, month=month, version=version, by=self.person, at=timezone.now())


class Acceptance(MonthDeed):
    """POST …/acceptance/: headquarters has checked it."""

    permission: ClassVar[str | None] = Permission.CHECK_MONTHS

    def move(self, month: Month, version: int) -> None:
        actions.accept(hub=self.hub, month=month, version=version, by=self.person, at=timezone.now())


class Return(HubMonth):
    """POST …/return/: headquarters asks again, with a reason and remarks on figures."""

    permission: ClassVar[str | None] = Permission.CHECK_MONTHS
    http_method_names = ["post"]

    def post(self, request: HttpRequest, month: str) -> HttpResponseBase:
        wanted = read_month(month)
        form = self.form(wanted, request.POST)
        if not form.is_valid():
            return self.page(wanted, queries.report_of(self.hub, wanted), form, status=422)
        values = form.cleaned_data
        try:
            actions.send_back(
                hub=self.hub, month=wanted, version=values["version"], note=values["note"], remarks=form.remarks(),
                by=self.person, at=timezone.now(),
            )  # fmt: skip
        except (actions.Moved, MoveRefused):
            messages.error(request, _("ほかの人が先に状態を変えました。今の状態を確かめてから操作してください。"))
        else:
            messages.success(request, _("拠点に差し戻しました。"))
        return self.back(wanted)


class NationMonths(Door):
    """GET /nation/months/?month=2026-10: how far every hub is, reporting rate and on-time rate."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.CHECK_MONTHS

    def get(self, request: HttpRequest) -> HttpResponse:
        newest = Month.of(timezone.localdate()).previous()
        month = read_month(request.GET["month"]) if request.GET.get("month") else newest
        hubs = list(Hub.objects.select_related("prefecture").order_by("pk"))
        rows = queries.standings(hubs, month, today=timezone.localdate())
        reporting, on_time = queries.rates(rows)
        context = {
            "month": month, "months": [newest.plus(-n) for n in range(SHOWN)], "rows": rows, "reporting": reporting,
            "on_time": on_time, "dates": queries.reporting_month(month), "here": reverse("nation_months:list"),
        }  # fmt: skip
        return render(request, "reports/month_nation.html", context)
