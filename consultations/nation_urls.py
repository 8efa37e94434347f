"""Addresses below /nation/ that this room answers."""

from django.urls import path

from consultations.views import desks, rules

app_name = "nation_desks"
urlpatterns = [
    path("desks/", desks.DeskList.as_view(), name="desks"),
    path("desks/new/", desks.DeskNew.as_view(), name="desk_new"),
    path("desks/<int:pk>/", desks.DeskEdit.as_view(), name="desk"),
    path("rules/", rules.Rules.as_view(), name="rules"),
    path("consent-texts/", rules.ConsentTexts.as_view(), name="consent_texts"),
]
