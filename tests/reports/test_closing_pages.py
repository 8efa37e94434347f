"""Pages of closing: headquarters closes and publishes, a chief asks to reopen, headquarters decides."""

from __future__ import annotations

import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest
from django.core.files.storage import default_storage

from foundation.periods import Month
from hubs.tenancy import HUB_IDS, Scope, entered
from jobs.models import Job
from letters.models import Letter
from metrics import actions as metrics
from metrics.models import Freeze
from reports import tasks
from reports.actions import closing, reopening
from reports.editions import Edition
from reports.models import MonthlyReport, Publication, Reopening
from reports.readings import read_content
from tests import making
from tests.reports.making import accept_everywhere, close
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
OCTOBER = Month(2026, 10)
NOVEMBER_20 = dt.datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Tokyo"))
CLOSING = "/nation/months/2026-10/closing/"


@pytest.fixture
def session(tokyo):
    return making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 10))


@pytest.fixture
def hq(client, headquarters):
    client.force_login(headquarters)
    return client


def done(kind):
    """What the worker does with the newest job of a kind."""
    job = Job.objects.filter(kind=kind).newest_first().first()
    {
        "reports.close_month": tasks.close_month,
        "reports.publish_month": tasks.publish_month,
        "reports.correct_month": tasks.correct_month,
    }[kind](job_id=job.pk)
    job.refresh_from_db()
    return job


def test_headquarters_closes_and_publishes(hq, headquarters, session):
    accept_everywhere(OCTOBER, by=headquarters, at=NOVEMBER_20)
    assert "2026年10月を締める" in hq.get(CLOSING).text
    assert hq.post(CLOSING).status_code == 302
    assert hq.post(CLOSING).status_code == 302, "pressed twice"
    assert Job.objects.count() == 1
    assert "順番" in hq.get(CLOSING).text or "待ち" in hq.get(CLOSING).text
    job = done("reports.close_month")
    frozen = Freeze.objects.get()
    with default_storage.open(str(job.result.name)) as file:
        record = json.load(file)
    assert (record["sha256"], len(record["hubs"])) == (frozen.sha256, 47)
    page = hq.get(CLOSING)
    assert frozen.sha256 in page.text
    assert hq.get(CLOSING + "record/").headers["Content-Disposition"].startswith("attachment")
    assert hq.post("/nation/months/2026-10/publication/").status_code == 302
    done("reports.publish_month")
    assert Publication.objects.get().version == 1
    assert "公表済み" in hq.get(CLOSING).text


def test_hubs_that_miss_must_be_explained_beside_the_field(hq, headquarters, tokyo, session):
    accept_everywhere(OCTOBER, by=headquarters, at=NOVEMBER_20, but={tokyo.pk})
    page = hq.get(CLOSING)
    assert "東京都" in page.text
    refused = hq.post(CLOSING, {"note": " "})
    assert refused.status_code == 422
    assert "id_note_error" in refused.text
    assert Job.objects.count() == 0
    hq.post(CLOSING, {"note": "チーフ不在のため"})
    assert done("reports.close_month").state == "done"
    assert "チーフ不在のため" in hq.get(CLOSING).text


def test_figures_that_changed_after_they_were_accepted_are_closed_by_who_has_seen_them(
    hq, headquarters, tokyo, session
):
    accept_everywhere(OCTOBER, by=headquarters, at=NOVEMBER_20)
    with entered(Scope.of_figures(HUB_IDS)):
        accepted = {code: 60 if code == "minutes" else 1 for code in ("consultations", "minutes")}
        MonthlyReport.objects.filter(hub=tokyo).update(accepted_figures=accepted)
    making.make_consultation(hub=tokyo, case=session.case, held_on=dt.date(2026, 10, 31))
    metrics.recount_touched(at=NOVEMBER_20)
    page = hq.get(CLOSING)
    assert "確認した後に値が変わった拠点" in page.text
    mark = page.context["closing"].mark
    for sent in ({}, {"mark": mark}, {"mark": "0" * 16, "seen": "on"}):
        refused = hq.post(CLOSING, sent)
        assert (refused.status_code, "id_seen_error" in refused.text) == (422, True)
    hq.post(CLOSING, {"mark": mark, "seen": "on"})
    making.make_consultation(hub=tokyo, case=session.case, held_on=dt.date(2026, 10, 30))
    job = done("reports.close_month")
    assert (job.state, "確認した後に値が変わった" in job.message) == ("failed", True), "moved once more meanwhile"
    hq.post(CLOSING, {"mark": hq.get(CLOSING).context["closing"].mark, "seen": "on"})
    assert done("reports.close_month").state == "done"


