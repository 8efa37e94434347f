"""Pages of packages: what there is, how far it is, who fetched it; files one by one or all in one."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from audit.trail import Line
from foundation.periods import Month
from hubs.access import Permission
from hubs.doors import Door, Reach
from jobs.queries import waits_in_vain
from reports import signing
from reports.actions import packages as actions
from reports.actions.closing import NotClosed
from reports.choices import PackageFormat
from reports.forms import PackageOrderForm
from reports.models import Package, PackageFile
from reports.queries import packages as queries

ON_A_PAGE, DOWNLOADS = 20, 50
CHUNK = 1 << 16
TYPES = {
    PackageFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    PackageFormat.PDF: "application/pdf",
    PackageFormat.DATA: "application/zip",
    PackageFormat.MANIFEST: "application/json",
    PackageFormat.SIGNATURE: "application/octet-stream",
}


class PackageDoor(Door):
    """What these pages have in common: files that were made of figures, for who sees more than one hub."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.DOWNLOAD_REPORT

    def get_package(self, number: int) -> Package:
        return get_object_or_404(Package.objects.with_job(), pk=bounded(number))


class PackageList(PackageDoor):
    """GET /reports/packages/?page=2: newest on top."""

    def get(self, request: HttpRequest) -> HttpResponse:
        page = Paginator(Package.objects.with_job().newest_first(), ON_A_PAGE).get_page(request.GET.get("page"))
        may_order = request.user.has_perm(Permission.CLOSE_MONTH)
        form = PackageOrderForm(periods=queries.periods_to_order()) if may_order else None
        shown = queries.shown_to(request.user, list(page.object_list))
        return render(request, "reports/package_list.html", {"page": page, "shown": shown, "form": form})


class PackageOrder(Door):
    """POST /reports/packages/orders/: have one made by hand, or begun again."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.CLOSE_MONTH
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = PackageOrderForm(request.POST, periods=queries.periods_to_order())
        if not form.is_valid():
            messages.error(request, _("締めた月または年度を選んでください。"))
            return redirect("reports:packages")
        kind, _space, month = form.cleaned_data["period"].partition(" ")
        try:
            package = actions.order_package(
                kind=kind, first=Month.parse(month).first, by=self.person, at=timezone.now()
            )
        except NotClosed:
            messages.error(request, _("まだ締めていない月です。"))
            return redirect("reports:packages")
        return redirect("reports:package", package.pk)


class PackagePage(PackageDoor):
    """GET /reports/packages/12/: its summary, files by edition, proofs, who fetched what."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        package = self.get_package(pk)
        [shown] = queries.shown_to(request.user, [package])
        every = queries.sees_every_edition(request.user)
        context = {
            "shown": shown, "package": package, "editions": queries.by_edition(shown.files),
            "summary": queries.summary_for(request.user, package), "limit": DOWNLOADS,
            "downloads": queries.downloads_of(package, at_most=DOWNLOADS) if every else None,
        } | around(package, shown.made)  # fmt: skip
        return render(request, "reports/package_page.html", context)


class PackageProgress(PackageDoor):
    """GET …/progress/?seen=…: the part that changes; 204 while it does not, a reload at its end."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        package = self.get_package(pk)
        context = {"package": package} | around(package, queries.progress_of([package]).get(package.pk, 0))
        if request.GET.get("seen") == context["seen"]:
            return HttpResponse(status=204)
        response = render(request, "reports/_package_progress.html", context)
        if not package.is_under_way:
            response["HX-Refresh"] = "true"
        return response


class FileDownload(PackageDoor):
    """GET /reports/packages/files/34/: one file. The trail says who fetched it."""

    def get(self, request: HttpRequest, file: int) -> HttpResponseBase:
        found = queries.files_for(request.user).select_related("package").filter(pk=bounded(file)).first()
        if found is None:
            raise Http404
        return handed_out(request, found)


class PackageArchive(PackageDoor):
    """GET /reports/packages/12/archive/: every file that one may have, in one .zip that is written while it is sent."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        package = self.get_package(pk)
        files = list(queries.files_for(request.user).filter(package=package).in_order())
        if not package.is_complete or not files:
            return redirect("reports:package", pk)
        note(request, package, path="", edition="", files=len(files))
        name = f"よろず支援拠点_{package.period}_第{package.version}版.zip"
        response = StreamingHttpResponse(zipped(files), content_type="application/zip")
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
        response["Cache-Control"] = "private, no-store"
        return response


