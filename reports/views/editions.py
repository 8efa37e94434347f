"""Pages of the monthly report: order it, watch it being made, fetch it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.errors import Unreadable
from foundation.periods import Month
from hubs.access import Permission
from hubs.doors import Door, Reach, looked_at
from jobs.queries import progress_of
from metrics.indicators import FIRST_MONTH
from reports.actions import editions as actions
from reports.choices import Format
from reports.contents import NotCounted
from reports.forms import EditionForm
from reports.queries import editions as queries

SHOWN = 30
CONTENT_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PDF: "application/pdf",
    Format.CSV: "text/csv; charset=utf-8",
    Format.CSV_CP932: "text/csv; charset=Shift_JIS",
}


class ReportDoor(Door):
    """What all of these have in common. Reports are made of figures: no record exists behind this door."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.DOWNLOAD_REPORT

    def get_made(self, number: int) -> queries.Made:
        """A job of an edition that the user may have. Raises Http404."""
        editions = queries.editions_for(self.request.user)
        job = queries.jobs_of(editions).filter(pk=number).first() if number < 2**63 else None
        if job is None:
            raise Http404
        return queries.Made(job, queries.Order.of(job, editions))


class ReportList(ReportDoor):
    """GET /reports/?month=2026-10: what can be made of a month, and what has been made."""

    def get(self, request: HttpRequest) -> HttpResponse:
        editions, months = queries.editions_for(request.user), queries.counted_months()
        today = Month.of(timezone.localdate())
        newest = next((month for month in months if month < today), today)
        month = read_month(request.GET["month"]) if request.GET.get("month") else newest
        return _list(request, month, months, editions, EditionForm(editions=editions))


class EditionOrder(ReportDoor):
    """POST /reports/2026-10/editions/: have an edition made."""

    def get(self, request: HttpRequest, month: str) -> HttpResponseBase:
        return redirect(f"/reports/?month={read_month(month)}")

    def post(self, request: HttpRequest, month: str) -> HttpResponseBase:
        editions, wanted = queries.editions_for(request.user), read_month(month)
        form = EditionForm(request.POST, editions=editions)
        if not form.is_valid():
            return _list(request, wanted, queries.counted_months(), editions, form, status=400)
        order = queries.Order(editions[form.cleaned_data["edition"]], wanted, Format(form.cleaned_data["format"]))
        try:
            job = actions.order_edition(order=order, by=request.user, at=timezone.now())
        except actions.NotYet:
            messages.error(request, _("まだ来ていない月の報告は作成できません。"))
        except NotCounted:
            messages.error(request, _("この月はまだ集計されていないため、報告を作成できません。"))
        else:
            return redirect("reports:job", job.pk)
        return redirect(f"/reports/?month={wanted}")


class JobPage(ReportDoor):
    """GET /reports/jobs/12/: how far it is, then the file."""

    def get(self, request: HttpRequest, job: int) -> HttpResponse:
        return render(request, "reports/job_show.html", _context(self.get_made(job)))


class JobProgress(ReportDoor):
    """GET /reports/jobs/12/progress/?seen=…: the part of the page that changes; 204 while it does not."""

    def get(self, request: HttpRequest, job: int) -> HttpResponse:
        context = _context(self.get_made(job))
        if request.GET.get("seen") == context["seen"]:
            return HttpResponse(status=204)
        return render(request, "reports/_job_progress.html", context)


class JobFile(ReportDoor):
    """GET /reports/jobs/12/file/: the file itself. The trail says who fetched it."""

    def get(self, request: HttpRequest, job: int) -> HttpResponseBase:
        made = self.get_made(job)
        if not made.job.has_result:
            return redirect("reports:job", job)
        try:
            stored = default_storage.open(str(made.job.result.name))
        except FileNotFoundError:
            messages.error(request, _("ファイルが見つかりません。もう一度作成してください。"))
            return redirect("reports:list")
        looked_at(request, "report.downloaded", on=made.job, sha256=made.job.sha256, **made.order.parameters)  # type: ignore[arg-type]
        return _attachment(stored, made)


def read_month(text: str) -> Month:
    """A month out of an address. Raises Http404, for months before the programme began too."""
    try:
        month = Month.parse(text)
    except Unreadable:
        raise Http404 from None
    if month < FIRST_MONTH:
        raise Http404
    return month


def _attachment(stored: Any, made: queries.Made) -> FileResponse:
    response = FileResponse(
        stored, as_attachment=True, filename=made.job.result_name, content_type=CONTENT_TYPES[made.order.form]
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _list(
    request: HttpRequest,
    month: Month,
    months: list[Month],
    editions: dict[str, Any],
    form: EditionForm,
    status: int = 200,
) -> HttpResponse:
    today = Month.of(timezone.localdate())
    context = {
        "month": month, "months": months, "editions": editions.values(), "form": form, "formats": Format.choices,
        "is_future": month > today, "is_running": month == today, "is_counted": month in months,
        "made": queries.newest_made(editions, at_most=SHOWN), "shown": SHOWN,
    }  # fmt: skip
    return render(request, "reports/report_list.html", context, status=status)


def _context(made: queries.Made) -> dict[str, Any]:
    return {"job": made.job, "order": made.order} | progress_of(made.job)
