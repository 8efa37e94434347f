"""Addresses below /hubs/<hub>/."""

from django.urls import path

from consultations.views import clients, logging, records

app_name = "consultations"
urlpatterns = [
    path("consultations/", records.ConsultationList.as_view(), name="consultations"),
    path("consultations/new/", logging.New.as_view(), name="new"),
    path("consultations/<int:pk>/", records.ConsultationPage.as_view(), name="consultation"),
    path("consultations/<int:pk>/edit/", records.ConsultationEdit.as_view(), name="consultation_edit"),
    path("consultations/<int:pk>/deletion/", records.ConsultationDeletion.as_view(), name="consultation_deletion"),
    path("drafts/<uuid:client_id>/", logging.DraftKeeping.as_view(), name="draft"),
    path("drafts/<uuid:client_id>/discarding/", logging.DraftDiscarding.as_view(), name="draft_discarding"),
    path("enterprises/", clients.EnterpriseList.as_view(), name="enterprises"),
    path("enterprises/suggestions/", logging.EnterpriseSuggestions.as_view(), name="suggestions"),
    path("enterprises/case-choices/", logging.CaseChoices.as_view(), name="case_choices"),
    path("enterprises/<int:pk>/", clients.EnterprisePage.as_view(), name="enterprise"),
    path("enterprises/<int:pk>/edit/", clients.EnterpriseEdit.as_view(), name="enterprise_edit"),
    path("cases/", clients.CaseList.as_view(), name="cases"),
    path("cases/<int:pk>/", clients.CasePage.as_view(), name="case"),
    path("cases/<int:pk>/edit/", clients.CaseEdit.as_view(), name="case_edit"),
    path("cases/<int:pk>/steps/", clients.CaseSteps.as_view(), name="case_steps"),
]
