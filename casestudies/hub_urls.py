"""Addresses below /hubs/<hub>/: what is like a note that is being written."""

from django.urls import path

from casestudies import views

app_name = "hub_casestudies"
urlpatterns = [path("similar-case-studies/", views.SimilarStudies.as_view(), name="similar")]
