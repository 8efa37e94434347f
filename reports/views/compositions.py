"""Headquarters' own monthly report: listed, composed, looked over, submitted, fetched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hubs.access import Permission, holds_nationally
from hubs.doors import Door, Reach, looked_at
from jobs.models import Job
from jobs.queries import progress_of
from reports.actions import compositions as actions
from reports.choices import BlockKind
from reports.composing.forms import Manuscript, StartForm
from reports.composing.kinds import Lists
from reports.composing.reading import digest, read
from reports.composing.sections import KINDS
from reports.contents import NotCounted
from reports.models import Block, Composition
from reports.queries import compositions as queries
from reports.queries import people

SHOWN = 60


class CompositionDoor(Door):
    """What all of these have in common: figures of every hub and headquarters' words, no record. For who may see every
    hub's: headquarters and the agency."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.READ_COMPOSITIONS

    def composition(self, pk: int) -> Composition:
        """One that the user may see: a draft exists for headquarters only. Raises Http404."""
        found = queries.visible_to(self.request.user).filter(pk=pk).first() if pk < 2**63 else None
        if found is None:
            raise Http404
        return found

    @property
    def composes(self) -> bool:
        return holds_nationally(self.request.user, Permission.COMPOSE)


class ComposingDoor(CompositionDoor):
    """For headquarters."""

    permission: ClassVar[str | None] = Permission.COMPOSE


class CompositionList(CompositionDoor):
    """GET /reports/compositions/: every version, newest first; to the agency what was submitted."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = queries.visible_to(request.user).without_content().newest_first()[:SHOWN]
        context = {"rows": rows, "shown": SHOWN, "composes": self.composes}
        return render(request, "reports/composition_list.html", context)


class CompositionNew(ComposingDoor):
    """GET and POST /reports/compositions/new/: start a month's report."""

    def get(self, request: HttpRequest) -> HttpResponse:
        months = queries.months_to_compose()
        title = _("よろず支援拠点 月次報告")
        form = StartForm(months=months, initial={"title": title, "copied": True})
        return self.page(form, months)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        months = queries.months_to_compose()
        form = StartForm(request.POST, months=months)
        if not form.is_valid():
            return self.page(form, months, status=422)
        month, title, copied = (form.cleaned_data[name] for name in ("month", "title", "copied"))
        source = queries.source_for(month) if copied else None
        try:
            made = actions.start(month=month, title=title, source=source, by=self.person, at=timezone.now())
        except (actions.AlreadyThere, NotCounted):
            form.add_error("month", _("この月の報告はすでにあるか、まだ集計がありません。"))
            return self.page(form, months, status=422)
        return redirect("reports:composition_edit", made.pk)

    def page(self, form: StartForm, months: Sequence[Any], status: int = 200) -> HttpResponse:
        context = {"form": form, "months": months}
        return render(self.request, "reports/composition_new.html", context, status=status)


