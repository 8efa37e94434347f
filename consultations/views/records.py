"""Reading and changing what was logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations import actions, queries
from consultations.actions import attachments
from consultations.actions.locks import lock_on
from consultations.forms import (
    FORGOTTEN,
    INVOLVED,
    SESSION_NAMES,
    FilterForm,
    RevisionForm,
    held_by,
    involved_initial,
    row_number,
)
from consultations.forms.attachments import AttachmentForm
from consultations.forms.reviews import CommentForm
from consultations.models import Consultation
from consultations.queries import quality, reviews
from consultations.views.logging import RecordDoor
from foundation.paging import page_of, read_place
from hubs.access import Permission
from hubs.doors import looked_at

PAGE_SIZE = 50


class ConsultationList(RecordDoor):
    """GET: the hub's consultations, newest first, with filters in the URL."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = FilterForm(request.GET, hub=self.hub, today=timezone.localdate())
        page = None
        if form.is_valid():
            wanted = form.wanted(self.person.pk)
            place = read_place(request.GET)
            rows = queries.consultations_wanted(hub=self.hub, wanted=wanted, before=place, at_most=PAGE_SIZE + 1)
            page = page_of(rows, size=PAGE_SIZE, query=request.GET, place_of=lambda row: (row.held_on, row.pk))
            searched: dict[str, Any] = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
            looked_at(request, "consultations.searched" if searched else "consultations.listed", **searched)
        context = {"form": form, "page": page, "filtered": any(request.GET.values())}
        return render(request, "consultations/consultation_list.html", context, status=200 if page else 422)


class OneConsultation(RecordDoor):
    """Base of pages about one record."""

    def consultation(self, pk: int) -> Consultation:
        rows = Consultation.objects.filter(hub=self.hub, pk=pk).standing().for_lists()
        found = rows.select_related("hub", "enterprise", "case", "lead", "unit", "updated_by").first()
        if found is None:
            raise Http404
        return found


