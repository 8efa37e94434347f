"""Addresses below /nation/: where headquarters keeps them."""

from django.urls import path

from casestudies import views

app_name = "nation_casestudies"
urlpatterns = [
    path("case-studies/", views.KeptStudies.as_view(), name="list"),
    path("case-studies/new/", views.StudyNew.as_view(), name="new"),
    path("case-studies/<int:pk>/", views.StudyEdit.as_view(), name="study"),
    path("case-studies/<int:pk>/publication/", views.StudyPublication.as_view(), name="publication"),
    path("case-studies/<int:pk>/withdrawal/", views.StudyWithdrawal.as_view(), name="withdrawal"),
]
