"""Public addresses."""

from django.urls import path

from casestudies import views

app_name = "casestudies"
urlpatterns = [
    path("case-studies/", views.StudyList.as_view(), name="list"),
    path("case-studies/<int:pk>/", views.StudyPage.as_view(), name="study"),
]
