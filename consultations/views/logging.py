"""Logging a consultation: the main job, built for two minutes."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from consultations import actions, queries
from consultations.actions import drafts as drafts_kept
from consultations.actions.locks import lock_on
from consultations.choices import Method
from consultations.forms import FORGOTTEN, INVOLVED, NEW, NUMBER_KNOWN, LoggingForm, row_number
from consultations.forms.fills import filled, offers_beside, wants_filling
from consultations.models import Case, Consultation, Draft, Enterprise
from consultations.queries import duplicates, quality
from foundation.text import has_forbidden
from hubs.access import Permission
from hubs.doors import Door, Reach, looked_at

LONGEST_DRAFT = 60_000
AS_NEW = "new_"  # how the fields of a new enterprise begin
USUAL_MINUTES = 60
PREFIX = "new_"  # of a new client's fields


class RecordDoor(Door):
    """A page with a hub's records."""

    reach: ClassVar[Reach] = Reach.HUB_RECORDS
    permission: ClassVar[str | None] = Permission.VIEW_RECORDS


class New(RecordDoor):
    """GET: the empty page, or a draft as it was left. POST: one record, however often it is sent."""

    permission: ClassVar[str | None] = Permission.LOG_CONSULTATION

    def get(self, request: HttpRequest) -> HttpResponse:
        client_id = _uuid(request.GET.get("draft", "")) or uuid.uuid4()
        draft = None
        if "draft" in request.GET:
            if self.recorded(client_id) is not None:
                client_id = uuid.uuid4()  # the way back from a saved record leads to an empty page, with a new id
            draft = Draft.objects.filter(hub=self.hub, owner=request.user, client_id=client_id).first()
        form = self.form(initial=self.beginning(client_id, draft))
        return self.page(form, draft=draft)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = self.form(request.POST)
        if "find" in request.POST:  # without JavaScript the search button sends the page as it is
            return self.page(form, finding=True)
        if wants_filling(request.POST):
            typed = filled(form, request.POST, PREFIX)
            return self.page(self.form(initial=typed), taken_over="take" in request.POST)
        client_id = _uuid(request.POST.get("client_id", ""))
        if client_id and NEW in (request.POST.get("enterprise"), request.POST.get("case")):
            # a record knows its id by itself; a client or case made on the way would not
            actions.take_turn(hub=self.hub, client_id=client_id)
            if (before := self.recorded(client_id)) is not None:
                return self.sent_again(form, before)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            consultation, new = self.log(form)
        except actions.NumberTaken:
            form.add_error("new_corporate_number", NUMBER_KNOWN)
            return self.page(form, status=422)
        except actions.Anonymised:
            form.add_error("enterprise", FORGOTTEN)
            return self.page(form, status=422)
        if not new:
            return self.sent_again(form, consultation)
        if lock_on(hub_id=self.hub.pk, day=consultation.held_on):
            messages.warning(request, LATE)
        else:
            messages.success(request, _("相談を記録しました。今月の集計には1分以内に反映されます。"))
        return self.leave_for(consultation)

    def sent_again(self, form: LoggingForm, before: Consultation) -> HttpResponseBase:
        """The same sent twice leads to the record it made. Something else under a used id is not lost: the page
        comes back as typed, with a new id."""
        form.is_valid()
        same = all(form.cleaned_data.get(name) == getattr(before, name) for name in SAME_IF)
        if same and before.created_by_id == self.person.pk and before.deleted_at is None:
            return self.leave_for(before)
        again = self.form(_with_new_id(self.request.POST))
        again.add_error(None, USED)
        return self.page(again, status=409)

    def recorded(self, client_id: uuid.UUID) -> Consultation | None:
        """The record that this id has made, deleted or not."""
        return Consultation.objects.filter(hub=self.hub, client_id=client_id).for_lists().first()

    def leave_for(self, consultation: Consultation) -> HttpResponseBase:
        return redirect(reverse("consultations:consultation", args=[self.hub.slug, consultation.pk]))

    def form(self, *args: Any, **kwargs: Any) -> LoggingForm:
        return LoggingForm(*args, hub=self.hub, today=timezone.localdate(), **kwargs)

    def beginning(self, client_id: uuid.UUID, draft: Draft | None) -> dict[str, Any]:
        """What stands in the fields at first."""
        usual = {"held_on": timezone.localdate(), "minutes": USUAL_MINUTES, "method": Method.VISIT_TO_HUB}
        usual |= {"enterprise": self.request.GET.get("enterprise", ""), "case": self.request.GET.get("case", "")}
        return usual | (draft.fields if draft else {}) | {"client_id": client_id}

    def log(self, form: LoggingForm) -> tuple[Consultation, bool]:
        who: dict[str, Any] = {"by": self.person, "at": timezone.now()}
        enterprise, case, client_id = form.chosen_enterprise, form.chosen_case, form.cleaned_data["client_id"]
        if form.is_new_enterprise:
            enterprise = actions.register_enterprise(hub=self.hub, **form.enterprise_fields(), **who)
        if case is None:
            assert enterprise is not None
            day = form.cleaned_data["held_on"]
            case = actions.open_case(
                enterprise=enterprise, received_on=day, client_id=client_id, **form.case_fields(), **who
            )
        logged, is_new = actions.log_consultation(case=case, client_id=client_id, session=form.session(), **who)
        if is_new and form.cleaned_data["next_action"]:
            planned = {name: form.cleaned_data[name] for name in ("next_action", "next_due_on")}
            actions.plan_next(case=case, **planned, **who)
        return logged, is_new

    def page(
        self,
        form: LoggingForm,
        *,
        draft: Draft | None = None,
        finding: bool = False,
        taken_over: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        chosen = str(form["enterprise"].value() or "")
        query = str(form["q"].value() or "")
        drafts = Draft.objects.filter(hub=self.hub, owner=self.request.user).order_by("-saved_at")[:10]
        found = found_context(self, query=query if finding or not chosen else "", chosen=chosen)
        chosen = str(found["picked"].pk) if found["picked"] else chosen
        context = {
            "form": form, "draft": draft, "finding": finding, "taken_over": taken_over,
            **offers_beside(form, PREFIX),
            "drafts_kept_days": drafts_kept.KEPT.days,
            "drafts": [row for row in drafts if row != draft], "criteria": quality.criteria_for_page(), "given": "",
            "client_id": _uuid(str(form["client_id"].value())) or uuid.uuid4(),
            **found,
            **cases_context(self, chosen=chosen, case=str(form["case"].value() or "")),
            **self.hints(form, chosen),
        }  # fmt: skip
        return render(self.request, "consultations/consultation_new.html", context, status=status)

    def hints(self, form: LoggingForm, chosen: str) -> dict[str, Any]:
        """Who may be meant by a new enterprise that stands on the page already."""
        if chosen != NEW:
            return {"hints": [], "of": None, "chosen": None}
        names = (name for name in form.fields if name.startswith(AS_NEW))
        return hints_context(self, {name: form[name].value() for name in names}, prefix=AS_NEW)


def hints_context(door: Door, sent: Any, *, prefix: str, of: int | None = None) -> dict[str, Any]:
    """What _duplicate_hints.html shows for what has been typed so far. Each enterprise shown leaves its line."""
    found = duplicates.hints(hub=door.hub, typed=duplicates.as_typed(door.hub, sent, prefix), but=of)
    for hint in found:
        looked_at(door.request, "enterprise.hinted", on=hint.enterprise)
    return {"hints": found, "of": of, "chosen": row_number(str(sent.get("enterprise") or ""))}


def found_context(door: Door, *, query: str, chosen: str) -> dict[str, Any]:
    """What the enterprise picker shows: the chosen one, or those that match."""
    rows = Enterprise.objects.filter(hub=door.hub)
    picked = rows.stands_for(row_number(chosen)) if chosen not in ("", NEW) else None
    found = queries.enterprises_like(hub=door.hub, query=query) if query else []
    if picked is not None:
        looked_at(door.request, "enterprise.viewed", on=picked)
    if query:
        looked_at(door.request, "enterprise.searched", words=query)
    return {"picked": picked, "found": found, "query": query, "is_new_enterprise": chosen == NEW}


def cases_context(door: Door, *, chosen: str, case: str) -> dict[str, Any]:
    """What the case picker shows: the enterprise's open cases, newest first, and a new one."""
    cases: list[Case] = []
    if chosen.isascii() and chosen.isdigit():
        rows = Case.objects.filter(hub=door.hub, enterprise_id=row_number(chosen)).with_people()
        cases = list(rows.open().newest_first()[:20])
    if not case:
        case = str(cases[0].pk) if len(cases) == 1 else (NEW if chosen and not cases else "")
    return {"cases": cases, "case": case, "has_enterprise": bool(chosen)}


class EnterpriseSuggestions(RecordDoor):
    """GET: the enterprises that match what is being typed. A fragment."""

    permission: ClassVar[str | None] = Permission.LOG_CONSULTATION

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.get("q", "")[:120]
        context = found_context(self, query="" if has_forbidden(query) else query, chosen="")
        return render(request, "consultations/_enterprise_found.html", context)


class CaseChoices(RecordDoor):
    """GET: the open cases of the enterprise that was picked. A fragment."""

    permission: ClassVar[str | None] = Permission.LOG_CONSULTATION

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = request.GET.get("enterprise", "")
        form = LoggingForm(hub=self.hub, today=timezone.localdate())
        context = cases_context(self, chosen=chosen, case="") | {"form": form}
        if context["cases"]:
            looked_at(request, "cases.listed", enterprise=chosen)
        return render(request, "consultations/_case_choices.html", context)


class DraftKeeping(RecordDoor):
    """POST drafts/<id>/: remember what is typed. The page asks by itself, every few seconds of typing."""

    permission: ClassVar[str | None] = Permission.LOG_CONSULTATION

    def post(self, request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
        fields = {name: _value(name, request.POST) for name in request.POST if name not in NOT_DRAFTED}
        if sum(len(str(value)) for value in fields.values()) > LONGEST_DRAFT:
            return JsonResponse({"error": _("長すぎるため下書きを保存できません。")}, status=413)
        if Consultation.objects.filter(hub=self.hub, client_id=client_id).exists():
            return JsonResponse({"error": _("この相談はすでに記録されています。")}, status=409)
        at = timezone.now()
        actions.keep_draft(hub=self.hub, client_id=client_id, fields=fields, by=self.person, at=at)
        return JsonResponse({"saved_at": timezone.localtime(at).strftime("%H:%M:%S")})


class DraftDiscarding(RecordDoor):
    """POST drafts/<id>/discarding/: forget a draft."""

    permission: ClassVar[str | None] = Permission.LOG_CONSULTATION

    def post(self, request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
        actions.discard_draft(hub=self.hub, client_id=client_id, by=self.person)
        messages.success(request, _("下書きを破棄しました。"))
        return redirect(reverse("consultations:new", args=[self.hub.slug]))


NOT_DRAFTED = frozenset({"csrfmiddlewaretoken", "client_id", "find"})
LISTS = frozenset({"themes", *INVOLVED})
USED = _lazy(
    "この画面からの相談はすでに記録されています。別の相談として記録する場合は、もう一度「記録する」を押してください。"
)
LATE = _lazy(
    "相談を記録しました。相談日の月はすでに締めたため、公表済みの集計は変わりません。この記録は訂正として次の報告に載ります。"
)
SAME_IF = ("held_on", "minutes", "method", "themes", "content", "advice")


def _with_new_id(sent: QueryDict) -> QueryDict:
    again = sent.copy()
    again["client_id"] = str(uuid.uuid4())
    return again


def _value(name: str, sent: QueryDict) -> Any:
    return sent.getlist(name) if name in LISTS else sent.get(name)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
