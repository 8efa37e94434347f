"""Addresses below /api/v1/."""

from django.urls import path

from metrics import api

urlpatterns = [
    path("indicators/", api.Indicators.as_view(), name="indicators"),
    path("figures/<str:month>/", api.MonthFigures.as_view(), name="figures"),
]
