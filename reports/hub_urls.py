"""Addresses below /hubs/<hub>/: the hub's months, and its edition of what was reported."""

from django.urls import path

from reports.views import closing, months, packages

app_name = "months"
urlpatterns = [
    path("months/", months.HubMonths.as_view(), name="list"),
    path("months/<str:month>/", months.HubMonth.as_view(), name="month"),
    path("months/<str:month>/submission/", months.Submission.as_view(), name="submission"),
    path("months/<str:month>/withdrawal/", months.Withdrawal.as_view(), name="withdrawal"),
    path("months/<str:month>/acceptance/", months.Acceptance.as_view(), name="acceptance"),
    path("months/<str:month>/return/", months.Return.as_view(), name="return"),
    path("months/<str:month>/reopening/", closing.HubReopening.as_view(), name="reopening"),
    path("months/<str:month>/reopening/decision/", closing.ReopeningDecision.as_view(), name="reopening_decision"),
    path(
        "months/<str:month>/reopening/withdrawal/", closing.ReopeningWithdrawal.as_view(), name="reopening_withdrawal"
    ),
    path("reports/", packages.HubReports.as_view(), name="reports"),
    path("reports/<int:file>/", packages.HubReportFile.as_view(), name="report_file"),
]
