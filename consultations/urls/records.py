"""Consultations, drafts, and what the page for logging asks for."""

from django.urls import path

from consultations.views import logging, records

urlpatterns = [
    path("consultations/", records.ConsultationList.as_view(), name="consultations"),
    path("consultations/new/", logging.New.as_view(), name="new"),
    path("consultations/<int:pk>/", records.ConsultationPage.as_view(), name="consultation"),
    path("consultations/<int:pk>/edit/", records.ConsultationEdit.as_view(), name="consultation_edit"),
    path("consultations/<int:pk>/deletion/", records.ConsultationDeletion.as_view(), name="consultation_deletion"),
    path("drafts/<uuid:client_id>/", logging.DraftKeeping.as_view(), name="draft"),
    path("drafts/<uuid:client_id>/discarding/", logging.DraftDiscarding.as_view(), name="draft_discarding"),
    path("enterprises/suggestions/", logging.EnterpriseSuggestions.as_view(), name="suggestions"),
    path("enterprises/case-choices/", logging.CaseChoices.as_view(), name="case_choices"),
]
