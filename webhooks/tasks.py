"""Telling, every few seconds, hub by hub, in a queue of its own: other people's servers are as slow as they like."""

from __future__ import annotations

import datetime as dt
import time

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from hubs.tenancy import HUB_IDS, Scope, entered
from webhooks import actions
from webhooks.models import Delivery, Endpoint

EACH = 20  # messages to one endpoint in one round
ROUND_SECONDS = 60  # no message is begun after so long: then the other hubs have their turn
FORGOTTEN_AFTER = 600  # seconds: a round that was asked for and never ran is asked for again


@shared_task(name="webhooks.tell")
def tell() -> None:
    """Ask for a round for each hub that has somebody to tell and whose last round is over."""
    for hub_id in HUB_IDS:
        with entered(Scope.of_hub(hub_id), read_only=True):
            wanted = Endpoint.objects.filter(is_active=True).exists()
        if wanted and cache.add(_asked_for(hub_id), 1, FORGOTTEN_AFTER):
            tell_hub.delay(hub_id=hub_id)


@shared_task(name="webhooks.tell_hub")
def tell_hub(*, hub_id: int) -> None:
    """One round: gather what happened, then send what is due."""
    try:
        with entered(Scope.of_hub(hub_id)):
            for endpoint in Endpoint.objects.filter(is_active=True).order_by("pk"):
                actions.gather(endpoint=endpoint, at=timezone.now())
        _take_turns(hub_id)
    finally:
        cache.delete(_asked_for(hub_id))


@shared_task(name="webhooks.forget_old")
def forget_old() -> None:
    """Once a day."""
    for hub_id in HUB_IDS:
        with entered(Scope.of_hub(hub_id)):
            actions.forget_old(at=timezone.now())


def try_to_tell(*, hub_id: int, delivery_id: int, at: dt.datetime) -> bool:
    """One try of one message. False if the other side could not be spoken with at all."""
    scope = Scope.of_hub(hub_id)
    with entered(scope):
        delivery = actions.claim(delivery_id=delivery_id, at=at)
    if delivery is None:
        return True
    answer = actions.send(delivery=delivery, at=at)
    with entered(scope):
        actions.note_answer(delivery=delivery, answer=answer, at=at)
    return answer.code is not None


def _take_turns(hub_id: int) -> None:
    """Nobody stands before a closed door twice in one round."""
    ends, closed = time.monotonic() + ROUND_SECONDS, set()
    with entered(Scope.of_hub(hub_id), read_only=True):
        due = list(Delivery.objects.due(timezone.now()).in_turns(EACH).values_list("endpoint_id", "pk"))
    for endpoint_id, delivery_id in due:
        if time.monotonic() >= ends:
            return
        if endpoint_id in closed:
            continue
        if not try_to_tell(hub_id=hub_id, delivery_id=delivery_id, at=timezone.now()):
            closed.add(endpoint_id)


def _asked_for(hub_id: int) -> str:
    """The mark in the cache that a hub's round waits or runs. Not a lock of the database: that would hold a connection
    for as long as the round lasts, and behind PgBouncer it would be somebody else's by then. Should two rounds run
    all the same, the claims keep them from telling anything twice."""
    return f"webhooks:asked-for:{hub_id}"
