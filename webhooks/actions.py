"""Telling other systems: due minus done. Every line of the trail is told once to each endpoint that wants it; a message
that is sent again after a crash bears the same number.

A try has three parts, as a letter's has: claimed and committed, sent outside any transaction, noted. The other side's
slowness holds no row and no connection to the database."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import User
from audit import trail
from audit.models import Entry
from hubs.models import Hub
from webhooks import outbound
from webhooks.choices import PING, DeliveryState
from webhooks.models import Attempt, Delivery, Endpoint

# After the first try: a minute, five, half an hour, two hours, half a day, a day. Then it is given up.
WAITS = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720, 1440))
TRIES = 1 + len(WAITS)
LOOK_BACK = dt.timedelta(minutes=10)  # a line is written in its deed's transaction and may be seen later than others
AT_ONCE = 500
KEPT_FOR = dt.timedelta(days=30)


@dataclass(frozen=True)
class Answer:
    """What the other side said to a try; no code where it could not be spoken with."""

    code: int | None
    problem: str
    milliseconds: int

    @property
    def arrived(self) -> bool:
        return self.code is not None and 200 <= self.code < 300


def secret_of(endpoint: Endpoint) -> str:
    """What both sides sign with. Derived, not stored: a copy of the database signs nothing."""
    key = f"webhooks:{endpoint.generation}".encode()
    return "whs_" + hmac.new(settings.SECRET_KEY.encode(), key, hashlib.sha256).hexdigest()


@transaction.atomic
def register(*, hub: Hub, name: str, url: str, events: list[str], by: User, at: dt.datetime) -> Endpoint:
    """A new endpoint. It is told what happens from now on."""
    endpoint = Endpoint.objects.create(
        hub=hub, name=name, url=url, events=events, created_at=at, created_by=by, gathered_until=at
    )
    trail.record("webhook.registered", by=by, at=at, on=endpoint, events=events)
    return endpoint


@transaction.atomic
def switch(*, endpoint: Endpoint, active: bool, by: User, at: dt.datetime) -> None:
    """Stop or go on. What happened while it was stopped is not told afterwards."""
    if endpoint.is_active == active:
        return
    endpoint.is_active, endpoint.gathered_until = active, at
    endpoint.save(update_fields=["is_active", "gathered_until"])
    trail.record("webhook.started" if active else "webhook.stopped", by=by, at=at, on=endpoint)


@transaction.atomic
def renew_secret(*, endpoint: Endpoint, by: User, at: dt.datetime) -> None:
    """A new secret; the old one signs nothing any more."""
    endpoint.generation = uuid.uuid4()
    endpoint.save(update_fields=["generation"])
    trail.record("webhook.secret_renewed", by=by, at=at, on=endpoint)


@transaction.atomic
def send_ping(*, endpoint: Endpoint, by: User, at: dt.datetime) -> Delivery:
    """A message that says nothing, to try the way."""
    trail.record("webhook.tried", by=by, at=at, on=endpoint)
    return Delivery.objects.create(
        hub_id=endpoint.hub_id, endpoint=endpoint, event=PING, occurred_at=at, made_at=at, next_try_at=at
    )


@transaction.atomic
def send_again(*, delivery: Delivery, by: User, at: dt.datetime) -> None:
    """Try one that was given up once more, from the beginning."""
    again = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.GIVEN_UP)
    if again.update(state=DeliveryState.QUEUED, attempts=0, next_try_at=at):
        trail.record("webhook.sent_again", by=by, at=at, on=delivery)


@transaction.atomic
def gather(*, endpoint: Endpoint, at: dt.datetime) -> int:
    """Make deliveries of the lines that this endpoint has not been told. Returns how many. The lines near the last
    look are looked at again: their transactions may have ended after it."""
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    since = max(endpoint.gathered_until - LOOK_BACK, endpoint.created_at)
    rows = Entry.objects.filter(hub_id=endpoint.hub_id, at__gt=since, action__in=endpoint.events).order_by("at", "pk")
    # a trial bears no line; one NULL among those told, and NOT IN finds nothing at all
    told = endpoint.deliveries.filter(occurred_at__gt=since, entry_id__isnull=False).values("entry_id")
    lines = list(rows.exclude(pk__in=told)[:AT_ONCE])
    Delivery.objects.bulk_create(
        [
            Delivery(
                hub_id=endpoint.hub_id, endpoint=endpoint, entry_id=line.pk, event=line.action, occurred_at=line.at,
                subject_type=line.subject_type, subject_id=line.subject_id, made_at=at, next_try_at=at,
            )
            for line in lines
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    endpoint.gathered_until = lines[-1].at if len(lines) == AT_ONCE else at
    endpoint.save(update_fields=["gathered_until"])
    return len(lines)


@transaction.atomic
def claim(*, delivery_id: int, at: dt.datetime) -> Delivery | None:
    """Take one that is due for one try: it is counted and set back before anything is sent, so that nobody else takes
    it meanwhile, and one that takes its worker down with it is not tried for ever. None if there is nothing to do."""
    rows = Delivery.objects.due(at).filter(pk=delivery_id).select_related("endpoint__hub")
    delivery = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if delivery is None:
        return None
    if delivery.attempts >= TRIES:  # its worker died in the last one
        delivery.state = DeliveryState.GIVEN_UP
        delivery.save(update_fields=["state"])
        return None
    delivery.next_try_at = at + WAITS[min(delivery.attempts, len(WAITS) - 1)]
    delivery.attempts += 1
    delivery.save(update_fields=["attempts", "next_try_at"])
    return delivery


def send(*, delivery: Delivery, at: dt.datetime) -> Answer:
    """Tell a claimed one. Nothing is read or written here: no transaction waits for the other side."""
    began, body = time.monotonic(), json.dumps(message(delivery), ensure_ascii=False).encode()
    code, problem = None, ""
    try:
        code = outbound.post(delivery.endpoint.url, body=body, headers=_headers(delivery, body, at))
    except outbound.Unreachable as found:
        problem = str(found)[:200]
    return Answer(code, problem, round((time.monotonic() - began) * 1000))


@transaction.atomic
def note_answer(*, delivery: Delivery, answer: Answer, at: dt.datetime) -> None:
    """What came of a try. One that did not arrive waits for the next, which the claim has set, or is given up."""
    row = Delivery.objects.select_for_update().filter(pk=delivery.pk).first()
    if row is None:
        return  # forgotten meanwhile
    Attempt.objects.create(
        hub_id=delivery.hub_id, delivery=delivery, at=at, code=answer.code, problem=answer.problem,
        milliseconds=answer.milliseconds,
    )  # fmt: skip
    if row.state != DeliveryState.QUEUED or row.attempts != delivery.attempts:
        return  # somebody else has had it since
    if answer.arrived:
        row.state, row.delivered_at = DeliveryState.DELIVERED, at
    elif row.attempts >= TRIES:
        row.state = DeliveryState.GIVEN_UP
    row.save(update_fields=["state", "delivered_at"])


def message(delivery: Delivery) -> dict[str, Any]:
    """What is told: that something happened, and its number. Never a name or a text: who may read it asks the API."""
    return {
        "id": str(delivery.number),
        "event": delivery.event,
        "occurred_at": delivery.occurred_at.isoformat(),
        "hub": delivery.endpoint.hub.slug,
        "subject": {"type": delivery.subject_type.rpartition(".")[2], "id": delivery.subject_id}
        if delivery.subject_id
        else None,
    }


def _headers(delivery: Delivery, body: bytes, at: dt.datetime) -> dict[str, str]:
    signed = outbound.signature(secret=secret_of(delivery.endpoint), at=int(at.timestamp()), body=body)
    return {
        "Content-Type": "application/json; charset=utf-8", "User-Agent": "Yorozu-Webhooks/1",
        "Yorozu-Delivery": str(delivery.number), "Yorozu-Event": delivery.event, outbound.SIGNATURE: signed,
    }  # fmt: skip


def forget_old(*, at: dt.datetime) -> int:
    """The log is kept for thirty days. Returns how many went."""
    gone, _each = Delivery.objects.filter(made_at__lt=at - KEPT_FOR).delete()
    return gone
