"""Addresses below /accounts/ that are ours; allauth's follow (yorozu.urls). The last three shadow some of them."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.Profile.as_view(), name="profile"),
    path("alive/", views.Alive.as_view(), name="alive"),
    path("email/", views.Emails.as_view(), name="emails"),
    path("confirm-email/", views.Closed.as_view(), name="confirm_emails"),
    path("confirm-email/<path:key>", views.Closed.as_view(), name="confirm_email"),
    path("login/code/confirm/", views.Closed.as_view(), name="login_code"),
]
