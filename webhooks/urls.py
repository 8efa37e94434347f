"""Addresses below /hubs/<hub>/."""

from django.urls import path

from webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("webhooks/", views.EndpointList.as_view(), name="endpoints"),
    path("webhooks/<int:pk>/", views.EndpointPage.as_view(), name="endpoint"),
    path("webhooks/<int:pk>/switching/", views.Switching.as_view(), name="switching"),
    path("webhooks/<int:pk>/secret/", views.SecretRenewal.as_view(), name="secret"),
    path("webhooks/<int:pk>/pings/", views.Ping.as_view(), name="pings"),
    path("webhooks/<int:pk>/deliveries/<int:delivery>/resending/", views.Resending.as_view(), name="resending"),
]
