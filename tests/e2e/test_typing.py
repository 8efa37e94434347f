"""What somebody has typed is never lost and never stored twice."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import picture, sign_in
from tests.e2e.deeds import NEW_PAGE, begin, log_new_enterprise, name_new_enterprise, write_note

pytestmark = pytest.mark.e2e

SAVED = re.compile("下書きを保存しました")
TYPED = "打ちかけの相談内容。朝から雨。"


def draft_state(page: Page):
    return page.locator("[data-draft-state]")


def records_of(page: Page, name: str) -> int:
    """How many consultations the list holds for an enterprise of that name."""
    page.goto("/hubs/tokyo/consultations/")
    return page.locator("main tbody tr, main .record").filter(has_text=name).count()


def test_a_draft_survives_a_reload(visit):
    page = visit("coordinator.13")
    begin(page)
    name_new_enterprise(page, "雨宿り茶房")
    page.get_by_role("checkbox", name="販路開拓").check()
    page.get_by_label("相談内容").fill(TYPED)
    expect(draft_state(page)).to_have_text(SAVED)
    page.reload()
    expect(page.get_by_label("相談内容")).to_have_value(TYPED)
    expect(page.get_by_label("名称")).to_have_value("雨宿り茶房")
    expect(page.get_by_label("件名")).to_have_value("販路の見直し")
    expect(page.get_by_role("checkbox", name="販路開拓")).to_be_checked()


def test_a_draft_survives_a_lost_network_and_is_sent_when_it_is_back(visit):
    page = visit("coordinator.13")
    begin(page)
    page.get_by_label("相談内容").fill("つながっていた間の内容")
    expect(draft_state(page)).to_have_text(SAVED)
    page.context.set_offline(True)
    page.get_by_label("相談内容").fill(TYPED)
    expect(draft_state(page)).to_contain_text("この端末に残しています")
    picture(page, "logging-offline-desktop")
    with page.expect_response(re.compile("/drafts/")):
        page.context.set_offline(False)
    expect(draft_state(page)).to_have_text(SAVED)
    page.reload()
    expect(page.get_by_label("相談内容")).to_have_value(TYPED)


def test_a_draft_survives_being_signed_out_elsewhere(visit):
    page = visit()
    sign_in(page, "coordinator.13")
    begin(page)
    page.get_by_label("相談内容").fill("サインアウトの前の内容")
    expect(draft_state(page)).to_have_text(SAVED)
    draft = page.url
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("相談内容").fill(TYPED)
    expect(draft_state(page)).to_contain_text("サインアウトしています")

    again = page.context.new_page()
    sign_in(again, "coordinator.13")
    again.close()
    page.goto(draft)
    expect(page.get_by_label("相談内容")).to_have_value(TYPED)


def test_what_no_server_has_seen_survives_a_reload(visit):
    page = visit("coordinator.13")
    begin(page)
    page.context.set_offline(True)
    page.get_by_label("相談内容").fill(TYPED)
    expect(draft_state(page)).to_contain_text("この端末に残しています")
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_label("相談内容")).to_have_value(TYPED)


def test_the_page_left_open_goes_on_after_signing_in_again_in_another_tab(visit):
    page = visit()
    sign_in(page, "coordinator.13")
    begin(page)
    page.get_by_label("相談内容").fill("サインアウトの前の内容")
    expect(draft_state(page)).to_have_text(SAVED)
    page.context.clear_cookies(name="sessionid")
    again = page.context.new_page()
    sign_in(again, "coordinator.13")
    again.close()
    page.get_by_label("相談内容").fill(TYPED)
    expect(draft_state(page)).to_have_text(SAVED, timeout=30_000)


def test_the_page_left_open_does_not_go_on_in_the_name_of_whoever_signs_in_next(visit):
    page = visit()
    sign_in(page, "coordinator.13")
    begin(page)
    page.get_by_label("相談内容").fill("サインアウトの前の内容")
    expect(draft_state(page)).to_have_text(SAVED)
    page.context.clear_cookies(name="sessionid")
    again = page.context.new_page()
    sign_in(again, "chief.13")
    drafts: list[int] = []
    page.on("response", lambda one: drafts.append(one.status) if "/drafts/" in one.url else None)
    page.get_by_label("相談内容").fill(TYPED)
    page.wait_for_timeout(20_000)  # it tries again every 15 seconds
    assert 200 not in drafts
    expect(draft_state(page)).to_contain_text("サインアウトしています")


def test_no_fragment_is_asked_for_without_a_network(visit):
    page = visit("coordinator.13")
    begin(page)
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.headers.get("hx-request") else None)
    page.context.set_offline(True)
    page.get_by_label("相談内容").fill("県外の販売先が減っている。新しい販路の作り方を知りたい。")
    page.wait_for_timeout(2_000)
    assert asked == []
    page.context.set_offline(False)
    page.get_by_label("相談内容").fill("県外の販売先が減っている。新しい販路の作り方と、出展の費用を知りたい。")
    page.wait_for_timeout(2_000)
    assert any("similar" in url for url in asked)


def test_a_double_click_stores_one_record(visit):
    page = visit("coordinator.13")
    begin(page)
    name_new_enterprise(page, "二度押し印刷")
    write_note(page)
    page.get_by_role("button", name="記録する").dblclick()
    expect(page.get_by_text("相談を記録しました")).to_be_visible()
    assert records_of(page, "二度押し印刷") == 1


def test_the_same_post_sent_again_leads_to_the_same_record(visit):
    page = visit("coordinator.13")
    begin(page)
    name_new_enterprise(page, "再送堂")
    write_note(page)
    with page.expect_request(lambda one: one.method == "POST" and one.url.endswith(NEW_PAGE)) as sent:
        page.get_by_role("button", name="記録する").click()
    expect(page.get_by_text("相談を記録しました")).to_be_visible()
    record = page.url
    again = page.request.post(
        NEW_PAGE, data=sent.value.post_data_buffer, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert again.url == record
    assert records_of(page, "再送堂") == 1


def test_enter_while_an_ime_composes_does_not_submit(visit):
    page = visit("coordinator.13")
    begin(page)
    name_new_enterprise(page, "変換中商店")
    write_note(page)
    field = page.get_by_label("件名")
    field.focus()
    posts: list[str] = []
    page.on(
        "request", lambda one: posts.append(one.url) if one.method == "POST" and one.url.endswith(NEW_PAGE) else None
    )
    reached = field.evaluate(
        """field => {
          const send = (kind, more) => field.dispatchEvent(new more.type(kind, {bubbles: true, cancelable: true, ...more}));
          let heard = 0;
          field.addEventListener("keydown", () => { heard += 1; });
          send("compositionstart", {type: CompositionEvent, data: ""});
          send("keydown", {type: KeyboardEvent, key: "Enter", isComposing: true});
          send("keydown", {type: KeyboardEvent, key: "Enter", keyCode: 229});
          field.form.requestSubmit();
          send("compositionend", {type: CompositionEvent, data: "変換"});
          return heard;
        }"""
    )
    assert reached == 0
    page.wait_for_load_state("networkidle")
    assert posts == []
    expect(page).to_have_url(re.compile(NEW_PAGE))
    page.get_by_role("button", name="記録する").click()
    expect(page.get_by_text("相談を記録しました")).to_be_visible()
    assert len(posts) == 1


@pytest.fixture
def known(visit) -> Page:
    """A page for logging in a hub that knows 株式会社ﾜｲﾄﾞ髙橋 as typed on a good day."""
    page = visit("coordinator.13")
    page.goto("/hubs/tokyo/enterprises/?q=ワイド髙橋２号")
    if page.get_by_role("link", name="株式会社ワイド髙橋2号").count() == 0:
        begin(page)
        name_new_enterprise(page, "株式会社ワイド髙橋2号")
        page.get_by_label("フリガナ").fill("ワイドタカハシニゴウ")
        page.get_by_label("法人番号").fill("7000012050002")
        page.get_by_label("電話番号").fill("03-5551-2368")
        write_note(page)
        page.get_by_role("button", name="記録する").click()
        expect(page.get_by_text("相談を記録しました")).to_be_visible()
    begin(page)
    return page


@pytest.mark.parametrize(
    "typed",
    ["㈱ワイド髙橋", "(株)ワイド", "（株）ワイド髙橋", "ﾜｲﾄﾞ髙橋", "ワイド髙橋２号", "ワイドタカハシ", "ﾜｲﾄﾞﾀｶﾊｼ", "わいどたかはし",
     "7000012050002", "７００００１２０５０００２", "0355512368", "03-5551-2368", "０３－５５５１"],
)  # fmt: skip
def test_an_enterprise_is_found_however_it_is_typed(known, typed):
    known.get_by_label("事業者を探す").press_sequentially(typed, delay=5)
    expect(known.locator("#enterprise-found").get_by_text("株式会社ワイド髙橋2号", exact=True)).to_be_visible()


def test_what_somebody_else_changed_meanwhile_is_shown_and_not_overwritten(visit):
    mine = visit("coordinator.13")
    log_new_enterprise(mine, "二人羽織企画")
    record = mine.url
    theirs = visit("chief.13")
    for page in (mine, theirs):
        page.goto(f"{record}edit/")
    theirs.get_by_label("相談内容").fill("チーフが先に直した内容。")
    theirs.get_by_role("button", name="保存する").click()
    expect(theirs.get_by_text("相談記録を更新しました")).to_be_visible()

    mine.get_by_label("相談内容").fill("後から送った内容。")
    mine.get_by_role("button", name="保存する").click()
    expect(mine.get_by_role("heading", name="ほかの人が先に変更しました")).to_be_visible()
    row = mine.locator(".error-summary tbody tr").filter(has_text="相談内容")
    expect(row).to_contain_text("チーフが先に直した内容。")
    expect(row).to_contain_text("後から送った内容。")
    picture(mine, "edited-meanwhile-desktop")
    theirs.goto(record)
    expect(theirs.locator("main")).to_contain_text("チーフが先に直した内容。")
    expect(theirs.locator("main")).not_to_contain_text("後から送った内容。")
    expect(mine.get_by_label("相談内容")).to_have_value("後から送った内容。")
