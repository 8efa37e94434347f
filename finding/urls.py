"""Addresses below /hubs/<hub>/."""

from django.urls import path

from finding import views

app_name = "finding"
urlpatterns = [
    path("search/", views.Search.as_view(), name="search"),
    path("search/suggestions/", views.Suggestions.as_view(), name="suggestions"),
    path("search/organizations/", views.Organizations.as_view(), name="organizations"),
    path("views/", views.SavedViews.as_view(), name="views"),
    path("views/<int:pk>/edit/", views.SavedViewEdit.as_view(), name="view_edit"),
    path("views/<int:pk>/deletion/", views.SavedViewDeletion.as_view(), name="view_deletion"),
]
