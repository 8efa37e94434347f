"""Reviews of notes: the chief's queue, and what waits for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import Q

from consultations.choices import ReviewState
from consultations.models import Consultation, Review, ReviewComment
from consultations.models.reviews import ReviewQuerySet
from foundation.paging import AFTER, UNREADABLE, Page
from hubs.access import Permission
from hubs.models import Hub

SHOWN_ON_DESK = 20


def waiting_for(*, hub: Hub, user: Any) -> Sequence[Review]:
    """What the chief has returned to somebody, oldest first: for their desk. At most SHOWN_ON_DESK."""
    rows = Review.objects.filter(hub=hub, state=ReviewState.RETURNED).of_standing_notes()
    mine = Q(consultation__lead=user) | Q(consultation__created_by=user)
    return list(rows.filter(mine).with_people().order_by("moved_at", "pk")[:SHOWN_ON_DESK])


def review_count(*, hub: Hub) -> int:
    """How many notes wait for the hub's chief."""
    return Review.objects.filter(hub=hub, state=ReviewState.OPEN).of_standing_notes().count()


def queue_of(asked: str) -> str:
    """The state that a page was asked for; what waits for the chief, if it was for none that there is."""
    return asked if asked in ReviewState.values else ReviewState.OPEN


def every_review(*, hub: Hub, state: str) -> ReviewQuerySet:
    """The chief's queue in one state, thinnest notes first."""
    rows: ReviewQuerySet = Review.objects.filter(hub=hub, state=state)
    return rows.of_standing_notes().thinnest_first()


def queue(*, hub: Hub, state: str, query: Any, size: int) -> Page:
    """One page of it. Raises BadRequest for a place that cannot be read."""
    rows = every_review(hub=hub, state=state).with_people()
    found = list(rows.behind(_place(query)).prefetch_related("comments")[: size + 1])
    shown, more = found[:size], len(found) > size
    onwards, back = query.copy(), query.copy()
    back.pop(AFTER, None)
    if more:
        onwards[AFTER] = f"{shown[-1].completeness}_{shown[-1].pk}"
    return Page(shown, onwards.urlencode() if more else "", back.urlencode() if AFTER in query else None)


def _place(query: Any) -> tuple[int, int] | None:
    text = query.get(AFTER, "")
    if not text:
        return None
    first, _, second = text.partition("_")
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (first, second)):
        raise BadRequest(UNREADABLE)
    return min(int(first), 32767), int(second)


@dataclass(frozen=True)
class Thread:
    """The review of one note as somebody may see it: whoever is neither its writer nor a reviewer sees only that it
    was looked at, not what was said."""

    review: Review | None
    comments: Sequence[ReviewComment]
    may_review: bool
    may_answer: bool


def thread_of(consultation: Consultation, *, user: Any) -> Thread:
    """The review of a record for a reader."""
    review = (
        Review.objects.filter(hub_id=consultation.hub_id, consultation=consultation).select_related("chief").first()
    )
    reviews = user.has_perm(Permission.REVIEW_NOTES, consultation.hub)
    writes = user.pk in (consultation.lead_id, consultation.created_by_id)
    comments: Sequence[ReviewComment] = []
    if review is not None and (reviews or writes):
        comments = list(review.comments.select_related("by").order_by("pk"))
    return Thread(review, comments, may_review=reviews, may_answer=writes and bool(comments))
