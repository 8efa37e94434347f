"""Ordering, watching and fetching a report, through the real stack."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from urllib.parse import unquote

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from foundation.periods import Month
from jobs.models import Job
from metrics import actions as metrics
from metrics.models import Count
from reports import tasks
from reports.actions import editions as actions
from reports.choices import Format
from reports.flat import write_csv
from tests import making
from tests.reports.conftest import SECRET_NAME
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
ORDER = {"edition": "nation", "format": "csv"}


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    """Orders go to nobody: the tests do the worker's part themselves, or not at all."""
    found: list[int] = []
    monkeypatch.setattr("jobs.actions.current_app.send_task", lambda name, kwargs: found.append(kwargs["job_id"]))
    return found


@pytest.fixture
def as_agency(client, agency):
    client.force_login(agency)
    return client


def ordered(client, **choices: str) -> Job:
    answer = client.post("/reports/2026-10/editions/", ORDER | choices)
    assert answer.status_code == 302, answer.content.decode()
    return Job.objects.get(pk=int(answer["Location"].strip("/").split("/")[-1]))


def made(client, **choices: str) -> Job:
    job = ordered(client, **choices)
    tasks.make_edition(job_id=job.pk)
    job.refresh_from_db()
    return job


def trail_of(action: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor, detail->>'edition' FROM audit_entry WHERE action = %s", [action])
        return cursor.fetchall()


@pytest.mark.parametrize("form", ["xlsx", "pdf", "csv", "csv-cp932"])
def test_the_agency_orders_a_report_and_fetches_it(as_agency, agency, counted, form):
    job = made(as_agency, format=form)
    page = as_agency.get(f"/reports/jobs/{job.pk}/").content.decode()
    assert "ダウンロード" in page
    assert ("𠮷(U+20BB7)" in page) == (form == "csv-cp932")
    answer = as_agency.get(f"/reports/jobs/{job.pk}/file/")
    raw = b"".join(answer.streaming_content)
    assert hashlib.sha256(raw).hexdigest() == job.sha256
    assert len(raw) == job.result_bytes
    assert SECRET_NAME.encode() not in raw
    assert trail_of("report.downloaded") == [(agency.email, "nation")]


def test_the_file_has_its_japanese_name_and_cannot_split_the_header(as_agency, counted):
    job = made(as_agency)
    said = as_agency.get(f"/reports/jobs/{job.pk}/file/")["Content-Disposition"]
    assert said.startswith("attachment; filename*=utf-8''")
    assert unquote(said.split("''")[1]) == "よろず支援拠点_月次報告_2026年10月_全国版.csv"
    Job.objects.filter(pk=job.pk).update(result_name='x"\r\nSet-Cookie: a=b\r\n.csv')
    answer = as_agency.get(f"/reports/jobs/{job.pk}/file/")
    assert "\r" not in answer["Content-Disposition"]
    assert "\n" not in answer["Content-Disposition"]
    assert not answer.has_header("Set-Cookie")


def test_an_order_is_sent_once_it_is_committed(as_agency, counted, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = ordered(as_agency)
    assert sent == [job.pk]


def test_the_same_order_again_is_the_same_job_until_the_figures_change(as_agency, counted, sent):
    job = ordered(as_agency)
    assert ordered(as_agency) == job
    assert ordered(as_agency, format="pdf") != job
    tasks.make_edition(job_id=job.pk)
    assert ordered(as_agency) == job
    Count.objects.filter(month="2026-10-01").update(counted_at=timezone.now() + timedelta(seconds=1))
    assert ordered(as_agency) != job


def test_a_job_that_began_while_a_recount_ran_is_not_taken_for_fresh(as_agency, counted, sent, tokyo):
    """The count is dated by its beginning and seen at its commit: between the two, the job read the old figures."""
    began = timezone.now()
    job = made(as_agency)
    making.make_consultation(hub=tokyo, held_on=date(2026, 10, 20))
    metrics.recount([counted], at=began)
    assert job.started_at > began
    assert ordered(as_agency) != job


def test_a_recount_that_waited_for_another_is_noticed_too(as_agency, counted, sent):
    """It is dated before the one that it waited for, and may be of a month before."""
    began = timezone.now()
    metrics.recount([Month(2026, 10)], at=timezone.now())
    job = made(as_agency)
    Count.objects.filter(month="2026-04-01").update(counted_at=began)
    assert ordered(as_agency) != job


def test_a_job_under_way_is_shared_once_it_has_read(as_agency, counted, sent, monkeypatch):
    shared: list[Job] = []

    def order_meanwhile(content):
        shared.append(ordered(as_agency))
        return write_csv(content)

    monkeypatch.setitem(actions._WRITERS, Format.CSV, lambda content: (order_meanwhile(content).file, ()))
    job = made(as_agency)
    assert shared == [job]


def test_progress_is_a_fragment_that_is_silent_while_nothing_changes(as_agency, counted, sent):
    job = ordered(as_agency)
    page = as_agency.get(f"/reports/jobs/{job.pk}/").content.decode()
    address = f"/reports/jobs/{job.pk}/progress/?seen=queued-0-0-True"
    assert f'hx-get="{address}"' in page
    assert '{"X-Background": "1"}' in page
    assert "待機中" in page
    assert f'href="/reports/jobs/{job.pk}/"' in page  # without JavaScript one asks for the page again
    assert as_agency.get(address).status_code == 204
    tasks.make_edition(job_id=job.pk)
    part = as_agency.get(address).content.decode()
    assert "ダウンロード" in part
    assert "hx-get" not in part
    assert "<html" not in part


def test_a_worker_that_is_down_is_told(as_agency, counted, sent):
    from django.core.cache import cache

    job = ordered(as_agency)
    assert "動いていないようです" in as_agency.get(f"/reports/jobs/{job.pk}/").content.decode()
    cache.set("worker-heartbeat", 1, 30)
    assert "動いていないようです" not in as_agency.get(f"/reports/jobs/{job.pk}/").content.decode()


def test_what_breaks_while_making_is_told_without_its_inside(as_agency, counted, sent, monkeypatch, caplog):
    def torn(content):
        raise RuntimeError("the paper is torn")

    monkeypatch.setattr("reports.actions.editions.write_pdf", torn)
    job = made(as_agency, format="pdf")
    page = as_agency.get(f"/reports/jobs/{job.pk}/").content.decode()
    assert "もう一度お試しください" in page
    assert "torn" not in page
    assert as_agency.get(f"/reports/jobs/{job.pk}/file/").status_code == 302
    assert default_storage.exists("jobs") is False or not any(default_storage.listdir("jobs")[1])


def test_an_expired_report_says_so(as_agency, counted, sent):
    from jobs import actions as jobs

    job = made(as_agency)
    jobs.expire(job=job, at=job.expires_at)
    assert "保存期限が過ぎた" in as_agency.get(f"/reports/jobs/{job.pk}/").content.decode()
    assert as_agency.get(f"/reports/jobs/{job.pk}/file/").status_code == 302


def test_a_file_that_vanished_is_told_not_a_fault(as_agency, counted, sent):
    job = made(as_agency)
    default_storage.delete(job.result.name)
    answer = as_agency.get(f"/reports/jobs/{job.pk}/file/", follow=True)
    assert "ファイルが見つかりません" in answer.content.decode()


@pytest.mark.parametrize(
    "month", ["2026-13", "x", "2026-1", "99999-01", "0000-01", "２０２６-10", "1868-01", "2014-03"]
)
def test_a_month_that_is_none_is_not_found(as_agency, counted, month):
    assert as_agency.post(f"/reports/{month}/editions/", ORDER).status_code == 404
    assert as_agency.get("/reports/", {"month": month}).status_code == 404


@pytest.mark.parametrize(
    ("month", "said"),
    [("2200-12", "まだ来ていない月"), ("2014-04", "まだ集計されていない"), ("2026-02", "まだ集計されていない")],
)
def test_a_month_without_figures_is_refused_in_words(as_agency, counted, month, said):
    answer = as_agency.post(f"/reports/{month}/editions/", ORDER, follow=True)
    assert said in answer.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize("choice", [{"edition": "atlantis"}, {"format": "docx"}, {"edition": ""}])
def test_a_wrong_choice_is_told_beside_the_form(as_agency, counted, choice):
    answer = as_agency.post("/reports/2026-10/editions/", ORDER | choice)
    assert answer.status_code == 400
    assert "入力内容を確認してください" in answer.content.decode()


def test_who_may_not_is_turned_away(client, counted, coordinator, chief):
    assert client.get("/reports/").status_code == 302
    for person in (coordinator, chief, making.make_person("administrator", second_factor=True)):
        client.force_login(person)
        assert client.get("/reports/").status_code == 403
        assert client.post("/reports/2026-10/editions/", ORDER).status_code == 403
        assert client.get("/reports/jobs/1/file/").status_code == 403


def test_a_bureau_has_its_own_edition_only(client, counted, kanto_official, agency, sent):
    client.force_login(agency)
    foreign = [made(client, edition=slug) for slug in ("nation", "kinki")]
    own = made(client, edition="kanto")
    client.force_login(kanto_official)
    page = client.get("/reports/").content.decode()
    assert "関東経済産業局" in page
    assert "近畿経済産業局" not in page
    for job in foreign:
        for part in ("", "progress/", "file/"):
            assert client.get(f"/reports/jobs/{job.pk}/{part}").status_code == 404
    assert client.get(f"/reports/jobs/{own.pk}/file/").status_code == 200
    assert client.post("/reports/2026-10/editions/", ORDER).status_code == 400
    assert client.get(f"/reports/jobs/{2**70}/").status_code == 404


def test_a_bureaus_hubs_are_all_that_its_task_may_read(client, counted, kanto_official, sent):
    client.force_login(kanto_official)
    job = made(client, edition="kanto")
    raw = default_storage.open(job.result.name).read().decode("utf-8-sig")
    assert "東京都" in raw
    assert "大阪府" not in raw


def test_the_list_begins_with_the_newest_month_that_is_over(as_agency, counted, monkeypatch, now):
    monkeypatch.setattr("reports.views.editions.timezone.localdate", lambda: now.date())
    page = as_agency.get("/reports/")
    assert page.context["month"] == Month(2026, 10)


def test_the_list_costs_few_queries(as_agency, counted, sent):
    for form in ("csv", "pdf", "xlsx"):
        ordered(as_agency, format=form)
    assert len(statements_of(as_agency, "/reports/")) <= 10
