"""Whom to tell, what was told, and every attempt."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.constraints import SameHub, one_of
from hubs.tenancy import HubManager, HubOwned, HubQuerySet
from webhooks.choices import PING, DeliveryState, Event


class Endpoint(HubOwned):
    """An address of another system. `generation` makes its secret: a new one, and the old signs nothing any more."""

    name = models.CharField(_("用途"), max_length=80)
    url = models.URLField(_("送信先URL"), max_length=400)
    events = ArrayField(models.CharField(max_length=40), verbose_name=_("知らせること"))
    generation = models.UUIDField(default=uuid.uuid4, editable=False)
    is_active = models.BooleanField(_("有効"), default=True)
    created_at = models.DateTimeField(_("登録日時"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    gathered_until = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("通知先")
        verbose_name_plural = _("通知先")
        indexes = [models.Index(fields=["hub", "-created_at"], name="endpoint_by_hub")]
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(fields=["id", "hub"], name="endpoint_and_hub"),
            models.CheckConstraint(
                condition=Q(events__len__gt=0, events__contained_by=Event.values), name="an_endpoints_events_are_known"
            ),
            models.CheckConstraint(condition=Q(url__regex=r"^https?://[^\s]+$"), name="an_endpoint_has_an_address"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("webhooks:endpoint", args=[self.hub.slug, self.pk])


class DeliveryQuerySet(HubQuerySet["Delivery"]):
    """Sentences about deliveries."""

    def due(self, at: dt.datetime) -> Self:
        """To be tried now."""
        return self.filter(state=DeliveryState.QUEUED, next_try_at__lte=at, endpoint__is_active=True)

    def in_turns(self, at_most: int) -> Self:
        """So many of each endpoint, the first of each before the second of any: none waits for another's backlog."""
        turn = Window(RowNumber(), partition_by="endpoint", order_by=["next_try_at", "pk"])
        return self.annotate(turn=turn).filter(turn__lte=at_most).order_by("turn", "next_try_at", "pk")

    def newest_first(self) -> Self:
        return self.order_by("-made_at", "-pk")


class DeliveryManager(HubManager.from_queryset(DeliveryQuerySet)):  # type: ignore[misc]
    """The hub's own."""


class Delivery(HubOwned):
    """One line of the trail told to one endpoint. Its `number` goes along, so that whoever gets it twice can tell."""

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    number = models.UUIDField(default=uuid.uuid4, editable=False)
    entry_id = models.BigIntegerField(null=True)
    event = models.CharField(_("できごと"), max_length=40)
    occurred_at = models.DateTimeField(_("日時"))
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=60, blank=True)
    state = models.CharField(_("状態"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("試行"), default=0)
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField(_("次の試行"))
    delivered_at = models.DateTimeField(_("届いた日時"), null=True)

    objects = DeliveryManager()

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        indexes = [
            models.Index(fields=["hub", "endpoint", "-made_at", "-id"], name="delivery_by_endpoint"),
            models.Index(fields=["hub", "next_try_at"], condition=Q(state="queued"), name="delivery_due"),
        ]
        constraints = [
            *HubOwned.Meta.constraints,
            models.UniqueConstraint(fields=["id", "hub"], name="delivery_and_hub"),
            SameHub(
                name="a_delivery_is_to_its_hubs_endpoint",
                columns=["endpoint_id", "hub_id"],
                to_table="webhooks_endpoint",
                to_columns=["id", "hub_id"],
            ),
            models.UniqueConstraint(fields=["hub", "endpoint", "entry_id"], name="each_line_is_told_once"),
            one_of("state", DeliveryState, name="delivery_state_is_known"),
            models.CheckConstraint(
                condition=Q(event=PING, entry_id__isnull=True) | Q(event__in=Event.values, entry_id__isnull=False),
                name="a_delivery_tells_a_known_event",
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.DELIVERED, delivered_at__isnull=False)
                | (~Q(state=DeliveryState.DELIVERED) & Q(delivered_at__isnull=True)),
                name="a_delivered_one_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.state}"


class Attempt(HubOwned):
    """One try: what the other side answered."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="tries")
    at = models.DateTimeField(_("日時"))
    code = models.PositiveSmallIntegerField(_("応答"), null=True)
    problem = models.CharField(_("問題"), max_length=200, blank=True)
    milliseconds = models.PositiveIntegerField(_("所要時間(ミリ秒)"))

    class Meta:
        verbose_name = _("通知の試行")
        verbose_name_plural = _("通知の試行")
        indexes = [models.Index(fields=["hub", "delivery"], name="attempt_by_delivery")]
        constraints = [
            *HubOwned.Meta.constraints,
            SameHub(
                name="an_attempt_is_of_its_hubs_delivery",
                columns=["delivery_id", "hub_id"],
                to_table="webhooks_delivery",
                to_columns=["id", "hub_id"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at} {self.code}"
