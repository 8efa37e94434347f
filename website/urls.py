"""Public addresses."""

from django.urls import path

from website import views

app_name = "website"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("no-role/", views.NoRole.as_view(), name="no_role"),
    path("my-hubs/", views.MyHubs.as_view(), name="my_hubs"),
    path("definitions/", views.Definitions.as_view(), name="definitions"),
    path("tokens/", views.TokenList.as_view(), name="tokens"),
    path("tokens/<int:pk>/revocation/", views.TokenRevocation.as_view(), name="token_revocation"),
]
