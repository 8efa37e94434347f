"""Enterprises and their cases."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations import actions, queries
from consultations.choices import CaseMove, CaseState
from consultations.forms import FORGOTTEN, NUMBER_TWIN, CaseForm, CaseMoveForm, EnterpriseForm
from consultations.forms.fills import filled, offers_beside, wants_filling
from consultations.models import Case, Enterprise, LikelyPair, Merge
from consultations.views.logging import RecordDoor, hints_context
from consultations.workflow import CASE
from directory.choices import CodeKind
from foundation.errors import MoveRefused
from foundation.paging import Page, behind, page_of, read_moment, read_place
from foundation.text import has_forbidden, words_left_out
from hubs.access import Permission
from hubs.doors import looked_at

PAGE_SIZE = 50
MOMENTS = 50


def typed_words(request: HttpRequest) -> str:
    """What was typed into a list's search box; nothing, where no person can have typed it."""
    words = request.GET.get("q", "").strip()[:120]
    return "" if has_forbidden(words) else words


def moments_of(door: RecordDoor, **subject: Any) -> Page:
    """A page of the timeline of `case` or `enterprise`."""
    user, hub = door.request.user, door.hub
    found = queries.timeline(
        about=queries.About(hub, **subject), may=lambda permission: user.has_perm(permission, hub),
        before=read_place(door.request.GET), at_most=MOMENTS + 1,
    )  # fmt: skip
    return page_of(found, size=MOMENTS, query=door.request.GET, place_of=lambda row: (row.day, row.place_key))


class EnterpriseList(RecordDoor):
    """GET: the hub's enterprises, most recently touched first; `?q=` finds by name, kana, number, telephone."""

    def get(self, request: HttpRequest) -> HttpResponse:
        query, place = typed_words(request), read_place(request.GET, read_moment)
        standing = Enterprise.objects.filter(hub=self.hub).standing()
        rows = behind(standing, "updated_at", place).order_by("-updated_at", "-pk")
        found = (
            queries.enterprises_wanted(hub=self.hub, words=query, before=place, at_most=PAGE_SIZE + 1)
            if query
            else list(rows[: PAGE_SIZE + 1])
        )
        page = page_of(found, size=PAGE_SIZE, query=request.GET, place_of=lambda row: (row.updated_at, row.pk))
        looked_at(request, "enterprise.searched" if query else "enterprises.listed", words=query)
        labels = queries.code_labels(CodeKind.INDUSTRY)[CodeKind.INDUSTRY]
        context = {"page": page, "query": query, "left_out": words_left_out(query), "industries": labels}
        return render(request, "consultations/enterprise_list.html", context)


class MergedAway(Exception):
    """The enterprise was merged into another one, where its page leads."""

    def __init__(self, survivor: Enterprise) -> None:
        super().__init__("merged")
        self.survivor = survivor


class OneEnterprise(RecordDoor):
    """Base of pages about one enterprise. Those of one that was merged lead to what it was merged into."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except MergedAway as gone:
            return redirect(gone.survivor)

    def enterprise(self, pk: int) -> Enterprise:
        rows = Enterprise.objects.filter(hub=self.hub).select_related("hub", "prefecture")
        found = rows.filter(pk=pk).first()
        if found is None:
            raise Http404
        if found.merged_into_id is not None:
            raise MergedAway(rows.stands_for(pk))
        return found


class EnterprisePage(OneEnterprise):
    """GET: who it is, its cases, and everything that happened, on one timeline."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        enterprise = self.enterprise(pk)
        looked_at(request, "enterprise.viewed", on=enterprise)
        labels = queries.code_labels(CodeKind.INDUSTRY)[CodeKind.INDUSTRY]
        context = {
            "enterprise": enterprise,
            "industry": labels.get(enterprise.industry, ""),
            "cases": Case.objects.filter(hub=self.hub, enterprise=enterprise).with_people().newest_first()[:50],
            "moments": moments_of(self, enterprise=enterprise),
            "consents": enterprise.consents.select_related("text").newest_first(),  # type: ignore[attr-defined]
            "may_log": request.user.has_perm(Permission.LOG_CONSULTATION, self.hub) and enterprise.is_known,
            "merges": Merge.objects.filter(hub=self.hub, survivor=enterprise).standing().with_people().newest_first(),
            "pairs": LikelyPair.objects.filter(hub=self.hub).open().of([enterprise.pk]).with_both().likeliest_first(),
            "may_merge": request.user.has_perm(Permission.MERGE_ENTERPRISES, self.hub) and enterprise.is_known,
            "may_disclose": request.user.has_perm(Permission.DISCLOSE, self.hub),
        }
        return render(request, "consultations/enterprise_page.html", context)


