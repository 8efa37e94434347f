"""What passes between two hubs. `hub` is the one that asks, `to_hub` the one that holds the client.

A client's name stands in no row of a request: each hub finds the client by 法人番号 among its own, or through the one
function that gives a name for a whole number (migrations/0002). Only what a chief released in a transfer is copied.
"""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consultations.choices import Category, EnterpriseKind
from foundation.constraints import SameHub, both_or_neither, one_of
from foundation.paging import behind
from hubs.models import Hub
from hubs.tenancy import BetweenHubs, BetweenManager, HubQuerySet
from sharing.choices import ConsentHow, SharingKind, SharingMove, SharingState
from sharing.workflow import LIVE

LONGEST = dt.timedelta(days=365)  # joint support is agreed on for a year at most, then asked for anew
ANSWERED = (SharingState.ACCEPTED, SharingState.DECLINED, SharingState.ENDED)


class SharingRequestQuerySet(HubQuerySet["SharingRequest"]):
    """Sentences about requests."""

    def asked_by(self, hub: Hub) -> Self:
        return self.filter(hub=hub)

    def asked_of(self, hub: Hub) -> Self:
        return self.filter(to_hub=hub)

    def live(self) -> Self:
        """Waiting for an answer, or in force."""
        return self.filter(state__in=LIVE)

    def about(self, corporate_number: str) -> Self:
        return self.filter(corporate_number=corporate_number)

    def waiting(self) -> Self:
        return self.filter(state=SharingState.ASKED)

    def asked_before(self, at: dt.datetime) -> Self:
        """Waiting for an answer since before a moment."""
        return self.waiting().filter(asked_at__lt=at)

    def joint_over_on(self, day: dt.date) -> Self:
        """Joint support in force whose last day lies before a day."""
        return self.filter(kind=SharingKind.JOINT, state=SharingState.ACCEPTED, ends_on__lt=day)

    def to_take_in(self) -> Self:
        """Transfers that were accepted and not yet taken in."""
        return self.filter(kind=SharingKind.TRANSFER, state=SharingState.ACCEPTED)

    def with_people(self) -> Self:
        return self.select_related("hub__prefecture", "to_hub__prefecture", "asked_by", "answered_by")

    def newest_first(self) -> Self:
        return self.order_by("-asked_at", "-pk")

    def behind(self, place: tuple[dt.datetime, int] | None) -> Self:
        """The rows that follow a place in the order of newest_first."""
        return behind(self, "asked_at", place)


class SharingRequestManager(BetweenManager.from_queryset(SharingRequestQuerySet)):  # type: ignore[misc]
    """What the hub asked, and what it is asked."""


