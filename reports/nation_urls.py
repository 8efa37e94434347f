"""Addresses below /nation/: how far every hub's month is."""

from django.urls import path

from reports.views import months

app_name = "nation_months"
urlpatterns = [path("months/", months.NationMonths.as_view(), name="list")]