class EnterpriseEdit(OneEnterprise):
    """GET and POST: change a client's data. Of an anonymised one nothing is left to change."""

    permission = Permission.LOG_CONSULTATION

    def enterprise(self, pk: int) -> Enterprise:
        found = super().enterprise(pk)
        if not found.is_known:
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        enterprise = self.enterprise(pk)
        looked_at(request, "enterprise.viewed", on=enterprise)
        form = EnterpriseForm(instance=enterprise, initial={"version": enterprise.version}, **self.around())
        return self.page(enterprise, form)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        enterprise = self.enterprise(pk)
        form = EnterpriseForm(request.POST, instance=enterprise, **self.around())
        if wants_filling(request.POST):
            typed = EnterpriseForm(instance=enterprise, initial=filled(form, request.POST), **self.around())
            return self.page(enterprise, typed, taken_over="take" in request.POST)
        if not form.is_valid():
            return self.page(enterprise, form, status=422)
        version = form.cleaned_data["version"] or 0
        try:
            actions.revise_enterprise(
                enterprise=enterprise, version=version, by=self.person, at=timezone.now(), **form.values()
            )
        except actions.NumberTaken:
            form.add_error("corporate_number", NUMBER_TWIN)
            return self.page(enterprise, form, status=422)
        except actions.Anonymised:
            form.add_error(None, FORGOTTEN)
            return self.page(enterprise, form, status=422)
        except actions.Edited as problem:
            return self.conflict(problem.current, form)
        messages.success(request, _("事業者の情報を更新しました。"))
        return redirect(enterprise)

    def conflict(self, current: Enterprise, form: EnterpriseForm) -> HttpResponse:
        sent = self.request.POST.copy()
        sent["version"] = str(current.version)
        again = EnterpriseForm(sent, instance=self.enterprise(current.pk), **self.around())
        looked_at(self.request, "enterprise.viewed", on=current)
        return self.page(current, again, status=409, differences=differing(current, form))

    def around(self) -> dict[str, Any]:
        return {"hub": self.hub, "today": timezone.localdate()}

    def page(
        self,
        enterprise: Enterprise,
        form: EnterpriseForm,
        status: int = 200,
        differences: Any = (),
        *,
        taken_over: bool = False,
    ) -> HttpResponse:
        hinted: dict[str, Any] = {"hints": [], "of": enterprise.pk, "chosen": None}
        if form.is_bound:
            hinted = hints_context(self, self.request.POST, prefix="", of=enterprise.pk)
        context = offers_beside(form) | {"taken_over": taken_over}
        context |= {"enterprise": enterprise, "form": form, "differences": differences, **hinted}
        return render(self.request, "consultations/enterprise_edit.html", context, status=status)


class CaseList(RecordDoor):
    """GET: the hub's cases, newest first; `?state=` one state, `?state=open` all that are open, `?state=idle` of these
    those with nothing planned; `?q=` by words."""

    def get(self, request: HttpRequest) -> HttpResponse:
        state, words, place = request.GET.get("state", queries.OPEN), typed_words(request), read_place(request.GET)
        wanted = queries.WantedCases(words=words, state=state)
        found = queries.cases_wanted(hub=self.hub, wanted=wanted, before=place, at_most=PAGE_SIZE + 1)
        page = page_of(found, size=PAGE_SIZE, query=request.GET, place_of=lambda row: (row.received_on, row.pk))
        known = state if state in (*CaseState.values, queries.IDLE) else queries.OPEN
        looked_at(request, "cases.searched" if words else "cases.listed", state=known, q=words)
        states = [
            (queries.OPEN, _("未終了")),
            (queries.IDLE, _("次の予定がない")),
            ("all", _("すべて")),
            *CaseState.choices,
        ]
        context = {"page": page, "state": state, "states": states, "query": words, "left_out": words_left_out(words)}
        return render(request, "consultations/case_list.html", context)


