"""Addresses below /hubs/<hub>/."""

from django.urls import path

from exchange.views import exports, imports

app_name = "exchange"
urlpatterns = [
    path("exports/", exports.Exports.as_view(), name="exports"),
    path("exports/<int:job>/", exports.ExportPage.as_view(), name="export"),
    path("exports/<int:job>/progress/", exports.ExportProgress.as_view(), name="export_progress"),
    path("exports/<int:job>/file/", exports.ExportFile.as_view(), name="export_file"),
    path("imports/", imports.Imports.as_view(), name="imports"),
    path("imports/<int:pk>/", imports.ImportPage.as_view(), name="import"),
    path("imports/<int:pk>/mapping/", imports.ImportMappingPage.as_view(), name="import_mapping"),
    path("imports/<int:pk>/progress/", imports.ImportProgress.as_view(), name="import_progress"),
    path("imports/<int:pk>/sheet/", imports.ImportSheet.as_view(), name="import_sheet"),
    path("imports/<int:pk>/committing/", imports.ImportCommitting.as_view(), name="import_committing"),
]
