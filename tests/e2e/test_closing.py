"""From a record to a published month, and from a late record to its correction: four people, one after the other."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import PHONE, number, picture
from tests.e2e.deeds import name_new_enterprise, write_note
from tests.e2e.test_main_path import last_month
from yorozu.demo.months import NEWEST

pytestmark = pytest.mark.e2e

HUB = next(pk for pk in range(1, 48) if not NEWEST[pk % len(NEWEST)])  # one that has not submitted last month
DONE_WITHIN = 120_000  # ms


def log_in_last_month(page: Page, hub: str, name: str) -> None:
    """A session of last month, entered today."""
    page.goto(f"{hub}consultations/new/")
    page.get_by_label("相談日").fill(f"{last_month()}-15")
    name_new_enterprise(page, name)
    write_note(page)
    page.get_by_role("button", name="記録する").click()
    expect(page.get_by_text("相談を記録しました")).to_be_visible()


def told(page: Page) -> int:
    """相談対応件数 on the page of a hub's month."""
    row = page.get_by_role("row", name=re.compile("^相談対応件数"))
    return number(row.first.locator("td.number").first.text_content())


def wait_for(page: Page, hub: str, expected: int) -> None:
    """Until the month's page says so: the worker counts in its own time."""
    for _ in range(60):
        page.goto(f"{hub}months/{last_month()}/")
        if told(page) == expected:
            return
        page.wait_for_timeout(1_500)
    assert told(page) == expected


def submit(page: Page, hub: str) -> None:
    """The chief looks at the checks, explains every jump, answers every remark, and submits."""
    page.goto(f"{hub}months/{last_month()}/")
    page.get_by_role("link", name="確かめて提出する").click()
    expect(page.get_by_role("button", name="この内容で提出する")).to_be_visible()
    for box in page.locator("form textarea").all():
        box.fill("合同相談会を開いたため。")
    page.get_by_role("button", name="この内容で提出する").click()
    expect(page.get_by_text("月次報告を提出しました")).to_be_visible()


def test_from_a_record_to_a_published_month_and_its_correction(visit, tmp_path):
    code = f"{HUB:02d}"
    coordinator, chief, hq = visit(f"coordinator.{code}"), visit(f"chief.{code}"), visit("hq")
    chief.goto("/")
    hub = re.sub(r"desk/$", "", re.search(r"/hubs/[\w-]+/(desk/)?", chief.url).group())
    month = f"{hub}months/{last_month()}/"
    closing = f"/nation/months/{last_month()}/closing/"

    chief.goto(month)
    before = told(chief)
    log_in_last_month(coordinator, hub, "株式会社しめきり前")
    wait_for(chief, hub, before + 1)
    submit(chief, hub)

    hq.goto(month)
    hq.get_by_label("差し戻す理由").fill("延べ相談時間を確かめてください。")
    hq.get_by_text("集計値ごとの指摘").click()
    hq.get_by_label("延べ相談時間", exact=True).fill("長すぎませんか。")
    hq.get_by_role("button", name="差し戻す").click()
    expect(hq.get_by_text("拠点に差し戻しました")).to_be_visible()

    chief.goto(month)
    expect(chief.get_by_text("長すぎませんか。").first).to_be_visible()
    submit(chief, hub)
    hq.goto(month)
    hq.get_by_role("button", name="確認済みにする").click()
    expect(hq.get_by_text("月次報告の状態を変更しました")).to_be_visible()

    hq.goto(closing)
    picture(hq, "hq-closing-open-desktop")
    hq.get_by_role("button", name=re.compile("締める$")).click()
    expect(hq.locator(".error-summary")).to_be_focused()
    hq.get_by_label("待たずに締める理由").fill("提出の遅れている拠点を待たずに公表するため。")
    hq.get_by_role("button", name=re.compile("締める$")).click()
    expect(hq.get_by_role("button", name="公表する")).to_be_visible(timeout=DONE_WITHIN)
    hq.get_by_role("button", name="公表する").click()
    expect(hq.get_by_text("公表済み", exact=True)).to_be_visible(timeout=DONE_WITHIN)
    picture(hq, "hq-closing-desktop")

    agency = visit("agency")
    packaged(agency, version=1)

    log_in_last_month(coordinator, hub, "株式会社しめきり後")
    expect(coordinator.get_by_text("訂正として次の報告に載ります")).to_be_visible()
    wait_for(chief, hub, before + 1)  # what was told does not move
    for _ in range(60):
        chief.reload()
        if chief.get_by_text("次に締めるときに次の訂正が載ります").count():
            break
        chief.wait_for_timeout(1_500)
    picture(chief, "chief-closed-month-desktop")
    chief.set_viewport_size(PHONE)
    picture(chief, "chief-closed-month-phone")

    hq.goto(closing)
    hq.get_by_role("button", name="訂正版を作る").click()
    expect(hq.get_by_role("rowheader", name="第2版", exact=True)).to_be_visible(timeout=DONE_WITHIN)
    hq.goto(month)
    assert told(hq) == before + 2
    hq.goto(closing)
    hq.get_by_role("button", name="公表する").click()
    expect(hq.get_by_text("公表済み", exact=True)).to_be_visible(timeout=DONE_WITHIN)
    read_by_the_public(visit(), before + 2)
    taken_home(agency, tmp_path, before + 2)


def read_by_the_public(page: Page, expected: int) -> None:
    """Who is not signed in reads the corrected version, the first one beside it, and takes the data."""
    page.goto(f"/figures/{last_month()}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("実績")
    expect(page.get_by_text("この版で訂正した値")).to_be_visible()
    picture(page, "stranger-figures-desktop")
    page.set_viewport_size(PHONE)
    picture(page, "stranger-figures-phone")
    with page.expect_download() as started:
        page.get_by_role("link", name=re.compile("^CSV")).first.click()
    rows = list(csv.DictReader(io.StringIO(Path(started.value.path()).read_text("utf-8-sig"))))
    mine = [row for row in rows if row["place_code"] == f"{HUB:02d}" and row["level"] == "hub"]
    told = {row["value"] for row in mine if row["indicator"] == "consultations" and row["span"] == "month"}
    assert told in ({str(expected)}, {"x"}), "the figure, or that it is too small to be told"
    assert page.request.get(f"/figures/{last_month()}/v1/").ok


def packaged(page: Page, *, version: int) -> Locator:
    """The row of last month's package, as soon as the worker has laid out its first file."""
    row = page.get_by_role("row", name=re.compile(rf"年{int(last_month()[5:])}月\s+第{version}版"))
    for _ in range(120):
        page.goto("/reports/packages/")
        if row.get_by_role("link", name=re.compile("Excel")).count():
            return row
        page.wait_for_timeout(2_000)
    raise AssertionError("no package was made")


def taken_home(page: Page, folder: Path, expected: int) -> None:
    """The agency's package of the corrected version: the sheet of corrections has before and after."""
    row = packaged(page, version=2)
    picture(page, "agency-packages-desktop")
    with page.expect_download() as started:
        row.get_by_role("link", name=re.compile("Excel")).first.click()
    path = folder / "package.xlsx"
    started.value.save_as(path)
    book = openpyxl.load_workbook(path, read_only=True)
    pairs = {(row[4], row[5]) for row in book["訂正"].iter_rows(min_row=5, values_only=True)}
    assert (expected - 1, expected) in pairs
    page.goto("/agency/")
    picture(page, "agency-home-desktop")
