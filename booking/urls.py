"""Addresses below /hubs/<hub>/."""

from django.urls import path

from booking.views import calendar, handovers, settings

app_name = "booking"
urlpatterns = [
    path("bookings/", calendar.CalendarPage.as_view(), name="calendar"),
    path("bookings/new/", calendar.BookingNew.as_view(), name="new"),
    path("bookings/requests/", calendar.Requests.as_view(), name="requests"),
    path("bookings/settings/", settings.Settings.as_view(), name="settings"),
    path("bookings/places/new/", settings.PlaceEdit.as_view(), name="place_new"),
    path("bookings/places/<int:pk>/", settings.PlaceEdit.as_view(), name="place"),
    path("bookings/hours/new/", settings.HoursNew.as_view(), name="hours_new"),
    path("bookings/hours/<int:pk>/ending/", settings.HoursEnding.as_view(), name="hours_ending"),
    path("bookings/closed-days/new/", settings.ClosedDayNew.as_view(), name="closed_day_new"),
    path("bookings/closed-days/<int:pk>/deletion/", settings.ClosedDayDeletion.as_view(), name="closed_day_deletion"),
    path("bookings/<int:pk>/", calendar.BookingPage.as_view(), name="booking"),
    path("bookings/<int:pk>/edit/", calendar.BookingEdit.as_view(), name="edit"),
    path("bookings/<int:pk>/confirmation/", calendar.Confirmation.as_view(), name="confirmation"),
    path("bookings/<int:pk>/refusal/", calendar.Refusal.as_view(), name="refusal"),
    path("bookings/<int:pk>/cancellation/", calendar.Cancellation.as_view(), name="cancellation"),
    path("bookings/<int:pk>/absence/", calendar.Absence.as_view(), name="absence"),
    path("bookings/<int:pk>/logging/", calendar.LoggingBeginning.as_view(), name="logging"),
    path("assignments/<int:person>/handover/", handovers.HandoverNew.as_view(), name="handover_new"),
    path("handovers/", handovers.HandoverList.as_view(), name="handovers"),
    path("handovers/<int:pk>/", handovers.HandoverPage.as_view(), name="handover"),
    path("handovers/<int:pk>/file/", handovers.HandoverFile.as_view(), name="handover_file"),
]
