"""Addresses below /nation/: the nation's targets, and all hubs' side by side."""

from django.urls import path

from plans import views

app_name = "nation_targets"
urlpatterns = [
    path("targets/", views.NationTargets.as_view(), name="list"),
    path("targets/revision/", views.NationRevision.as_view(), name="revision"),
]
