"""Order a list as a file, watch it being made, fetch it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.actions import exporting
from exchange.choices import FileFormat
from exchange.lists import LISTS, FiltersRefused
from exchange.queries import exports_for
from hubs.access import Permission
from hubs.doors import Door, Reach, looked_at
from jobs.models import Job
from jobs.queries import progress_of

SHOWN = 50
CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "csv_cp932": "text/csv; charset=Shift_JIS",
}


class ExportDoor(Door):
    """Files hold what the lists hold: records, behind a right of their own."""

    reach: ClassVar[Reach] = Reach.HUB_RECORDS
    permission: ClassVar[str | None] = Permission.EXPORT_RECORDS

    def get_job(self, number: int) -> Job:
        """An export of this hub that the person may have. Raises Http404."""
        job = exports_for(self.person, self.hub).filter(pk=number).first() if number < 2**63 else None
        if job is None:
            raise Http404
        return job


class Exports(ExportDoor):
    """GET exports/: what was made. POST: have a list made into a file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = exports_for(self.person, self.hub).newest_first()[:SHOWN]
        made = [{"job": job, "label": label_of(job), "format": format_of(job)} for job in rows]
        return render(request, "exchange/export_list.html", {"made": made, "shown": SHOWN})

    def post(self, request: HttpRequest) -> HttpResponseBase:
        declared = LISTS.get(request.POST.get("list", ""))
        wanted = request.POST.get("format", "")
        if declared is None or wanted not in FileFormat.values:
            raise Http404
        if not self.person.has_perm(declared.permission, self.hub):
            raise PermissionDenied
        query = QueryDict(request.POST.get("query", "")[:2000])
        order = exporting.Order(declared, query, FileFormat(wanted))
        try:
            job = exporting.order_export(order=order, hub=self.hub, by=self.person, at=timezone.now())
        except FiltersRefused:
            messages.error(request, _("絞り込みの条件が読めません。一覧で条件を直してから書き出してください。"))
            return redirect(reverse(declared.url_name, args=[self.hub.slug]))
        return redirect(reverse("exchange:export", args=[self.hub.slug, job.pk]))


class ExportPage(ExportDoor):
    """GET exports/12/: how far it is, then the file."""

    def get(self, request: HttpRequest, job: int) -> HttpResponse:
        return render(request, "exchange/export_page.html", self.context(self.get_job(job)))

    def context(self, job: Job) -> dict[str, Any]:
        found = job_context(job, page=self.address("export", job), file=self.address("export_file", job))
        found |= {"progress_url": self.address("export_progress", job), "label": label_of(job)}
        return found | {"format": format_of(job), "filters": filters_of(job)}

    def address(self, name: str, job: Job) -> str:
        return reverse(f"exchange:{name}", args=[self.hub.slug, job.pk])


class ExportProgress(ExportPage):
    """GET exports/12/progress/?seen=…: the part of the page that changes; 204 while it does not."""

    def get(self, request: HttpRequest, job: int) -> HttpResponse:
        context = self.context(self.get_job(job))
        if request.GET.get("seen") == context["seen"]:
            return HttpResponse(status=204)
        return render(request, "exchange/_progress.html", context)


class ExportFile(ExportDoor):
    """GET exports/12/file/: the file itself. The trail says who fetched it, and how many rows."""

    def get(self, request: HttpRequest, job: int) -> HttpResponseBase:
        found = self.get_job(job)
        answer = job_file(request, found, CONTENT_TYPES[found.parameters["format"]])
        if answer is None:
            return redirect(reverse("exchange:export", args=[self.hub.slug, found.pk]))
        told = {name: found.parameters.get(name, "") for name in ("list", "format", "filters", "q", "rows")}
        looked_at(request, "export.downloaded", on=found, sha256=found.sha256, **told)
        return answer


def job_file(request: HttpRequest, job: Job, content_type: str) -> FileResponse | None:
    """What a job has made, as a download. None if there is nothing."""
    if not job.has_result:
        return None
    try:
        stored = default_storage.open(str(job.result.name))
    except FileNotFoundError:
        messages.error(request, _("ファイルが見つかりません。もう一度作成してください。"))
        return None
    answer = FileResponse(stored, as_attachment=True, filename=job.result_name, content_type=content_type)
    answer["Cache-Control"] = "private, no-store"
    return answer


def job_context(job: Job, *, page: str, file: str) -> dict[str, Any]:
    """What exchange/_progress.html shows."""
    return {"job": job, "page_url": page, "file_url": file} | progress_of(job)


def label_of(job: Job) -> str:
    """What the exported list is called."""
    declared = LISTS.get(job.parameters["list"])
    return str(declared.label) if declared else str(job.parameters["list"])


def format_of(job: Job) -> str:
    """What the file is."""
    return str(dict(FileFormat.choices).get(job.parameters["format"], ""))


def filters_of(job: Job) -> str:
    """The filters as a person reads them in the address: q=…, method=…"""
    query = QueryDict(job.parameters["filters"])
    words = job.parameters["q"]
    return "、".join([*([f"q={words}"] if words else []), *(f"{name}={query[name]}" for name in query)])
