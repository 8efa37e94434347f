"""Addresses of reports."""

from django.urls import path

from reports.views import editions as views
from reports.views import packages

app_name = "reports"
urlpatterns = [
    path("", views.ReportList.as_view(), name="list"),
    path("<str:month>/editions/", views.EditionOrder.as_view(), name="edition"),
    path("jobs/<int:job>/", views.JobPage.as_view(), name="job"),
    path("jobs/<int:job>/progress/", views.JobProgress.as_view(), name="job_progress"),
    path("jobs/<int:job>/file/", views.JobFile.as_view(), name="download"),
    path("packages/", packages.PackageList.as_view(), name="packages"),
    path("packages/orders/", packages.PackageOrder.as_view(), name="package_order"),
    path("packages/<int:pk>/", packages.PackagePage.as_view(), name="package"),
    path("packages/<int:pk>/progress/", packages.PackageProgress.as_view(), name="package_progress"),
    path("packages/<int:pk>/archive/", packages.PackageArchive.as_view(), name="package_archive"),
    path("packages/files/<int:file>/", packages.FileDownload.as_view(), name="package_file"),
    path("signing-key.pem", packages.SigningKey.as_view(), name="signing_key"),
]
