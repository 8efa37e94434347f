"""The chief's queue of notes, what is said about them, and how late they come."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.actions import reviewing
from consultations.choices import ReviewMove, ReviewState
from consultations.forms.reviews import CommentForm
from consultations.models import Review
from consultations.queries import quality, reviews
from consultations.views.logging import RecordDoor
from consultations.views.records import ConsultationPage
from foundation.errors import MoveRefused
from hubs.access import Permission
from hubs.doors import looked_at

PAGE_SIZE = 50
LAG_DAYS = 30


class ReviewQueue(RecordDoor):
    """GET reviews/: the notes that wait for the chief, thinnest first; `?state=` shows the others."""

    permission = Permission.REVIEW_NOTES

    def get(self, request: HttpRequest) -> HttpResponse:
        state = reviews.queue_of(request.GET.get("state", ""))
        page = reviews.queue(hub=self.hub, state=state, query=request.GET, size=PAGE_SIZE)
        looked_at(request, "reviews.listed", state=state)
        context = {
            "page": page, "state": state, "states": ReviewState.choices, "waiting": reviews.review_count(hub=self.hub),
            "full": quality.FULL, "thin": quality.THIN,
        }  # fmt: skip
        return render(request, "consultations/review_list.html", context)


class EntryLag(RecordDoor):
    """GET reviews/entry-lag/: how long notes took to be entered, by coordinator, over the last 30 days."""

    permission = Permission.REVIEW_NOTES

    def get(self, request: HttpRequest) -> HttpResponse:
        last = timezone.localdate()
        first = last - dt.timedelta(days=LAG_DAYS - 1)
        hub, people = quality.entry_lag(hub=self.hub, first=first, last=last)
        context = {"whole": hub, "people": people, "first": first, "last": last, "late_days": quality.LATE_DAYS}
        return render(request, "consultations/entry_lag.html", context)


class NoteReview(ConsultationPage):
    """POST consultations/<pk>/review/: the chief says something about a note and what becomes of it."""

    permission = Permission.REVIEW_NOTES
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        consultation = self.consultation(pk)
        form = CommentForm(request.POST)
        if not form.is_valid() or form.cleaned_data["move"] == ReviewMove.ANSWER:
            return self.page(consultation, commenting=form, status=422)
        try:
            reviewing.judge(
                consultation=consultation, move=form.cleaned_data["move"], text=form.cleaned_data["text"],
                by=self.person, at=timezone.now(),
            )  # fmt: skip
        except MoveRefused:
            messages.error(request, _("この記録の確認は、ほかの人が先に済ませています。"))
        else:
            messages.success(request, DONE[form.cleaned_data["move"]]())
        return redirect(f"{consultation.get_absolute_url()}#review")


DONE: dict[str, Any] = {
    ReviewMove.COMMENT: lambda: _("コメントしました。"),
    ReviewMove.RETURN: lambda: _("コメントを付けて差し戻しました。"),
    ReviewMove.ACCEPT: lambda: _("確認済みにしました。"),
}


class NoteAnswer(ConsultationPage):
    """POST consultations/<pk>/review/answers/: the note's writer answers the chief."""

    permission = Permission.LOG_CONSULTATION
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        consultation = self.consultation(pk)
        if self.person.pk not in (consultation.lead_id, consultation.created_by_id):
            raise PermissionDenied
        review = Review.objects.filter(hub=self.hub, consultation=consultation).first()
        if review is None:
            raise Http404
        form = CommentForm(_answered(request))
        if not form.is_valid():
            return self.page(consultation, commenting=form, status=422)
        reviewing.answer(review=review, text=form.cleaned_data["text"], by=self.person, at=timezone.now())
        messages.success(request, _("チーフに回答しました。"))
        return redirect(f"{consultation.get_absolute_url()}#review")


def _answered(request: HttpRequest) -> Any:
    sent = request.POST.copy()
    sent["move"] = ReviewMove.ANSWER
    return sent
