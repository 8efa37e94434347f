"""Addresses that stay: a published version is always found where it was."""

from django.urls import path

from website.figures import feeds, views

app_name = "figures"
urlpatterns = [
    path("", views.Newest.as_view(), name="newest"),
    path("index.json", views.Index.as_view(), name="index"),
    path("definitions.json", views.DefinitionsFile.as_view(), name="definitions"),
    path("feed.atom", feeds.AtomDoor.as_view(), name="atom"),
    path("feed.rss", feeds.RssDoor.as_view(), name="rss"),
    path("<str:month>/", views.NewestOfMonth.as_view(), name="month"),
    path("<str:month>/v<int:version>/", views.Version.as_view(), name="version"),
    path("<str:month>/v<int:version>/figures.csv", views.CsvFile.as_view(), name="csv"),
    path("<str:month>/v<int:version>/figures.json", views.JsonFile.as_view(), name="json"),
]