class SharingRequest(BetweenHubs):
    """One hub asks another for a client's records (joint support), or for the client (transfer)."""

    kind = models.CharField(_("種別"), max_length=10, choices=SharingKind.choices)
    # Of a client that one of the two hubs has forgotten the number goes and its keyed hash stays (Enterprise.identity):
    # the other hub, if it still has the client, knows by it whose records were asked for.
    corporate_number = models.CharField(_("法人番号"), max_length=13, blank=True)
    identity = models.BigIntegerField(null=True, editable=False)
    reason = models.CharField(_("申入れの理由"), max_length=400)
    consented_on = models.DateField(_("事業者の同意日"))
    consent_how = models.CharField(_("同意の方法"), max_length=10, choices=ConsentHow.choices)
    starts_on = models.DateField(_("共同支援の開始日"), null=True, blank=True)
    ends_on = models.DateField(_("共同支援の終了日"), null=True, blank=True)
    state = models.CharField(_("状態"), max_length=10, choices=SharingState.choices, default=SharingState.ASKED)
    asked_at = models.DateTimeField(_("申入れ日時"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("申入れ者"), related_name="+")
    answered_at = models.DateTimeField(_("回答日時"), null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("回答者"), related_name="+", null=True
    )
    answer = models.CharField(_("回答の理由"), max_length=400, blank=True)
    closed_at = models.DateTimeField(_("終了日時"), null=True)

    objects = SharingRequestManager()

    class Meta:
        verbose_name = _("拠点間の申入れ")
        verbose_name_plural = _("拠点間の申入れ")
        indexes = [
            models.Index(fields=["hub", "-asked_at", "-id"], name="sharing_by_asking_hub"),
            models.Index(fields=["to_hub", "-asked_at", "-id"], name="sharing_by_asked_hub"),
            models.Index(fields=["hub", "corporate_number"], name="sharing_by_number"),
        ]
        constraints = [
            *BetweenHubs.Meta.constraints,
            models.UniqueConstraint(fields=["id", "hub", "to_hub"], name="sharing_and_hubs"),
            models.UniqueConstraint(
                fields=["hub", "to_hub", "corporate_number"],
                condition=Q(state__in=LIVE),
                name="one_live_request_per_client_and_hubs",
            ),
            one_of("kind", SharingKind, name="sharing_kind_is_known"),
            one_of("state", SharingState, name="sharing_state_is_known"),
            one_of("consent_how", ConsentHow, name="sharing_consent_is_known"),
            both_or_neither("answered_at", "answered_by", name="an_answer_has_a_person"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_request_has_a_reason"),
            models.CheckConstraint(
                condition=Q(corporate_number__regex=r"^[1-9][0-9]{12}$", identity__isnull=True)
                | (~Q(state__in=LIVE) & Q(corporate_number="")),
                name="a_request_names_a_whole_number",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ANSWERED, answered_at__isnull=False)
                | (~Q(state__in=ANSWERED) & Q(answered_at__isnull=True)),
                name="answered_when_accepted_or_declined",
            ),
            models.CheckConstraint(
                condition=~Q(state=SharingState.DECLINED) | ~Q(answer=""), name="a_declined_sharing_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, closed_at__isnull=True) | (~Q(state__in=LIVE) & Q(closed_at__isnull=False)),
                name="what_is_over_ended_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(kind=SharingKind.JOINT, ends_on__isnull=False)
                | Q(kind=SharingKind.TRANSFER, starts_on__isnull=True, ends_on__isnull=True),
                name="joint_support_has_a_last_day",
            ),
            models.CheckConstraint(
                condition=~Q(kind=SharingKind.JOINT, answered_at__isnull=False)
                | Q(state=SharingState.DECLINED)
                | Q(starts_on__isnull=False, ends_on__gte=F("starts_on"), ends_on__lte=F("starts_on") + LONGEST),
                name="joint_support_lasts_a_year_at_most",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.hub_id} → {self.to_hub_id}"

    def other_than(self, hub: Hub) -> Hub:
        """The hub on the other side."""
        return self.to_hub if hub.pk == self.hub_id else self.hub

    def address_at(self, hub: Hub) -> str:
        """Its page, as one of the two hubs sees it."""
        return reverse("sharing:request", args=[hub.slug, self.pk])

    @property
    def its_client(self) -> Q | None:
        """How a hub finds the client among its own; None where nothing tells it any more."""
        if self.corporate_number:
            return Q(corporate_number=self.corporate_number)
        return Q(identity=self.identity, anonymised_at__isnull=True) if self.identity is not None else None

    def opens_on(self, day: dt.date) -> bool:
        """Whether the asking hub may read the client's timeline on a day."""
        if self.kind != SharingKind.JOINT or self.state != SharingState.ACCEPTED:
            return False
        assert self.starts_on is not None
        assert self.ends_on is not None
        return self.starts_on <= day <= self.ends_on


class SharingStep(BetweenHubs):
    """One move of a request: the trace that both hubs see. Without a person the time did it."""

    request = models.ForeignKey(SharingRequest, models.CASCADE, related_name="steps")
    move = models.CharField(_("操作"), max_length=10, choices=SharingMove.choices)
    state = models.CharField(_("状態"), max_length=10, choices=SharingState.choices)
    at = models.DateTimeField(_("日時"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    note = models.CharField(_("備考"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("申入れの経過")
        verbose_name_plural = _("申入れの経過")
        indexes = [models.Index(fields=["hub", "request"], name="sharingstep_by_request")]
        constraints = [
            *BetweenHubs.Meta.constraints,
            SameHub(
                name="a_sharing_step_is_of_its_hubs_request",
                columns=["request_id", "hub_id", "to_hub_id"],
                to_table="sharing_sharingrequest",
                to_columns=["id", "hub_id", "to_hub_id"],
            ),
            one_of("move", SharingMove, name="sharing_move_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.move}"


class HandedOver(BetweenHubs):
    """One case that a chief released in a transfer: what the asking hub makes its own case of. A copy, because the
    giving hub's records stay where they were held and count there. `sessions` only where the chief let notes go along:
    a list of {held_on, method, content, advice, next_step}."""

    request = models.ForeignKey(SharingRequest, models.PROTECT, related_name="handed_over")
    given_number = models.CharField(_("移管元の案件番号"), max_length=16)
    enterprise_name = models.CharField(_("名称"), max_length=120)
    enterprise_kind = models.CharField(_("区分"), max_length=20, choices=EnterpriseKind.choices)
    enterprise_fields = models.JSONField(_("事業者の情報"), default=dict)
    title = models.CharField(_("件名"), max_length=120)
    category = models.CharField(_("主たる相談区分"), max_length=20, choices=Category.choices)
    issue = models.TextField(_("本質的課題"), blank=True)
    plan = models.TextField(_("実行計画"), blank=True)
    summary = models.TextField(_("引継ぎの要点"))
    sessions = models.JSONField(_("相談の記録"), default=list)
    released_at = models.DateTimeField(_("引渡し日時"))
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    received_case = models.ForeignKey("consultations.Case", models.PROTECT, related_name="+", null=True)
    received_at = models.DateTimeField(_("引継ぎ日時"), null=True)

    class Meta:
        verbose_name = _("引き継いだ案件")
        verbose_name_plural = _("引き継いだ案件")
        constraints = [
            *BetweenHubs.Meta.constraints,
            SameHub(
                name="what_is_handed_over_is_of_its_hubs_request",
                columns=["request_id", "hub_id", "to_hub_id"],
                to_table="sharing_sharingrequest",
                to_columns=["id", "hub_id", "to_hub_id"],
            ),
            SameHub(
                name="what_is_handed_over_is_a_case_of_the_hub",
                columns=["received_case_id", "hub_id"],
                to_table="consultations_case",
                to_columns=["id", "hub_id"],
            ),
            # taken in twice makes nothing twice
            models.UniqueConstraint(fields=["hub", "request", "given_number"], name="each_case_is_handed_over_once"),
            both_or_neither("received_case", "received_at", name="a_receipt_has_its_case"),
            one_of("category", Category, name="handed_over_category_is_known"),
            one_of("enterprise_kind", EnterpriseKind, name="handed_over_kind_is_known"),
            models.CheckConstraint(condition=~Q(summary=""), name="what_is_handed_over_has_a_summary"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.given_number}"

    def tells(self, hub: Hub) -> bool:
        """Whether a hub may still read the copy: once it is taken in, only the hub that has it."""
        return self.received_at is None or hub.pk == self.hub_id
