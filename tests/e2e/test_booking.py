"""A stranger asks, and takes it back by the link: without an account, in a browser that tells nobody where it was."""

from __future__ import annotations

import re

from playwright.sync_api import expect


def test_who_asked_cancels_by_the_link(visit):
    page = visit()
    page.goto("/book/tokyo/")
    page.get_by_label("お名前").fill("坂本 りえ")
    page.get_by_label("メールアドレス").fill("sakamoto@shop.example")
    page.get_by_label("相談したいこと").fill("販路を広げたい。")
    page.locator("[name=free_wish]").fill("平日の午後")
    page.locator("[name=consent]").check()
    page.get_by_role("button", name="申し込む", exact=True).click()
    expect(page).to_have_url(re.compile(r"/bookings/[0-9a-f]{64}/$"))
    expect(page.locator("main")).to_contain_text("まだ予約は確定していません")
    page.get_by_role("button", name="取り消す", exact=True).click()
    expect(page.locator("main")).to_contain_text("この予約は取り消されました")
