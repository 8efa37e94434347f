"""Appointments: lists, one with its history, the request, and the moves."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.errors import MoveRefused
from foundation.paging import page_of, read_place
from foundation.periods import FiscalYear
from hubs import access, actions
from hubs.access import Permission
from hubs.choices import AppointmentMove as Move
from hubs.choices import AppointmentState, Post
from hubs.doors import Door, Reach
from hubs.forms import MOVE_FORMS, AppointmentFilter, AppointmentRequestForm
from hubs.models import Appointment, FeeDefault
from hubs.workflow import APPOINTMENT

PAGE_SIZE = 50
MOST_PENDING = 300
# A move is done by posting to the noun that it makes.
NOUNS: dict[str, str] = {
    Move.AGREE: "agreement",
    Move.DECLINE: "refusal",
    Move.WITHDRAW: "withdrawal",
    Move.CONTRACT: "contract",
    Move.END: "completion",
    Move.RELEASE: "release",
}


def page_of_appointments(request: HttpRequest, rows: Any) -> dict[str, Any]:
    """What both lists show: the filters and one page of what they leave."""
    filters = AppointmentFilter(request.GET, today=timezone.localdate())
    found = filters.narrow(rows).with_people().newest_first().behind(read_place(request.GET))
    page = page_of(
        list(found[: PAGE_SIZE + 1]), size=PAGE_SIZE, query=request.GET, place_of=lambda row: (row.starts_on, row.pk)
    )
    return {"filters": filters, "page": page}


class AppointmentList(Door):
    """GET /hubs/tokyo/appointments/."""

    reach: ClassVar[Reach] = Reach.HUB_FIGURES
    permission: ClassVar[str | None] = Permission.VIEW_APPOINTMENTS

    def get(self, request: HttpRequest) -> HttpResponse:
        shown = page_of_appointments(request, Appointment.objects.filter(hub=self.hub))
        may_request = bool(access.posts_proposed_by(request.user, self.hub))
        page = shown | {"hub": self.hub, "may_request": may_request}
        return render(request, "hubs/appointment_list.html", page, status=_status(shown["filters"]))


class NationAppointments(Door):
    """GET /nation/appointments/: what waits for the bureau first, then everything, newest first."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.VIEW_APPOINTMENTS

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = Appointment.objects.filter(state=AppointmentState.REQUESTED).with_people().order_by("requested_at")
        shown = page_of_appointments(request, Appointment.objects.exclude(state=AppointmentState.REQUESTED))
        page = shown | {"waiting": list(waiting[:MOST_PENDING])}
        return render(request, "hubs/appointment_nation.html", page, status=_status(shown["filters"]))


class AppointmentNew(Door):
    """GET and POST /hubs/tokyo/appointments/new/."""

    reach: ClassVar[Reach] = Reach.HUB_FIGURES
    permission: ClassVar[str | None] = Permission.REQUEST_APPOINTMENT

    def get(self, request: HttpRequest) -> HttpResponse:
        form = self.form(initial={"ends_on": FiscalYear.of(timezone.localdate()).last})
        return self.page(form)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = self.form(request.POST)
        if form.is_valid():
            try:
                made = actions.request_appointment(
                    hub=self.hub, candidate=form.candidate(), terms=form.terms(), by=request.user, at=timezone.now()
                )
            except ValidationError as problem:
                form.add_error(None, problem)
            else:
                messages.success(request, _("経済産業局との協議を申し入れました。"))
                return redirect(made)
        return self.page(form, status=422)

    def form(self, *args: Any, **kwargs: Any) -> AppointmentRequestForm:
        posts = access.posts_proposed_by(self.request.user, self.hub)
        return AppointmentRequestForm(*args, posts=posts, today=timezone.localdate(), **kwargs)

    def page(self, form: AppointmentRequestForm, *, status: int = 200) -> HttpResponse:
        year = FiscalYear.of(timezone.localdate())
        fees = [(label, FeeDefault.objects.amount(year, post)) for post, label in Post.choices]
        page = {"hub": self.hub, "form": form, "fees": fees, "year": year}
        return render(self.request, "hubs/appointment_new.html", page, status=status)


