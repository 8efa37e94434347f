"""Addresses below /nation/: how far every hub's month is."""

from django.urls import path

from reports.views import nation

app_name = "nation_months"
urlpatterns = [
    path("months/", nation.NationMonths.as_view(), name="list"),
    path("months/<str:month>/acceptances/", nation.Acceptances.as_view(), name="acceptances"),
    path("months/<str:month>/dates/", nation.Dates.as_view(), name="dates"),
]
