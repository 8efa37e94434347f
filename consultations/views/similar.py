"""Similar past cases, beside what one is writing and on a case's page."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from consultations.forms import row_number
from consultations.models import Case, Consultation, Enterprise
from consultations.queries.similar import LONGEST, Asked, Similar, similar_cases
from consultations.views.clients import OneCase
from consultations.views.logging import RecordDoor
from hubs.access import Permission
from hubs.doors import Door, looked_at

NOTES_OF_CASE = 3


class SimilarToText(RecordDoor):
    """POST: the past cases most like what is being written. The page asks while one types; without JavaScript a
    button does. The text is compared and forgotten: it stands in no address, no log and no table."""

    permission: ClassVar[str | None] = Permission.LOG_CONSULTATION

    def post(self, request: HttpRequest) -> HttpResponse:
        return shown(self, similar_cases(hub=self.hub, asked=self.asked()))

    def asked(self) -> Asked:
        sent = self.request.POST
        text = "\n".join(sent.get(name, "")[:LONGEST] for name in ("content", "advice"))
        case = Case.objects.filter(hub=self.hub, pk=row_number(sent.get("case", "")))
        known = case.values_list("pk", "category", "enterprise__industry").first()
        pk, category, industry = known or (None, sent.get("case_category", ""), self.industry())
        return Asked(text, sent.getlist("themes")[:50], category, industry, pk)

    def industry(self) -> str:
        """Of the enterprise that was picked, or of the new one."""
        sent = self.request.POST
        picked = Enterprise.objects.filter(hub=self.hub, pk=row_number(sent.get("enterprise", "")))
        return picked.values_list("industry", flat=True).first() or sent.get("new_industry", "")


class SimilarToCase(OneCase):
    """GET: the past cases most like a case, by its issue and its latest notes."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.case(pk)
        looked_at(request, "case.viewed", on=case)
        notes = Consultation.objects.filter(hub=self.hub, case=case).standing().for_lists().newest_first()
        latest = list(notes[:NOTES_OF_CASE])
        text = "\n".join([case.issue, *(part for note in latest for part in (note.content, note.advice))])
        themes = list(dict.fromkeys(theme for note in latest for theme in note.themes))
        asked = Asked(text, themes, case.category, case.enterprise.industry, case.pk)
        return shown(self, similar_cases(hub=self.hub, asked=asked), case=case)


def shown(door: Door, found: list[Similar], **context: Any) -> HttpResponse:
    """The cases as a fragment, or as a page of their own. Which ones were shown is noted."""
    if found:
        looked_at(door.request, "cases.suggested", cases=[one.case.pk for one in found])
    fragment = "HX-Request" in door.request.headers
    template = "consultations/_similar.html" if fragment else "consultations/similar_list.html"
    return render(door.request, template, {"similar": found, **context})
