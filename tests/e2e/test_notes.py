"""A note grows complete under its writer's eyes, takes a file, and is read by the chief."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.consultations.making_notes import PDF
from tests.e2e.conftest import picture
from tests.e2e.deeds import begin, log_new_enterprise, name_new_enterprise, write_note

pytestmark = pytest.mark.e2e


def test_the_meter_moves_while_one_types_and_says_the_same_as_the_record(visit):
    page = visit("coordinator.13")
    begin(page)
    count = page.locator("[data-meter-count]")
    expect(count).to_have_text("0/6")
    name_new_enterprise(page, "満ちていく醸造所")
    write_note(
        page,
        content="県外の販売先が減り、売上が前年の7割に落ちている。催事の費用対効果が分からず困っている。数字を整理した。",
    )
    page.get_by_label("助言内容").fill("催事を絞ることを勧めた。")
    expect(count).to_have_text("3/6")
    page.get_by_label("助言内容").fill(
        "直近2回の催事の採算を一緒に試算した。粗利の高い2品に絞って出展することを勧めた。"
    )
    expect(count).to_have_text("4/6")
    page.get_by_label("次回まで").fill("事業者が催事の申込書を書く。")
    expect(count).to_have_text("5/6")
    expect(page.locator("[data-meter-list] .unmet")).to_contain_text("次の期日")
    page.get_by_label("次回まで").fill("事業者が12月5日までに催事の申込書を書く。")
    expect(count).to_have_text("6/6")
    picture(page, "logging-meter-desktop")
    page.get_by_role("button", name="記録する").click()
    expect(page.locator(".meter-count")).to_have_text("6/6")


def test_a_file_is_attached_and_the_chief_returns_the_note_which_is_answered(visit):
    mine = visit("coordinator.13")
    log_new_enterprise(mine, "読み返し文具店")
    record = mine.url
    mine.get_by_label("ファイルを添付").set_input_files(
        {"name": "見積書.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    mine.get_by_role("button", name="添付する").click()
    expect(mine.get_by_text("1個のファイルを添付しました")).to_be_visible()
    with mine.expect_download() as download:
        mine.get_by_role("link", name="見積書.pdf").click()
    assert download.value.suggested_filename == "見積書.pdf"
    mine.get_by_label("ファイルを添付").set_input_files(
        {"name": "a.exe", "mimeType": "application/pdf", "buffer": b"MZ\x00"}
    )
    mine.get_by_role("button", name="添付する").click()
    expect(mine.locator(".error-summary")).to_contain_text("添付できない種類")

    chief = visit("chief.13")
    chief.goto("/hubs/tokyo/reviews/")
    expect(chief.get_by_role("heading", name="相談記録の確認", level=1)).to_be_visible()
    picture(chief, "reviews-desktop")
    chief.goto(record)
    chief.get_by_label("コメント").fill("次回の期日を書き足してください。")
    chief.get_by_role("button", name="コメントを付けて差し戻す").click()
    expect(chief.get_by_text("コメントを付けて差し戻しました")).to_be_visible()

    mine.goto(record)
    expect(mine.locator("#review")).to_contain_text("次回の期日を書き足してください。")
    mine.get_by_label("コメント").fill("12月5日と書き足しました。")
    mine.get_by_role("button", name="チーフに回答する").click()
    expect(mine.get_by_text("チーフに回答しました")).to_be_visible()
    picture(mine, "record-reviewed-desktop")
    chief.goto(record)
    chief.get_by_role("button", name="確認済みにする").click()
    expect(chief.locator("#review-title")).to_have_text(re.compile("確認済み"))
