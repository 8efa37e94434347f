"""Sending, and upkeep: due minus done, so that running it twice is harmless."""

from __future__ import annotations

import datetime as dt
import logging

from celery import shared_task
from django.core.mail import get_connection
from django.utils import timezone

from hubs.tenancy import HUB_IDS, Scope, entered
from letters import actions
from letters.models import Letter

log = logging.getLogger("yorozu.letters")

HUBS_AND_NATION: tuple[int | None, ...] = (*HUB_IDS, None)
GRACE = dt.timedelta(seconds=60)  # the worker that was told at the commit comes first
AT_ONCE = 200  # letters of one hub in one round: the next round comes in half a minute


def scope_of(hub_id: int | None) -> Scope:
    """A hub's letters; without a hub, those of the nation and nobody's."""
    return Scope.of_hub(hub_id) if hub_id is not None else Scope()


@shared_task(name=actions.SEND)
def send(*, letter_id: int, hub_id: int | None) -> None:
    """Send one letter, if it is due and nobody else has it."""
    try_to_send(letter_id, hub_id)


@shared_task(name="letters.send_due")
def send_due() -> None:
    """Send those whose time to be tried again has come, or whom no worker was told of."""
    for hub_id in HUBS_AND_NATION:
        with entered(scope_of(hub_id)):
            waiting = Letter.objects.of(hub_id).due(timezone.now() - GRACE).oldest_first()
            due = list(waiting.values_list("pk", flat=True)[:AT_ONCE])
        for letter_id in due:
            if not try_to_send(letter_id, hub_id):
                return  # the mail server is not there: do not stand before its door once for each letter


@shared_task(name="letters.wipe_old")
def wipe_old() -> None:
    """Take the texts out of letters that ended some time ago."""
    at = timezone.now()
    for hub_id in HUBS_AND_NATION:
        with entered(scope_of(hub_id)):
            for letter in Letter.objects.of(hub_id).ended_before(at - actions.KEPT).only("pk"):
                actions.wipe(letter=letter, at=at)


def try_to_send(letter_id: int, hub_id: int | None) -> bool:
    """One try. False if the mail server could not be spoken with at all."""
    with entered(scope_of(hub_id)):
        letter = actions.claim(letter_id=letter_id, at=timezone.now())
    if letter is None:
        return True
    try:
        with entered(scope_of(hub_id)):
            actions.send(letter=letter, at=timezone.now(), connection=get_connection())
    except Exception as problem:
        log.warning("letter %s: try %s came to nothing (%s)", letter.pk, letter.attempts, type(problem).__name__)
        with entered(scope_of(hub_id)):
            actions.note_problem(letter=letter, problem=problem, at=timezone.now())
        return not isinstance(problem, OSError)
    return True
