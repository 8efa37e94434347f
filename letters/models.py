"""A letter."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.constraints import Wall, one_of
from letters.choices import LetterState

NO_CONTROL = r"^[^[:cntrl:]]*$"
ONE_ADDRESS = r'^[^[:cntrl:][:space:]<>()\[\],;:"@]+@[^[:cntrl:][:space:]<>()\[\],;:"@]+$'


class LetterQuerySet(models.QuerySet["Letter"]):
    """Sentences about letters."""

    def of(self, hub_id: int | None) -> Self:
        """A hub's, or those of no hub."""
        return self.filter(hub_id=hub_id) if hub_id is not None else self.filter(hub__isnull=True)

    def due(self, at: dt.datetime) -> Self:
        """Waiting, and it is time to try (again)."""
        return self.filter(state=LetterState.QUEUED, next_try_at__lte=at)

    def ended_before(self, at: dt.datetime) -> Self:
        """Sent or given up before a moment, the text still kept."""
        return self.filter(ended_at__lt=at, wiped_at__isnull=True)

    def oldest_first(self) -> Self:
        return self.order_by("next_try_at", "pk")


class Letter(models.Model):
    """One mail to one person. Without a hub it is the nation's.

    `key` says what it is about ("referral:12:chase:1"): the same key is the same letter, however often it is posted.
    `message_id` follows from it, so that a mail which a dying worker sent in its last moment is known again where it
    arrives twice.
    """

    hub = models.ForeignKey("hubs.Hub", models.PROTECT, null=True, related_name="+", db_index=False)
    key = models.CharField(_("用件"), max_length=120)
    to = models.CharField(_("宛先"), max_length=254, blank=True)
    subject = models.CharField(_("件名"), max_length=200, blank=True)
    body = models.TextField(_("本文"), blank=True)
    calendar = models.TextField(_("予定"), blank=True)
    is_secret = models.BooleanField(_("送信後すぐ内容を消す"), default=False)  # its text holds a key
    message_id = models.CharField(max_length=120)
    state = models.CharField(_("状態"), max_length=10, choices=LetterState.choices, default=LetterState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("試行回数"), default=0)
    next_try_at = models.DateTimeField(_("次の送信日時"), null=True)
    problem = models.CharField(_("送れなかった理由"), max_length=200, blank=True)
    posted_at = models.DateTimeField(_("作成日時"))
    sent_at = models.DateTimeField(_("送信日時"), null=True)
    ended_at = models.DateTimeField(_("終了日時"), null=True)
    wiped_at = models.DateTimeField(_("内容の削除日時"), null=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("送信する手紙")
        verbose_name_plural = _("送信する手紙")
        indexes = [
            models.Index(fields=["hub", "next_try_at"], condition=Q(state="queued"), name="letter_by_try"),
            models.Index(fields=["hub", "ended_at"], condition=Q(wiped_at__isnull=True), name="letter_by_end"),
        ]
        constraints = [
            Wall(name="letters_letter_wall", or_none=True),
            models.UniqueConstraint(fields=["hub", "key"], nulls_distinct=False, name="one_letter_per_hub_and_key"),
            one_of("state", LetterState, name="letter_state_is_known"),
            models.CheckConstraint(
                condition=Q(subject__regex=NO_CONTROL) & Q(message_id__regex=NO_CONTROL),
                name="a_header_is_one_line",
            ),
            models.CheckConstraint(
                condition=Q(to__regex=ONE_ADDRESS) | Q(to="", wiped_at__isnull=False),
                name="a_letter_goes_to_one_address",
            ),
            models.CheckConstraint(
                condition=Q(state="queued", next_try_at__isnull=False, ended_at__isnull=True)
                | Q(~Q(state="queued"), next_try_at__isnull=True, ended_at__isnull=False),
                name="a_waiting_letter_has_a_next_try",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | Q(~Q(state="sent"), sent_at__isnull=True),
                name="a_sent_letter_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(wiped_at__isnull=True) | Q(ended_at__isnull=False, to="", subject="", body="", calendar=""),
                name="a_wiped_letter_says_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.state}"
