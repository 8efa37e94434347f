"""A list as a file: what is in it, who gets it, what the trail says."""

from __future__ import annotations

import csv
import io
from datetime import date

import openpyxl
import pytest

from audit.models import Entry
from exchange import tasks
from exchange.lists import LISTS
from hubs.tenancy import Scope, entered
from jobs.choices import JobState
from jobs.models import Job
from tests import making

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_queue")]
EXPORTS = "/hubs/tokyo/exports/"
NASTY = ['=HYPERLINK("http://evil.example")', "+81", "-1", "@SUM(A1)", "\tTAB", "＝全角"]


def order(client, *, on="consultations", form="csv", query="") -> Job:
    answer = client.post(EXPORTS, {"list": on, "format": form, "query": query})
    assert answer.status_code == 302, answer.content.decode()
    number = int(answer["Location"].rstrip("/").rsplit("/", 1)[1])
    with entered(Scope.of_figures([13])):
        return Job.objects.get(pk=number)


def made(client, **asked) -> tuple[bytes, Job]:
    """The file of an order, fetched through the door."""
    job = order(client, **asked)
    tasks.export(job_id=job.pk)
    answer = client.get(f"{EXPORTS}{job.pk}/file/")
    assert answer.status_code == 200, answer
    with entered(Scope.of_figures([13])):
        job.refresh_from_db()
    return b"".join(answer.streaming_content), job


def table(content: bytes, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(encoding), newline="")))


def test_csv_is_utf_8_with_bom_and_crlf_and_holds_what_the_page_shows(client, tokyo, osaka, coordinator):
    making.make_consultation(hub=tokyo, content="補助金の\n申請", method="online", held_on=date(2026, 10, 1))
    making.make_consultation(hub=tokyo, content="補助金", method="phone")
    making.make_consultation(hub=osaka, content="大阪の補助金", method="online")
    client.force_login(coordinator)
    content, job = made(client, query="q=補助&method=online&after=2026-01-01_1")
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 2
    (row,) = table(content)
    assert (row["相談内容"], row["相談方法"], row["相談日"]) == ("補助金の\n申請", "オンライン", "2026-10-01")
    assert job.parameters["rows"] == 1
    assert (job.expires_at - job.finished_at).days == 7


def test_labels_organizations_and_programmes_stand_in_their_cells(client, tokyo, coordinator):
    held = making.make_consultation(hub=tokyo, themes=["channels", "digital"])
    making.involve(held, making.make_organization(name="みらい銀行"), "referral")
    making.involve(held, making.make_organization(name="+あおぞら銀行"), "cooperation")
    making.use_program(held, making.make_program(name="持続化補助金X"), "introduced")
    client.force_login(coordinator)
    (row,) = table(made(client)[0])
    assert row["相談細目"] == "販路開拓、IT・DX"
    assert (row["紹介した支援機関"], row["連携した支援機関"]) == ("みらい銀行", "'+あおぞら銀行")
    assert row["紹介した支援制度"] == "持続化補助金X"


@pytest.mark.parametrize("form", ["csv", "csv_cp932"])
def test_no_cell_begins_like_a_formula(client, tokyo, coordinator, form):
    for text in NASTY:
        making.make_consultation(hub=tokyo, content=text, case=making.make_case(hub=tokyo, title=text))
    client.force_login(coordinator)
    rows = table(made(client, form=form)[0], "utf-8-sig" if form == "csv" else "cp932")
    assert {row["相談内容"] for row in rows} == {f"'{text}" for text in NASTY}
    assert {row["件名"] for row in rows} == {f"'{text}" for text in NASTY}


