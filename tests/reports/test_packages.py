"""The agency's package: made from what is frozen, file by file, signed, handed to whom it is for."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import shutil
import zipfile
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from pypdf import PdfReader

from foundation.periods import Month
from hubs.models import Bureau, Membership
from hubs.tenancy import HUB_IDS, Scope, entered
from letters.models import Letter
from metrics import actions as metrics
from reports import signing, tasks
from reports.actions import closing
from reports.actions import packages as actions
from reports.choices import PackageFormat, PackageKind
from reports.manifest import check
from reports.models import Package, PackageFile
from reports.queries import packages as queries
from reports.readings import read_content
from tests import making
from tests.metrics import plain
from tests.reports.conftest import OCTOBER, SECRET_NAME
from tests.reports.making import close
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
NOVEMBER = Month(2026, 11)
NOVEMBER_20, DECEMBER_20 = (dt.datetime(2026, month, 20, 9, tzinfo=ZoneInfo("Asia/Tokyo")) for month in (11, 12))


@pytest.fixture(autouse=True)
def _queue(monkeypatch):
    monkeypatch.setattr("jobs.actions.current_app", SimpleNamespace(send_task=lambda *_, **__: None))


def only(monkeypatch, *slugs: str) -> None:
    """Some editions: 47 of a kind show no more."""
    every = queries.plan
    monkeypatch.setattr(queries, "plan", lambda: [due for due in every() if due.edition.slug in slugs])


@pytest.fixture
def few(monkeypatch, tokyo, osaka):
    only(monkeypatch, "nation", "hub-osaka")


@pytest.fixture
def some(monkeypatch, tokyo, osaka):
    only(monkeypatch, "nation", "kanto", "kinki", "hub-tokyo", "hub-osaka")


@pytest.fixture
def quick(some, monkeypatch):
    """Files that say whose they are and nothing else, for what is not about their contents."""
    for form in list(actions.WRITERS):
        monkeypatch.setitem(actions.WRITERS, form, lambda content: io.BytesIO(content.edition.slug.encode()))


@pytest.fixture
def closed(counted, headquarters):
    return close(OCTOBER, by=headquarters, at=NOVEMBER_20)


def order(month=OCTOBER, kind=PackageKind.MONTH, *, by, at=NOVEMBER_20):
    first = month.fiscal_year.first if kind == PackageKind.YEAR else month.first
    with entered(Scope.of_figures(HUB_IDS)):
        return actions.order_package(kind=kind, first=first, by=by, at=at)


def made(package: Package) -> Package:
    tasks.make_package(job_id=package.job_id)
    package = Package.objects.with_job().get(pk=package.pk)
    assert package.is_complete, package.job.message
    return package


def content_of_file(package: Package, edition: str, form: str) -> bytes:
    with entered(Scope.of_figures(HUB_IDS)):
        return package.files.get(edition=edition, form=form).stored.read()


def book_of(package, edition="nation"):
    return openpyxl.load_workbook(io.BytesIO(content_of_file(package, edition, "xlsx")))


def pdf_of(package, edition="nation") -> PdfReader:
    return PdfReader(io.BytesIO(content_of_file(package, edition, "pdf")))


def parts_of(package, edition="nation") -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(content_of_file(package, edition, "zip")))
    return {name: archive.read(name) for name in archive.namelist()}


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


# ---- what is in it
def test_the_figures_are_those_of_the_screen_the_api_and_the_recount_in_plain_python(
    few, closed, tokyo, headquarters, client
):
    expected = {k: v for k, v in plain.expected([OCTOBER]).items() if k.span in ("month", "ytd")}
    package = made(order(by=headquarters))
    making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 20))  # late: the package does not move
    metrics.recount_touched(at=NOVEMBER_20 + dt.timedelta(days=1))
    spans, levels = {"月": "month", "年度累計": "ytd"}, {"全国": "nation", "経済産業局": "bureau", "拠点": "hub"}
    positions = {f"{b.position:02d}": b.pk for b in Bureau.objects.order_by("position")}

    def key(row) -> plain.Key:
        level, code = levels[row["階層"]], row["地域コード"]
        place = {"nation": "nation", "bureau": f"bureau {positions.get(code)}", "hub": f"hub {int(code)}"}[level]
        return plain.Key(place, spans[row["期間"]], Month.parse(row["対象月"]), row["指標コード"], row["内訳コード"])

    in_csv = {key(row): int(row["値"]) for row in csv_rows(parts_of(package)["data.csv"])}
    assert plain.differences({k: v for k, v in in_csv.items() if v}, expected) == {}
    told = json.loads(parts_of(package)["data.json"])
    in_json = {
        key({told["columns"][name]: value for name, value in fact.items()}): fact["value"] for fact in told["facts"]
    }
    assert in_json == in_csv
    head, *rows = book_of(package)["データ"].iter_rows(values_only=True)
    assert {key(dict(zip(head, row, strict=True))): row[8] for row in rows} == in_csv

    client.force_login(headquarters)
    answer = client.get("/api/v1/figures/2026-10/").json()
    in_api = {(f["hub"], f["indicator"], f["code"]): f["value"] for f in answer}
    ours = {
        (None if k.place == "nation" else int(k.place.split()[1]), k.indicator, k.code): v
        for k, v in in_csv.items() if k.span == "month" and not k.place.startswith("bureau") and v
    }  # fmt: skip
    assert ours == {k: v for k, v in in_api.items() if v}
    page = client.get("/nation/?month=2026-10").content.decode()
    words = "".join("".join(page.extract_text() for page in pdf_of(package).pages).split())
    sheet = {row[0]: row for row in book_of(package)["全国"].iter_rows(min_row=5, values_only=True) if row[0]}
    for code, label in (("consultations", "相談対応件数"), ("visitors", "来訪相談者数"), ("minutes", "相談対応時間")):
        value = in_csv[plain.Key("nation", "month", OCTOBER, code, "")]
        assert f"{value:,}" in page
        name = next((name for name in sheet if name.startswith(label[:4])), None)
        assert name is not None
        assert f"{value:,}" in words
    assert sheet["相談対応件数"][2] == in_csv[plain.Key("nation", "month", OCTOBER, "consultations", "")]


def test_it_says_which_version_it_is_and_by_which_definitions(few, closed, headquarters):
    package = made(order(by=headquarters))
    assert (package.version, package.freeze) == (1, closed)
    cover = {row[0]: row[1] for row in book_of(package)["表紙"].iter_rows(values_only=True)}
    assert cover["状態"] == "確定値 第1版(締めた日 令和8年11月20日)"
    assert cover["確定値のSHA-256"] == closed.sha256
    words = "".join("".join(page.extract_text() for page in pdf_of(package).pages).split())
    assert "確定値第1版" in words
    assert closed.sha256 in words
    defined = {row[0]: row[5] for row in book_of(package)["定義"].iter_rows(min_row=5, values_only=True)}
    assert defined == {one["code"]: str(one["version"]) for one in closed.definitions}


def test_an_open_month_is_still_provisional(counted, now):
    from reports.editions import Edition

    with entered(Scope.of_figures(HUB_IDS)):
        content = read_content(edition=Edition.named("nation"), month=OCTOBER, at=now)
    assert content.standing.startswith("速報値")
    assert content.frozen is None


def test_the_summary_says_in_words_what_the_figures_say(few, closed, headquarters):
    package = made(order(by=headquarters))
    summary = dict(package.summary)
    assert summary["相談の状況"].startswith(
        "2026年10月の全国の相談対応件数は4件で、前年同月(1件)に比べ300.0%増加しました。"
    )
    assert "年度累計は5件" in summary["相談の状況"]
    assert summary["訂正"] == "この報告で訂正する、公表済みの月の数値はありません。"
    in_book = {row[0]: row[1] for row in book_of(package)["概要"].iter_rows(min_row=5, values_only=True)}
    assert in_book == summary


def test_charts_are_excels_own_and_the_pdf_has_contents_with_page_numbers(few, closed, headquarters):
    package = made(order(by=headquarters))
    names = zipfile.ZipFile(io.BytesIO(content_of_file(package, "nation", "xlsx"))).namelist()
    assert sum(name.startswith("xl/charts/chart") for name in names) > 5
    reader = pdf_of(package)
    first = "".join(reader.pages[0].extract_text().split()) + "".join(reader.pages[1].extract_text().split())
    assert "目次" in first
    page = next(n for n, page in enumerate(reader.pages, start=1) if "指標の定義" in page.extract_text() and n > 2)
    assert f"指標の定義{page}" in first.replace(".", "")


def test_no_clients_name_is_in_any_file(few, closed, headquarters):
    package = made(order(by=headquarters))
    with entered(Scope.of_figures(HUB_IDS)):
        files = list(package.files.in_order())
    for file in files:
        with default_storage.open(file.stored.name) as stored:
            content = stored.read()
        if file.form in ("xlsx", "zip"):
            archive = zipfile.ZipFile(io.BytesIO(content))
            content = b"".join(archive.read(name) for name in archive.namelist())
        assert SECRET_NAME.encode() not in content


def test_each_edition_tells_of_its_own_place_only(some, closed, headquarters):
    package = made(order(by=headquarters))
    with entered(Scope.of_figures(HUB_IDS)):
        paths = list(package.files.in_order().values_list("path", flat=True))
    assert len(paths) == package.files_due == 3 + 3 + 3 + 2 + 2 + 2
    assert paths[0] == "01_全国/よろず支援拠点_月次報告_2026年10月_第1版_全国版.pdf"
    tokyo = book_of(package, "hub-tokyo")
    places = {row[3] for row in tokyo["データ"].iter_rows(min_row=2, values_only=True)}
    assert places == {"全国", "東京都"}
    breakdowns_of_the_nation = [
        row for row in tokyo["データ"].iter_rows(min_row=2, values_only=True) if row[3] == "全国" and row[6]
    ]
    assert breakdowns_of_the_nation == []
    assert "大阪府" not in "".join(page.extract_text() for page in pdf_of(package, "kanto").pages)


# ---- corrections
def late(tokyo, *, by):
    making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 31))
    close(NOVEMBER, by=by, at=DECEMBER_20)


def test_a_late_record_is_a_correction_in_the_next_package_with_before_after_and_why(few, closed, tokyo, headquarters):
    late(tokyo, by=headquarters)
    package = made(order(NOVEMBER, by=headquarters, at=DECEMBER_20))
    rows = [row for row in book_of(package)["訂正"].iter_rows(min_row=5, values_only=True) if row[3] == "相談対応件数"]
    assert [row[:7] for row in rows] == [
        ("2026年10月", 2, "全国", "相談対応件数", 4, 5, 1),
        ("2026年10月", 2, "関東経済産業局", "相談対応件数", 3, 4, 1),
        ("2026年10月", 2, "東京都", "相談対応件数", 3, 4, 1),
    ]
    assert rows[0][8] == "東京都の訂正"
    assert "相談記録: 1件増" in rows[2][8]
    corrected = csv_rows(parts_of(package)["corrections.csv"])
    assert {(r["地域"], r["訂正前"], r["訂正後"]) for r in corrected if r["指標コード"] == "consultations"} == {
        ("全国", "4", "5"), ("関東経済産業局", "3", "4"), ("東京都", "3", "4")
    }  # fmt: skip
    assert any("訂正" in page.extract_text() and "東京都" in page.extract_text() for page in pdf_of(package).pages)
    assert "2026年10月の数値を訂正しました" in dict(package.summary)["訂正"]
    osaka = book_of(package, "hub-osaka")["訂正"]
    assert {row[2] for row in osaka.iter_rows(min_row=5, values_only=True)} == {"全国"}
    told = json.loads(content_of_file(package, "nation", "manifest"))
    assert [(one["month"], one["version"]) for one in told["corrects"]] == [("2026-10", 2)]


def test_the_package_of_october_stays_as_it_was(quick, closed, tokyo, headquarters):
    before = made(order(by=headquarters))
    was = content_of_file(before, "nation", "zip")
    late(tokyo, by=headquarters)
    assert content_of_file(before, "nation", "zip") == was
    with pytest.raises(IntegrityError), transaction.atomic(), entered(Scope.of_figures(HUB_IDS)):
        PackageFile.objects.update(sha256="0" * 64)


def test_a_correction_without_waiting_makes_the_next_version(quick, closed, tokyo, headquarters):
    first = made(order(by=headquarters))
    making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 31))
    closing.correct_month(month=OCTOBER, by=headquarters, at=NOVEMBER_20 + dt.timedelta(days=3))
    second = order(by=headquarters, at=NOVEMBER_20 + dt.timedelta(days=3))
    assert (first.version, second.version, second.freeze.version) == (1, 2, 2)
    assert order(by=headquarters, at=NOVEMBER_20 + dt.timedelta(days=4)) == second
    assert made(second).version == 2


# ---- the year
def test_the_years_package_has_its_months_side_by_side(few, closed, headquarters):
    package = made(order(kind=PackageKind.YEAR, by=headquarters))
    book = book_of(package)
    assert package.is_midway
    assert "年度途中" in next(row[1] for row in book["表紙"].iter_rows(values_only=True) if row[0] == "状態")
    sheet = next(sheet for sheet in book if sheet.title.startswith("月別1"))
    head, *rows = sheet.iter_rows(min_row=4, values_only=True)
    assert head[2:4] == ("26年4月", "26年5月")
    line = next(row for row in rows if row[0] == "consultations")
    assert (line[2], line[8], line[14]) == (1, 4, 5)
    assert line[9] == "―"
    assert dict(package.summary)["相談の状況"].startswith("令和8年度(2026年度)の全国の相談対応件数は5件")
    months = {row["対象月"] for row in csv_rows(parts_of(package)["data.csv"])}
    assert {"2026-04", "2026-10"} <= months


# ---- signature
def test_the_signature_holds_and_tampering_shows(quick, closed, headquarters, tmp_path, client):
    package = made(order(by=headquarters))
    client.force_login(headquarters)
    response = client.get(f"/reports/packages/{package.pk}/archive/")
    archive = tmp_path / "package.zip"
    archive.write_bytes(b"".join(response.streaming_content))
    key = client.get("/reports/signing-key.pem").content
    found = check(archive, key)
    assert (found.holds, found.checked, found.missing) == (True, package.files_due - 2, ())
    call_command("verify_package", str(archive), stdout=io.StringIO())

    folder = tmp_path / "package"
    zipfile.ZipFile(archive).extractall(folder)
    told = json.loads((folder / "manifest.json").read_bytes())
    assert told["freeze"]["sha256"] == closed.sha256
    assert told["signature"]["key"] == signing.key_id(key)
    victim = folder / told["files"][0]["path"]
    victim.write_bytes(victim.read_bytes() + b" ")
    assert check(folder, key).problems == (f"changed: {told['files'][0]['path']}",)
    with pytest.raises(CommandError, match="NOT"):
        call_command("verify_package", str(folder), stderr=io.StringIO())
    victim.unlink()
    assert check(folder, key).missing == (told["files"][0]["path"],)
    call_command("verify_package", str(folder), partial=True, stdout=io.StringIO(), stderr=io.StringIO())
    (folder / "manifest.json").write_text((folder / "manifest.json").read_text().replace("nation", "nations"))
    assert not check(folder, key).holds
    shutil.rmtree(folder)


# ---- making
def test_what_was_made_before_a_failure_is_not_made_again(quick, closed, headquarters, monkeypatch):
    package = order(by=headquarters)
    real, calls = actions.WRITERS[PackageFormat.PDF], []

    def broken(content):
        calls.append(content.edition.slug)
        if len(calls) == 3:
            raise OSError("disk full")
        return real(content)

    monkeypatch.setitem(actions.WRITERS, PackageFormat.PDF, broken)
    tasks.make_package(job_id=package.job_id)
    package = Package.objects.with_job().get(pk=package.pk)
    assert (package.is_complete, package.job.state) == (False, "failed")
    with entered(Scope.of_figures(HUB_IDS)):
        before = {file.pk for file in package.files.all()}
    assert len(before) == 7
    again = order(by=headquarters, at=NOVEMBER_20 + dt.timedelta(hours=2))
    assert (again.pk, again.job_id != package.job_id) == (package.pk, True)
    made(again)
    assert calls == ["nation", "kanto", "kinki", "kinki", "hub-tokyo", "hub-osaka"]
    with entered(Scope.of_figures(HUB_IDS)):
        assert before <= {file.pk for file in package.files.all()}
        stored = set(package.files.values_list("stored", flat=True))
    folder = f"packages/{package.pk}"
    assert {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]} == stored


def test_two_at_once_make_each_file_once(quick, closed, headquarters):
    package = order(by=headquarters)
    job = package.job
    due = queries.plan()[0]
    for _ in range(2):
        actions.keep_file(package=package, due=due, file=io.BytesIO(b"x"), job=job, at=NOVEMBER_20)
    with entered(Scope.of_figures(HUB_IDS)):
        assert package.files.count() == 1
    assert len(default_storage.listdir(f"packages/{package.pk}")[1]) == 1
    assert order(by=headquarters).job_id == job.pk, "asked for twice is one job"
    made(package)
    tasks.make_package(job_id=job.pk)
    with entered(Scope.of_figures(HUB_IDS)):
        assert package.files.count() == package.files_due


def test_a_package_goes_on_with_the_figures_that_it_began_with(few, closed, tokyo, headquarters):
    package = order(by=headquarters)
    late(tokyo, by=headquarters)
    rows = csv_rows(parts_of(made(package))["data.csv"])
    assert {
        r["値"] for r in rows if r["地域コード"] == "00" and r["指標コード"] == "consultations" and r["期間"] == "月"
    } == {"4"}


def test_what_was_published_lately_gets_its_package_by_itself(quick, closed, headquarters):
    with entered(Scope.of_figures(HUB_IDS)):
        assert actions.order_due(at=NOVEMBER_20) == []
        closing.publish(month=OCTOBER, by=headquarters, at=NOVEMBER_20)
        [package] = actions.order_due(at=NOVEMBER_20)
        assert actions.order_due(at=NOVEMBER_20) == [package]
        assert actions.order_due(at=NOVEMBER_20 + actions.RECENT) == []
    made(package)
    assert Package.objects.count() == 1


def test_a_month_that_is_not_closed_has_no_package(counted, headquarters):
    with pytest.raises(closing.NotClosed):
        order(by=headquarters)


# ---- mail
def test_subscribers_are_told_once_and_without_figures(quick, closed, headquarters):
    agency = making.make_person("agency", second_factor=True)
    gone = making.make_person("agency", second_factor=True)
    for person in (agency, gone):
        actions.subscribe(user=person, kinds=["month"], at=NOVEMBER_20)
    Membership.objects.filter(user=gone).update(valid_to=dt.date(2021, 1, 1))
    package = made(order(by=headquarters))
    late_comer = making.make_person("agency", second_factor=True)
    actions.subscribe(user=late_comer, kinds=["month"], at=timezone.now() + dt.timedelta(hours=1))
    actions.tell_subscribers(at=package.made_at)
    [letter] = Letter.objects.filter(key__startswith="package:")
    assert letter.to == agency.email
    assert f"/reports/packages/{package.pk}/" in letter.body
    assert "/agency/subscription/" in letter.body
    assert "件" not in letter.body


# ---- pages
def test_agency_people_land_on_their_page_with_the_newest_on_top(quick, closed, headquarters, client):
    package = made(order(by=headquarters))
    client.force_login(making.make_person("agency", second_factor=True))
    assert client.get("/")["Location"] == "/agency/"
    page = client.get("/agency/").content.decode()
    assert "2026年10月" in page
    assert "相談対応件数は4件" in page
    assert f"/reports/packages/{package.pk}/archive/" in page
    assert len(statements_of(client, "/agency/")) <= 20


def test_the_agencys_page_lists_the_corrections_that_are_in_the_newest_package_and_no_other(
    quick, closed, tokyo, headquarters, agency, client
):
    with entered(Scope.of_figures(HUB_IDS)):
        closing.publish(month=OCTOBER, by=headquarters, at=NOVEMBER_20)
    made(order(by=headquarters))
    making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 31))
    second = closing.correct_month(month=OCTOBER, by=headquarters, at=NOVEMBER_20 + dt.timedelta(days=6))
    client.force_login(agency)
    page = client.get("/agency/").content.decode()
    assert "訂正はありません。" in page, "the second version is neither published nor in a package"
    package = made(order(by=headquarters))
    assert package.carried == [second.pk]
    page = client.get("/agency/").content.decode()
    assert "訂正はありません。" not in page
    assert "東京都よろず支援拠点" in page


def test_downloads_are_listed_with_who_and_what(quick, closed, headquarters, chief, client):
    package = made(order(by=headquarters))
    agency = making.make_person("agency", second_factor=True)
    client.force_login(agency)
    with entered(Scope.of_figures(HUB_IDS)):
        nation, tokyo = (package.files.get(edition=e, form="xlsx") for e in ("nation", "hub-tokyo"))
    answer = client.get(f"/reports/packages/files/{nation.pk}/")
    assert b"".join(answer.streaming_content) == content_of_file(package, "nation", "xlsx")
    client.force_login(chief)
    assert client.get(f"/hubs/tokyo/reports/{tokyo.pk}/").status_code == 200
    client.force_login(agency)
    page = client.get(f"/reports/packages/{package.pk}/").content.decode()
    assert agency.email in page
    assert chief.email in page
    assert tokyo.path in page


def test_a_bureau_gets_its_own_edition_and_no_other(quick, closed, headquarters, client):
    package = made(order(by=headquarters))
    client.force_login(making.make_person("bureau", bureau=Bureau.objects.get(slug="kanto"), second_factor=True))
    with entered(Scope.of_figures(HUB_IDS)):
        files = {(file.edition, file.form): file.pk for file in package.files.all()}
    for (edition, form), pk in files.items():
        answer = client.get(f"/reports/packages/files/{pk}/").status_code
        assert answer == (200 if edition == "kanto" or form in ("manifest", "signature") else 404), edition
    archive = b"".join(client.get(f"/reports/packages/{package.pk}/archive/").streaming_content)
    names = zipfile.ZipFile(io.BytesIO(archive)).namelist()
    assert len(names) == 5
    assert all("関東" in name or name.startswith("manifest") for name in names)
    assert client.get("/agency/").status_code == 403
    assert client.get("/agency/subscription/").status_code == 200


def test_a_hub_gets_its_own_edition_and_no_other(quick, closed, headquarters, chief, coordinator, client):
    package = made(order(by=headquarters))
    with entered(Scope.of_figures(HUB_IDS)):
        own, other = (package.files.get(edition=e, form="pdf") for e in ("hub-tokyo", "hub-osaka"))
    client.force_login(chief)
    page = client.get("/hubs/tokyo/reports/").content.decode()
    assert f"/hubs/tokyo/reports/{own.pk}/" in page
    assert client.get(f"/hubs/tokyo/reports/{other.pk}/").status_code == 404
    assert client.get("/hubs/osaka/reports/").status_code == 404
    client.force_login(coordinator)
    assert client.get("/hubs/tokyo/reports/").status_code == 403


def test_the_pages_ask_little(quick, closed, headquarters, client):
    made(order(by=headquarters))
    client.force_login(headquarters)
    one = len(statements_of(client, "/reports/packages/"))
    made(order(kind=PackageKind.YEAR, by=headquarters))
    assert len(statements_of(client, "/reports/packages/")) == one <= 12


def test_headquarters_has_one_made_and_watches_it(quick, closed, headquarters, client):
    client.force_login(headquarters)
    answer = client.post("/reports/packages/orders/", {"period": "month 2026-10"})
    package = Package.objects.with_job().get()
    assert answer["Location"] == f"/reports/packages/{package.pk}/"
    assert "0/15ファイル" in client.get(answer["Location"]).content.decode()
    agency = making.make_person("agency", second_factor=True)
    client.force_login(agency)
    assert client.post("/reports/packages/orders/", {"period": "month 2026-10"}).status_code == 403


def test_one_can_stop_being_told(client):
    person = making.make_person("agency", second_factor=True)
    client.force_login(person)
    client.post("/agency/subscription/", {"kinds": ["month", "year"]})
    assert "checked" in client.get("/agency/subscription/").content.decode()
    client.post("/agency/subscription/", {})
    assert "checked" not in client.get("/agency/subscription/").content.decode()


def test_the_key_is_made_once(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "fresh"
    key = signing.public_key()
    assert signing.public_key() == key
    assert signing.is_signed(b"x", signing.sign(b"x"), key)
    assert (tmp_path / "fresh" / "package-signing-key.pem").stat().st_mode & 0o777 == 0o600
