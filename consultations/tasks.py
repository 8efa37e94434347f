"""Thin Celery. Ids only cross the queue; each hub's work runs in that hub's scope. The beat table is in
yorozu/celery.py."""

from __future__ import annotations

import logging
import time

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from consultations.actions import attachments, drafts, duplicates, grams, outcomes, privacy
from consultations.models import Attachment, Enterprise, MatchDue
from consultations.queries import privacy as retention
from foundation.clamd import NoVerdict
from hubs.models import Hub
from hubs.tenancy import HUB_IDS, Scope, entered

log = logging.getLogger("yorozu.consultations")

SCANS_AT_ONCE = 200


@shared_task(name=attachments.SCAN_TASK)
def scan_attachment(*, hub_id: int, attachment_id: int) -> None:
    """Have one file scanned. Scanned already, taken away or scanner away: nothing happens; the upkeep asks again."""
    with entered(Scope.of_hub(hub_id)):
        attachment = Attachment.objects.unchecked().standing().filter(hub_id=hub_id, pk=attachment_id).first()
    if attachment is None or not settings.VIRUS_SCANNER:
        return
    try:
        found = attachments.scan(attachment=attachment)
    except (NoVerdict, FileNotFoundError) as problem:
        log.warning("attachment %s of hub %s could not be scanned: %s", attachment_id, hub_id, problem)
        return
    with entered(Scope.of_hub(hub_id)):
        attachments.take_verdict(attachment=attachment, found=found, at=timezone.now())


@shared_task(name="consultations.scan_waiting")
def scan_waiting() -> None:
    """Due minus done: what waits for a scanner, also from before one was set up."""
    if not settings.VIRUS_SCANNER:
        return
    for hub_id in HUB_IDS:
        with entered(Scope.of_hub(hub_id)):
            rows = Attachment.objects.filter(hub_id=hub_id).unchecked().standing().oldest_first()
            due = list(rows.values_list("pk", flat=True)[:SCANS_AT_ONCE])
        for attachment_id in due:
            scan_attachment(hub_id=hub_id, attachment_id=attachment_id)


@shared_task(name="consultations.clear_files")
def clear_files() -> None:
    """Delete stored files that no standing row names, hub by hub."""
    at = timezone.now()
    for hub_id in HUB_IDS:
        with entered(Scope.of_hub(hub_id)):
            hub = Hub.objects.get(pk=hub_id)
            attachments.clear_left_behind(hub=hub)
            attachments.remove_orphans(hub=hub, at=at)


@shared_task(name="consultations.make_due_follow_ups")
def make_due_follow_ups() -> None:
    """Due minus done: ask after cases that ended 3, 6 or 12 months ago, hub by hub."""
    at = timezone.now()
    for hub_id in HUB_IDS:
        with entered(Scope.of_hub(hub_id)):
            outcomes.make_due_follow_ups(hub_id=hub_id, today=timezone.localdate(at), at=at)


@shared_task(name="consultations.count_grams")
def count_grams() -> None:
    """Learn anew which words are rare at a hub, once a day, hub by hub."""
    at = timezone.now()
    for hub_id in HUB_IDS:
        with entered(Scope.of_hub(hub_id)):
            grams.count_grams(hub_id=hub_id, at=at)


FINDING_SECONDS = 60  # per run, all hubs together; what is left is due at the next one


@shared_task(name="consultations.find_pairs")
def find_pairs() -> None:
    """Due minus done: look up the enterprises that have changed among those of their hub. After a bulk load the hubs
    take turns, a part of each at a time."""
    ends = time.monotonic() + FINDING_SECONDS
    waiting = list(HUB_IDS)
    while waiting and time.monotonic() < ends:
        waiting = [hub_id for hub_id in waiting if _found_some(hub_id)]


def _found_some(hub_id: int) -> bool:
    with entered(Scope.of_hub(hub_id)):
        return MatchDue.objects.exists() and bool(
            duplicates.find_pairs(hub=Hub.objects.get(pk=hub_id), at=timezone.now())
        )


ANONYMISED_AT_ONCE = 500  # per hub and night; what is left is due the next night as well


@shared_task(name="consultations.anonymise_due")
def anonymise_due() -> None:
    """Take the personal data of those whom nobody has had to do with for the years that headquarters sets. Each in
    a transaction of its own, looked at again once it is locked: a client may have come back a moment ago."""
    at = timezone.now()
    today = timezone.localdate(at)
    for hub_id in HUB_IDS:
        with entered(Scope.of_hub(hub_id)):
            due = list(retention.due(hub_id, on=today).order_by("pk").values_list("pk", flat=True)[:ANONYMISED_AT_ONCE])
        for pk in due:
            with entered(Scope.of_hub(hub_id)):
                row = Enterprise.objects.select_for_update(no_key=True).get(pk=pk)
                if retention.due(hub_id, on=today).filter(pk=pk).exists():
                    privacy.anonymise(enterprise=row, ground="retention", by=None, at=at)


@shared_task(name="consultations.forget_old_drafts")
def forget_old_drafts() -> None:
    """Remove the drafts that nobody has gone on with, hub by hub."""
    at = timezone.now()
    for hub_id in HUB_IDS:
        with entered(Scope.of_hub(hub_id)):
            drafts.forget_old_drafts(hub=Hub.objects.get(pk=hub_id), at=at)