class OneCase(RecordDoor):
    """Base of pages about one case."""

    def case(self, pk: int) -> Case:
        rows = Case.objects.filter(hub=self.hub, pk=pk).annotate(
            introduced_by_label=queries.label_of(CodeKind.INTRODUCER, "introduced_by"),
            heard_from_label=queries.label_of(CodeKind.HEARD_FROM, "heard_from"),
        )
        found = rows.select_related("hub", "enterprise", "lead", "unit", "special_desk", "deputy").first()
        if found is None:
            raise Http404
        return found


class CasePage(OneCase):
    """GET: the case, its moves and its timeline."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.case(pk)
        looked_at(request, "case.viewed", on=case)
        return self.page(case)

    def page(self, case: Case, *, form: CaseMoveForm | None = None, status: int = 200) -> HttpResponse:
        context = {
            "case": case,
            "moments": moments_of(self, case=case),
            "moves": [CaseMove(move) for move in CASE.possible(case.state)],
            "form": form or CaseMoveForm(case=case, today=_today()),
            "may_log": self.request.user.has_perm(Permission.LOG_CONSULTATION, self.hub),
            "outcomes": case.outcomes.standing().newest_first(),
            "follow_ups": case.follow_ups.soonest_first(),
        }
        return render(self.request, "consultations/case_page.html", context, status=status)


class CaseSteps(CasePage):
    """POST cases/<pk>/steps/: move the case."""

    permission = Permission.LOG_CONSULTATION
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        case = self.case(pk)
        form = CaseMoveForm(request.POST, case=case, today=_today())
        if not form.is_valid():
            return self.page(case, form=form, status=422)
        try:
            actions.move_case(case=case, by=self.person, at=timezone.now(), **form.cleaned_data)
        except actions.Edited:
            messages.error(request, _("ほかの人が先に案件を変更しました。今の状態を確かめてから操作してください。"))
        except MoveRefused:
            messages.error(request, _("今の状態では、この操作はできません。"))
        except actions.Anonymised:
            form.add_error("note", FORGOTTEN)
            return self.page(case, form=form, status=422)
        else:
            messages.success(request, _("案件の状態を変更しました。"))
        return redirect(case)


class CaseEdit(OneCase):
    """GET and POST: change what is written about a case."""

    permission = Permission.LOG_CONSULTATION

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.case(pk)
        looked_at(request, "case.viewed", on=case)
        return self.page(case, CaseForm(instance=case, today=_today()))

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        case = self.case(pk)
        form = CaseForm(request.POST, instance=case, today=_today())
        if not form.is_valid():
            return self.page(case, form, status=422)
        version = form.cleaned_data["version"]
        try:
            actions.revise_case(case=case, version=version, by=self.person, at=timezone.now(), **form.values())
        except actions.Edited as problem:
            return self.conflict(problem.current, form)
        except actions.Anonymised:
            form.add_error(None, FORGOTTEN)
            return self.page(case, form, status=422)
        messages.success(request, _("案件を更新しました。"))
        return redirect(case)

    def conflict(self, current: Case, form: CaseForm) -> HttpResponse:
        sent = self.request.POST.copy()
        sent["version"] = str(current.version)
        again = CaseForm(sent, instance=self.case(current.pk), today=_today())
        looked_at(self.request, "case.viewed", on=current)
        return self.page(current, again, status=409, differences=differing(current, form))

    def page(self, case: Case, form: CaseForm, status: int = 200, differences: Any = ()) -> HttpResponse:
        context = {"case": case, "form": form, "differences": differences}
        return render(self.request, "consultations/case_edit.html", context, status=status)


def differing(current: Case | Enterprise, form: CaseForm | EnterpriseForm) -> list[tuple[Any, Any, Any]]:
    """(label, theirs, yours) of the fields in which the present row and what was sent disagree."""
    pairs = [(name, getattr(current, name), value) for name, value in form.values().items()]
    return [
        (form[name].label, shown_value(form, name, theirs), shown_value(form, name, yours))
        for name, theirs, yours in pairs
        if theirs != yours
    ]


def shown_value(form: Any, name: str, value: Any) -> str:
    """A value as the form's choices call it."""
    return str(dict(flat_choices(form.fields[name])).get(value, "" if value is None else value))


def flat_choices(field: Any) -> list[tuple[Any, Any]]:
    """(value, label) pairs of a field, groups opened."""
    found: list[tuple[Any, Any]] = []
    for value, label in getattr(field, "choices", ()):
        found += list(label) if isinstance(label, list | tuple) else [(value, label)]
    return found


def _today() -> dt.date:
    return timezone.localdate()
