"""Addresses below /hubs/<hub>/ that are about the hub itself. Its front page is in dashboards."""

from django.urls import path

from hubs.views import appointments, openings, roster, trail

app_name = "hubs"
urlpatterns = [
    path("roster/", roster.Roster.as_view(), name="roster"),
    path("appointments/", appointments.AppointmentList.as_view(), name="appointments"),
    path("appointments/new/", appointments.AppointmentNew.as_view(), name="appointment_new"),
    path("appointments/<int:pk>/", appointments.AppointmentDetail.as_view(), name="appointment"),
    path("appointments/<int:pk>/agreement/", appointments.Agreement.as_view(), name="agreement"),
    path("appointments/<int:pk>/refusal/", appointments.Refusal.as_view(), name="refusal"),
    path("appointments/<int:pk>/withdrawal/", appointments.Withdrawal.as_view(), name="withdrawal"),
    path("appointments/<int:pk>/contract/", appointments.Contract.as_view(), name="contract"),
    path("appointments/<int:pk>/completion/", appointments.Completion.as_view(), name="completion"),
    path("appointments/<int:pk>/release/", appointments.Release.as_view(), name="release"),
    path("opening/", openings.Opening.as_view(), name="opening"),
    path("trail/", trail.HubTrail.as_view(), name="trail"),
]
