"""Outcomes and their follow-ups; similar past cases."""

from django.urls import path

from consultations.views import outcomes, similar

urlpatterns = [
    path("cases/<int:pk>/outcomes/new/", outcomes.OutcomeNew.as_view(), name="outcome_new"),
    path("cases/<int:pk>/similar/", similar.SimilarToCase.as_view(), name="similar_to_case"),
    path("outcomes/", outcomes.OutcomeList.as_view(), name="outcomes"),
    path("outcomes/<int:pk>/", outcomes.OutcomeEdit.as_view(), name="outcome"),
    path("outcomes/<int:pk>/deletion/", outcomes.OutcomeDeletion.as_view(), name="outcome_deletion"),
    path("follow-ups/<int:pk>/skipping/", outcomes.FollowUpSkipping.as_view(), name="followup_skipping"),
    path("similar-cases/", similar.SimilarToText.as_view(), name="similar"),
]
