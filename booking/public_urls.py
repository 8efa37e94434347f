"""Addresses at the root: for strangers, and for who has a link."""

from django.urls import path

from booking.views import public

app_name = "book"
urlpatterns = [
    path("book/<slug:slug>/", public.Request.as_view(), name="request"),
    path("bookings/<str:token>/", public.Own.as_view(), name="own"),
    path("bookings/<str:token>/cancellation/", public.OwnCancellation.as_view(), name="own_cancellation"),
]
