"""Addresses below /answers/: who has the link, has the key."""

from django.urls import path

from referrals.views import answers

app_name = "answers"
urlpatterns = [
    path("<slug:token>/", answers.AnswerPage.as_view(), name="page"),
    path("<slug:token>/steps/", answers.AnswerSteps.as_view(), name="steps"),
    path("<slug:token>/works/", answers.AnswerWorks.as_view(), name="works"),
]
