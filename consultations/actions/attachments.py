"""Attaching files, having them scanned, taking them away.

A file lies in the storage before its row is committed, so a row never names a file that is not there. Should the
transaction be rolled back after all, the file is an orphan: `remove_orphans` finds it by the folder of its day.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import logging
import secrets
from typing import IO, Any

from celery import current_app
from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import transaction

from audit import trail
from consultations.actions.standing import refuse_anonymised
from consultations.choices import AttachmentState
from consultations.models import Attachment, Consultation
from foundation import clamd
from hubs.models import Hub

log = logging.getLogger("yorozu.attachments")

SCAN_TASK = "consultations.scan_attachment"
SETTLED = dt.timedelta(hours=6)  # a file without a row that is older than this has no transaction any more
LOOK_BACK_DAYS = 7


def storage() -> Storage:
    """Where attachments lie."""
    return storages["attachments"]


@transaction.atomic
def attach(
    *, consultation: Consultation, file: IO[bytes], name: str, kind: str, by: Any, at: dt.datetime
) -> Attachment:
    """Keep a file with a consultation. `name` and `kind` are checked already (foundation.files). Raises Anonymised."""
    held = Consultation.objects.select_for_update(no_key=True).only("enterprise_id").get(pk=consultation.pk)
    refuse_anonymised(hub_id=consultation.hub_id, enterprise_id=held.enterprise_id)
    file.seek(0)
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    size = file.seek(0, io.SEEK_END)  # the digest of a file in memory leaves its place where it was
    file.seek(0)
    key = storage().save(new_key(consultation.hub_id, at), File(file))
    try:
        attachment = Attachment.objects.create(
            hub_id=consultation.hub_id, consultation=consultation, name=name, kind=kind, key=key, size=size,
            sha256=sha256, state=AttachmentState.PENDING if settings.VIRUS_SCANNER else AttachmentState.UNSCANNED,
            uploaded_at=at, uploaded_by=by,
        )  # fmt: skip
        trail.record("attachment.added", by=by, at=at, on=attachment, kind=kind, bytes=size, sha256=sha256)
    except BaseException:
        storage().delete(key)
        raise
    if settings.VIRUS_SCANNER:
        _scan_on_commit(attachment)
    return attachment


def new_key(hub_id: int, at: dt.datetime) -> str:
    """Where a new file lies: nobody can guess it and nothing of its name is in it. The day makes orphans findable."""
    return f"{hub_id:02d}/{at.astimezone(dt.UTC):%Y-%m-%d}/{secrets.token_hex(16)}"


@transaction.atomic
def remove(*, attachment: Attachment, by: Any, at: dt.datetime) -> None:
    """Take a file away. The row stays, with its hash, for the trail; the file goes once this is committed."""
    current = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if current.removed_at is not None:
        return
    current.removed_at, current.removed_by = at, by
    current.save(update_fields=["removed_at", "removed_by"])
    trail.record("attachment.removed", by=by, at=at, on=current, sha256=current.sha256)
    transaction.on_commit(lambda: _delete_file(current.key), robust=True)


@transaction.atomic
def forget(*, consultation: Consultation, at: dt.datetime) -> int:
    """Take away every file of a consultation, their names as well: its client is being anonymised. Returns how many."""
    rows = list(
        Attachment.objects.select_for_update().filter(consultation=consultation).exclude(name="*").order_by("pk")
    )
    for row in rows:
        row.name, row.removed_at = "*", row.removed_at or at
        row.save(update_fields=["name", "removed_at"])
        trail.record("attachment.forgotten", by=None, at=at, on=row)
        transaction.on_commit(lambda key=row.key: _delete_file(key), robust=True)  # type: ignore[misc]
    return len(rows)


def scan(*, attachment: Attachment) -> str:
    """What the scanner finds in a file; "" for nothing. Raises NoVerdict. To be called outside any transaction: it
    takes a while."""
    with storage().open(attachment.key) as file:
        return clamd.verdict(settings.VIRUS_SCANNER, file)


@transaction.atomic
def take_verdict(*, attachment: Attachment, found: str, at: dt.datetime) -> Attachment:
    """Note a scanner's verdict. What holds a virus is deleted once this is committed; the row keeps its hash."""
    row = Attachment.objects.select_for_update().get(pk=attachment.pk)
    row.state = AttachmentState.INFECTED if found else AttachmentState.CLEAN
    row.found, row.scanned_at = found[:120], at
    row.save(update_fields=["state", "found", "scanned_at"])
    trail.record("attachment.scanned", by=None, at=at, on=row, state=row.state, what=row.found)
    if found:
        log.warning("attachment %s of hub %s holds %s", row.pk, row.hub_id, row.found)
        transaction.on_commit(lambda: _delete_file(row.key), robust=True)
    return row


@transaction.atomic
def clear_left_behind(*, hub: Hub) -> int:
    """Delete the files of rows that should have none any more. Returns how many."""
    rows = list(
        Attachment.objects.filter(hub=hub).left_behind().select_for_update(skip_locked=True).order_by("pk")[:500]
    )
    for row in rows:
        _delete_file(row.key)
        row.key = ""
        row.save(update_fields=["key"])
    return len(rows)


def remove_orphans(*, hub: Hub, at: dt.datetime, days: int = LOOK_BACK_DAYS) -> int:
    """Delete the files of the last days that no row names: their transaction was rolled back. Returns how many.
    Runs in the hub's scope."""
    removed = 0
    for back in range(days + 1):
        folder = f"{hub.pk:02d}/{at.astimezone(dt.UTC) - dt.timedelta(days=back):%Y-%m-%d}"
        names: list[str] = []
        with contextlib.suppress(FileNotFoundError):
            names = storage().listdir(folder)[1]
        keys = {f"{folder}/{name}" for name in names}
        known = set(Attachment.objects.filter(hub=hub, key__in=keys).values_list("key", flat=True))
        for key in sorted(keys - known):
            if storage().get_modified_time(key) < at - SETTLED:
                storage().delete(key)
                removed += 1
    return removed


def _delete_file(key: str) -> None:
    if key:
        storage().delete(key)


def _scan_on_commit(attachment: Attachment) -> None:
    """Robust: if the queue cannot be reached the file waits, and the next run of the task finds it."""
    kwargs = {"hub_id": attachment.hub_id, "attachment_id": attachment.pk}
    transaction.on_commit(lambda: current_app.send_task(SCAN_TASK, kwargs=kwargs), robust=True)