class SigningKey(Door):
    """GET /reports/signing-key.pem: what anybody checks a package's signature with."""

    reach: ClassVar[Reach] = Reach.PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            key = signing.public_key()
        except signing.NoKey:
            raise Http404 from None
        return HttpResponse(key, content_type="application/x-pem-file")


class HubReports(Door):
    """GET /hubs/tokyo/reports/: the hub's edition of every package."""

    reach: ClassVar[Reach] = Reach.HUB_FIGURES
    permission: ClassVar[str | None] = Permission.DOWNLOAD_HUB_REPORT

    def get(self, request: HttpRequest) -> HttpResponse:
        page = Paginator(queries.packages_of_hub(self.hub), ON_A_PAGE).get_page(request.GET.get("page"))
        shown = queries.with_files_of_hub(self.hub, list(page.object_list))
        return render(request, "reports/hub_report_list.html", {"page": page, "shown": shown})


class HubReportFile(Door):
    """GET /hubs/tokyo/reports/34/: one file of it."""

    reach: ClassVar[Reach] = Reach.HUB_FIGURES
    permission: ClassVar[str | None] = Permission.DOWNLOAD_HUB_REPORT

    def get(self, request: HttpRequest, file: int) -> HttpResponseBase:
        found = queries.files_of_hub(self.hub).select_related("package").filter(pk=bounded(file)).first()
        if found is None:
            raise Http404
        return handed_out(request, found)


def bounded(number: int) -> int:
    """A key that the database can hold. Raises Http404."""
    if number >= 2**63:
        raise Http404
    return number


def around(package: Package, made: int) -> dict[str, Any]:
    """What the progress of a package shows."""
    in_vain = waits_in_vain(package.job)
    seen = f"{package.job.pk}-{package.job.state}-{package.job.attempt}-{made}-{package.is_complete}-{in_vain}"
    return {"made": made, "waits_in_vain": in_vain, "seen": seen}


def note(request: HttpRequest, package: Package, **detail: Any) -> None:
    """A line of the nation's trail, from a hub's page too: a package is the nation's, and lists who fetched what."""
    request.looks.append(Line(queries.DOWNLOADED, on=package, detail=detail))  # type: ignore[attr-defined]


def handed_out(request: HttpRequest, file: PackageFile) -> HttpResponseBase:
    """One file as an attachment."""
    try:
        stored = default_storage.open(str(file.stored.name))
    except FileNotFoundError:
        messages.error(request, _("ファイルが見つかりません。システム管理者に知らせてください。"))
        return redirect("../")
    note(request, file.package, path=file.path, edition=file.edition, sha256=file.sha256)
    content_type = TYPES[PackageFormat(file.form)]
    response = FileResponse(stored, as_attachment=True, filename=file.name, content_type=content_type)
    response["Cache-Control"] = "private, no-store"
    return response


class _Pipe:
    """What zipfile writes into and a response is fed from."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, part: bytes) -> int:
        self.waiting.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        found = b"".join(self.waiting)
        self.waiting.clear()
        return found


def zipped(files: Iterable[PackageFile]) -> Iterator[bytes]:
    """Stored files as one .zip, a piece at a time. Asks the database nothing: it runs after the scope has ended."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for file in files:
            entry = zipfile.ZipInfo(file.path, timezone.localtime(file.made_at).timetuple()[:6])
            with default_storage.open(str(file.stored.name)) as stored, archive.open(entry, "w") as out:
                while part := stored.read(CHUNK):
                    out.write(part)
                    yield pipe.taken()
    yield pipe.taken()
