"""Case studies: for everybody, for who writes a note, and as headquarters keeps them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from casestudies import actions
from casestudies.choices import StudyMove
from casestudies.forms import StudyForm
from casestudies.models import CaseStudy
from casestudies.queries import similar_studies
from casestudies.workflow import STUDY
from consultations.actions import Edited
from consultations.choices import Category
from consultations.queries import code_labels
from consultations.views.clients import differing
from consultations.views.similar import SimilarToText
from directory.choices import CodeKind
from foundation.errors import MoveRefused
from foundation.paging import behind, page_of, read_moment, read_place
from hubs.access import Permission
from hubs.doors import Door, Reach

PAGE_SIZE = 20


# ---- for everybody
class StudyList(Door):
    """GET /case-studies/: what is published, newest first; `?category=` of one kind."""

    reach: ClassVar[Reach] = Reach.PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = request.GET.get("category", "")
        rows = CaseStudy.objects.published().with_hub().defer("search_grams")
        if chosen in Category.values:
            rows = rows.about(chosen)
        behind_it = behind(rows, "published_on", read_place(request.GET)).order_by("-published_on", "-pk")
        page = page_of(
            list(behind_it[: PAGE_SIZE + 1]), size=PAGE_SIZE, query=request.GET,
            place_of=lambda row: (row.published_on, row.pk),
        )  # fmt: skip
        context = {"page": page, "categories": Category.choices, "chosen": chosen}
        return render(request, "casestudies/study_list.html", context)


class StudyPage(Door):
    """GET /case-studies/<pk>/: one of them."""

    reach: ClassVar[Reach] = Reach.PUBLIC

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        study = get_object_or_404(CaseStudy.objects.published().with_hub(), pk=pk)
        labels = code_labels(CodeKind.THEME, CodeKind.INDUSTRY)
        context = {
            "study": study, "themes": [labels[CodeKind.THEME].get(code, code) for code in study.themes],
            "industry": labels[CodeKind.INDUSTRY].get(study.industry, ""),
        }  # fmt: skip
        return render(request, "casestudies/study_page.html", context)


# ---- for who writes a note
class SimilarStudies(SimilarToText):
    """POST: the published case studies most like what is being written. Public, so nothing of it is noted."""

    def post(self, request: HttpRequest) -> HttpResponse:
        return render(request, "casestudies/_similar.html", {"likely": similar_studies(asked=self.asked())})


# ---- as headquarters keeps them
class StudyDesk(Door):
    """Base of headquarters' pages."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.MANAGE_CASE_STUDIES

    def study(self, pk: int) -> CaseStudy:
        found = CaseStudy.objects.with_hub().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def form(self, *args: Any, **options: Any) -> StudyForm:
        return StudyForm(*args, today=timezone.localdate(), **options)

    def page(self, form: StudyForm, *, status: int = 200, differences: Any = ()) -> HttpResponse:
        study = form.instance
        moves = [StudyMove(move) for move in STUDY.possible(study.state)] if study.pk else []
        context = {"form": form, "study": study, "moves": moves, "differences": differences}
        return render(self.request, "casestudies/study_edit.html", context, status=status)


class KeptStudies(StudyDesk):
    """GET /nation/case-studies/: all of them, in every state, last changed first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = CaseStudy.objects.with_hub().defer("search_grams")
        behind_it = behind(rows, "set_at", read_place(request.GET, read_moment)).order_by("-set_at", "-pk")
        page = page_of(
            list(behind_it[: PAGE_SIZE + 1]), size=PAGE_SIZE, query=request.GET,
            place_of=lambda row: (row.set_at, row.pk),
        )  # fmt: skip
        return render(request, "casestudies/study_desk.html", {"page": page})


class StudyNew(StudyDesk):
    """GET and POST /nation/case-studies/new/."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(self.form())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        study = actions.draft(by=self.person, at=timezone.now(), **form.values())
        messages.success(request, _("支援事例の下書きを保存しました。"))
        return redirect("nation_casestudies:study", study.pk)


class StudyEdit(StudyDesk):
    """GET and POST /nation/case-studies/<pk>/."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(self.form(instance=self.study(pk)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        form = self.form(request.POST, instance=self.study(pk))
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            actions.revise(
                study=form.instance, version=form.cleaned_data["version"], by=self.person, at=timezone.now(),
                **form.values(),
            )  # fmt: skip
        except Edited as problem:
            return self.conflict(problem.current, form)
        messages.success(request, _("支援事例を更新しました。"))
        return redirect("nation_casestudies:study", pk)

    def conflict(self, current: CaseStudy, form: StudyForm) -> HttpResponse:
        sent = self.request.POST.copy()
        sent["version"] = str(current.version)
        again = self.form(sent, instance=current)
        return self.page(again, status=409, differences=differing(current, form))  # type: ignore[arg-type]


class StudyDeed(StudyDesk):
    """Base: POST moves a case study once."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        version = request.POST.get("version", "")
        try:
            self.move(self.study(pk), int(version) if version.isascii() and version.isdigit() else 0)
        except actions.ConsentMissing:
            messages.error(request, _("掲載に同意を得た日を入力して保存してから、公表してください。"))
        except (Edited, MoveRefused):
            messages.error(request, _("ほかの人が先に変更しました。今の内容を確かめてから操作してください。"))
        else:
            messages.success(request, self.done)
        return redirect("nation_casestudies:study", pk)

    done: Any = ""

    def move(self, study: CaseStudy, version: int) -> None:
        raise NotImplementedError


class StudyPublication(StudyDeed):
    """POST …/publication/: shown to everybody."""

    @property
    def done(self) -> str:
        return _("支援事例を公表しました。")

    def move(self, study: CaseStudy, version: int) -> None:
        actions.publish(study=study, version=version, by=self.person, at=timezone.now())


class StudyWithdrawal(StudyDeed):
    """POST …/withdrawal/: shown to nobody any more."""

    @property
    def done(self) -> str:
        return _("支援事例の公表を終えました。")

    def move(self, study: CaseStudy, version: int) -> None:
        actions.withdraw(study=study, version=version, by=self.person, at=timezone.now())
