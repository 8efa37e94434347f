"""The calendar, requests, and what is done about one booking."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from booking import actions, queries
from booking.choices import BookingMove, BookingState
from booking.forms import BookingForm, ReasonForm, VersionForm, initial_of
from booking.models import Booking, Place
from booking.workflow import BOOKING
from consultations.actions import assignments
from consultations.forms import row_number
from consultations.forms.assignments import why_not
from consultations.models import Enterprise
from foundation.errors import MoveRefused
from foundation.paging import page_of, read_moment, read_place
from hubs.access import Permission
from hubs.doors import Door, Reach, looked_at

PAGE_SIZE = 50


class BookingDoor(Door):
    """A page about bookings."""

    reach: ClassVar[Reach] = Reach.HUB_RECORDS
    permission: ClassVar[str | None] = Permission.BOOK


class CalendarPage(BookingDoor):
    """GET bookings/: a day by its hours or a week by its days (`?view=`, `?day=`), by coordinator or place (`?by=`)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        day, today = _asked_day(request), timezone.localdate()
        view = queries.DAY if request.GET.get("view") == queries.DAY else queries.WEEK
        by = "place" if request.GET.get("by") == "place" else "coordinator"
        first, last = queries.days_of(view, day)
        step = (last - first).days + 1
        looked_at(request, "bookings.listed", first=first, last=last)
        context = {
            "calendar": queries.calendar(hub=self.hub, first=first, last=last, by=by, at=timezone.now()),
            "view": view, "by": by, "first": first, "last": last, "today": today,
            "before": first - dt.timedelta(days=step), "after": first + dt.timedelta(days=step),
            "waiting": Booking.objects.filter(hub=self.hub).requested().count(),
            "may_manage": request.user.has_perm(Permission.MANAGE_CALENDAR, self.hub),
        }  # fmt: skip
        return render(request, "booking/calendar_page.html", context)


class Requests(BookingDoor):
    """GET bookings/requests/: what came from the public page and waits, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        looked_at(request, "bookings.listed", state=BookingState.REQUESTED)
        rows = Booking.objects.filter(hub=self.hub).requested().behind(read_place(request.GET, read=read_moment))
        found = list(rows.with_people().newest_first()[: PAGE_SIZE + 1])
        page = page_of(found, size=PAGE_SIZE, query=request.GET, place_of=lambda row: (row.created_at, row.pk))
        address = request.build_absolute_uri(reverse("book:request", args=[self.hub.slug]))
        return render(request, "booking/request_list.html", {"page": page, "address": address})


class OneBooking(BookingDoor):
    """Base of pages about one booking."""

    def booking(self, pk: int) -> Booking:
        found = Booking.objects.filter(hub=self.hub, pk=pk).with_people().first()
        if found is None:
            raise Http404
        return found

    def page(self, booking: Booking, *, reason: ReasonForm | None = None, status: int = 200) -> HttpResponse:
        looked_at(self.request, "booking.viewed", on=booking)
        context = {
            "booking": booking, "moves": BOOKING.possible(booking.state),
            "reason": reason or ReasonForm(initial={"version": booking.version}),
            "may_log": self.request.user.has_perm(Permission.LOG_CONSULTATION, self.hub),
            "has_begun": booking.starts_at is not None and booking.starts_at <= timezone.now(),
        }  # fmt: skip
        return render(self.request, "booking/booking_page.html", context, status=status)


class BookingPage(OneBooking):
    """GET bookings/<pk>/: one booking and what may be done about it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(self.booking(pk))


class Writing(OneBooking):
    """Base of the three pages with the booking's form: new, confirming, changing."""

    heading: ClassVar[str]

    def form(self, *args: Any, held: Booking | None = None, **kwargs: Any) -> BookingForm:
        return BookingForm(*args, hub=self.hub, today=timezone.localdate(), held=held, **kwargs)

    def answer(self, form: BookingForm, booking: Booking | None) -> HttpResponseBase:
        """What a form that was sent leads to."""
        if not form.is_valid():
            return self.filled(form, booking, status=422)
        try:
            made = self.write(form, booking)
        except actions.Taken as problem:
            told = _("この担当は、その時間に別の予約があります。"), _("この場所は、その時間に別の予約があります。")
            form.add_error(problem.field, told[problem.field == "place"])
        except assignments.NotFree as problem:
            form.add_error("coordinator", why_not(problem))
        except actions.Edited as problem:
            return self.conflict(form, problem.current)
        except MoveRefused:
            messages.error(self.request, _("今の状態では、この操作はできません。"))
            return redirect(booking or "/")
        else:
            return redirect(made)
        return self.filled(form, booking, status=422)

    def write(self, form: BookingForm, booking: Booking | None) -> Booking:
        raise NotImplementedError

    def conflict(self, form: BookingForm, current: Booking) -> HttpResponse:
        messages.error(
            self.request, _("ほかの人が先にこの予約を変更しました。今の内容を確かめてから、やり直してください。")
        )
        sent = self.request.POST.copy()
        sent["version"] = str(current.version)
        return self.filled(self.form(sent, held=current), self.booking(current.pk), status=409)

    def filled(self, form: BookingForm, booking: Booking | None, status: int = 200) -> HttpResponse:
        if booking is not None:
            looked_at(self.request, "booking.viewed", on=booking)
        chosen = row_number(str(form["enterprise"].value() or ""))
        enterprise = Enterprise.objects.named().filter(hub=self.hub, pk=chosen).first()
        if enterprise is not None:
            looked_at(self.request, "enterprise.viewed", on=enterprise)
        context = {"form": form, "booking": booking, "enterprise": enterprise, "heading": self.heading}
        has_place = Place.objects.filter(hub=self.hub, is_active=True).exists()
        return render(self.request, "booking/booking_edit.html", context | {"has_place": has_place}, status=status)