def test_a_month_that_is_being_changed_is_not_corrected_halfway_without_a_reason(
    hq, headquarters, chief, tokyo, session
):
    close(Month(2026, 9), by=headquarters, at=NOVEMBER_20)
    with entered(Scope.of_figures([tokyo.pk])):
        report = MonthlyReport.objects.get(hub=tokyo)
        asked = reopening.ask(report=report, reason="入力漏れ", consultations=[], by=chief, at=NOVEMBER_20)
        until = NOVEMBER_20 + dt.timedelta(days=3)
        reopening.grant(reopening=asked, until=until, answer="", by=headquarters, at=NOVEMBER_20)
    accept_everywhere(OCTOBER, by=headquarters, at=NOVEMBER_20)
    with pytest.raises(closing.Unconfirmed):
        closing.close_month(month=OCTOBER, note="", by=headquarters, at=NOVEMBER_20)
    page = hq.get(CLOSING)
    assert "前の月を直している拠点" in page.text
    assert "東京都 2026年9月" in page.text
    assert hq.post(CLOSING, {"note": ""}).status_code == 422


def test_what_was_not_waited_for_is_said_in_the_report_and_to_the_public(hq, headquarters, tokyo, osaka, session):
    accept_everywhere(OCTOBER, by=headquarters, at=NOVEMBER_20, but={tokyo.pk})
    closing.close_month(month=OCTOBER, note="チーフ不在のため", by=headquarters, at=NOVEMBER_20)
    with entered(Scope.of_figures(HUB_IDS)):
        said = {
            slug: read_content(month=OCTOBER, edition=Edition.named(slug), at=NOVEMBER_20).standing
            for slug in ("nation", "kanto", "hub-tokyo", "hub-osaka")
        }
    assert {slug for slug, told in said.items() if "待たずに締めた拠点: 東京都" in told} == {
        "nation",
        "kanto",
        "hub-tokyo",
    }
    closing.publish(month=OCTOBER, by=headquarters, at=NOVEMBER_20)
    assert "全国本部の確認を待たずに締めたものです。 東京都" in hq.get("/figures/2026-10/").content.decode()
    assert hq.get("/figures/2026-10/v1/figures.json").json()["unconfirmed"] == ["13"]


def test_what_cannot_be_closed_says_why(hq, headquarters, tokyo):
    assert "まだ終わっていない月" in hq.get("/nation/months/2099-01/closing/").text
    close(Month(2026, 8), by=headquarters, at=NOVEMBER_20)
    page = hq.get(CLOSING)
    assert "先に2026年9月を締めてください" in page.text
    hq.post(CLOSING, {"note": "x"})
    job = done("reports.close_month")
    assert (job.state, "前の月" in job.message or "まだ締められません" in job.message) == ("failed", True)


def test_a_correction_is_listed_before_it_is_made_and_after(hq, headquarters, tokyo, session):
    close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    making.make_consultation(hub=tokyo, case=session.case, held_on=dt.date(2026, 10, 31))
    metrics.recount_touched(at=NOVEMBER_20 + dt.timedelta(days=1))
    page = hq.get(CLOSING)
    assert "訂正版を作る" in page.text
    assert "東京都よろず支援拠点" in page.text
    hq.post("/nation/months/2026-10/correction/")
    assert done("reports.correct_month").state == "done"
    assert "第2版" in hq.get(CLOSING).text
    hq.post("/nation/months/2026-10/correction/")
    assert "違うところはありません" in done("reports.correct_month").message


def test_a_month_offers_publishing_only_where_something_would_be_published(hq, headquarters, tokyo, session):
    close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    closing.publish(month=OCTOBER, by=headquarters, at=NOVEMBER_20)
    making.make_consultation(hub=tokyo, case=session.case, held_on=dt.date(2026, 10, 31))
    close(Month(2026, 11), by=headquarters, at=NOVEMBER_20 + dt.timedelta(days=30))
    page = hq.get(CLOSING).text
    assert "2026年10月を公表する" not in page
    assert "まだ公表していない版があります" in page
    assert "第2版は2026年11月の報告に載せた訂正です" in page
    assert 'href="/nation/months/2026-11/closing/"' in page
    hq.post("/nation/months/2026-10/publication/")
    job = done("reports.publish_month")
    assert (job.state, "公表していません" in job.message) == ("failed", True)
    later = hq.get("/nation/months/2026-11/closing/").text
    assert "2026年11月を公表する" in later
    assert "2026年10月 第2版、2026年11月 第1版" in later
    hq.post("/nation/months/2026-11/publication/")
    assert done("reports.publish_month").state == "done"
    for month in ("2026-10", "2026-11"):
        page = hq.get(f"/nation/months/{month}/closing/").text
        assert "公表済み" in page
        assert f"/nation/months/{month}/publication/" not in page
        assert "報告に載せた訂正です" not in page


