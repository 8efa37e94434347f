"""PostgreSQL or Redis is killed, or the worker's machine with them, while a month is counted, closed or told: when they
are back the month is as before or complete."""

from __future__ import annotations

import datetime as dt
from datetime import timedelta
from hashlib import sha256

import pytest
from celery import current_app
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from consultations.models import MonthLock
from foundation.periods import Month
from hubs.models import Hub
from hubs.tenancy import HUB_IDS, Scope, entered
from jobs import actions as jobs
from jobs.choices import JobState
from jobs.models import Job
from metrics import actions as metrics
from metrics import freezing
from metrics.models import Count, Freeze
from reports.actions import closing, packages
from reports.actions.editions import order_edition
from reports.choices import Format
from reports.editions import Edition
from reports.models import MonthStep, Package, Publication
from reports.queries.closing import CLOSE as CLOSE_JOB
from reports.queries.closing import CORRECT as CORRECT_JOB
from reports.queries.closing import PUBLISH as PUBLISH_JOB
from reports.queries.editions import Order
from tests import making
from tests.faults.apart import apart, sent_apart  # noqa: F401
from tests.faults.closings import (
    AFTER_NOVEMBER,
    NOVEMBER,
    OCTOBER,
    assert_figures_are_right,
    assert_november_is_closed,
    closed_so_far,
    make_closed_october,
)
from tests.faults.standing import PATIENCE, doing, done, gate, stands_still
from tests.faults.test_killed import CLOSE
from tests.metrics.plain import counted_months, differences, expected, stored
from tests.reports.test_closing import accept_everywhere
from tests.workers import working

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("apart")]


@pytest.fixture
def october_closed(apart, tokyo, osaka, headquarters):  # noqa: F811
    make_closed_october(tokyo=tokyo, osaka=osaka, by=headquarters)
    metrics.recount_touched(at=AFTER_NOVEMBER)
    return headquarters


@pytest.mark.parametrize(
    ("table", "row", "event"),
    [
        ("metrics_frozenfact", "NEW.level = 'nation'", "INSERT"),
        ("consultations_monthlock", "NEW.hub_id = 30", "INSERT"),
        ("audit_entry", "NEW.action = 'month.closed'", "INSERT"),
    ],
)
def test_a_database_that_crashes_in_the_middle_of_a_closing_comes_back_as_before(
    apart,  # noqa: F811
    october_closed,
    table,
    row,
    event,
):
    before = closed_so_far()
    with gate(table, row, event) as closed:
        process = doing(CLOSE, at=AFTER_NOVEMBER, by=october_closed)
        stands_still(process, closed)
        apart.crash_database()
        assert process.wait(PATIENCE) != 0
        apart.recover_database()
    assert closed_so_far() == before
    assert_figures_are_right()
    assert done(doing(CLOSE, at=AFTER_NOVEMBER, by=october_closed)) == "2026-11 v1"
    assert_november_is_closed()


def test_a_database_that_crashes_right_after_a_closing_has_all_of_it(apart, october_closed):  # noqa: F811
    assert done(doing(CLOSE, at=AFTER_NOVEMBER, by=october_closed)) == "2026-11 v1"
    apart.crash_database()
    apart.recover_database()
    assert_november_is_closed()
    assert_figures_are_right()
    published = closing.publish(month=NOVEMBER, by=october_closed, at=AFTER_NOVEMBER)
    apart.crash_database()
    apart.recover_database()
    assert len(published) == len(closed_so_far()["publications"]) == 3


def test_a_worker_outlives_its_database(apart, sent_apart, tokyo, now, tmp_path, monkeypatch):  # noqa: F811
    """What it was counting is counted with the next beat."""
    making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 10))
    with working(tmp_path, monkeypatch, REDIS_URL=apart.queue.url()) as worker:
        with gate("metrics_count") as closed:
            current_app.send_task("metrics.recount_touched")
            worker.wait_until(closed.someone_waits)
            apart.crash_database()
            apart.recover_database()
        assert stored() == {}
        making.make_consultation(hub=tokyo, held_on=dt.date(2026, 11, 10))
        current_app.send_task("metrics.recount_touched")
        worker.wait_until(lambda: counted_months() == [OCTOBER, NOVEMBER])
    assert differences(stored(), expected(counted_months())) == {}


def test_a_count_goes_on_while_the_queue_dies_and_the_worker_takes_what_comes_after(
    apart,  # noqa: F811
    sent_apart,  # noqa: F811
    tokyo,
    tmp_path,
    monkeypatch,
):
    making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 10))
    with working(tmp_path, monkeypatch, REDIS_URL=apart.queue.url()) as worker:
        with gate("metrics_count") as closed:
            current_app.send_task("metrics.recount_touched")
            worker.wait_until(closed.someone_waits)
            apart.lose_queue()
            closed.open()
            worker.wait_until(lambda: counted_months() == [OCTOBER])
        apart.queue.start()
        making.make_consultation(hub=tokyo, held_on=dt.date(2026, 11, 10))
        worker.wait_until(lambda: sent_and_counted(NOVEMBER))
    assert differences(stored(), expected(counted_months())) == {}


