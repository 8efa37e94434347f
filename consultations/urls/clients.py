"""Enterprises and their cases."""

from django.urls import path

from consultations.views import clients

urlpatterns = [
    path("enterprises/", clients.EnterpriseList.as_view(), name="enterprises"),
    path("enterprises/<int:pk>/", clients.EnterprisePage.as_view(), name="enterprise"),
    path("enterprises/<int:pk>/edit/", clients.EnterpriseEdit.as_view(), name="enterprise_edit"),
    path("cases/", clients.CaseList.as_view(), name="cases"),
    path("cases/<int:pk>/", clients.CasePage.as_view(), name="case"),
    path("cases/<int:pk>/edit/", clients.CaseEdit.as_view(), name="case_edit"),
    path("cases/<int:pk>/steps/", clients.CaseSteps.as_view(), name="case_steps"),
]
