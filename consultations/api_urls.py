"""Addresses below /api/v1/hubs/<hub>/."""

from django.urls import path

from consultations.api import cases, consultations, enterprises

urlpatterns = [
    path("enterprises/", enterprises.Enterprises.as_view(), name="enterprises"),
    path("enterprises/<int:pk>/", enterprises.OneEnterprise.as_view(), name="enterprise"),
    path("cases/", cases.Cases.as_view(), name="cases"),
    path("cases/<int:pk>/", cases.OneCase.as_view(), name="case"),
    path("cases/<int:pk>/steps/", cases.Steps.as_view(), name="case_steps"),
    path("consultations/", consultations.Consultations.as_view(), name="consultations"),
    path("consultations/<int:pk>/", consultations.OneConsultation.as_view(), name="consultation"),
]
