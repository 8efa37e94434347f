"""Take a file in: upload it, say which column is what, look at what the dry run says, have it written."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.actions import importing
from exchange.checking import forms_for
from exchange.choices import ImportState, RowState
from exchange.columns import fields_of
from exchange.forms import MappingForm, UploadForm
from exchange.models import ImportRun
from exchange.queries import job_of
from exchange.sheets import SheetRefused
from exchange.views.exports import CONTENT_TYPES, job_context, job_file
from foundation.errors import MoveRefused
from foundation.spreadsheets import csv_file
from hubs.access import Permission
from hubs.doors import Door, Reach, looked_at

SHOWN = 30
PROBLEMS_SHOWN = 50
WORKING = (ImportState.CHECKING, ImportState.COMMITTING)


class ImportDoor(Door):
    """Files are taken in by whoever answers for the hub's records."""

    reach: ClassVar[Reach] = Reach.HUB_RECORDS
    permission: ClassVar[str | None] = Permission.IMPORT_RECORDS

    def get_run(self, pk: int) -> ImportRun:
        """A run of this hub. Raises Http404."""
        rows = ImportRun.objects.filter(hub=self.hub).select_related("hub__prefecture", "uploaded_by")
        run = rows.filter(pk=pk).first() if pk < 2**63 else None
        if run is None:
            raise Http404
        return run

    def address(self, name: str, run: ImportRun) -> str:
        return reverse(f"exchange:{name}", args=[self.hub.slug, run.pk])


class Imports(ImportDoor):
    """GET imports/: what has been taken in, and a form for the next. POST: a file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(UploadForm())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(form, status=422)
        file, values = form.cleaned_data["file"], form.cleaned_data
        try:
            run = importing.upload(
                hub=self.hub, kind=values["kind"], source=values["source"], file=file, name=file.name,
                by=self.person, at=timezone.now(),
            )  # fmt: skip
        except SheetRefused as problem:
            form.add_error("file", _(str(problem)))
            return self.page(form, status=422)
        except importing.AlreadyTaken as problem:
            messages.error(request, _("同じファイルはすでに取り込まれています。"))
            return redirect(self.address("import", problem.run))
        return redirect(self.address("import_mapping", run))

    def page(self, form: UploadForm, status: int = 200) -> HttpResponse:
        runs = ImportRun.objects.filter(hub=self.hub).select_related("uploaded_by").order_by("-uploaded_at", "-pk")
        context = {"form": form, "runs": runs.defer("headings", "preview", "mapping")[:SHOWN]}
        return render(self.request, "exchange/import_list.html", context, status=status)


class ImportMappingPage(ImportDoor):
    """GET imports/12/mapping/: which column is what. POST: begin the dry run."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self.get_run(pk)
        return self.page(run, MappingForm.starting_from(run.mapping, **self.around(run)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        run = self.get_run(pk)
        form = MappingForm(request.POST, **self.around(run))
        if not form.is_valid():
            return self.page(run, form, status=422)
        try:
            importing.check(run=run, mapping=form.mapping(), by=self.person, at=timezone.now())
        except MoveRefused:
            messages.error(request, _("この取込はすでに先へ進んでいます。"))
        return redirect(self.address("import", run))

    def around(self, run: ImportRun) -> dict[str, Any]:
        columns = fields_of(run.kind, forms_for(run, timezone.localdate()))
        return {"columns": columns, "headings": run.headings}

    def page(self, run: ImportRun, form: MappingForm, status: int = 200) -> HttpResponse:
        return render(self.request, "exchange/import_mapping.html", {"run": run, "form": form}, status=status)


class ImportPage(ImportDoor):
    """GET imports/12/: how far it is, what is wrong, and what can be done."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return render(request, "exchange/import_page.html", self.context(self.get_run(pk)))

    def context(self, run: ImportRun) -> dict[str, Any]:
        job = job_of(run)
        found: dict[str, Any] = {"run": run, "job": job, "seen": "", "is_working": False}
        if job is not None:
            found |= job_context(job, page=self.address("import", run), file=self.address("import_sheet", run))
            found["seen"] = f"{found['seen']}-{run.state}"
            found["is_working"] = job.is_under_way and run.state in WORKING
        bad = run.rows.filter(state=RowState.BAD).order_by("number")[:PROBLEMS_SHOWN]
        return found | {
            "bad_rows": [] if found["is_working"] else bad,
            "may_commit": run.state == ImportState.CHECKED and run.good_count > 0,
            "may_map": run.state in (ImportState.UPLOADED, ImportState.CHECKED)
            or self._stopped(run, found, ImportState.CHECKING),
            "may_go_on": self._stopped(run, found, ImportState.COMMITTING),
        }  # fmt: skip

    def _stopped(self, run: ImportRun, found: dict[str, Any], state: str) -> bool:
        return run.state == state and not found["is_working"]


class ImportProgress(ImportPage):
    """GET imports/12/progress/?seen=…: the part of the page that changes; 204 while it does not."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        context = self.context(self.get_run(pk))
        if request.GET.get("seen") == context["seen"]:
            return HttpResponse(status=204)
        return render(request, "exchange/_import_progress.html", context)


class ImportSheet(ImportDoor):
    """GET imports/12/sheet/?format=csv: rows with what is said of them; what is wrong first of all."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        run = self.get_run(pk)
        looked_at(request, "import.sheet", on=run, rows=run.bad_count)
        if request.GET.get("format") == "csv":
            return self.csv(run)
        job = job_of(run)
        answer = job_file(request, job, CONTENT_TYPES["xlsx"]) if job is not None else None
        return answer or redirect(self.address("import", run))

    def csv(self, run: ImportRun) -> HttpResponse:
        state = None if run.state == ImportState.DONE else RowState.BAD
        written = csv_file([importing.sheet_headings(run), *importing.sheet_rows(run, state)])
        answer = HttpResponse(written.content, content_type=CONTENT_TYPES["csv"])
        answer["Content-Disposition"] = f'attachment; filename="import-{run.pk}.csv"'
        answer["Cache-Control"] = "private, no-store"
        return answer


class ImportCommitting(ImportDoor):
    """POST imports/12/committing/: have the good rows written."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        run = self.get_run(pk)
        try:
            importing.commit(run=run, by=self.person, at=timezone.now())
        except MoveRefused:
            messages.error(request, _("この取込はすでに先へ進んでいます。"))
        return redirect(self.address("import", run))
