"""Addresses that stay: a published version is always found where it was, and nowhere else."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from website.figures import feeds, views


class Number(IntConverter):
    """In its one spelling: Django's own takes 01 for 1, and each spelling would be made and kept for itself."""

    regex = "[1-9][0-9]{0,4}"


register_converter(Number, "number")
app_name = "figures"
urlpatterns = [
    path("", views.Newest.as_view(), name="newest"),
    path("index.json", views.Index.as_view(), name="index"),
    path("definitions.json", views.DefinitionsFile.as_view(), name="definitions"),
    path("feed.atom", feeds.AtomDoor.as_view(), name="atom"),
    path("feed.rss", feeds.RssDoor.as_view(), name="rss"),
    path("<str:month>/", views.NewestOfMonth.as_view(), name="month"),
    path("<str:month>/v<number:version>/", views.Version.as_view(), name="version"),
    path("<str:month>/v<number:version>/figures.csv", views.CsvFile.as_view(), name="csv"),
    path("<str:month>/v<number:version>/figures.json", views.JsonFile.as_view(), name="json"),
]
