"""Addresses of reports."""

from django.urls import path

from reports.views import compositions, packages
from reports.views import editions as views

app_name = "reports"
urlpatterns = [
    path("", views.ReportList.as_view(), name="list"),
    path("<str:month>/editions/", views.EditionOrder.as_view(), name="edition"),
    path("jobs/<int:job>/", views.JobPage.as_view(), name="job"),
    path("jobs/<int:job>/progress/", views.JobProgress.as_view(), name="job_progress"),
    path("jobs/<int:job>/file/", views.JobFile.as_view(), name="download"),
    path("compositions/", compositions.CompositionList.as_view(), name="compositions"),
    path("compositions/new/", compositions.CompositionNew.as_view(), name="composition_new"),
    path("compositions/<int:pk>/", compositions.CompositionPage.as_view(), name="composition"),
    path("compositions/<int:pk>/edit/", compositions.CompositionEdit.as_view(), name="composition_edit"),
    path("compositions/<int:pk>/submission/", compositions.Submission.as_view(), name="composition_submission"),
    path("compositions/<int:pk>/versions/", compositions.FurtherVersion.as_view(), name="composition_version"),
    path("compositions/<int:pk>/discarding/", compositions.Discarding.as_view(), name="composition_discarding"),
    path("compositions/<int:pk>/paper/", compositions.PaperPage.as_view(), name="composition_paper"),
    path("compositions/<int:pk>/paper/progress/", compositions.PaperProgress.as_view(), name="composition_progress"),
    path("compositions/<int:pk>/file/", compositions.PaperFile.as_view(), name="composition_file"),
    path("packages/", packages.PackageList.as_view(), name="packages"),
    path("packages/orders/", packages.PackageOrder.as_view(), name="package_order"),
    path("packages/<int:pk>/", packages.PackagePage.as_view(), name="package"),
    path("packages/<int:pk>/progress/", packages.PackageProgress.as_view(), name="package_progress"),
    path("packages/<int:pk>/archive/", packages.PackageArchive.as_view(), name="package_archive"),
    path("packages/files/<int:file>/", packages.FileDownload.as_view(), name="package_file"),
    path("signing-key.pem", packages.SigningKey.as_view(), name="signing_key"),
]
