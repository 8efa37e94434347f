"""An erasure reaches the files: what was taken in, what was said of it, and the lists that were written out."""

from __future__ import annotations

import io
import threading

import pytest
from django.core.files.storage import default_storage
from django.db import connection, connections
from django.utils import timezone

from consultations.actions import privacy
from consultations.models import Enterprise, PrivacyRequest
from exchange import tasks
from exchange.models import ImportRow, ImportRun
from exchange.queries import job_of
from hubs.tenancy import Scope, entered
from jobs import actions as jobs
from jobs import tasks as upkeep
from jobs.choices import JobState
from jobs.models import Job
from tests import making
from tests.consultations.making_privacy import make_silent
from tests.exchange.making import csv_upload, row
from tests.exchange.test_exports import EXPORTS, order
from tests.exchange.test_exports import made as fetched
from tests.exchange.test_imports import IMPORTS, checked, committed, desk, form_values

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_queue")]
NUMBER = making.make_corporate_number()
__all__ = ["desk"]


def erase(enterprise: Enterprise) -> dict[str, int]:
    with entered(Scope.of_hub(enterprise.hub_id)):
        return privacy.anonymise(enterprise=enterprise, ground="request", by=None, at=timezone.now())


def the_client(hub) -> Enterprise:
    """Whom the first row of the file has made."""
    with entered(Scope.of_hub(hub.pk)):
        return Enterprise.objects.filter(name__contains="いろは商店0").select_related("hub").get()


def job_after(job: Job) -> Job:
    with entered(Scope.of_figures([13])):
        return Job.objects.get(pk=job.pk)


def all_files() -> list[str]:
    """What lies in the storage."""
    found, folders = [], [""]
    while folders:
        folder = folders.pop()
        below, files = default_storage.listdir(folder)
        folders += [f"{folder}/{name}".lstrip("/") for name in below]
        found += [f"{folder}/{name}".lstrip("/") for name in files]
    return found


def test_the_file_its_first_rows_and_its_sheets_go_with_the_client(desk, tokyo):
    run = committed(desk, csv_upload([row(0), row(1), row(3)]))
    with entered(Scope.of_hub(tokyo.pk)):
        sheets = [job.result.name for job in Job.objects.filter(parameters__run=run.pk)]
    assert all(default_storage.exists(name) for name in (run.file.name, *sheets))
    enterprise = the_client(tokyo)
    answer = desk.post(
        f"/hubs/tokyo/enterprises/{enterprise.pk}/privacy-requests/",
        {"kind": "erasure", "requester": "いろは", "relation": "self", "received_on": "2026-11-19",
         "identity_check": "photo_id"},
    )  # fmt: skip
    proof = desk.post(f"{answer['Location']}carrying-out/", {"confirmed": "on"}, follow=True).content.decode()
    assert "取込のファイル 3" in proof  # the file, the sheet of the dry run, the sheet of results
    with entered(Scope.of_hub(tokyo.pk)):
        told = PrivacyRequest.objects.get().proof["rows"]
        assert (told["import_files"], told["imported_rows"]) == (3, 2)
        after = ImportRun.objects.get(pk=run.pk)
        assert (after.file.name, after.preview) == ("", [])
        assert [bool(one.cells) for one in ImportRow.objects.filter(run=run).order_by("number")] == [False, False, True]
    upkeep.remove_expired()
    assert all_files() == []
    assert desk.get(f"{IMPORTS}{run.pk}/").status_code == 200
    assert desk.get(f"{IMPORTS}{run.pk}/sheet/").status_code == 302
    assert "いろは商店0" not in desk.get(f"{IMPORTS}{run.pk}/sheet/?format=csv").content.decode()


def test_files_that_bring_the_same_numbers_again_go_as_well(desk, tokyo):
    committed(desk, csv_upload([row(0)]))
    again = checked(desk, csv_upload([row(0, 助言内容="別の言い方。"), row(3)]))
    other = checked(desk, csv_upload([row(6)]))
    erase(the_client(tokyo))
    with entered(Scope.of_hub(tokyo.pk)):
        assert [bool(one.cells) for one in ImportRow.objects.filter(run=again).order_by("number")] == [False, True]
        assert ImportRun.objects.get(pk=again.pk).file.name == ""
        assert ImportRun.objects.get(pk=other.pk).file.name
        assert ImportRow.objects.get(run=other).cells
    desk.post(f"{IMPORTS}{again.pk}/committing/")
    with entered(Scope.of_hub(tokyo.pk)):
        job = job_of(again)
    tasks.commit(job_id=job.pk)
    with entered(Scope.of_hub(tokyo.pk)):  # what was good in it is still taken in
        assert Enterprise.objects.filter(name__contains="いろは商店1").exists()


