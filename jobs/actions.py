"""The life of a job: asked for, started, reported on, finished or failed, sent again when lost, removed.

Two workers never make the same thing at once: `start` locks the row and lets in whoever comes first. A worker
that dies is noticed when no sign of life came within SILENCE, and the job begins anew as the next attempt;
should the old worker still live, its attempt is over and nothing that it hands in is taken.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

from celery import current_app
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_noop

from audit import trail
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from jobs.choices import JobMove, JobState
from jobs.models import Job, JobQuerySet
from jobs.workflow import JOB

log = logging.getLogger("yorozu.jobs")

SILENCE = dt.timedelta(seconds=60)  # a running job reports at least this often, or is taken for lost
WAIT = dt.timedelta(minutes=10)  # a waiting job is sent again after this, in case the queue lost it
ATTEMPTS = 3  # a job that takes its worker down with it must not do so for ever
KEPT = dt.timedelta(days=90)


class Superseded(Exception):
    """This attempt is over: another worker has the job, or it has ended."""


class CannotBeMade(Exception):
    """What was asked for cannot be made, and its message says why, to the person who asked."""


@dataclass(frozen=True)
class Product:
    """What was made: an open binary file, the name that people see, anything they should know of it, and how long it
    is kept."""

    file: IO[bytes]
    name: str
    message: str = ""
    kept: dt.timedelta = KEPT


Progress = Callable[[int, str], None]
Clock = Callable[[], dt.datetime]


@transaction.atomic
def request(*, kind: str, parameters: dict[str, Any], by: Any, at: dt.datetime, hub: Hub | None = None) -> Job:
    """Ask for a job. It is sent to the workers when the transaction is committed."""
    job = Job.objects.create(
        kind=kind, hub=hub, parameters=parameters, requested_by=by, requested_at=at, expected_by=at + WAIT
    )
    trail.record("job.requested", by=by, at=at, on=job, kind=kind, **parameters)
    _send_on_commit(job)
    return job


@transaction.atomic
def start(*, job_id: int, at: dt.datetime) -> Job | None:
    """Claim a job for one worker, with what dead attempts left behind removed. None if another has it, it has
    ended, or it is not visible in this scope."""
    job = Job.objects.select_for_update().filter(pk=job_id).first()
    if job is None or not _is_free(job, at):
        return None
    if job.state == JobState.RUNNING:
        _lose(job)
    if job.attempt >= ATTEMPTS:
        _give_up(job, at)
        return None
    for dead in range(1, job.attempt + 1):
        _delete_files(job, dead)
    job.state, job.attempt = JOB.after(job.state, JobMove.START), job.attempt + 1
    job.started_at, job.expected_by, job.percent, job.message = at, at + SILENCE, 0, ""
    job.save(update_fields=["state", "attempt", "started_at", "expected_by", "percent", "message"])
    trail.record("job.started", by=None, at=at, on=job, attempt=job.attempt)
    return job


def report_progress(*, job: Job, percent: int, message: str, at: dt.datetime) -> None:
    """Tell how far this attempt is: visible at once, and a sign of life.

    Raises Superseded, and RuntimeError within a transaction: what is not committed, nobody sees.
    """
    with transaction.atomic(durable=True), entered(_scope(job)):
        if not _own(job).update(percent=min(percent, 99), message=message[:200], expected_by=at + SILENCE):
            raise Superseded(f"job {job.pk}, attempt {job.attempt}")


def note(*, job: Job, **more: Any) -> None:
    """Keep with what was asked for what this attempt found out about it. Raises Superseded."""
    with transaction.atomic(), entered(_scope(job)):
        row = _own_attempt(job)
        row.parameters |= more
        row.save(update_fields=["parameters"])


def finish(*, job: Job, product: Product, at: dt.datetime) -> Job:
    """Keep the file of this attempt for its time and declare the job done. Raises Superseded.

    The row names the file only after all of it is stored, so a file that is half written is never served.
    """
    path = default_storage.save(_path(job, product.name), File(product.file))
    try:
        return _take_in(job=job, path=path, product=product, at=at)
    except BaseException:
        default_storage.delete(path)
        raise


@transaction.atomic
def _take_in(*, job: Job, path: str, product: Product, at: dt.datetime) -> Job:
    row = _own_attempt(job)
    row.state = JOB.after(row.state, JobMove.FINISH)
    row.percent, row.message, row.finished_at, row.expires_at = 100, product.message[:200], at, at + product.kept
    row.result.name, row.result_name = path, product.name
    row.result_bytes, row.sha256 = default_storage.size(path), _sha256(path)
    row.expected_by = None
    row.save()
    trail.record("job.finished", by=None, at=at, on=row, bytes=row.result_bytes, sha256=row.sha256)
    return row


@transaction.atomic
def fail(*, job: Job, message: str, at: dt.datetime) -> Job:
    """This attempt came to nothing. The message is for the person who asked. Raises Superseded."""
    row = _own_attempt(job)
    _delete_files(row, row.attempt)
    _fail(row, message, at)
    return row


def perform(
    *, job_id: int, scope: Scope, make: Callable[[Job, Progress], Product], clock: Clock, is_quiet: bool = False
) -> Job | None:
    """One attempt from claim to end, for tasks. `make` runs outside any transaction and enters its own scope.
    `is_quiet`: it is one long transaction, in which it cannot report; signs of life are given meanwhile.

    None if the job was not free. Whatever `make` raises leaves a failed job and a line in the log.
    """
    with entered(scope):
        job = start(job_id=job_id, at=clock())
    if job is None:
        return None

    def progress(percent: int, message: str) -> None:
        report_progress(job=job, percent=percent, message=message, at=clock())

    try:
        with _alive(job, clock) if is_quiet else contextlib.nullcontext():
            product = make(job, progress)
        with product.file, entered(scope):
            return finish(job=job, product=product, at=clock())
    except Superseded:
        log.warning("job %s: attempt %s was superseded", job.pk, job.attempt)
        return None
    except CannotBeMade as problem:
        with entered(scope), contextlib.suppress(Superseded):
            return fail(job=job, message=str(problem), at=clock())
        return None
    except Exception:
        log.exception("job %s (%s) failed", job.pk, job.kind)
        with entered(scope), contextlib.suppress(Superseded):
            return fail(job=job, message=gettext_noop("作成中に問題が起きました。もう一度お試しください。"), at=clock())
        return None


@transaction.atomic
def send_again(*, job: Job, at: dt.datetime) -> None:
    """A job that nobody has been heard of: back to the queue, or given up after ATTEMPTS."""
    row = Job.objects.select_for_update(skip_locked=True).overdue(at).filter(pk=job.pk).first()
    if row is None:
        return
    if row.state == JobState.RUNNING:
        _lose(row)
    if row.attempt >= ATTEMPTS:
        _give_up(row, at)
        return
    row.expected_by = at + WAIT
    row.save(update_fields=["state", "percent", "expected_by"])
    trail.record("job.sent_again", by=None, at=at, on=row, attempt=row.attempt)
    _send_on_commit(row)


@transaction.atomic
def expire(*, job: Job, at: dt.datetime) -> None:
    """Delete the file of a job whose time is over. The file goes first: rather a row without its file for a
    moment, which the next run mends, than a file that no row knows of."""
    row = Job.objects.select_for_update(skip_locked=True).expired(at).filter(pk=job.pk).first()
    if row is None:
        return
    default_storage.delete(str(row.result.name))
    row.state, row.result = JOB.after(row.state, JobMove.EXPIRE), ""
    row.save(update_fields=["state", "result"])
    trail.record("job.expired", by=None, at=at, on=row)


@transaction.atomic
def withdraw(*, jobs: JobQuerySet, at: dt.datetime) -> int:
    """Take back what some jobs have made, before its time: it tells of somebody who is to be forgotten. What is just
    being made begins anew, without them. Nobody gets a file any more from now on; it is deleted once this is
    committed, and should that fail, by `clear_left_behind`. Returns how many jobs there were."""
    rows = list(jobs.with_something().select_for_update(of=("self",)).order_by("pk"))
    for row in rows:
        if row.state == JobState.RUNNING:
            _lose(row)
            row.expected_by = at + WAIT
            row.save(update_fields=["state", "percent", "expected_by"])
            trail.record("job.sent_again", by=None, at=at, on=row, attempt=row.attempt)
            _send_on_commit(row)
        else:
            row.state = JOB.after(row.state, JobMove.EXPIRE)
            row.save(update_fields=["state"])
            trail.record("job.expired", by=None, at=at, on=row)
            path = str(row.result.name)
            transaction.on_commit(lambda path=path: default_storage.delete(path), robust=True)  # type: ignore[misc]
    return len(rows)


@transaction.atomic
def clear_left_behind(*, job: Job) -> None:
    """Delete the file of a job that was withdrawn."""
    row = Job.objects.select_for_update(skip_locked=True).left_behind().filter(pk=job.pk).first()
    if row is not None:
        default_storage.delete(str(row.result.name))
        row.result = ""
        row.save(update_fields=["result"])


# ---- inside
@contextlib.contextmanager
def _alive(job: Job, clock: Clock) -> Iterator[None]:
    """Signs of life over a connection of their own. With the worker they end, and the job is found lost as ever."""
    over = threading.Event()

    def breathe() -> None:
        try:
            while not over.wait(SILENCE.total_seconds() / 3):
                with transaction.atomic(), entered(_scope(job)):
                    _own(job).update(expected_by=clock() + SILENCE)
        except DatabaseError:
            log.warning("job %s: no sign of life could be given", job.pk, exc_info=True)
        finally:
            connection.close()

    thread = threading.Thread(target=breathe, name=f"job-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _is_free(job: Job, at: dt.datetime) -> bool:
    lost = job.state == JobState.RUNNING and job.expected_by is not None and job.expected_by < at
    return job.state == JobState.QUEUED or lost


def _own(job: Job) -> JobQuerySet:
    """The job's row, as long as this attempt has it."""
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempt=job.attempt)