class BookingNew(Writing):
    """GET and POST bookings/new/: a booking made with the client. A free slot and an enterprise fill it in."""

    heading = "new"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET
        numbers = {name: row_number(asked.get(name, "")) for name in ("coordinator", "place", "enterprise")}
        initial = {name: number if number > 0 else None for name, number in numbers.items()}
        initial |= {
            "on": asked.get("on", "")[:10],  # type: ignore[dict-item]
            "time": asked.get("time", "")[:5],  # type: ignore[dict-item]
            "minutes": asked.get("minutes", "60"),  # type: ignore[dict-item]
        }
        initial["coordinator"] = initial["coordinator"] or self.person.pk
        found = Enterprise.objects.named().filter(hub=self.hub, pk=initial["enterprise"]).first()
        if found is not None:
            initial |= {"company": found.name, "phone": found.phone, "email": found.email}
        return self.filled(self.form(initial=initial), None)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        return self.answer(self.form(request.POST), None)

    def write(self, form: BookingForm, booking: Booking | None) -> Booking:
        made = actions.book(hub=self.hub, by=self.person, at=timezone.now(), **form.values())
        messages.success(self.request, _("予約を登録しました。"))
        return made


class Confirmation(Writing):
    """GET and POST bookings/<pk>/confirmation/: accept a request, with a time, a place and a person."""

    heading = "confirm"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        booking = self.booking(pk)
        initial = initial_of(booking) | {"coordinator": booking.coordinator_id or self.person.pk}
        return self.filled(self.form(held=booking, initial=initial), booking)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        booking = self.booking(pk)
        return self.answer(self.form(request.POST, held=booking), booking)

    def write(self, form: BookingForm, booking: Booking | None) -> Booking:
        assert booking is not None
        version = form.cleaned_data["version"] or 0
        made = actions.confirm(booking=booking, version=version, by=self.person, at=timezone.now(), **form.values())
        told = (
            _("予約を確定し、お客様にメールを送りました。")
            if made.email
            else _("予約を確定しました。お客様に電話でお知らせください。")
        )
        messages.success(self.request, told)
        return made


class BookingEdit(Writing):
    """GET and POST bookings/<pk>/edit/: another time, place or person; what was written about the client."""

    heading = "edit"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        booking = self.booking(pk)
        return self.filled(self.form(held=booking, initial=initial_of(booking)), booking)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        booking = self.booking(pk)
        return self.answer(self.form(request.POST, held=booking), booking)

    def write(self, form: BookingForm, booking: Booking | None) -> Booking:
        assert booking is not None
        version = form.cleaned_data["version"] or 0
        made = actions.revise(booking=booking, version=version, by=self.person, at=timezone.now(), **form.values())
        messages.success(self.request, _("予約を変更しました。"))
        return made


class Moving(OneBooking):
    """Base of the moves: POST only, and back to the booking."""

    http_method_names = ["post"]
    move: ClassVar[BookingMove]
    needs_reason: ClassVar[bool] = True

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        booking = self.booking(pk)
        form = ReasonForm(request.POST) if self.needs_reason else VersionForm(request.POST)
        if not form.is_valid():
            return self.page(booking, reason=form if isinstance(form, ReasonForm) else None, status=422)
        try:
            DEEDS[self.move](booking=booking, by=self.person, at=timezone.now(), **form.cleaned_data)
        except actions.Edited:
            messages.error(
                request, _("ほかの人が先にこの予約を変更しました。今の内容を確かめてから、やり直してください。")
            )
        except MoveRefused:
            messages.error(request, _("今の状態では、この操作はできません。"))
        else:
            messages.success(request, DONE[self.move]())
        return redirect(booking)


DEEDS: dict[str, Any] = {
    BookingMove.DECLINE: actions.decline, BookingMove.CANCEL: actions.cancel, BookingMove.MISS: actions.miss,
}  # fmt: skip
DONE: dict[str, Any] = {
    BookingMove.DECLINE: lambda: _("お申込みを断りました。"),
    BookingMove.CANCEL: lambda: _("予約を取り消しました。"),
    BookingMove.MISS: lambda: _("無断欠席として記録しました。"),
}


class Refusal(Moving):
    """POST bookings/<pk>/refusal/: a request cannot be met."""

    move = BookingMove.DECLINE


class Cancellation(Moving):
    """POST bookings/<pk>/cancellation/: a booking is no more."""

    move = BookingMove.CANCEL


class Absence(Moving):
    """POST bookings/<pk>/absence/: the client did not come."""

    move, needs_reason = BookingMove.MISS, False


class LoggingBeginning(OneBooking):
    """POST bookings/<pk>/logging/: on to the page for logging, with what the booking knows filled in."""

    permission = Permission.LOG_CONSULTATION
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        booking = self.booking(pk)
        if (booking.state, BookingMove.ATTEND) not in BOOKING.moves:
            messages.error(request, _("今の状態では、この操作はできません。"))
            return redirect(booking)
        actions.begin_logging(booking=booking, by=self.person, at=timezone.now())
        page = reverse("consultations:new", args=[self.hub.slug])
        return redirect(f"{page}?draft={booking.client_id}")


def _asked_day(request: HttpRequest) -> dt.date:
    try:
        return queries.asked_day(request.GET.get("day", ""), timezone.localdate())
    except ValueError:
        raise BadRequest(_("日付が読めません。")) from None
