"""Addresses below /hubs/<hub>/ that show figures. Mounted in the namespace `hubs`, whose front page they are."""

from django.urls import path

from dashboards import views

urlpatterns = [
    path("", views.HubHome.as_view(), name="home"),
    path("figures/records/", views.Records.as_view(), name="records"),
]
