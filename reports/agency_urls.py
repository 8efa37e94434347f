"""Addresses below /agency/: where the agency's people begin."""

from django.urls import path

from reports.views import agency

app_name = "agency"
urlpatterns = [
    path("", agency.AgencyHome.as_view(), name="home"),
    path("subscription/", agency.SubscriptionPage.as_view(), name="subscription"),
]