def test_xlsx_has_text_cells_and_numbers_and_no_formula(client, tokyo, coordinator):
    enterprise = making.make_enterprise(hub=tokyo, name="=1+1", corporate_number=making.make_corporate_number())
    making.make_consultation(hub=tokyo, enterprise=enterprise, minutes=45)
    client.force_login(coordinator)
    content, job = made(client, form="xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    head, row = (list(cells) for cells in sheet.iter_rows())
    found = {one.value: cell for one, cell in zip(head, row, strict=True)}
    assert (found["事業者"].value, found["事業者"].data_type) == ("=1+1", "s")
    assert found["法人番号"].value == enterprise.corporate_number
    assert (found["相談時間(分)"].value, found["相談時間(分)"].data_type) == (45, "n")
    assert job.parameters["rows"] == 1


def test_cp932_lists_the_letters_it_cannot_hold(client, tokyo, coordinator):
    making.make_consultation(hub=tokyo, content="𠮷野家〜髙島屋㈱")
    client.force_login(coordinator)
    content, job = made(client, form="csv_cp932")
    assert table(content, "cp932")[0]["相談内容"] == "〓野家～髙島屋㈱"
    assert job.message == "𠮷(U+20BB7)"


@pytest.mark.parametrize("on", ["cases", "consultations", "enterprises"])  # the others: test_lists
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_declared_list_can_be_exported(client, tokyo, coordinator, on, form):
    making.make_consultation(hub=tokyo)
    client.force_login(coordinator)
    content, job = made(client, on=on, form=form, query="q=テスト" if on == "enterprises" else "")
    assert job.parameters["rows"] == 1
    with entered(Scope.of_hub(tokyo.pk)):
        headings = [str(column.label) for column in LISTS[on].columns()]
    assert len(headings) == len(set(headings))
    if form == "csv":
        assert set(table(content)[0]) == set(headings)


def test_the_trail_says_who_exported_and_fetched_what_and_how_many(client, tokyo, coordinator):
    making.make_consultation(hub=tokyo, content="補助金")
    client.force_login(coordinator)
    _, job = made(client, query="q=補助&method=visit_to_hub")
    with entered(Scope.of_hub(tokyo.pk)):
        lines = {entry.action: entry for entry in Entry.objects.about("jobs.job", str(job.pk))}
    told = {"list": "consultations", "format": "csv", "filters": "method=visit_to_hub", "q": "補助", "rows": 1}
    assert lines["list.exported"].detail == told
    assert lines["list.exported"].actor_id == coordinator.pk
    assert lines["export.downloaded"].detail == told | {"sha256": job.sha256}
    assert lines["export.downloaded"].actor_id == coordinator.pk


def test_who_asked_gets_it_and_the_chief_and_nobody_else(client, tokyo, coordinator, chief, osaka_coordinator):
    client.force_login(coordinator)
    _, job = made(client)
    answers = {}
    others = {
        "colleague": making.make_person("coordinator", hub=tokyo), "chief": chief, "stranger": osaka_coordinator,
        "body": making.make_person("implementing_body", hub=tokyo), "advisor": making.make_person("advisor", hub=tokyo),
        "headquarters": making.make_person("headquarters", second_factor=True),
        "agency": making.make_person("agency", second_factor=True),
    }  # fmt: skip
    for name, person in others.items():
        client.force_login(person)
        answers[name] = client.get(f"{EXPORTS}{job.pk}/file/").status_code
    assert answers == {
        "colleague": 404, "chief": 200, "stranger": 404, "body": 403, "advisor": 403, "headquarters": 403, "agency": 403,
    }  # fmt: skip
    client.force_login(osaka_coordinator)
    assert client.get(f"/hubs/osaka/exports/{job.pk}/file/").status_code == 404
    client.force_login(others["headquarters"])
    assert client.get(f"/reports/jobs/{job.pk}/file/").status_code == 404


def test_somebody_who_has_left_gets_no_file(client, tokyo, coordinator):
    from hubs.models import Membership

    client.force_login(coordinator)
    job = order(client)
    with entered(Scope.of_hub(tokyo.pk)):
        Membership.objects.filter(user=coordinator).update(valid_to=making.LONG_AGO)
    tasks.export(job_id=job.pk)
    with entered(Scope.of_figures([tokyo.pk])):
        job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert client.get(f"{EXPORTS}{job.pk}/file/").status_code == 404


def test_the_same_order_twice_is_one_job(client, tokyo, coordinator):
    client.force_login(coordinator)
    assert order(client).pk == order(client).pk


def test_filters_that_cannot_be_read_lead_back_to_the_list(client, tokyo, coordinator):
    client.force_login(coordinator)
    answer = client.post(EXPORTS, {"list": "consultations", "format": "csv", "query": "first=昨日"})
    assert answer["Location"] == "/hubs/tokyo/consultations/"
    assert client.post(EXPORTS, {"list": "users", "format": "csv"}).status_code == 404
    assert client.post(EXPORTS, {"list": "cases", "format": "exe"}).status_code == 404


def test_the_list_page_carries_its_filters_to_the_export(client, tokyo, coordinator):
    client.force_login(coordinator)
    page = client.get("/hubs/tokyo/consultations/", {"method": "online"}).content.decode()
    assert '<input type="hidden" name="query" value="method=online">' in page
    client.get(EXPORTS)


def test_the_pages_of_an_export_show_how_far_it_is(client, tokyo, coordinator):
    client.force_login(coordinator)
    job = order(client)
    page = client.get(f"{EXPORTS}{job.pk}/")
    assert "待機中" in page.content.decode()
    assert client.get(f"{EXPORTS}{job.pk}/progress/", {"seen": page.context["seen"]}).status_code == 204
    tasks.export(job_id=job.pk)
    assert "ダウンロード" in client.get(f"{EXPORTS}{job.pk}/progress/").content.decode()
    assert "相談記録" in client.get(EXPORTS).content.decode()
