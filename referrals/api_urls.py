"""Addresses below /api/v1/hubs/<hub>/."""

from django.urls import path

from referrals import api

urlpatterns = [
    path("referrals/", api.Referrals.as_view(), name="referrals"),
    path("referrals/<int:pk>/", api.OneReferral.as_view(), name="referral"),
    path("referrals/<int:pk>/sending/", api.Sending.as_view(), name="referral_sending"),
]
