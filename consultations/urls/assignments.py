"""Who may take how much, and who leads a case. Handing over stands with bookings, which go along."""

from django.urls import path

from consultations.views import assignments

urlpatterns = [
    path("assignments/", assignments.AssignmentList.as_view(), name="assignments"),
    path("assignments/<int:pk>/", assignments.CapacityEdit.as_view(), name="capacity"),
    path("cases/<int:pk>/lead/", assignments.CaseLead.as_view(), name="case_lead"),
]