class CompositionPage(CompositionDoor):
    """GET /reports/compositions/3/: what it says. A draft with the figures as they are now."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        composition = self.composition(pk)
        content = composition.content
        if content is None:
            content = read(composition, list(composition.blocks.in_order()), today=timezone.localdate())
        newest = queries.newest_of(composition.as_month)
        context = {
            "composition": composition, "content": content, "composes": self.composes,
            "newer": newest if self.composes and newest and newest.pk != composition.pk else None,
        }  # fmt: skip
        return render(request, "reports/composition_page.html", context)


class CompositionEdit(ComposingDoor):
    """GET and POST …/edit/: the blocks as a form, and beside it what they say."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        composition = self.composition(pk)
        if not composition.is_draft:
            return redirect("reports:composition", pk)
        blocks, lists = list(composition.blocks.in_order()), Lists()
        return self.page(composition, Manuscript.of(composition, blocks, lists), blocks=blocks)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        composition = self.composition(pk)
        manuscript = Manuscript.sent(request.POST, Lists())
        if not manuscript.is_valid():
            return self.page(composition, manuscript, status=422)
        pieces, shown = rearranged(manuscript.pieces(), request.POST)
        try:
            actions.save(
                composition=composition, revision=manuscript.title.cleaned_data["revision"],
                title=manuscript.title.cleaned_data["title"], pieces=pieces, by=self.person, at=timezone.now(),
            )  # fmt: skip
        except actions.Edited as problem:
            return self.page(problem.current, manuscript, theirs=problem.current, status=409)
        except actions.TooMany:
            manuscript.title.add_error(None, _("ブロックは%sまでです。") % actions.MOST_BLOCKS)
            return self.page(composition, manuscript, status=422)
        messages.success(request, _("保存しました。"))
        return redirect(reverse("reports:composition_edit", args=[pk]) + (f"#block-{shown}" if shown else ""))

    def page(
        self,
        composition: Composition,
        manuscript: Manuscript,
        *,
        blocks: list[Block] | None = None,
        theirs: Composition | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """What was typed stays in the form whatever happened; beside it stands what is kept."""
        kept = list(composition.blocks.in_order()) if blocks is None else blocks
        content = composition.content or read(composition, kept, today=timezone.localdate(), lists=manuscript.lists)
        context = {
            "composition": composition, "manuscript": manuscript, "theirs": theirs, "kept": kept, "content": content,
            "kinds": [(kind.kind.value, kind.kind.label, kind.explanation) for kind in KINDS.values()],
            "is_full": len(manuscript.blocks) >= actions.MOST_BLOCKS,
        }  # fmt: skip
        return render(self.request, "reports/composition_edit.html", context, status=status)


class Submission(ComposingDoor):
    """GET …/submission/: what is about to be submitted, word for word. POST: it is."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        composition = self.composition(pk)
        if not composition.is_draft:
            return redirect("reports:composition", pk)
        return self.page(composition)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        composition, posted = self.composition(pk), request.POST
        try:
            actions.submit(
                composition=composition, revision=revision_of(request), sha256=posted.get("sha256", ""),
                by=self.person, at=timezone.now(),
            )  # fmt: skip
        except actions.Edited:
            messages.error(request, _("ほかの人が先に変更しました。今の内容を確かめてから提出してください。"))
        except actions.Changed:
            messages.error(request, _("表示したあとに集計値が変わりました。今の値を確かめてから提出してください。"))
            return self.page(composition, status=409)
        except actions.NothingToSay:
            messages.error(request, _("ブロックが1つもない報告は提出できません。"))
        else:
            messages.success(request, _("中小企業庁に提出しました。以後、この版は変更できません。"))
        return redirect("reports:composition", pk)

    def page(self, composition: Composition, status: int = 200) -> HttpResponse:
        blocks = list(composition.blocks.in_order())
        content = read(composition, blocks, today=timezone.localdate())
        context = {
            "composition": composition, "content": content, "sha256": digest(content), "is_empty": not blocks,
            "stale": queries.unchanged_texts(composition, blocks),
            "readers": len(people.agency(timezone.localdate())),
        }  # fmt: skip
        return render(self.request, "reports/composition_submission.html", context, status=status)


class FurtherVersion(ComposingDoor):
    """POST …/versions/: start the next version of what was submitted."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        composition = self.composition(pk)
        try:
            made = actions.start_version(composition=composition, by=self.person, at=timezone.now())
        except actions.AlreadyThere as problem:
            messages.error(request, _("次の版はすでにあります。"))
            return redirect("reports:composition", problem.current.pk if problem.current else pk)
        return redirect("reports:composition_edit", made.pk)


class Discarding(ComposingDoor):
    """POST …/discarding/: throw a draft away."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        composition = self.composition(pk)
        try:
            actions.discard(composition=composition, revision=revision_of(request), by=self.person, at=timezone.now())
        except actions.Edited:
            messages.error(request, _("ほかの人が先に変更しました。今の内容を確かめてから破棄してください。"))
            return redirect("reports:composition", pk)
        messages.success(request, _("下書きを破棄しました。"))
        return redirect("reports:compositions")


class PaperPage(ComposingDoor):
    """POST …/paper/: have the PDF made. GET: how far it is."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return render(request, "reports/composition_paper.html", paper_context(self.composition(pk)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        actions.order_paper(composition=self.composition(pk), by=self.person, at=timezone.now())
        return redirect("reports:composition_paper", pk)


class PaperProgress(ComposingDoor):
    """GET …/paper/progress/?seen=…: the part of that page that changes; 204 while it does not."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        context = paper_context(self.composition(pk))
        if request.GET.get("seen") == context["seen"]:
            return HttpResponse(status=204)
        return render(request, "reports/_composition_paper.html", context)


class PaperFile(CompositionDoor):
    """GET …/file/: the PDF. The trail says who fetched it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        composition = self.composition(pk)
        kept = paper_of(composition)
        if kept is None:
            messages.error(request, _("PDFはまだできていません。しばらくしてから開いてください。"))
            return redirect("reports:composition", pk)
        path, sha256 = kept
        try:
            stored = default_storage.open(path)
        except FileNotFoundError:
            messages.error(request, _("ファイルが見つかりません。もう一度作成してください。"))
            return redirect("reports:composition", pk)
        looked_at(request, "composition.downloaded", on=composition, sha256=sha256, version=composition.version)
        name = actions.name_of(composition)
        response = FileResponse(stored, as_attachment=True, filename=name, content_type="application/pdf")
        response["Cache-Control"] = "private, no-store"
        return response


# ---- inside
def rearranged(pieces: list[actions.Piece], posted: Any) -> tuple[list[actions.Piece], int]:
    """The blocks after what a button asked for (`up:2`, `down:2`, `remove:2`, `add`), and which one to show."""
    deed, _colon, which = posted.get("do", "").partition(":")
    at = int(which) if which.isascii() and which.isdigit() and len(which) < 4 else 0
    if deed == "add" and posted.get("new_kind") in BlockKind.values:
        return [*pieces, actions.Piece(BlockKind(posted["new_kind"]))], len(pieces) + 1
    if not 1 <= at <= len(pieces):
        return pieces, 0
    rest, one = [*pieces[: at - 1], *pieces[at:]], pieces[at - 1]
    if deed == "remove":
        return rest, min(at, len(rest))
    to = max(1, at - 1) if deed == "up" else min(len(pieces), at + 1) if deed == "down" else at
    rest.insert(to - 1, one)
    return rest, to


def revision_of(request: HttpRequest) -> int:
    """The revision that a page was shown of; 0 where it names none."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def paper_of(composition: Composition) -> tuple[str, str] | None:
    """Path and SHA-256 of the PDF: what was kept of a submitted report, what was last made of a draft."""
    if not composition.is_draft:
        paper = getattr(composition, "paper", None)
        return (str(paper.file.name), paper.sha256) if paper else None
    job = queries.newest_job(composition)
    return (str(job.result.name), job.sha256) if job and job.has_result else None


def paper_context(composition: Composition) -> dict[str, Any]:
    job: Job | None = queries.newest_job(composition)
    found = progress_of(job) if job else {"waits_in_vain": False, "seen": ""}
    seen = f"{job.pk}-{found['seen']}" if job else ""
    outdated = job is not None and job.parameters.get("revision") != composition.revision
    return {"composition": composition, "job": job, "outdated": outdated} | found | {"seen": seen}