class ConsultationPage(OneConsultation):
    """GET: one record."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(self.consultation(pk))

    def page(
        self, consultation: Consultation, *, attaching: Any = None, commenting: Any = None, status: int = 200
    ) -> HttpResponse:
        """The record, its files and its review; with a form below it that was refused."""
        looked_at(self.request, "consultation.viewed", on=consultation)
        files = list(consultation.attachments.standing().oldest_first())
        context = {
            "consultation": consultation,
            "themes": queries.theme_labels(consultation),
            "involvements": consultation.involvements.select_related("organization").order_by("kind", "pk"),
            "program_uses": consultation.program_uses.select_related("program").order_by("kind", "pk"),
            "may_log": self.request.user.has_perm(Permission.LOG_CONSULTATION, self.hub),
            "attachments": files,
            "attaching": attaching or AttachmentForm(held=len(files)),
            "completeness": quality.completeness_of(consultation),
            "thread": reviews.thread_of(consultation, user=self.request.user),
            "commenting": commenting or CommentForm(),
            "locked": locked_in_words(consultation),
        }
        return render(self.request, "consultations/consultation_page.html", context, status=status)


@dataclass(frozen=True)
class Difference:
    """A field that somebody else changed meanwhile."""

    label: str
    theirs: Any
    yours: Any


class ConsultationEdit(OneConsultation):
    """GET and POST: change a record. What somebody else changed meanwhile is shown, never overwritten."""

    permission = Permission.LOG_CONSULTATION

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        consultation = self.consultation(pk)
        looked_at(request, "consultation.viewed", on=consultation)
        form = RevisionForm.starting_from(consultation, hub=self.hub, today=timezone.localdate())
        return self.page(consultation, form)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        consultation = self.consultation(pk)
        form = RevisionForm(request.POST, hub=self.hub, today=timezone.localdate(), held=held_by(consultation))
        held = consultation.attachments.standing().count()
        attaching = AttachmentForm(request.POST, request.FILES, held=held, required=False)
        if not (form.is_valid() & attaching.is_valid()):
            return self.page(consultation, form, attaching=attaching, status=422)
        try:
            actions.revise_consultation(
                consultation=consultation, version=form.cleaned_data["version"], session=form.session(),
                by=self.person, at=timezone.now(),
            )  # fmt: skip
        except actions.Edited as problem:
            return self.conflict(problem.current, form)
        except actions.Anonymised:
            form.add_error(None, FORGOTTEN)
            return self.page(consultation, form, status=422)
        except actions.MonthClosed as problem:
            form.add_error(None, problem.lock.in_words(timezone.now()))
            return self.page(consultation, form, attaching=attaching, status=409)
        for file, name, kind in attaching.cleaned_data["files"]:
            attachments.attach(
                consultation=consultation, file=file, name=name, kind=kind, by=self.person, at=timezone.now()
            )
        messages.success(request, _("相談記録を更新しました。"))
        return redirect(consultation)

    def conflict(self, current: Consultation, form: RevisionForm) -> HttpResponse:
        if current.deleted_at is not None:
            raise Http404
        sent = self.request.POST.copy()
        sent["version"] = str(current.version)  # sending once more is now a decision, made in sight of the other's
        looked_at(self.request, "consultation.viewed", on=current)
        again = RevisionForm(sent, hub=self.hub, today=timezone.localdate(), held=held_by(current))
        again.is_valid()
        return self.page(self.consultation(current.pk), again, differences=differences(current, form), status=409)

    def page(
        self,
        consultation: Consultation,
        form: RevisionForm,
        *,
        attaching: AttachmentForm | None = None,
        differences: Any = (),
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "consultation": consultation, "form": form, "differences": differences,
            "attaching": attaching or AttachmentForm(held=0, required=False),
            "locked": locked_in_words(consultation),
            "criteria": quality.criteria_for_page(), "given": " ".join(sorted(quality.given_by(consultation))),
        }  # fmt: skip
        return render(self.request, "consultations/consultation_edit.html", context, status=status)


def locked_in_words(consultation: Consultation) -> str:
    """Why what counts of a record cannot be changed, who can reopen its month, until when; "" in an open month."""
    lock = lock_on(hub_id=consultation.hub_id, day=consultation.held_on)
    return lock.in_words(timezone.now()) if lock else ""


def differences(current: Consultation, form: RevisionForm) -> list[Difference]:
    """The fields in which the present record and what was sent disagree."""
    labels = queries.code_labels("theme")["theme"]
    found = []
    for name in SESSION_NAMES:
        theirs, yours = getattr(current, name), form.cleaned_data[name]
        if theirs != yours:
            shown = [_shown(name, value, labels, form) for value in (theirs, yours)]
            found.append(Difference(str(form[name].label), *shown))
    return found + differences_of_choice(current, form)


def differences_of_choice(current: Consultation, form: RevisionForm) -> list[Difference]:
    """The same for the unit, the organizations and the programmes."""
    theirs: dict[str, Any] = {"unit": current.unit_id}
    theirs |= {name: sorted(pks) for name, pks in involved_initial(current).items()}
    unit = form.cleaned_data["unit"]
    yours: dict[str, Any] = {"unit": unit.pk if unit else None}
    yours |= {name: sorted(int(pk) for pk in form.cleaned_data[name]) for name in INVOLVED}
    return [
        Difference(str(form[name].label), _named(form, name, theirs[name]), _named(form, name, yours[name]))
        for name in yours
        if theirs[name] != yours[name]
    ]


def _named(form: RevisionForm, name: str, keys: Any) -> str:
    choices = {str(value): str(label) for value, label in form.fields[name].choices}  # type: ignore[attr-defined]
    keys = keys if isinstance(keys, list) else [keys] if keys else []
    return "、".join(choices.get(str(key), str(key)) for key in keys)


def _shown(name: str, value: Any, labels: dict[str, str], form: RevisionForm) -> str:
    if name == "themes":
        return "、".join(labels.get(code, code) for code in value)
    choices = dict(getattr(form.fields[name], "choices", ()))
    return str(choices.get(value, value))


class ConsultationDeletion(OneConsultation):
    """POST: take a record out of lists and figures."""

    permission = Permission.LOG_CONSULTATION

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        consultation = self.consultation(pk)
        version = request.POST.get("version", "")
        try:
            actions.delete_consultation(
                consultation=consultation, version=row_number(version),
                by=self.person, at=timezone.now(),
            )  # fmt: skip
        except actions.Edited:
            messages.error(request, _("ほかの人が先に変更しました。内容を確かめてから、もう一度削除してください。"))
            return redirect(consultation)
        except actions.MonthClosed as problem:
            messages.error(request, problem.lock.in_words(timezone.now()))
            return redirect(consultation)
        messages.success(request, _("相談記録を削除しました。"))
        return redirect(reverse("consultations:consultations", args=[self.hub.slug]))
