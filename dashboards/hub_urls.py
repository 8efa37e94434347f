"""Addresses below /hubs/<hub>/ that show figures. Mounted in the namespace `hubs`, whose front page they are."""

from django.urls import path

from dashboards import analysis, views

urlpatterns = [
    path("desk/", views.MyDesk.as_view(), name="desk"),
    path("", views.HubHome.as_view(), name="home"),
    path("figures/records/", views.Records.as_view(), name="records"),
    path("analysis/", analysis.HubAnalysis.as_view(), name="analysis"),
    path("analysis/<slug:topic>/", analysis.HubAnalysis.as_view(), name="analysis_topic"),
]
