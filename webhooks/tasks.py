"""Telling, every few seconds, hub by hub."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from hubs.tenancy import HUB_IDS, Scope, entered
from webhooks import actions
from webhooks.models import Delivery, Endpoint

AT_ONCE = 50


@shared_task(name="webhooks.tell")
def tell() -> None:
    """One task for each hub that has somebody to tell."""
    for hub_id in HUB_IDS:
        with entered(Scope.of_hub(hub_id), read_only=True):
            wanted = Endpoint.objects.filter(is_active=True).exists()
        if wanted:
            tell_hub.delay(hub_id=hub_id)


@shared_task(name="webhooks.tell_hub", soft_time_limit=300)
def tell_hub(*, hub_id: int) -> None:
    """Gather what happened, then send what is due; each message in its own transaction."""
    scope = Scope.of_hub(hub_id)
    with entered(scope):
        for endpoint in Endpoint.objects.filter(is_active=True).order_by("pk"):
            actions.gather(endpoint=endpoint, at=timezone.now())
    with entered(scope, read_only=True):
        due = list(
            Delivery.objects.due(timezone.now()).order_by("next_try_at", "pk").values_list("pk", flat=True)[:AT_ONCE]
        )
    for delivery_id in due:
        with entered(scope):
            actions.deliver(delivery_id=delivery_id, at=timezone.now())


@shared_task(name="webhooks.forget_old")
def forget_old() -> None:
    """Once a day."""
    for hub_id in HUB_IDS:
        with entered(Scope.of_hub(hub_id)):
            actions.forget_old(at=timezone.now())