def sent_and_counted(month: Month) -> bool:
    """As the beat does: again and again."""
    current_app.send_task("metrics.recount_touched")
    return Count.objects.filter(month=month.first).exists()


def order(tokyo: Hub, form: Format) -> Job:
    making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 10))
    metrics.recount([OCTOBER], at=timezone.now())
    return order_edition(order=Order(Edition.named("nation"), OCTOBER, form), by=making.make_user(), at=timezone.now())


def send_lost_again(job: Job) -> None:
    """What jobs.send_lost_again does of a job that has waited for too long."""
    with transaction.atomic():
        jobs.send_again(job=job, at=timezone.now() + max(jobs.WAIT, jobs.SILENCE) + timedelta(seconds=1))


def test_an_order_that_was_lost_with_the_queue_is_sent_again(
    apart,  # noqa: F811
    sent_apart,  # noqa: F811
    tokyo,
    tmp_path,
    monkeypatch,
    settings,
):
    settings.MEDIA_ROOT = tmp_path / "files"
    with working(tmp_path, monkeypatch, REDIS_URL=apart.queue.url()) as worker:
        worker.process.send_signal(19)  # SIGSTOP: nobody takes what is sent
        job = order(tokyo, Format.CSV)
        apart.lose_queue()
        worker.process.send_signal(18)
        apart.queue.start()
        assert Job.objects.get(pk=job.pk).state == JobState.QUEUED
        send_lost_again(job)
        worker.wait_until(lambda: not Job.objects.get(pk=job.pk).is_under_way)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.DONE, 1)


@pytest.mark.parametrize("form", [Format.XLSX, Format.CSV])  # and whatever else is made of a month
def test_an_order_whose_database_crashes_is_made_once_in_the_end(
    apart,  # noqa: F811
    sent_apart,  # noqa: F811
    tokyo,
    tmp_path,
    monkeypatch,
    settings,
    form,
):
    settings.MEDIA_ROOT = tmp_path / "files"
    with working(tmp_path, monkeypatch, REDIS_URL=apart.queue.url()) as worker:
        with gate("jobs_job", "NEW.state = 'done'", "UPDATE") as closed:
            job = order(tokyo, form)
            worker.wait_until(closed.someone_waits)
            apart.crash_database()
            apart.recover_database()
        assert Job.objects.get(pk=job.pk).state == JobState.RUNNING
        send_lost_again(job)
        worker.wait_until(lambda: not Job.objects.get(pk=job.pk).is_under_way)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.DONE, 2)
    files = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert [path.stat().st_size for path in files] == [job.result_bytes]


def test_two_workers_and_two_beats_do_no_harm(apart, sent_apart, october_closed, tokyo, tmp_path, monkeypatch):  # noqa: F811
    """Each beat sends the same to the same queue; two processes take it."""
    making.make_consultation(hub=tokyo, held_on=dt.date(2026, 11, 20))
    with working(tmp_path, monkeypatch, concurrency=2, REDIS_URL=apart.queue.url()) as worker:
        for _beat in range(2):
            for task in ("metrics.recount_touched", "metrics.recount_years", "reports.open_months"):
                current_app.send_task(task)
        worker.wait_until(lambda: worker.log.read_text().count(" succeeded in ") == 6)
    with entered(Scope.nationwide()):
        assert differences(stored(), expected(counted_months())) == {}


@pytest.mark.parametrize("queue_dies", [False, True])
@pytest.mark.parametrize(
    ("kind", "table", "row"),
    [(CLOSE_JOB, "metrics_frozenfact", "NEW.level = 'nation'"), (PUBLISH_JOB, "reports_publication", "true")],
)
def test_a_worker_that_is_killed_while_it_closes_or_publishes_is_followed_by_another(
    apart,  # noqa: F811
    sent_apart,  # noqa: F811
    tokyo,
    headquarters,
    tmp_path,
    monkeypatch,
    settings,
    kind,
    table,
    row,
    queue_dies,
):
    settings.MEDIA_ROOT = tmp_path / "files"
    now, month = timezone.now(), Month.of(timezone.localdate()).previous()  # a worker has the clock of today
    making.make_consultation(hub=tokyo, held_on=month.first)
    accept_everywhere(month, by=headquarters, at=now)
    if kind == PUBLISH_JOB:
        closing.close_month(month=month, note="", by=headquarters, at=now)
    metrics.recount_touched(at=now)
    before = closed_so_far()
    with working(tmp_path, monkeypatch, REDIS_URL=apart.queue.url()) as worker:
        with gate(table, row) as closed:
            job = jobs.request(kind=kind, parameters={"month": str(month)}, by=headquarters, at=now)
            worker.wait_until(closed.someone_waits)
            if queue_dies:
                apart.lose_queue()
            worker.kill_what_works()
            closed.open_and_clear()
            if queue_dies:
                apart.queue.start()
        assert closed_so_far() == before
        worker.wait_until(lambda: sent_again_and_over(job))
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.DONE, 2), worker.log.read_text()
    with entered(Scope.nationwide()):
        assert [freezing.verify(one).problems for one in Freeze.objects.all()] == [()]
        assert MonthLock.objects.count() == len(HUB_IDS)
        assert Publication.objects.count() == (1 if kind == PUBLISH_JOB else 0)
        assert MonthStep.objects.filter(move="close").count() == len(HUB_IDS)


