"""Addresses at the root: a service worker stands before whatever lies below its own."""

from django.urls import path

from consultations.views import offline

app_name = "offline"
urlpatterns = [
    path("manifest.webmanifest", offline.Manifest.as_view(), name="manifest"),
    path("service-worker.js", offline.ServiceWorker.as_view(), name="worker"),
    path("start/", offline.Start.as_view(), name="start"),
    path("offline/", offline.Shell.as_view(), name="shell"),
    path("offline/keys/", offline.Keys.as_view(), name="keys"),
]
