"""The life of a letter: posted with the deed that causes it, sent by a worker, wiped when its time is over.

Sending has two transactions. The first claims the letter: it counts the attempt and sets the next one back, so that
nobody else takes it meanwhile, and so that one that takes its worker down with it is not tried for ever. The second
locks the row, hands the mail over and marks it sent. A worker that dies before the mail server has said yes leaves a
letter that is due again; between that yes and the commit lie milliseconds, and a mail sent twice there bears the same
Message-ID.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import re
import smtplib
from email.mime.text import MIMEText
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from audit import trail
from foundation.text import has_forbidden
from hubs.models import Hub
from letters.choices import LetterMove, LetterState
from letters.models import Letter
from letters.workflow import LETTER

log = logging.getLogger("yorozu.letters")

SEND = "letters.send"  # the task
# After the first try, the second …: longer than any mail server is waited for (EMAIL_TIMEOUT), a day and a half in all.
PAUSES = tuple(dt.timedelta(minutes=m) for m in (2, 5, 15, 60, 180, 360, 720, 840))
KEPT = dt.timedelta(days=30)
WIPED = {"to": "", "subject": "", "body": "", "calendar": ""}
_METHOD = re.compile(r"^METHOD:([A-Z]+)\s*$", re.MULTILINE)


class Unsendable(ValueError):
    """An address or subject that cannot stand in a header."""


@transaction.atomic
def post(
    *,
    key: str,
    hub: Hub | None,
    to: str,
    subject: str,
    body: str,
    calendar: str = "",
    is_secret: bool = False,
    at: dt.datetime,
) -> Letter:
    """Write a letter, to be sent when the transaction is committed. A key that is known gives the letter that it has,
    unchanged. A secret one is wiped as soon as it has gone. Raises Unsendable: nothing may break out of a header
    (mail header injection)."""
    to, subject = to.strip(), subject.strip()[:200]
    _refuse_unsendable(to, subject)
    known = Letter.objects.of(hub.pk if hub else None).filter(key=key).first()
    if known is not None:
        return known
    fields: dict[str, Any] = {"to": to, "subject": subject, "body": body, "calendar": calendar}
    try:
        with transaction.atomic():
            letter = Letter.objects.create(
                key=key,
                hub=hub,
                is_secret=is_secret,
                message_id=message_id_of(key, hub),
                posted_at=at,
                next_try_at=at,
                **fields,
            )
    except IntegrityError:
        return Letter.objects.of(hub.pk if hub else None).get(key=key)  # somebody else posted it in this moment
    trail.record("letter.posted", by=None, at=at, on=letter, about=key)
    _send_on_commit(letter)
    return letter


def message_id_of(key: str, hub: Hub | None) -> str:
    """The same for the same letter, and tells nobody what it is about."""
    told = f"{settings.SECRET_KEY}:{hub.pk if hub else ''}:{key}"
    domain = settings.DEFAULT_FROM_EMAIL.rsplit("@", 1)[-1].rstrip(">")
    return f"<{hashlib.sha256(told.encode()).hexdigest()[:40]}@{domain}>"


@transaction.atomic
def claim(*, letter_id: int, at: dt.datetime) -> Letter | None:
    """Take a due letter for one try. None if another has it, it is not due, or it is not visible in this scope."""
    letter = Letter.objects.select_for_update(skip_locked=True).due(at).filter(pk=letter_id).first()
    if letter is None:
        return None
    if letter.attempts >= len(PAUSES):
        _give_up(letter, at)
        return None
    letter.next_try_at, letter.attempts = at + PAUSES[letter.attempts], letter.attempts + 1
    letter.save(update_fields=["next_try_at", "attempts"])
    return letter


@transaction.atomic
def send(*, letter: Letter, at: dt.datetime, connection: Any = None) -> Letter:
    """Hand a claimed letter to the mail server. What the server refuses for good is given up at once and may be seen;
    anything else leaves it waiting for its next try, and is raised."""
    row = Letter.objects.select_for_update().get(pk=letter.pk)
    if row.state != LetterState.QUEUED or row.attempts != letter.attempts:
        return row
    try:
        mail_of(row, connection).send()
    except smtplib.SMTPRecipientsRefused as refused:
        if not _is_final(refused):
            raise
        row.problem = _told(refused)
        _give_up(row, at)
        return row
    row.state = LETTER.after(row.state, LetterMove.SEND)
    row.sent_at, row.ended_at, row.next_try_at, row.problem = at, at, None, ""
    row.save(update_fields=["state", "sent_at", "ended_at", "next_try_at", "problem"])
    _wipe_secret(row, at)
    trail.record("letter.sent", by=None, at=at, on=row, about=row.key, attempt=row.attempts)
    return row


@transaction.atomic
def note_problem(*, letter: Letter, problem: BaseException, at: dt.datetime) -> None:
    """Keep why a try came to nothing, for people who look after the mail server. The last one ends the letter."""
    row = Letter.objects.select_for_update().filter(pk=letter.pk, state=LetterState.QUEUED).first()
    if row is None or row.attempts != letter.attempts:
        return
    row.problem = _told(problem)
    row.save(update_fields=["problem"])
    if row.attempts >= len(PAUSES):
        _give_up(row, at)


@transaction.atomic
def wipe(*, letter: Letter, at: dt.datetime) -> None:
    """Take out recipient, subject and text: they have done their part. That it was sent, and when, stays."""
    Letter.objects.filter(pk=letter.pk).ended_before(at).update(**WIPED, wiped_at=at)


@transaction.atomic
def forget(*, hub_id: int, about: str, at: dt.datetime) -> int:
    """Whom these letters went to is to be forgotten: those whose key begins so say nothing any more, and those that
    wait are never sent. How many there were. That a letter was sent, and when, stays."""
    rows = Letter.objects.of(hub_id).filter(key__startswith=about, wiped_at__isnull=True)
    found = list(rows.select_for_update().order_by("pk"))
    for letter in found:
        if letter.state == LetterState.QUEUED:
            letter.state, letter.ended_at, letter.next_try_at = LETTER.after(letter.state, LetterMove.GIVE_UP), at, None
            trail.record("letter.withheld", by=None, at=at, on=letter, about=letter.key)
        letter.to = letter.subject = letter.body = letter.calendar = ""
        letter.wiped_at = at
        letter.save()
    return len(found)


def mail_of(letter: Letter, connection: Any = None) -> EmailMessage:
    """The mail as it goes out: plain text, and an appointment if there is one."""
    mail = EmailMessage(
        letter.subject, letter.body, settings.DEFAULT_FROM_EMAIL, [letter.to],
        headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"}, connection=connection,
    )  # fmt: skip
    if letter.calendar:
        method = _METHOD.search(letter.calendar)
        part = MIMEText(letter.calendar, "calendar", "utf-8")
        part.set_param("method", method.group(1) if method else "PUBLISH")
        part.add_header("Content-Disposition", "attachment", filename="invitation.ics")
        mail.attach(part)
    return mail


# ---- inside
def _refuse_unsendable(to: str, subject: str) -> None:
    if not subject or "\n" in subject or "\r" in subject or len(subject.splitlines()) > 1 or has_forbidden(subject):
        raise Unsendable("subject")
    try:
        validate_email(to)
    except ValidationError:
        raise Unsendable("to") from None


def _is_final(refused: smtplib.SMTPRecipientsRefused) -> bool:
    return all(code >= 500 for code, _ in refused.recipients.values())


def _give_up(letter: Letter, at: dt.datetime) -> None:
    letter.state = LETTER.after(letter.state, LetterMove.GIVE_UP)
    letter.ended_at, letter.next_try_at = at, None
    letter.save(update_fields=["state", "ended_at", "next_try_at", "problem"])
    _wipe_secret(letter, at)
    trail.record("letter.failed", by=None, at=at, on=letter, about=letter.key, attempt=letter.attempts)
    log.error("letter %s (%s) was given up after %s tries", letter.pk, letter.key, letter.attempts)


def _wipe_secret(letter: Letter, at: dt.datetime) -> None:
    if letter.is_secret:
        Letter.objects.filter(pk=letter.pk).update(**WIPED, wiped_at=at)


def _told(problem: BaseException) -> str:
    """The kind of trouble and its code: what mail servers say often names the recipient."""
    codes = ""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        codes = " ".join(sorted({str(code) for code, _ in problem.recipients.values()}))
    elif isinstance(problem, smtplib.SMTPResponseException):
        codes = str(problem.smtp_code)
    return f"{type(problem).__name__} {codes}".strip()[:200]


def _send_on_commit(letter: Letter) -> None:
    """Robust: if the queue cannot be reached the letter stays waiting, and the beat finds it."""
    where = {"letter_id": letter.pk, "hub_id": letter.hub_id}
    transaction.on_commit(lambda: current_app.send_task(SEND, kwargs=where), robust=True)
