"""Addresses below /hubs/<hub>/."""

from django.urls import path

from referrals.views import deeds, desk

app_name = "referrals"
urlpatterns = [
    path("referrals/", desk.ReferralList.as_view(), name="list"),
    path("referrals/new/", desk.ReferralNew.as_view(), name="new"),
    path("referrals/<int:pk>/", desk.ReferralPage.as_view(), name="page"),
    path("referrals/<int:pk>/edit/", desk.ReferralEdit.as_view(), name="edit"),
    path("referrals/<int:pk>/sending/", deeds.Sending.as_view(), name="sending"),
    path("referrals/<int:pk>/revocation/", deeds.Revocation.as_view(), name="revocation"),
    path("referrals/<int:pk>/cancellation/", deeds.Cancellation.as_view(), name="cancellation"),
    path("referrals/<int:pk>/answers/", deeds.ToldAnswer.as_view(), name="answers"),
    path("referrals/<int:pk>/works/", deeds.ToldWork.as_view(), name="works"),
    path("referrals/<int:pk>/works/<int:work>/striking/", deeds.WorkStriking.as_view(), name="striking"),
]
