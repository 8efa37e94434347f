"""From a stranger's request to the note: asked on a phone, confirmed at the hub, logged from the booking."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, link_from_letter, picture
from tests.e2e.deeds import write_note

pytestmark = pytest.mark.e2e

CLIENT = "hinata@client.example"


def test_from_a_request_to_a_note(visit):
    stranger = visit(viewport=PHONE)
    stranger.goto("/book/tokyo/")
    assert stranger.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    stranger.get_by_role("button", name="申し込む").click()
    expect(stranger.locator(".error-summary")).to_be_visible()
    wishes = stranger.get_by_label("第1希望")  # the last one: tomorrow's rooms may be taken
    wishes.select_option(index=wishes.locator("option").count() - 1)
    stranger.get_by_label("お名前").fill("日向 みどり")
    stranger.get_by_label("会社名・屋号").fill("ひなたパン")
    stranger.get_by_label("メールアドレス").fill(CLIENT)
    stranger.get_by_label("相談したいこと").fill("パンの通信販売を始めたい。")
    stranger.locator("#id_consent").check()
    picture(stranger, "booking-request-phone")
    stranger.get_by_role("button", name="申し込む").click()
    expect(stranger.get_by_text("お申込みを受け付けました").first).to_be_visible()

    chief = visit("chief.13")
    chief.goto("/hubs/tokyo/bookings/requests/")
    chief.get_by_role("link", name="ひなたパン").first.click()
    chief.get_by_role("link", name="担当と日時を決めて確定する").click()
    picture(chief, "booking-confirming-desktop")
    people = chief.get_by_label("担当").locator("option").count()
    chief.get_by_label("担当").select_option(index=people - 1)
    chief.get_by_label("場所").select_option(index=1)
    chief.get_by_role("button", name="確定").first.click()
    expect(chief.get_by_text("予約を確定し")).to_be_visible()

    own = link_from_letter(CLIENT, "/bookings/")
    stranger.goto(own)
    expect(stranger.get_by_text("予約は確定しています")).to_be_visible()
    picture(stranger, "booking-own-phone")

    chief.get_by_role("button", name="この予約から相談を記録する").click()
    expect(chief.get_by_label("名称")).to_have_value("ひなたパン")
    chief.get_by_label("新しい事業者として登録する").check()
    expect(chief.get_by_label("新しい案件を作る")).to_be_checked()
    chief.get_by_label("件名").fill("パンの通信販売")
    chief.get_by_label("主たる相談区分").select_option(label="売上拡大")
    write_note(chief)
    chief.get_by_role("button", name="記録する").click()
    expect(chief.get_by_text("相談を記録しました")).to_be_visible()


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
