"""添付: a file that belongs to a consultation."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consultations.choices import AttachmentKind, AttachmentState
from consultations.models.sessions import Consultation
from foundation.constraints import SameHub, one_of
from hubs.tenancy import HubManager, HubOwned, HubQuerySet


class AttachmentQuerySet(HubQuerySet["Attachment"]):
    """Sentences about attachments."""

    def standing(self) -> Self:
        """Not taken away."""
        return self.filter(removed_at__isnull=True)

    def unchecked(self) -> Self:
        """With a file that no scanner has looked at."""
        return self.filter(state__in=[AttachmentState.PENDING, AttachmentState.UNSCANNED]).exclude(key="")

    def left_behind(self) -> Self:
        """Whose file should be gone and is not."""
        infected = Q(state=AttachmentState.INFECTED)
        return self.filter(infected | Q(removed_at__isnull=False)).exclude(key="")

    def oldest_first(self) -> Self:
        return self.order_by("pk")


class AttachmentManager(HubManager.from_queryset(AttachmentQuerySet)):  # type: ignore[misc]
    """The hub's own attachments."""


class Attachment(HubOwned):
    """One file. `key` is where it lies in the storage: random, never out of the name, empty once it is deleted."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="attachments")
    name = models.CharField(_("ファイル名"), max_length=120)
    kind = models.CharField(_("種類"), max_length=10, choices=AttachmentKind.choices)
    key = models.CharField(max_length=80, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("大きさ(バイト)"))
    sha256 = models.CharField(max_length=64)
    state = models.CharField(_("ウイルス検査"), max_length=10, choices=AttachmentState.choices)
    found = models.CharField(_("検出名"), max_length=120, blank=True)
    scanned_at = models.DateTimeField(_("検査日時"), null=True)
    uploaded_at = models.DateTimeField(_("添付日時"))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(_("削除日時"), null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects = AttachmentManager()

    class Meta:
        verbose_name = _("添付ファイル")
        verbose_name_plural = _("添付ファイル")
        indexes = [
            models.Index(fields=["hub", "consultation"], name="attachment_by_consultation"),
            models.Index(
                fields=["hub", "state"], condition=Q(state__in=["pending", "unscanned"]), name="attachment_unchecked"
            ),
        ]
        constraints = [
            *HubOwned.Meta.constraints,
            SameHub(
                name="an_attachment_is_of_its_hubs_consultation",
                columns=["consultation_id", "hub_id"],
                to_table="consultations_consultation",
                to_columns=["id", "hub_id"],
            ),
            models.UniqueConstraint(fields=["hub", "key"], condition=~Q(key=""), name="one_attachment_per_stored_file"),
            one_of("kind", AttachmentKind, name="attachment_kind_is_known"),
            one_of("state", AttachmentState, name="attachment_state_is_known"),
            models.CheckConstraint(condition=~Q(name=""), name="an_attachment_has_a_name"),
            models.CheckConstraint(condition=Q(size__gt=0), name="an_attachment_is_not_empty"),
            models.CheckConstraint(
                condition=~Q(state__in=["clean", "infected"]) | Q(scanned_at__isnull=False),
                name="a_verdict_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(removed_at__gte=F("uploaded_at")),
                name="an_attachment_is_removed_after_it_came",
            ),
            models.CheckConstraint(
                condition=Q(removed_by__isnull=True) | Q(removed_at__isnull=False),
                name="who_removes_an_attachment_does_so_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.kind} {self.size}"

    def get_absolute_url(self) -> str:
        return reverse("consultations:attachment_file", args=[self.hub.slug, self.pk])

    @property
    def may_be_handed_out(self) -> bool:
        """Whether the file may leave the storage: where a scanner is set up, only what it has found clean."""
        if self.removed_at is not None or not self.key:
            return False
        return self.state == AttachmentState.CLEAN or (
            self.state == AttachmentState.UNSCANNED and not settings.VIRUS_SCANNER
        )