class AppointmentDoor(Door):
    """One appointment of the hub, its history and the moves that one may make."""

    reach: ClassVar[Reach] = Reach.HUB_FIGURES
    permission: ClassVar[str | None] = Permission.VIEW_APPOINTMENTS

    def appointment(self, pk: int) -> Appointment:
        """Of this hub. Raises Http404."""
        rows = Appointment.objects.filter(hub=self.hub).select_related(
            "hub__prefecture__bureau", "person", "requested_by", "agreed_by"
        )
        return get_object_or_404(rows, pk=pk)

    def page(self, appointment: Appointment, *, failed: dict[str, Form] | None = None) -> HttpResponse:
        """`failed`: forms that were refused, by move, with what was typed."""
        failed = failed or {}
        moves = [
            {"move": Move(move), "form": failed.get(move) or form_for(move, appointment), "failed": move in failed,
             "url": reverse(f"hubs:{NOUNS[move]}", args=[self.hub.slug, appointment.pk])}
            for move in access.moves_open_to(self.request.user, appointment)
        ]  # fmt: skip
        steps = appointment.steps.select_related("by").order_by("at", "pk")
        page = {"hub": self.hub, "appointment": appointment, "steps": steps, "moves": moves}
        return render(self.request, "hubs/appointment_detail.html", page, status=422 if failed else 200)


def form_for(move: str, appointment: Appointment, posted: QueryDict | None = None) -> Form:
    """The empty form of a move, or one bound to what was posted."""
    initial: dict[str, dt.date] = {"starts_on": appointment.starts_on} if move == Move.CONTRACT else {}
    return MOVE_FORMS[move](posted, prefix=move, initial=initial)


class AppointmentDetail(AppointmentDoor):
    """GET /hubs/tokyo/appointments/7/."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(self.appointment(pk))


class AppointmentMoved(AppointmentDoor):
    """POST /hubs/tokyo/appointments/7/agreement/ and so on. GET leads back to the appointment."""

    move: ClassVar[Move]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return redirect(self.appointment(pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        appointment = self.appointment(pk)
        form = form_for(self.move, appointment, request.POST)
        if self.move == Move.WITHDRAW and appointment.post not in access.posts_proposed_by(request.user, self.hub):
            raise PermissionDenied
        try:
            APPOINTMENT.after(appointment.state, self.move)
            if form.is_valid() and self.done(appointment, form):
                return redirect(appointment)
        except MoveRefused:
            messages.error(
                request, _("ほかの方が先に操作したため、この操作はできません。いまの状態を確認してください。")
            )
            return redirect(appointment)
        return self.page(self.appointment(pk), failed={self.move: form})

    def done(self, appointment: Appointment, form: Form) -> bool:
        """Make the move; False, with the messages in the form, when a rule is against it. Raises MoveRefused."""
        act = getattr(actions, self.move.value)
        try:
            act(appointment=appointment, by=self.request.user, at=timezone.now(), **form.cleaned_data)
        except ValidationError as problem:
            form.add_error(None, problem)
            return False
        messages.success(self.request, _("記録しました: %(state)s") % {"state": appointment.get_state_display()})
        return True


class Agreement(AppointmentMoved):
    permission: ClassVar[str | None] = access.MOVE_RIGHTS[Move.AGREE]
    move = Move.AGREE


class Refusal(AppointmentMoved):
    permission: ClassVar[str | None] = access.MOVE_RIGHTS[Move.DECLINE]
    move = Move.DECLINE


class Withdrawal(AppointmentMoved):
    permission: ClassVar[str | None] = access.MOVE_RIGHTS[Move.WITHDRAW]
    move = Move.WITHDRAW


class Contract(AppointmentMoved):
    permission: ClassVar[str | None] = access.MOVE_RIGHTS[Move.CONTRACT]
    move = Move.CONTRACT


class Completion(AppointmentMoved):
    permission: ClassVar[str | None] = access.MOVE_RIGHTS[Move.END]
    move = Move.END


class Release(AppointmentMoved):
    permission: ClassVar[str | None] = access.MOVE_RIGHTS[Move.RELEASE]
    move = Move.RELEASE


def _status(filters: Form) -> int:
    return 200 if filters.is_valid() else 400
