"""Addresses below /nation/ that this room answers."""

from django.urls import path

from hubs.views import appointments, trail

app_name = "nation_hubs"
urlpatterns = [
    path("appointments/", appointments.NationAppointments.as_view(), name="appointments"),
    path("trail/", trail.NationTrail.as_view(), name="trail"),
]
