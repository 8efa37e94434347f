"""The review of notes: which ones come before the chief, and what is said about them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import trail
from consultations.actions.refusals import CommentMissing
from consultations.choices import ReviewMove, ReviewReason, ReviewState
from consultations.models import Consultation, Review, ReviewComment
from consultations.queries import quality
from consultations.workflow import REVIEW


def pick(*, consultation: Consultation, at: dt.datetime) -> Review | None:
    """Lay a note that was just written before the chief, if it lacks too much, came late, or was drawn. Its writer
    waits for nothing: the record stands whatever becomes of this."""
    found = quality.completeness_of(consultation)
    reason = reason_to_look(consultation, found.met, at)
    if reason is None:
        return None
    return Review.objects.create(
        hub_id=consultation.hub_id, consultation=consultation, state=ReviewState.OPEN, reason=reason,
        completeness=found.met, opened_at=at, moved_at=at,
    )  # fmt: skip


def reason_to_look(consultation: Consultation, met: int, at: dt.datetime) -> str | None:
    """Why a chief should read it, or None. The draw depends on the record's own id: the same for whoever asks."""
    days = (timezone.localtime(at).date() - consultation.held_on).days
    if consultation.not_counted or days > quality.LONGEST_BACK_DAYS:
        return None
    if met < quality.THIN:
        return ReviewReason.THIN
    if days > quality.LATE_DAYS:
        return ReviewReason.LATE
    return ReviewReason.SAMPLE if consultation.client_id.int % 100 < quality.SAMPLE_PERCENT else None


def measure_again(*, consultation: Consultation) -> None:
    """A note was changed: its place in the queue follows."""
    met = quality.completeness_of(consultation).met
    Review.objects.filter(hub_id=consultation.hub_id, consultation=consultation).update(completeness=met)


@transaction.atomic
def judge(*, consultation: Consultation, move: str, text: str, by: Any, at: dt.datetime) -> Review:
    """The chief comments, returns or accepts; a note that was not in the queue gets there by it. Raises MoveRefused,
    and CommentMissing where something must be said."""
    if move != ReviewMove.ACCEPT and not text:
        raise CommentMissing
    review, _new = Review.objects.select_for_update().get_or_create(
        hub_id=consultation.hub_id, consultation=consultation,
        defaults={
            "state": ReviewState.OPEN, "reason": ReviewReason.CHOSEN, "opened_at": at, "moved_at": at,
            "completeness": quality.completeness_of(consultation).met,
        },
    )  # fmt: skip
    review.chief = by
    return _move(review, move, text, by, at)


@transaction.atomic
def answer(*, review: Review, text: str, by: Any, at: dt.datetime) -> Review:
    """The coordinator says what they did about it; a returned note comes before the chief again. Raises
    CommentMissing, MoveRefused."""
    if not text:
        raise CommentMissing
    current = Review.objects.select_for_update().get(pk=review.pk)
    return _move(current, ReviewMove.ANSWER, text, by, at)


def _move(review: Review, move: str, text: str, by: Any, at: dt.datetime) -> Review:
    review.state, review.moved_at = REVIEW.after(review.state, move), at
    review.save(update_fields=["state", "moved_at", "chief"])
    if text:
        ReviewComment.objects.create(hub_id=review.hub_id, review=review, text=text, at=at, by=by)
    trail.record(f"review.{move}", by=by, at=at, on=review, consultation=review.consultation_id)
    return review
