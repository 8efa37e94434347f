"""Addresses below /hubs/<hub>/."""

from django.urls import path

from sharing.views import looking, requests

app_name = "sharing"
urlpatterns = [
    path("sharing/", requests.RequestList.as_view(), name="requests"),
    path("sharing/hint/", looking.Hint.as_view(), name="hint"),
    path("sharing/new/", requests.RequestNew.as_view(), name="new"),
    path("sharing/<int:pk>/", requests.RequestPage.as_view(), name="request"),
    path("sharing/<int:pk>/acceptance/", requests.Acceptance.as_view(), name="acceptance"),
    path("sharing/<int:pk>/refusal/", requests.Refusal.as_view(), name="refusal"),
    path("sharing/<int:pk>/withdrawal/", requests.Withdrawal.as_view(), name="withdrawal"),
    path("sharing/<int:pk>/completion/", requests.Completion.as_view(), name="completion"),
    path("shared/<int:pk>/", looking.JointTimeline.as_view(), name="joint_timeline"),
    path("enterprises/<int:pk>/elsewhere/", looking.Elsewhere.as_view(), name="elsewhere"),
]
