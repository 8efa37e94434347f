"""Addresses below /nation/."""

from django.urls import path

from dashboards import views

app_name = "nation"
urlpatterns = [
    path("", views.NationMonth.as_view(), name="month"),
    path("breakdowns/", views.NationDivisions.as_view(), name="divisions"),
]
