"""Addresses below /api/v1/hubs/<hub>/."""

from django.urls import path

from consultations import api

urlpatterns = [
    path("consultations/", api.Consultations.as_view(), name="consultations"),
    path("consultations/<int:pk>/", api.OneConsultation.as_view(), name="consultation"),
]
