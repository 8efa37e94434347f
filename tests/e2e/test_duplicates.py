"""Somebody is about to register a client twice; two records are made one, and parted again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, picture
from tests.e2e.deeds import begin, log_new_enterprise

pytestmark = pytest.mark.e2e


def test_a_client_that_is_known_is_hinted_at_and_chosen(visit):
    page = visit("coordinator.13")
    log_new_enterprise(page, "株式会社ふたご工房")
    begin(page)
    page.get_by_label("新しい事業者として登録する").check()
    page.get_by_label("名称").press_sequentially("㈱ふたご工房")
    hint = page.locator("#duplicate-hints")
    expect(hint).to_contain_text("もしかして")
    expect(hint).to_contain_text("名称が同じ")
    hint.get_by_role("radio").first.check()
    expect(page.locator("#case-choices")).to_contain_text("販路の見直し")
    page.wait_for_timeout(1_500)  # what was typed last asks once more, and leaves the choice as it is
    expect(hint.get_by_role("radio").first).to_be_checked()
    picture(page, "hints-desktop")  # last: it touches the page
    page.set_viewport_size(PHONE)
    picture(page, "hints-phone")


def test_a_likely_pair_is_compared_merged_and_parted(visit):
    page = visit("coordinator.13")
    page.goto("/hubs/tokyo/duplicates/")
    picture(page, "duplicates-desktop")
    page.get_by_role("link", name="並べて比べる").first.click()
    expect(page.get_by_role("heading", name="この統合で変わる集計値")).to_be_visible()
    picture(page, "merge-compare-desktop")
    page.set_viewport_size(PHONE)
    picture(page, "merge-compare-phone")
    page.get_by_role("button", name="統合する").click()
    expect(page).to_have_url(re.compile(r"/hubs/tokyo/merges/\d+/$"))
    expect(page.get_by_text("統合しました")).to_be_visible()
    picture(page, "merge-phone")
    page.get_by_role("link", name="統合を取り消す").click()
    page.get_by_role("button", name="統合を取り消す").click()
    expect(page.get_by_text("統合を取り消しました")).to_be_visible()
    expect(page.get_by_text("取消済み")).to_be_visible()