def test_files_that_bear_the_clients_number_go_even_when_nothing_was_taken_in(desk, tokyo):
    making.make_enterprise(hub=tokyo, name="株式会社いろは商店0", corporate_number=NUMBER)
    run = checked(desk, csv_upload([row(0, 法人番号=NUMBER, 相談細目="知らない細目")]))
    erase(the_client(tokyo))
    with entered(Scope.of_hub(tokyo.pk)):
        assert ImportRun.objects.get(pk=run.pk).file.name == ""
        assert ImportRow.objects.get(run=run).cells == []


def test_a_dry_run_whose_file_has_gone_says_why(desk, tokyo):
    committed(desk, csv_upload([row(0)]))
    again = checked(desk, csv_upload([row(0, 助言内容="別の言い方。")]))
    erase(the_client(tokyo))
    desk.post(f"{IMPORTS}{again.pk}/mapping/", form_values(desk, again))
    with entered(Scope.of_hub(tokyo.pk)):
        job = job_of(again)
    tasks.check(job_id=job.pk)
    assert "個人情報の消去" in job_after(job).message
    assert "個人情報の消去" in desk.get(f"{IMPORTS}{again.pk}/").content.decode()


# ---- lists that were written out
def test_no_list_that_was_written_out_before_is_handed_out_any_more(client, tokyo, osaka, coordinator):
    enterprise = make_silent(hub=tokyo)
    client.force_login(coordinator)
    content, job = fetched(client)
    assert enterprise.name in content.decode("utf-8-sig")
    assert erase(enterprise)["exported_files"] == 1
    assert job_after(job).state == JobState.EXPIRED
    assert client.get(f"{EXPORTS}{job.pk}/file/").status_code == 302
    assert client.get(f"{EXPORTS}{job.pk}/").status_code == 200
    upkeep.remove_expired()
    assert all_files() == []
    assert job_after(job).result.name == ""
    content, _job = fetched(client)
    assert enterprise.name not in content.decode("utf-8-sig")


def test_the_exports_of_another_hub_stay(client, tokyo, osaka, coordinator):
    client.force_login(coordinator)
    _content, job = fetched(client)
    erase(make_silent(hub=osaka))
    assert job_after(job).state == JobState.DONE


def test_a_file_that_is_just_being_made_begins_anew(client, tokyo, coordinator):
    enterprise = make_silent(hub=tokyo)
    client.force_login(coordinator)
    job = order(client)
    with entered(Scope.of_hub(tokyo.pk)):
        old = jobs.start(job_id=job.pk, at=timezone.now())
    assert old is not None
    assert erase(enterprise)["exported_files"] == 1
    with pytest.raises(jobs.Superseded):
        _hand_in(old)
    tasks.export(job_id=job.pk)
    made = job_after(job)
    assert (made.state, made.attempt) == (JobState.DONE, 2)
    with default_storage.open(made.result.name) as file:
        assert enterprise.name not in file.read().decode("utf-8-sig")


def _hand_in(job: Job) -> None:
    """What a worker does that has not heard of the erasure."""
    with entered(Scope.of_hub(13)):
        jobs.finish(job=job, product=jobs.Product(io.BytesIO(b"x"), "x.csv"), at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_an_export_that_begins_while_somebody_is_being_erased_waits_and_leaves_them_out(client, tokyo, coordinator):
    enterprise = make_silent(hub=tokyo)
    client.force_login(coordinator)
    job = order(client)

    def export() -> None:
        try:
            tasks.export(job_id=job.pk)
        finally:
            connections.close_all()

    thread = threading.Thread(target=export)
    with entered(Scope.of_hub(tokyo.pk)):
        privacy.anonymise(enterprise=enterprise, ground="request", by=None, at=timezone.now())
        thread.start()
        _wait_until_somebody_waits()
    thread.join()
    with default_storage.open(job_after(job).result.name) as file:
        assert enterprise.name not in file.read().decode("utf-8-sig")


def _wait_until_somebody_waits() -> None:
    pause = threading.Event()
    for _ in range(300):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
        pause.wait(0.05)
    pytest.fail("nobody waited")
