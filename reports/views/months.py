"""The month of one hub: looked over, submitted, sent back, accepted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.actions.locks import lock_on
from foundation.errors import MoveRefused
from foundation.periods import Month
from hubs.access import Permission
from hubs.doors import Door, Reach
from metrics.indicators import INDICATORS
from metrics.models import Freeze
from metrics.queries import Told
from reports.actions import months as actions
from reports.choices import MonthMove
from reports.forms import CheckForm, SubmissionForm, explanation_name
from reports.models import MonthlyReport, Remark, ReportingMonth
from reports.queries import months as queries
from reports.queries.checks import checks_of
from reports.queries.closing import corrections_of, in_words
from reports.views.editions import read_month
from reports.workflow import CLOSED, MONTH

SHOWN = 14


def read_version(text: str) -> int:
    """What a page said a row's version was; 0, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


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
        dated = ReportingMonth.objects.in_bulk([m.first for m in months])
        today = timezone.localdate()
        rows = [
            known.get(m) or MonthlyReport(hub=self.hub, reporting_month=dated.get(m.first) or ReportingMonth.usual(m))
            for m in months
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
        possible, user = MONTH.possible(report.state), self.request.user
        steps = list(report.steps.select_related("by").order_by("-at", "-pk")) if report.pk else []
        rounds = queries.rounds_of(report, steps)
        as_told = Told.FROZEN if report.state in CLOSED else Told.LIVE
        figures = queries.figures_to_confirm(self.hub, month, told=as_told)
        changes = [] if report.state in CLOSED else queries.changes_of(report, figures)
        context = {
            "hub": self.hub, "month": month, "report": report, "form": form, "dates": report.reporting_month,
            "is_late": report.is_late(timezone.localdate()), "is_over": timezone.localdate() > month.last,
            "figures": said_of(report, figures, rounds), "rounds": rounds, "steps": steps,
            "changes": changes, "mark": queries.mark_of(changes),
            "confirms": user.has_perm(Permission.CONFIRM_MONTH, self.hub),
            "checks": user.has_perm(Permission.CHECK_MONTHS, self.hub),
            "may": {str(move): move in possible for move in MonthMove},
        }  # fmt: skip
        return render(self.request, "reports/month_page.html", context | self.closed(month, report), status=status)

    def closed(self, month: Month, report: MonthlyReport) -> dict[str, Any]:
        """What the page says of a month that was closed: its versions, corrections, lock and reopening."""
        versions = list(Freeze.objects.of(month).order_by("version"))
        if not versions:
            return {"versions": []}
        made, pending = corrections_of(month, hub=self.hub)
        lock = lock_on(hub_id=self.hub.pk, day=month.first)
        standing = report.reopenings.standing().with_people().first() if report.pk else None
        return {
            "versions": versions, "made": in_words(made), "pending": in_words(pending), "reopening": standing,
            "locked": lock.in_words(timezone.now()) if lock else "",
            "may_reopen": report.state in CLOSED and standing is None,
        }  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A figure with all that was said about it: the hub's explanation, and what headquarters asked at last."""

    figure: queries.Confirmed
    explanation: str
    remark: Remark | None


def said_of(report: MonthlyReport, figures: list[queries.Confirmed], rounds: list[queries.Round]) -> list[Said]:
    """The figures of a month, each with what was said about it."""
    explained = queries.explanations_of(report)
    remarks = {remark.indicator: remark for _indicator, remark in rounds[0].remarks} if rounds else {}
    return [
        Said(figure, explained.get(figure.indicator.code, ""), remarks.get(figure.indicator.code)) for figure in figures
    ]


class Submission(MonthDoor):
    """GET: what to look at before submitting. POST …/submission/: the chief submits."""

    reach: ClassVar[Reach] = Reach.HUB_RECORDS
    permission: ClassVar[str | None] = Permission.CONFIRM_MONTH

    def get(self, request: HttpRequest, month: str) -> HttpResponse:
        asked = self.asked(read_month(month))
        return self.page(asked, asked.form())

    def post(self, request: HttpRequest, month: str) -> HttpResponseBase:
        asked = self.asked(read_month(month))
        form = asked.form(request.POST)
        if form.is_valid() and self.submitted(asked.month, form):
            messages.success(request, _("月次報告を提出しました。"))
            return self.back(asked.month)
        return self.page(asked, form, status=422)

    def submitted(self, month: Month, form: SubmissionForm) -> bool:
        """Whether it is submitted now; else the form says why not."""
        values = form.cleaned_data
        try:
            actions.submit(
                hub=self.hub, month=month, version=values["version"], explanations=form.explanations(),
                replies=form.replies(), zero=values["zero"], seen=values["seen"], by=self.person, at=timezone.now(),
            )  # fmt: skip
        except actions.FiguresChanged:
            form.add_error(None, _("画面を開いた後に集計値が変わりました。いまの値を確かめてから提出してください。"))
        except actions.ExplanationMissing as problem:
            for code in problem.indicators:
                name = explanation_name(code)
                form.add_error(
                    name if name in form.fields else None, _("前月から30%を超えて増減した理由を入力してください。")
                )
        except actions.ZeroUnconfirmed:
            form.add_error("zero", _("相談が1件もない月は、そのことを確認してから提出します。"))
        except actions.NotOver:
            form.add_error(None, _("まだ終わっていない月は提出できません。"))
        except (actions.Moved, MoveRefused):
            form.add_error(None, _("ほかの人が先に状態を変えました。月のページを開き直してください。"))
        return not form.errors

    def asked(self, month: Month) -> Asked:
        report = queries.report_of(self.hub, month)
        figures = queries.figures_to_confirm(self.hub, month)
        return Asked(month, report, figures, queries.newest_remarks(report))

    def page(self, asked: Asked, form: SubmissionForm, status: int = 200) -> HttpResponse:
        today, report = timezone.localdate(), asked.report
        is_over = today > asked.month.last
        context = {
            "hub": self.hub, "month": asked.month, "report": report, "form": form, "dates": report.reporting_month,
            "checks": checks_of(self.hub, asked.month, today=today), "is_zero": asked.figures[0].now == 0,
            "mark": queries.mark_of_all(asked.figures),
            "is_over": is_over, "may_submit": is_over and MonthMove.SUBMIT in MONTH.possible(report.state),
            "figures": [
                (row, asked.remarks.get(row.indicator.code), form.about(row.indicator.code)) for row in asked.figures
            ],
        }  # fmt: skip
        return render(self.request, "reports/month_submission.html", context, status=status)


@dataclass(frozen=True)
class Asked:
    """A month as its chief is asked about it."""

    month: Month
    report: MonthlyReport
    figures: list[queries.Confirmed]
    remarks: dict[str, Remark]

    def form(self, *sent: Any) -> SubmissionForm:
        return SubmissionForm(
            *sent, jumps=queries.jumps_of(self.figures), known=queries.explanations_of(self.report),
            remarks=self.remarks, initial={"version": self.report.version},
        )  # fmt: skip


class MonthDeed(MonthDoor):
    """Base: POST moves the month once, and leads back to it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, month: str) -> HttpResponseBase:
        wanted = read_month(month)
        try:
            self.move(wanted, read_version(request.POST.get("version", "")))
        except actions.FiguresChanged:
            messages.error(
                request, _("提出後に集計値が変わっています。変わった値を確かめてから、確認済みにしてください。")
            )
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
        seen = self.request.POST.get("seen", "")
        actions.accept(hub=self.hub, month=month, version=version, seen=seen, by=self.person, at=timezone.now())


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