def close_last_month(tokyo: Hub, *, by: User) -> Month:
    """With one session in it: a worker has the clock of today."""
    now, month = timezone.now(), Month.of(timezone.localdate()).previous()
    making.make_consultation(hub=tokyo, held_on=month.first)
    accept_everywhere(month, by=by, at=now)
    closing.close_month(month=month, note="", by=by, at=now)
    return month


def test_a_correction_whose_worker_dies_right_after_it_is_told_as_made(
    apart,  # noqa: F811
    sent_apart,  # noqa: F811
    tokyo,
    headquarters,
    tmp_path,
    monkeypatch,
    settings,
):
    settings.MEDIA_ROOT = tmp_path / "files"
    now, month = timezone.now(), close_last_month(tokyo, by=headquarters)
    making.make_consultation(hub=tokyo, held_on=month.last)
    with working(tmp_path, monkeypatch, REDIS_URL=apart.queue.url()) as worker:
        with gate("jobs_job", "NEW.state = 'done'", "UPDATE") as closed:
            job = jobs.request(kind=CORRECT_JOB, parameters={"month": str(month)}, by=headquarters, at=now)
            worker.wait_until(closed.someone_waits)
            worker.kill_what_works()
            closed.open_and_clear()
        worker.wait_until(lambda: sent_again_and_over(job))
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.DONE, 2), worker.log.read_text()
    assert [str(one) for one in Freeze.objects.order_by("version")] == [f"{month} v1", f"{month} v2"]


def test_a_package_goes_on_after_its_worker_its_queue_and_its_database_were_killed(
    apart,  # noqa: F811
    sent_apart,  # noqa: F811
    tokyo,
    headquarters,
    tmp_path,
    monkeypatch,
    settings,
):
    """Attempt one dies with the worker and the queue, attempt two with the database; the third makes just what is
    missing, and each file is there once, as its row says."""
    settings.MEDIA_ROOT = tmp_path / "files"
    now, month = timezone.now(), close_last_month(tokyo, by=headquarters)
    with working(tmp_path, monkeypatch, REDIS_URL=apart.queue.url()) as worker:
        with gate("reports_packagefile", "NEW.edition = 'hub-hokkaido' AND NEW.form = 'pdf'") as closed:
            with entered(Scope.of_figures(HUB_IDS)):
                package = packages.order_package(kind="month", first=month.first, by=headquarters, at=now)
            worker.wait_until(closed.someone_waits)
            apart.lose_queue()
            worker.kill_what_works()
            closed.open_and_clear()
            apart.queue.start()
        first = made_so_far(package)
        assert "hub-hokkaido xlsx" in first
        assert "hub-hokkaido pdf" not in first
        with gate("reports_packagefile", "NEW.edition = 'hub-miyagi' AND NEW.form = 'pdf'") as closed:
            send_lost_again(package.job)
            worker.wait_until(closed.someone_waits)
            apart.crash_database()
            apart.recover_database()
        second = made_so_far(package)
        assert first.items() < second.items()
        send_lost_again(package.job)
        worker.wait_until(lambda: not Job.objects.get(pk=package.job_id).is_under_way)
    package = Package.objects.with_job().get(pk=package.pk)
    assert (package.job.state, package.job.attempt, package.is_complete) == (JobState.DONE, 3, True)
    third = made_so_far(package)
    assert second.items() < third.items()
    assert len(third) == package.files_due
    with entered(Scope.of_figures(HUB_IDS)):
        told = dict(package.files.values_list("stored", "sha256"))
    folder = tmp_path / "files" / "packages" / str(package.pk)
    kept = {f"packages/{package.pk}/{one.name}": sha256(one.read_bytes()).hexdigest() for one in folder.iterdir()}
    assert kept == told


def made_so_far(package: Package) -> dict[str, int]:
    """Which files there are, and their rows."""
    with entered(Scope.of_figures(HUB_IDS)):
        rows = package.files.values_list("edition", "form", "pk")
        return {f"{edition} {form}": pk for edition, form, pk in rows}


def sent_again_and_over(job: Job) -> bool:
    """As the beat does, until somebody has it."""
    current = Job.objects.get(pk=job.pk)
    if current.attempt < 2 and current.is_under_way:
        send_lost_again(current)
    return not current.is_under_way
