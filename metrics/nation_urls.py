"""Addresses below /nation/."""

from django.urls import path

from metrics import views

app_name = "crosstab"
urlpatterns = [
    path("crosstab/", views.Crosstab.as_view(), name="page"),
    path("crosstab/file/", views.CrosstabFile.as_view(), name="file"),
    path("crosstab/tables/", views.Tables.as_view(), name="tables"),
    path("crosstab/tables/<int:pk>/", views.TableEdit.as_view(), name="table"),
    path("crosstab/tables/<int:pk>/deletion/", views.TableDeletion.as_view(), name="deletion"),
]
