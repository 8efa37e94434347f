"""Places, open hours and closed days of a hub: the chief's."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Q
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from booking import actions
from booking.forms import ClosedDayForm, HoursForm, PlaceForm
from booking.models import ClosedDay, OpenHours, Place
from hubs.access import Permission
from hubs.doors import Door, Reach


class SettingsDoor(Door):
    """A page about the calendar itself."""

    reach: ClassVar[Reach] = Reach.HUB_RECORDS
    permission: ClassVar[str | None] = Permission.MANAGE_CALENDAR

    def who(self) -> dict[str, Any]:
        return {"by": self.person, "at": timezone.now()}

    def around(self) -> dict[str, Any]:
        return {"hub": self.hub, "today": timezone.localdate()}

    def leave(self, told: str) -> HttpResponseBase:
        messages.success(self.request, told)
        return redirect(reverse("booking:settings", args=[self.hub.slug]))

    def page(self, form: BaseForm, heading: str, status: int = 200) -> HttpResponse:
        context = {"form": form, "heading": heading}
        return render(self.request, "booking/setting_edit.html", context, status=status)


class Settings(SettingsDoor):
    """GET bookings/settings/: places, who receives when, and closed days to come."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        hours = OpenHours.objects.filter(hub=self.hub).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))
        days = ClosedDay.objects.filter(hub=self.hub, on__range=(today, today + dt.timedelta(days=400)))
        context = {
            "places": Place.objects.filter(hub=self.hub).select_related("unit").order_by("-is_active", "pk"),
            "hours": hours.select_related("coordinator", "place").order_by(
                "coordinator__name", "weekday", "opens", "pk"
            ),
            "closed_days": days.select_related("coordinator").order_by("on", "pk"),
            "address": request.build_absolute_uri(reverse("book:request", args=[self.hub.slug])),
        }
        return render(request, "booking/settings_page.html", context)


class PlaceEdit(SettingsDoor):
    """GET and POST bookings/places/<pk>/ and …/new/."""

    def place(self, pk: int | None) -> Place | None:
        if pk is None:
            return None
        found = Place.objects.filter(hub=self.hub, pk=pk).first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        return self.page(PlaceForm(instance=self.place(pk), hub=self.hub), _("相談場所"))

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponseBase:
        place = self.place(pk)
        form = PlaceForm(request.POST, instance=place, hub=self.hub)
        if not form.is_valid():
            return self.page(form, _("相談場所"), status=422)
        actions.set_place(hub=self.hub, place=place, **form.values(), **self.who())
        return self.leave(_("相談場所を保存しました。"))


class HoursNew(SettingsDoor):
    """GET and POST bookings/hours/new/: when somebody receives clients."""

    def get(self, request: HttpRequest) -> HttpResponse:
        beginning = {"valid_from": timezone.localdate()}
        return self.page(HoursForm(initial=beginning, **self.around()), _("受付時間を加える"))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = HoursForm(request.POST, **self.around())
        if not form.is_valid():
            return self.page(form, _("受付時間を加える"), status=422)
        actions.set_hours(hub=self.hub, **form.cleaned_data, **self.who())
        return self.leave(_("受付時間を加えました。"))


class HoursEnding(SettingsDoor):
    """POST bookings/hours/<pk>/ending/."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        found = OpenHours.objects.filter(hub=self.hub, pk=pk).first()
        if found is None:
            raise Http404
        actions.end_hours(hours=found, **self.who())
        return self.leave(_("受付時間を取り消しました。"))


class ClosedDayNew(SettingsDoor):
    """GET and POST bookings/closed-days/new/."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(ClosedDayForm(**self.around()), _("休業日を加える"))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = ClosedDayForm(request.POST, **self.around())
        if not form.is_valid():
            return self.page(form, _("休業日を加える"), status=422)
        actions.close_day(hub=self.hub, **form.cleaned_data, **self.who())
        return self.leave(_("休業日を加えました。"))


class ClosedDayDeletion(SettingsDoor):
    """POST bookings/closed-days/<pk>/deletion/."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        found = ClosedDay.objects.filter(hub=self.hub, pk=pk).first()
        if found is None:
            raise Http404
        actions.open_day(day=found, **self.who())
        return self.leave(_("休業日を取り消しました。"))
