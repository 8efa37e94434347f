"""The path that everything is for: a consultation is logged, the figures move, headquarters sees them, the agency
takes its report home."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from tests.e2e.conftest import PHONE, number, picture
from tests.e2e.deeds import log_new_enterprise

pytestmark = pytest.mark.e2e

COUNTED_WITHIN = 90_000  # ms; beat recounts what has changed within a minute
FIGURE = "相談対応件数"


def figure(page: Page, label: str = FIGURE) -> Locator:
    """The card of a total on a page of figures."""
    return page.locator(".figures li").filter(has=page.get_by_role("heading", name=label, exact=True))


def value(page: Page, label: str = FIGURE) -> int:
    return number(figure(page, label).locator(".figure-value").text_content())


def wait_for_value(page: Page, expected: int) -> None:
    """Until the page shows it, loading it anew: the worker counts in its own time."""

    def reloaded() -> int:
        page.reload()
        return value(page)

    for _ in range(COUNTED_WITHIN // 2_000):
        if reloaded() == expected:
            return
        page.wait_for_timeout(2_000)
    assert value(page) == expected


def settled_value(page: Page) -> int:
    """The hub's figure, once what others have just logged is counted."""
    page.goto("/hubs/tokyo/figures/records/?indicator=consultations")
    recorded = number(page.locator("p.figure-value").text_content())
    page.goto("/hubs/tokyo/")
    wait_for_value(page, recorded)
    return recorded


def last_month() -> str:
    today = dt.datetime.now(ZoneInfo("Asia/Tokyo")).date()
    return f"{today.replace(day=1) - dt.timedelta(days=1):%Y-%m}"


def test_a_consultation_moves_the_figures_of_its_hub(visit):
    page = visit("coordinator.13")
    page.goto("/")
    expect(page).to_have_url(re.compile("/hubs/tokyo/"))
    before = settled_value(page)
    log_new_enterprise(page, "株式会社みちしるべ製作所")
    expect(page).to_have_url(re.compile(r"/hubs/tokyo/consultations/\d+/$"))
    picture(page, "record-desktop")

    page.locator("nav summary").get_by_text("拠点", exact=True).click()
    page.get_by_role("link", name="拠点の状況").click()
    wait_for_value(page, before + 1)
    picture(page, "hub-desktop")

    figure(page).get_by_role("link").click()
    expect(page.locator("p.figure-value")).to_contain_text(f"{before + 1:,}")
    expect(page.locator("main tbody tr")).to_have_count(before + 1)
    expect(page.locator("main tbody")).to_contain_text("株式会社みちしるべ製作所")
    picture(page, "figure-records-desktop")


def test_headquarters_sees_the_nation_and_opens_records_with_a_reason(visit):
    page = visit("hq")
    page.goto("/nation/")
    rows = page.get_by_role("region", name="拠点別の表").locator("tbody tr")
    expect(rows).to_have_count(47)
    expect(page.locator(".tiles li")).to_have_count(47)
    picture(page, "nation-desktop")

    page.get_by_role("region", name="拠点別の表").get_by_role("link", name=FIGURE).click()
    expect(page).to_have_url(re.compile("order=value"))
    values = [number(text) for text in page.locator("td.chosen").all_text_contents()]
    assert len(values) == 47
    assert values == sorted(values, reverse=True)

    rows.get_by_role("link", name="東京都").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("東京")
    shown = value(page)
    figure(page).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("記録を開く")
    picture(page, "opening-desktop")
    page.get_by_role("button", name="理由を記録して開く").click()
    expect(page.locator(".error-summary")).to_be_focused()

    page.get_by_label("理由").fill("月次集計の照会に答えるため、裏づけとなる記録を確かめる。")
    page.get_by_role("button", name="理由を記録して開く").click()
    expect(page.locator("main tbody tr")).to_have_count(shown)


def test_the_agency_takes_last_months_report_home(visit, tmp_path):
    page = visit("agency")
    page.goto(f"/nation/?month={last_month()}")
    on_screen = value(page)
    assert on_screen > 0
    files = {form: report(page, form, tmp_path) for form in ("Excel", "PDF", "CSV")}
    assert in_excel(files["Excel"]) == on_screen
    assert in_csv(files["CSV"]) == on_screen
    assert f"{on_screen:,}" in in_pdf(files["PDF"])
    page.goto("/reports/")
    expect(page.get_by_role("link", name="ダウンロード")).to_have_count(3)
    picture(page, "reports-desktop")
    page.set_viewport_size(PHONE)
    picture(page, "reports-phone")


def report(page: Page, form: str, folder: Path) -> Path:
    """Order a report, watch its progress page until the worker has made it, download it."""
    page.goto("/reports/")
    page.get_by_label("対象月").select_option(last_month())
    page.get_by_role("button", name="この月を表示").click()
    page.get_by_role("button", name=re.compile(form)).first.click()
    expect(page).to_have_url(re.compile(r"/reports/jobs/\d+/"))
    download = page.get_by_role("link", name="ダウンロード")
    expect(download).to_be_visible(timeout=60_000)
    if form == "Excel":
        picture(page, "report-job-desktop")
    with page.expect_download() as started:
        download.click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path


def in_excel(path: Path) -> int:
    sheet = openpyxl.load_workbook(path)["全国"]
    return next(row[2] for row in sheet.iter_rows(min_row=5, values_only=True) if row[0] == FIGURE)


def in_csv(path: Path) -> int:
    rows = csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))
    (found,) = (
        row["値"]
        for row in rows
        if (row["階層"], row["指標"], row["内訳コード"], row["期間"]) == ("全国", FIGURE, "", "月")
    )
    return int(found)


def in_pdf(path: Path) -> list[str]:
    """The words of the line with the figure."""
    words = [word for page in PdfReader(path).pages for word in page.extract_text().split()]
    at = words.index(FIGURE)
    return words[at : at + 6]
