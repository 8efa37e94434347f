"""記録の確認: a chief reads a note and says something about it. Nothing waits for it."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.choices import ReviewReason, ReviewState
from consultations.models.sessions import Consultation
from foundation.constraints import SameHub, one_of
from hubs.tenancy import HubManager, HubOwned, HubQuerySet


class ReviewQuerySet(HubQuerySet["Review"]):
    """Sentences about reviews."""

    def of_standing_notes(self) -> Self:
        """Without those whose record was deleted."""
        return self.filter(consultation__deleted_at__isnull=True)

    def with_people(self) -> Self:
        return self.select_related("consultation__enterprise", "consultation__lead")

    def thinnest_first(self) -> Self:
        """The queue: what another coordinator could least carry on from, then the oldest."""
        return self.order_by("completeness", "pk")

    def behind(self, place: tuple[int, int] | None) -> Self:
        """The rows that follow a place in the order of thinnest_first."""
        if place is None:
            return self
        completeness, pk = place
        return self.filter(completeness__gte=completeness).filter(Q(completeness__gt=completeness) | Q(pk__gt=pk))


class ReviewManager(HubManager.from_queryset(ReviewQuerySet)):  # type: ignore[misc]
    """The hub's own reviews."""


class Review(HubOwned):
    """One note before its chief. `completeness` is how many criteria it met when it was last written (queries.quality):
    kept because the queue is in its order."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="reviews")
    state = models.CharField(_("状態"), max_length=10, choices=ReviewState.choices)
    reason = models.CharField(_("確認する理由"), max_length=10, choices=ReviewReason.choices)
    completeness = models.PositiveSmallIntegerField(_("満たしている項目"))
    opened_at = models.DateTimeField(_("依頼日時"))
    moved_at = models.DateTimeField(_("更新日時"))
    chief = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("確認者"), related_name="+", null=True
    )

    objects = ReviewManager()

    class Meta:
        verbose_name = _("記録の確認")
        verbose_name_plural = _("記録の確認")
        indexes = [models.Index(fields=["hub", "state", "completeness", "id"], name="review_by_state")]
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(fields=["id", "hub"], name="review_and_hub"),
            models.UniqueConstraint(fields=["hub", "consultation"], name="one_review_per_consultation"),
            SameHub(
                name="a_review_is_of_its_hubs_consultation",
                columns=["consultation_id", "hub_id"],
                to_table="consultations_consultation",
                to_columns=["id", "hub_id"],
            ),
            one_of("state", ReviewState, name="review_state_is_known"),
            one_of("reason", ReviewReason, name="review_reason_is_known"),
            models.CheckConstraint(
                condition=Q(state=ReviewState.OPEN) | Q(chief__isnull=False), name="a_verdict_on_a_note_has_a_chief"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.state}"


class ReviewComment(HubOwned):
    """What somebody said about a note. Never changed afterwards."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="comments")
    text = models.TextField(_("コメント"))
    at = models.DateTimeField(_("日時"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("確認のコメント")
        verbose_name_plural = _("確認のコメント")
        indexes = [models.Index(fields=["hub", "review", "id"], name="reviewcomment_by_review")]
        constraints = [
            *HubOwned.Meta.constraints,
            SameHub(
                name="a_comment_is_of_its_hubs_review",
                columns=["review_id", "hub_id"],
                to_table="consultations_review",
                to_columns=["id", "hub_id"],
            ),
            models.CheckConstraint(condition=~Q(text=""), name="a_comment_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.review_id} {self.at:%Y-%m-%d %H:%M}"
