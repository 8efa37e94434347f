"""A coordinator's day: the desk, a due action, similar cases while writing, and what became of a case."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, picture
from tests.e2e.deeds import begin, name_new_enterprise, write_note

pytestmark = pytest.mark.e2e


def test_the_day_begins_at_the_desk_and_a_due_action_leads_to_its_case(visit):
    page = visit("coordinator.13")
    page.goto("/")
    expect(page).to_have_url(re.compile("/hubs/tokyo/desk/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("マイデスク")
    picture(page, "desk-desktop")
    page.locator(".duties a[href*='/cases/']").first.click()
    expect(page).to_have_url(re.compile(r"/hubs/tokyo/cases/\d+/"))


def test_the_desk_on_a_phone_fits_its_window(visit):
    page = visit("coordinator.13", viewport=PHONE)
    page.goto("/hubs/tokyo/desk/")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    picture(page, "desk-phone")


def test_similar_cases_stand_beside_what_one_writes_and_nothing_is_sent_in_an_address(visit):
    page = visit("coordinator.13")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    begin(page)
    name_new_enterprise(page, "株式会社にてはにず")
    write_note(page, content="原材料とエネルギーの値上がりを価格に反映できず、値上げの交渉を始めたい。")
    expect(page.locator("#similar .similar-list li").first).to_be_visible()
    picture(page, "similar-desktop")
    assert not any("%E5%8E%9F%E6%9D%90" in url for url in asked)
    with page.expect_navigation():
        page.locator("#similar .similar-head a").first.click()
    expect(page).to_have_url(re.compile(r"/hubs/tokyo/cases/\d+/$"))


def test_a_case_is_closed_and_its_outcome_written_down(visit):
    page = visit("coordinator.13")
    begin(page)
    name_new_enterprise(page, "株式会社みのり計器", case="値上げの交渉")
    write_note(page)
    page.get_by_role("button", name="記録する").click()
    page.get_by_role("link", name=re.compile("値上げの交渉")).first.click()
    page.get_by_text("状態を変える").first.click()
    page.get_by_label("操作").select_option(label="解決として終了する")
    page.get_by_role("button", name="状態を変える").click()
    page.get_by_role("link", name="成果を記録").click()
    page.get_by_label("成果の種類").select_option(label="売上増")
    page.get_by_label("変化").select_option(label="増加")
    page.get_by_label("金額(円)").fill("1,200,000")
    page.get_by_label("本人確認の日").fill(page.get_by_label("把握した日").input_value())
    page.get_by_label("確認の方法").select_option(label="電話")
    picture(page, "outcome-desktop")
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_text("本人確認済み")).to_be_visible()
    picture(page, "case-with-outcome-desktop")
