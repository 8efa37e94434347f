"""How a job lives: claimed once, seen while it runs, one file, gone when its time is over."""

from __future__ import annotations

import hashlib
import io
import threading
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction

from foundation.errors import MoveRefused
from hubs.tenancy import Scope
from jobs import actions, tasks
from jobs.choices import JobMove, JobState
from jobs.models import Job
from jobs.workflow import JOB
from tests import making

pytestmark = pytest.mark.django_db
KIND = "tests.nothing"


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def job(now) -> Job:
    return actions.request(kind=KIND, parameters={"month": "2026-10"}, by=making.make_user(), at=now)


def product(text: bytes = b"figures", name: str = "報告.csv") -> actions.Product:
    return actions.Product(io.BytesIO(text), name)


def stored_files() -> list[str]:
    found: list[str] = []
    folders = ["jobs"] if default_storage.exists("jobs") else []
    while folders:
        folder = folders.pop()
        below, files = default_storage.listdir(folder)
        folders += [f"{folder}/{name}" for name in below]
        found += [f"{folder}/{name}" for name in files]
    return found


def trail_of(job: Job) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT action FROM audit_entry WHERE subject_id = %s ORDER BY id", [str(job.pk)])
        return [action for (action,) in cursor.fetchall()]


def test_a_job_is_sent_to_its_task_when_the_request_is_committed(now, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(actions.current_app, "send_task", lambda name, kwargs: sent.append((name, kwargs)))
    with django_capture_on_commit_callbacks(execute=True):
        job = actions.request(kind=KIND, parameters={}, by=making.make_user(), at=now)
        assert sent == []
    assert sent == [(KIND, {"job_id": job.pk})]


@pytest.mark.django_db(transaction=True)
def test_a_job_in_one_long_transaction_still_gives_signs_of_life(job, now, monkeypatch):
    monkeypatch.setattr(actions, "SILENCE", timedelta(seconds=0.3))
    clock = iter(now + timedelta(seconds=second) for second in range(10_000))
    begun, pause = [], threading.Event()

    def make(own: Job, progress: actions.Progress) -> actions.Product:
        with transaction.atomic():
            begun.append(Job.objects.get(pk=own.pk).expected_by)
            while len(begun) < 600 and Job.objects.get(pk=own.pk).expected_by == begun[0]:
                pause.wait(0.05)
                begun.append(begun[0])
            begun.append(Job.objects.get(pk=own.pk).expected_by)
        return product()

    done = actions.perform(job_id=job.pk, scope=Scope(), make=make, clock=lambda: next(clock), is_quiet=True)
    assert begun[-1] > begun[0]
    assert (done.state, done.expected_by) == (JobState.DONE, None)


def test_from_the_request_to_the_file(job, now):
    seen = []

    def make(own: Job, progress: actions.Progress) -> actions.Product:
        progress(40, "半分近く")
        seen.append(Job.objects.values_list("state", "percent", "message").get(pk=job.pk))
        return product()

    done = actions.perform(job_id=job.pk, scope=Scope(), make=make, clock=lambda: now)
    assert seen == [("running", 40, "半分近く")]
    assert (done.state, done.percent, done.result_name) == (JobState.DONE, 100, "報告.csv")
    assert default_storage.open(done.result.name).read() == b"figures"
    assert done.sha256 == hashlib.sha256(b"figures").hexdigest()
    assert done.expires_at == now + timedelta(days=90)
    assert trail_of(job) == ["job.requested", "job.started", "job.finished"]


def test_a_second_worker_gets_nothing_while_the_first_is_at_it(job, now):
    assert actions.start(job_id=job.pk, at=now) is not None
    assert actions.start(job_id=job.pk, at=now + timedelta(seconds=30)) is None


def test_a_job_that_is_delivered_again_after_it_was_done_is_left_alone(job, now):
    made = []

    def make(own: Job, progress: actions.Progress) -> actions.Product:
        made.append(own.attempt)
        return product()

    for _again in range(2):
        actions.perform(job_id=job.pk, scope=Scope(), make=make, clock=lambda: now)
    assert made == [1]
    assert len(stored_files()) == 1


def test_a_silent_worker_is_taken_for_dead_and_its_late_file_is_not_taken(job, now):
    first = actions.start(job_id=job.pk, at=now)
    later = now + actions.SILENCE + timedelta(seconds=1)
    second = actions.start(job_id=job.pk, at=later)
    assert (first.attempt, second.attempt) == (1, 2)
    actions.finish(job=second, product=product(b"second"), at=later)
    with pytest.raises(actions.Superseded):
        actions.finish(job=first, product=product(b"first"), at=later)
    assert [default_storage.open(name).read() for name in stored_files()] == [b"second"]


def test_a_sign_of_life_keeps_a_long_job(job, now):
    claimed = actions.start(job_id=job.pk, at=now)
    actions.report_progress(job=claimed, percent=10, message="", at=now + timedelta(seconds=50))
    assert actions.start(job_id=job.pk, at=now + timedelta(seconds=100)) is None


def test_a_new_attempt_removes_what_a_killed_one_left(job, now):
    killed = actions.start(job_id=job.pk, at=now)
    default_storage.save(actions._path(killed, "x.csv"), io.BytesIO(b"half"))  # what a kill in the middle leaves
    actions.start(job_id=job.pk, at=now + timedelta(minutes=2))
    assert stored_files() == []


def test_what_goes_wrong_in_the_middle_leaves_a_failed_job_and_no_file(job, now, caplog):
    def make(own: Job, progress: actions.Progress) -> actions.Product:
        progress(50, "")
        raise RuntimeError("the paper is torn")

    actions.perform(job_id=job.pk, scope=Scope(), make=make, clock=lambda: now)
    job.refresh_from_db()
    assert (job.state, job.result.name, stored_files()) == (JobState.FAILED, "", [])
    assert "the paper is torn" not in job.message
    assert "the paper is torn" in caplog.text


def test_a_disk_that_fills_up_leaves_no_half_file(job, now, monkeypatch):
    def full(*, job, path, product, at):
        raise OSError("no space left")

    monkeypatch.setattr(actions, "_take_in", full)
    actions.perform(job_id=job.pk, scope=Scope(), make=lambda own, progress: product(), clock=lambda: now)
    job.refresh_from_db()
    assert (job.state, stored_files()) == (JobState.FAILED, [])


def test_a_lost_job_is_sent_again_and_in_the_end_given_up(job, now, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(actions.current_app, "send_task", lambda name, kwargs: sent.append(kwargs["job_id"]))
    at = now
    for _attempt in range(actions.ATTEMPTS):
        assert actions.start(job_id=job.pk, at=at) is not None
        at += timedelta(minutes=2)
        with django_capture_on_commit_callbacks(execute=True):
            actions.send_again(job=job, at=at)
            actions.send_again(job=job, at=at)
    job.refresh_from_db()
    assert len(sent) == actions.ATTEMPTS - 1
    assert job.state == JobState.FAILED
    assert "止まりました" in job.message


def test_a_waiting_job_whose_message_was_lost_is_found(job, now):
    assert not Job.objects.overdue(now + timedelta(minutes=9)).exists()
    assert Job.objects.overdue(now + timedelta(minutes=11)).get() == job


def test_the_upkeep_removes_expired_files_once(job, now, monkeypatch):
    actions.perform(job_id=job.pk, scope=Scope(), make=lambda own, progress: product(), clock=lambda: now)
    monkeypatch.setattr(tasks.timezone, "now", lambda: now + timedelta(days=89, hours=23))
    tasks.remove_expired()
    assert len(stored_files()) == 1
    monkeypatch.setattr(tasks.timezone, "now", lambda: now + timedelta(days=90))
    tasks.remove_expired()
    tasks.remove_expired()
    job.refresh_from_db()
    assert (job.state, job.result.name, stored_files()) == (JobState.EXPIRED, "", [])
    assert trail_of(job).count("job.expired") == 1


def test_an_expired_job_whose_file_is_already_gone_is_marked_all_the_same(job, now):
    done = actions.perform(job_id=job.pk, scope=Scope(), make=lambda own, progress: product(), clock=lambda: now)
    default_storage.delete(done.result.name)
    actions.expire(job=done, at=done.expires_at)
    job.refresh_from_db()
    assert job.state == JobState.EXPIRED


def test_the_database_refuses_a_done_job_without_a_file(job):
    with pytest.raises(DatabaseError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(state=JobState.DONE)


def test_progress_is_refused_within_a_transaction(job, now):
    claimed = actions.start(job_id=job.pk, at=now)
    with pytest.raises(RuntimeError), transaction.atomic(), transaction.atomic():
        actions.report_progress(job=claimed, percent=1, message="", at=now)


def test_moves_that_are_not_in_the_table_do_not_exist():
    with pytest.raises(MoveRefused):
        JOB.after(JobState.DONE, JobMove.START)
    assert JOB.states() == set(JobState.values)
