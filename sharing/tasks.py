"""What is due between hubs, minus what is done: each hub in its own scope, so that running it twice is harmless."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging

from celery import shared_task
from django.utils import timezone

from foundation.errors import MoveRefused
from hubs.choices import Role
from hubs.models import Hub, Membership
from hubs.tenancy import HUB_IDS, Scope, entered
from sharing import actions, emails
from sharing.choices import SharingState
from sharing.models import SharingRequest

log = logging.getLogger("yorozu.sharing")

TOLD_WITHIN = dt.timedelta(days=14)  # an answer that is older needs no letter any more
ANSWERS = (SharingState.ACCEPTED, SharingState.DECLINED, SharingState.ENDED)


@shared_task(name=actions.KEEP_UP)
def keep_up_hub(*, hub_id: int) -> None:
    """One hub's part: told of what it is asked and answered, transfers taken in, what is over closed."""
    keep_up(hub_id, timezone.now())


@shared_task(name="sharing.keep_up")
def keep_up_all() -> None:
    """Every hub's. Finds what no worker was told of."""
    at = timezone.now()
    for hub_id in HUB_IDS:
        try:
            keep_up(hub_id, at)
        except Exception:  # one hub's trouble must not keep the others waiting
            log.exception("hub %s: what is due between hubs was not done", hub_id)


def keep_up(hub_id: int, at: dt.datetime) -> None:
    """In this order: what is over is not told of, and what is taken in is."""
    scope = Scope.of_hub(hub_id)
    with entered(scope):
        hub = Hub.objects.get(pk=hub_id)
        _close_what_is_over(hub, at)
        due = list(SharingRequest.objects.asked_by(hub).to_take_in().order_by("pk"))
    for request in due:
        with entered(scope):
            actions.receive(request=request, at=at)
    with entered(scope):
        _tell(hub, at)


def _close_what_is_over(hub: Hub, at: dt.datetime) -> None:
    """Somebody may have answered or ended one in this moment: then there is nothing to do."""
    asked = SharingRequest.objects.asked_by(hub)
    for request in asked.asked_before(at - actions.ANSWER_WITHIN):
        with contextlib.suppress(MoveRefused):
            actions.expire(request=request, at=at)
    for request in asked.joint_over_on(timezone.localtime(at).date()):
        with contextlib.suppress(MoveRefused):
            actions.end(request=request, by=None, at=at)


def _tell(hub: Hub, at: dt.datetime) -> None:
    chiefs = [m.user for m in Membership.objects.people_of(hub, timezone.localtime(at).date()) if m.role == Role.CHIEF]
    for request in SharingRequest.objects.asked_of(hub).waiting().with_people():
        for chief in chiefs:
            emails.tell_of_request(request=request, chief=chief, at=at)
    answered = SharingRequest.objects.asked_by(hub).filter(state__in=ANSWERS, answered_at__gte=at - TOLD_WITHIN)
    for request in answered.with_people():
        emails.tell_of_answer(request=request, at=at)
