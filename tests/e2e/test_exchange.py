"""A chief takes a file in, and a coordinator takes a list out, in a real browser before the real system."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, picture
from tests.exchange.making import csv_bytes, row

pytestmark = pytest.mark.e2e
SLOW = 60_000
TITLE = "まるごと移行の案件"
WORD = "移行元から来た相談"


def a_file(stem: str) -> bytes:
    """Twelve rows, three of them wrong."""
    day = (date.today() - timedelta(days=10)).isoformat()  # noqa: DTZ011
    usual = {"相談日": day, "件名": TITLE, "相談内容": f"{WORD}。県外の販売先が減っている。"}
    rows = [
        row(number, **(usual | {"相談番号": f"{stem}-{number}", "相談内容": f"{number} {usual['相談内容']}"}))
        for number in range(12)
    ]
    for number, column, text in ((2, 7, "令和99年1月1日"), (5, 9, "念力"), (8, 11, "")):
        rows[number][column] = text
    return csv_bytes(rows)


def test_the_chief_imports_a_file_and_the_coordinator_exports_the_list(visit: Callable[..., Page], tmp_path: Path):
    chief = visit("chief.13")
    chief.goto("/hubs/tokyo/imports/")
    picture(chief, "imports")
    chief.get_by_label("移行元").fill("旧システム")
    chief.get_by_label("ファイル", exact=False).last.set_input_files(
        {"name": "相談.csv", "mimeType": "text/csv", "buffer": a_file(tmp_path.name)}
    )
    chief.get_by_role("button", name="ファイルを読み込む").click()
    expect(chief.get_by_role("heading", level=1)).to_contain_text("列の対応")
    expect(chief.get_by_label("相談日").locator("option:checked")).to_have_text("相談日")
    picture(chief, "import-mapping")
    chief.get_by_role("button", name="全行を確認する").click()
    expect(chief.get_by_role("button", name="9行を取り込む")).to_be_visible(timeout=SLOW)
    picture(chief, "import-checked")
    with chief.expect_download() as download:
        chief.get_by_role("link", name="CSV").click()
    told = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"), newline="")))
    assert [line["行"] for line in told] == ["4", "7", "10"]
    assert [line["誤りのある列"].split("\n")[0] for line in told] == ["相談日", "相談方法", "相談内容"]
    chief.get_by_role("button", name="9行を取り込む").click()
    expect(chief.get_by_text("取込が終わりました")).to_be_visible(timeout=SLOW)
    picture(chief, "import-done")

    coordinator = visit("coordinator.13")
    coordinator.goto("/hubs/tokyo/consultations/")
    coordinator.get_by_label("本文").fill(WORD)
    coordinator.get_by_role("button", name="絞り込む").click()
    expect(coordinator.locator("tbody tr")).to_have_count(9)
    picture(coordinator, "list-with-export")
    coordinator.get_by_label("書き出す形式").select_option("csv")
    coordinator.get_by_role("button", name="書き出す").click()
    expect(coordinator.get_by_role("link", name="ダウンロード")).to_be_visible(timeout=SLOW)
    picture(coordinator, "export-done")
    with coordinator.expect_download() as download:
        coordinator.get_by_role("link", name="ダウンロード").click()
    content = Path(download.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len(lines) == 9
    assert {line["件名"] for line in lines} == {TITLE}


def test_one_box_finds_everything_and_a_view_is_saved(visit: Callable[..., Page]):
    page = visit("coordinator.13")
    page.goto("/hubs/tokyo/search/")
    page.get_by_label("探す言葉").press_sequentially("販路")
    expect(page.locator(".suggestions a").first).to_be_visible()
    picture(page, "search-suggestions")
    page.get_by_role("button", name="検索する").click()
    expect(page.get_by_role("heading", name="相談記録", exact=False).first).to_be_visible()
    picture(page, "search")
    page.get_by_text("この条件を保存").click()
    page.get_by_label("名前").fill("販路の相談")
    page.get_by_label("拠点で共有する").check()
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_role("link", name="販路の相談")).to_be_visible()
    phone = visit("coordinator.13", viewport=PHONE)
    phone.goto("/hubs/tokyo/search/?q=販路")
    expect(phone.get_by_role("link", name="販路の相談")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    picture(phone, "search-phone")
    phone.goto("/hubs/tokyo/views/")
    picture(phone, "views-phone")