def test_a_correction_of_an_older_month_alone_is_published_where_it_was_made(hq, headquarters, tokyo, session):
    close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    close(Month(2026, 11), by=headquarters, at=NOVEMBER_20 + dt.timedelta(days=30))
    closing.publish(month=Month(2026, 11), by=headquarters, at=NOVEMBER_20 + dt.timedelta(days=30))
    making.make_consultation(hub=tokyo, case=session.case, held_on=dt.date(2026, 10, 31))
    closing.correct_month(month=Month(2026, 11), by=headquarters, at=NOVEMBER_20 + dt.timedelta(days=31))
    page = hq.get("/nation/months/2026-11/closing/").text
    assert "2026年11月を公表する" in page
    assert "公表する版: 2026年10月 第2版</p>" in page


def test_a_chief_asks_and_headquarters_decides(client, chief, headquarters, tokyo, session):
    close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    month = "/hubs/tokyo/months/2026-10/"
    client.force_login(chief)
    assert "再開を申請する" in client.get(month).text
    refused = client.post(month + "reopening/", {"reason": "", "records": "x1"})
    assert (refused.status_code, "id_reason_error" in refused.text, "id_records_error" in refused.text) == (
        422,
        True,
        True,
    )
    strange = client.post(month + "reopening/", {"reason": "入力漏れ", "records": f"{session.pk + 1}"})
    assert strange.status_code == 422
    assert client.post(month + "reopening/", {"reason": "入力漏れ", "records": f"{session.pk}"}).status_code == 302
    assert client.post(month + "reopening/", {"reason": "入力漏れ", "records": ""}).status_code == 409
    assert "申請中" in client.get(month).text
    client.force_login(headquarters)
    assert "入力漏れ" in client.get("/nation/reopenings/").text
    decision = month + "reopening/decision/"
    assert client.post(decision, {"decision": "refuse", "days": "3", "answer": ""}).status_code == 422
    assert client.post(decision, {"decision": "grant", "days": "3", "answer": ""}).status_code == 302
    with entered(Scope.of_hub(tokyo.pk)):
        assert Reopening.objects.get().consultations == [session.pk]
        assert MonthlyReport.objects.get(hub=tokyo).state == "reopened"
    assert client.get(decision).status_code == 404
    assert all("入力漏れ" not in letter.body for letter in Letter.objects.all()), "a chief's words may name a client"
    for role, sees in ((headquarters, True), (chief, True), (making.make_person("agency", second_factor=True), False)):
        client.force_login(role)
        assert ("入力漏れ" in client.get(month).text) is sees


def test_a_hub_takes_its_wish_back(client, chief, headquarters, tokyo):
    close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    client.force_login(chief)
    client.post("/hubs/tokyo/months/2026-10/reopening/", {"reason": "x", "records": ""})
    client.post("/hubs/tokyo/months/2026-10/reopening/withdrawal/")
    with entered(Scope.of_hub(tokyo.pk)):
        assert Reopening.objects.get().state == "withdrawn"


def test_a_closed_record_says_why_it_cannot_be_changed(client, chief, headquarters, tokyo, session):
    close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    client.force_login(chief)
    for page in (f"/hubs/tokyo/consultations/{session.pk}/", f"/hubs/tokyo/consultations/{session.pk}/edit/"):
        text = client.get(page).text
        assert "チーフコーディネーターが理由を添えて" in text, page
    assert client.post(f"/hubs/tokyo/consultations/{session.pk}/deletion/", {"version": "1"}).status_code == 302
    with entered(Scope.of_hub(tokyo.pk)):
        session.refresh_from_db()
        assert session.deleted_at is None


def test_a_figure_of_a_closed_month_opens_to_the_records_it_counted(client, chief, headquarters, tokyo, session):
    close(OCTOBER, by=headquarters, at=NOVEMBER_20)
    late = making.make_consultation(hub=tokyo, case=session.case, held_on=dt.date(2026, 10, 31))
    metrics.recount_touched(at=NOVEMBER_20 + dt.timedelta(days=1))
    client.force_login(chief)
    page = client.get("/hubs/tokyo/figures/records/?month=2026-10&indicator=consultations").text
    assert f"/consultations/{session.pk}/" in page
    assert f"/consultations/{late.pk}/" not in page
    assert "第1版" in page


def test_how_many_questions_the_pages_ask(client, hq, headquarters, chief, tokyo, session):
    accept_everywhere(OCTOBER, by=headquarters, at=NOVEMBER_20)
    closing.close_month(month=OCTOBER, note="", by=headquarters, at=NOVEMBER_20)
    assert len(statements_of(hq, CLOSING)) <= 19
    assert len(statements_of(hq, "/nation/reopenings/")) <= 8
