"""Addresses below /hubs/<hub>/: the hub's targets."""

from django.urls import path

from plans import views

app_name = "targets"
urlpatterns = [
    path("targets/", views.HubTargets.as_view(), name="list"),
    path("targets/revision/", views.HubRevision.as_view(), name="revision"),
]
