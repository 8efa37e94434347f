"""Addresses below /nation/."""

from django.urls import path

from dashboards import analysis, views, warnings

app_name = "nation"
urlpatterns = [
    path("", views.NationMonth.as_view(), name="month"),
    path("breakdowns/", views.NationDivisions.as_view(), name="divisions"),
    path("analysis/", analysis.NationAnalysis.as_view(), name="analysis"),
    path("analysis/<slug:topic>/", analysis.NationAnalysis.as_view(), name="analysis_topic"),
    path("warnings/", warnings.Warnings.as_view(), name="warnings"),
    path("bureaus/<slug:bureau>/analysis/", analysis.BureauAnalysis.as_view(), name="bureau_analysis"),
    path(
        "bureaus/<slug:bureau>/analysis/<slug:topic>/",
        analysis.BureauAnalysis.as_view(),
        name="bureau_analysis_topic",
    ),
]