def _own_attempt(job: Job) -> Job:
    row = _own(job).select_for_update().first()
    if row is None:
        raise Superseded(f"job {job.pk}, attempt {job.attempt}")
    return row


def _lose(job: Job) -> None:
    job.state, job.percent = JOB.after(job.state, JobMove.LOSE), 0


def _give_up(job: Job, at: dt.datetime) -> None:
    job.state = JOB.after(job.state, JobMove.START) if job.state == JobState.QUEUED else job.state
    _fail(job, gettext_noop("作成が何度も途中で止まりました。システム管理者に知らせてください。"), at)


def _fail(job: Job, message: str, at: dt.datetime) -> None:
    job.state, job.message, job.finished_at = JOB.after(job.state, JobMove.FAIL), message[:200], at
    job.expected_by = None
    job.save(update_fields=["state", "percent", "message", "finished_at", "expected_by"])
    trail.record("job.failed", by=None, at=at, on=job, attempt=job.attempt)


def _scope(job: Job) -> Scope:
    return Scope.of_figures([job.hub_id] if job.hub_id is not None else [])


def _path(job: Job, name: str = "") -> str:
    """Where an attempt's file lies: known before it is written, so that a dead attempt's can be found."""
    return f"jobs/{job.requested_at:%Y/%m}/{job.pk}-{job.attempt}{PurePosixPath(name).suffix}"


def _delete_files(job: Job, attempt: int) -> None:
    folder = f"jobs/{job.requested_at:%Y/%m}"
    with contextlib.suppress(FileNotFoundError):
        for name in default_storage.listdir(folder)[1]:
            if name.startswith((f"{job.pk}-{attempt}.", f"{job.pk}-{attempt}_")):
                default_storage.delete(f"{folder}/{name}")


def _sha256(path: str) -> str:
    with default_storage.open(path) as stored:
        return hashlib.file_digest(stored, "sha256").hexdigest()


def _send_on_commit(job: Job) -> None:
    """Robust: if the queue cannot be reached the job stays waiting, and `send_again` finds it."""
    transaction.on_commit(lambda: current_app.send_task(job.kind, kwargs={"job_id": job.pk}), robust=True)
