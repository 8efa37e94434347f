"""Addresses of reports."""

from django.urls import path

from reports.views import editions as views

app_name = "reports"
urlpatterns = [
    path("", views.ReportList.as_view(), name="list"),
    path("<str:month>/editions/", views.EditionOrder.as_view(), name="edition"),
    path("jobs/<int:job>/", views.JobPage.as_view(), name="job"),
    path("jobs/<int:job>/progress/", views.JobProgress.as_view(), name="job_progress"),
    path("jobs/<int:job>/file/", views.JobFile.as_view(), name="download"),
]
