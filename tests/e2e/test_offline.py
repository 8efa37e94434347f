"""Without a network, in a real browser: written, kept, sent once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import PHONE, picture, sign_in
from tests.e2e.deeds import NEW_PAGE, begin, name_new_enterprise, write_note
from yorozu.demo.accounts import PASSWORD, address

pytestmark = pytest.mark.e2e

ON_A_PHONE = {"viewport": PHONE, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}


@pytest.fixture
def phone(visit) -> Page:
    """A coordinator's phone that has been here once with a network."""
    page = visit("coordinator.13", **ON_A_PHONE)
    return prepared(page)


def prepared(page: Page) -> Page:
    page.goto("/start/")
    expect(page).to_have_url(re.compile(NEW_PAGE))
    ready = page.evaluate(
        """async () => {
          const { who } = await import(document.querySelector("script[src*=offline]").src.replace(/offline[^/]*$/, "unsent.js"));
          for (let n = 0; n < 300; n += 1) {
            const worker = (await navigator.serviceWorker.getRegistration())?.active;
            if (worker?.state === "activated" && (await who())?.keys.length) return true;
            await new Promise((done) => setTimeout(done, 100));
          }
          return false;
        }"""
    )
    assert ready
    page.wait_for_load_state("networkidle")
    return page


def write(
    page: Page,
    name: str,
    *,
    content: str = "移動販売の売場が減っている。県外の催事に出たいが、費用の見通しが立たず困っている。",
) -> None:
    """A consultation on the page without a network."""
    expect(page.get_by_role("heading", name="通信がないときの相談記録")).to_be_visible()
    page.get_by_label("名称").fill(name)
    page.get_by_label("件名").fill("催事への出店")
    page.get_by_role("checkbox", name="販路開拓").check()
    page.get_by_label("相談内容").fill(content)
    page.get_by_label("助言内容").fill("費用の内訳を一緒に整理し、催事1回あたりの採算を試算することを勧めた。")


def send_later(page: Page) -> None:
    page.get_by_role("button", name="保存して、つながったら送る").click()


def unsent(page: Page):
    return page.locator("[data-unsent] > li")


def nothing_left(page: Page) -> None:
    """All is sent: the page has looked, and says so."""
    expect(page.locator("[data-unsent-count]")).to_have_text("未送信 0件", timeout=20_000)
    expect(unsent(page)).to_have_count(0)


def records_of(page: Page, name: str) -> int:
    page.goto("/hubs/tokyo/consultations/")
    return page.locator("main tbody tr").filter(has_text=name).count()


def reopened(page: Page) -> Page:
    """The page closed and the application opened again."""
    context: BrowserContext = page.context
    page.close()
    again = context.new_page()
    again.goto("/start/")
    return again


def test_written_without_a_network_closed_opened_again_and_sent_once(phone):
    phone.context.set_offline(True)
    phone = reopened(phone)
    write(phone, "波止場の移動販売")
    picture(phone, "offline-writing-phone")
    send_later(phone)
    expect(unsent(phone)).to_have_count(1)
    expect(unsent(phone)).to_contain_text("送信待ち")
    phone = reopened(phone)
    expect(unsent(phone)).to_have_count(1)
    picture(phone, "offline-waiting-phone")
    assert phone.evaluate("document.scrollingElement.scrollWidth") <= 360
    phone.context.set_offline(False)
    nothing_left(phone)
    assert records_of(phone, "波止場の移動販売") == 1


def test_two_tabs_send_one_record(phone):
    phone.context.set_offline(True)
    phone = reopened(phone)
    other = phone.context.new_page()
    other.goto("/start/")
    write(phone, "二つの窓茶舗")
    send_later(phone)
    expect(unsent(other)).to_have_count(1)
    phone.context.set_offline(False)
    nothing_left(phone)
    nothing_left(other)
    assert records_of(phone, "二つの窓茶舗") == 1


def test_what_was_half_written_is_there_when_the_page_is_opened_again(phone):
    phone.context.set_offline(True)
    phone = reopened(phone)
    write(phone, "書きかけ工房")
    expect(phone.locator("[data-draft-state]")).to_contain_text("この端末に保存しました")
    phone = reopened(phone)
    expect(unsent(phone)).to_contain_text("書きかけ")
    phone.get_by_role("button", name="続きを書く").click()
    expect(phone.get_by_label("名称")).to_have_value("書きかけ工房")
    expect(phone.get_by_role("checkbox", name="販路開拓")).to_be_checked()


def test_a_page_that_was_open_when_the_network_went_is_kept_and_sent(visit):
    page = prepared(visit("coordinator.13"))
    begin(page)
    name_new_enterprise(page, "途切れ途切れ食堂")
    write_note(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="記録する").click()
    expect(unsent(page)).to_contain_text("送信待ち")
    page.context.set_offline(False)
    nothing_left(page)
    assert records_of(page, "途切れ途切れ食堂") == 1


def test_refused_on_its_return_it_opens_as_typed_with_the_messages(phone):
    phone.context.set_offline(True)
    phone = reopened(phone)
    write(phone, "未来の相談所")
    phone.get_by_label("相談日").fill("2099-01-01")
    send_later(phone)
    phone.context.set_offline(False)
    expect(unsent(phone)).to_contain_text("入力内容の確認が必要です", timeout=20_000)
    phone.get_by_role("button", name="開いて直す").click()
    expect(phone.locator(".error-summary")).to_contain_text("未来の日付")
    expect(phone.get_by_label("名称")).to_have_value("未来の相談所")
    picture(phone, "offline-refused-phone")
    phone.get_by_label("相談日").fill("2026-11-01")
    phone.get_by_role("button", name="記録する").click()
    expect(phone.get_by_text("相談を記録しました")).to_be_visible()
    phone.goto("/offline/")
    nothing_left(phone)


def test_a_known_enterprise_is_chosen_when_the_network_is_back(phone):
    phone.goto("/hubs/tokyo/enterprises/")
    name = phone.locator("main tbody a").first.inner_text()
    phone.context.set_offline(True)
    phone = reopened(phone)
    phone.get_by_role("radio", name=re.compile("登録済みの事業者")).check()
    phone.get_by_label("事業者名").fill(name)
    phone.get_by_label("件名").fill("催事への出店")
    phone.get_by_role("checkbox", name="販路開拓").check()
    phone.get_by_label("相談内容").fill("つながらない場所で聞いた話。")
    phone.get_by_label("助言内容").fill("催事の採算を試算することを勧めた。")
    send_later(phone)
    phone.context.set_offline(False)
    expect(unsent(phone)).to_contain_text("事業者を選んでください")
    phone.get_by_role("button", name="事業者を選んで送る").click()
    phone.locator("#enterprise-found label").first.click()
    expect(phone.get_by_label("相談内容")).to_have_value("つながらない場所で聞いた話。")
    phone.get_by_label("新しい案件を作る").check()
    phone.get_by_role("button", name="記録する").click()
    expect(phone.get_by_text("相談を記録しました")).to_be_visible()
    phone.goto("/offline/")
    nothing_left(phone)


def test_signed_out_meanwhile_it_is_kept_and_sent_after_signing_in(visit):
    page = visit()
    sign_in(page, "coordinator.13")
    prepared(page)
    page.context.set_offline(True)
    page = reopened(page)
    write(page, "期限切れの港")
    send_later(page)
    page.context.clear_cookies(name="sessionid")
    page.context.set_offline(False)
    expect(page.locator("[data-network]")).to_contain_text("サインインすると送信します", timeout=20_000)
    expect(unsent(page)).to_have_count(1)
    sign_in(page, "coordinator.13")
    page.goto("/offline/")
    nothing_left(page)
    assert records_of(page, "期限切れの港") == 1


def test_the_next_person_at_the_device_finds_not_a_word_and_its_writer_finds_all(visit):
    page = visit()
    sign_in(page, "coordinator.13")
    prepared(page)
    page.context.set_offline(True)
    page = reopened(page)
    write(page, "内緒話の旅館", content="だれにも言えない相談。")
    send_later(page)
    expect(unsent(page)).to_have_count(1)
    page.context.clear_cookies(name="sessionid")
    page.route("**/offline/keys/", lambda route: route.abort())  # nothing is sent behind this test's back
    page.context.set_offline(False)
    sign_in(page, "chief.13")
    page.unroute("**/offline/keys/")
    prepared(page)
    page.goto("/offline/")
    expect(page.get_by_role("heading", name="通信がないときの相談記録")).to_be_visible()
    nothing_left(page)
    expect(page.locator("body")).not_to_contain_text("だれにも言えない")
    lying = page.evaluate(
        """async () => {
          const open = await new Promise((done) => { const asked = indexedDB.open("yorozu-unsent"); asked.onsuccess = () => done(asked.result); });
          const all = await new Promise((done) => { const asked = open.transaction("items").objectStore("items").getAll(); asked.onsuccess = () => done(asked.result); });
          const who = await new Promise((done) => { const asked = open.transaction("who").objectStore("who").getAll(); asked.onsuccess = () => done(asked.result); });
          const texts = all.map((item) => new TextDecoder().decode(item.sealed.text));
          const tried = await Promise.all(all.flatMap((item) => who[0].keys.map(({ key }) => crypto.subtle.decrypt(
            { name: "AES-GCM", iv: item.sealed.iv, additionalData: new TextEncoder().encode(`${item.person} ${item.id}`) }, key, item.sealed.text).then(() => "opened", () => "shut"))));
          return { texts, tried, exportable: who[0].keys.map(({ key }) => key.extractable), local: JSON.stringify(localStorage) };
        }"""
    )
    assert len(lying["texts"]) == 1
    assert "言えない" not in lying["texts"][0] + lying["local"]
    assert lying["tried"] == ["shut"]
    assert lying["exportable"] == [False]
    page.context.clear_cookies(name="sessionid")
    sign_in(page, "coordinator.13")
    page.goto("/offline/")
    expect(page.locator("[data-shell]")).to_be_visible()
    nothing_left(page)
    assert records_of(page, "内緒話の旅館") == 1


def test_what_one_sent_when_their_session_had_ended_is_neither_read_nor_sent_by_the_next_person(visit):
    page = visit()
    sign_in(page, "coordinator.13")
    prepared(page)
    begin(page)
    name_new_enterprise(page, "置き忘れ金物店")
    write_note(page, content="だれにも言えない相談。")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="記録する").click()
    page.get_by_label("メールアドレス").fill(address("chief.13"))  # where they were led, somebody else signs in
    page.get_by_label("パスワード").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="サインイン", exact=True).click()
    expect(page.get_by_role("heading", name="相談を記録", level=1)).to_be_visible()
    prepared(page)
    expect(page.get_by_label("相談内容")).to_have_value("")
    assert "言えない" not in page.evaluate("JSON.stringify(localStorage)")
    page.goto("/offline/")
    nothing_left(page)
    expect(page.locator("body")).not_to_contain_text("言えない")
    assert records_of(page, "置き忘れ金物店") == 0
    page.context.clear_cookies(name="sessionid")
    sign_in(page, "coordinator.13")
    page.goto("/offline/")
    expect(page.locator("[data-shell]")).to_be_visible()
    nothing_left(page)
    assert records_of(page, "置き忘れ金物店") == 1


def test_the_page_without_a_network_takes_over_only_what_its_own_reader_left(phone):
    phone.evaluate(
        """() => localStorage.setItem("yorozu-draft-b0f8b9a0-0000-4000-8000-000000000001", JSON.stringify({
          person: 1, at: 1, entries: [], sent: { id: "b0f8b9a0-0000-4000-8000-000000000001",
          path: "/hubs/tokyo/consultations/new/", fields: [["content", "だれにも言えない相談。"]] } }))"""
    )
    phone.context.set_offline(True)
    phone = reopened(phone)
    expect(phone.locator("[data-shell]")).to_be_visible()
    nothing_left(phone)
    phone.context.set_offline(False)
    phone.reload()
    nothing_left(phone)
    assert phone.evaluate("localStorage.getItem('yorozu-draft-b0f8b9a0-0000-4000-8000-000000000001')") is None


def test_signing_out_asks_first_and_leaves_nothing(visit):
    page = visit()
    sign_in(page, "coordinator.13")
    prepared(page)
    page.context.set_offline(True)
    page = reopened(page)
    write(page, "消えてよい店")
    page.get_by_label("相談日").fill("2099-01-01")  # so that it stays unsent
    send_later(page)
    page.context.set_offline(False)
    expect(unsent(page)).to_contain_text("入力内容の確認", timeout=20_000)
    page.goto(NEW_PAGE)
    expect(page.get_by_text("未送信 1件")).to_be_visible()
    picture(page, "offline-banner-desktop")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.get_by_role("button", name="サインアウト").click()
    page.wait_for_timeout(300)
    assert "1件" in asked[0]
    expect(page.get_by_role("button", name="サインアウト")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="サインアウト").click()
    expect(page.get_by_role("link", name="サインイン").first).to_be_visible()
    page.goto("/offline/")
    expect(page.get_by_text("この端末でまだサインインしていない")).to_be_visible()
    assert page.evaluate("(async () => (await indexedDB.databases()).length)()") <= 1
    nothing_left(page)


def test_an_edit_made_without_a_network_meets_somebody_elses(visit):
    mine = prepared(visit("coordinator.13"))
    begin(mine)
    name_new_enterprise(mine, "すれ違い商会")
    write_note(mine)
    mine.get_by_role("button", name="記録する").click()
    expect(mine.get_by_text("相談を記録しました")).to_be_visible()
    record = mine.url
    mine.goto(f"{record}edit/")
    theirs = visit("chief.13")
    theirs.goto(f"{record}edit/")
    theirs.get_by_label("相談内容").fill("チーフが先に直した内容。")
    theirs.get_by_role("button", name="保存する").click()
    expect(theirs.get_by_text("相談記録を更新しました")).to_be_visible()
    mine.context.set_offline(True)
    mine.get_by_label("相談内容").fill("電車の中で直した内容。")
    mine.get_by_role("button", name="保存する").click()
    expect(unsent(mine)).to_contain_text("送信待ち")
    mine.context.set_offline(False)
    expect(unsent(mine)).to_contain_text("ほかの人の変更と重なっています", timeout=20_000)
    mine.get_by_role("button", name="開いて直す").click()
    expect(mine.get_by_role("heading", name="ほかの人が先に変更しました")).to_be_visible()
    row = mine.locator(".error-summary tbody tr").filter(has_text="相談内容")
    expect(row).to_contain_text("チーフが先に直した内容。")
    expect(row).to_contain_text("電車の中で直した内容。")
    mine.get_by_role("button", name="違いを確かめたので").click()
    expect(mine.get_by_text("相談記録を更新しました")).to_be_visible()
    mine.goto("/offline/")
    nothing_left(mine)


def test_the_browser_keeps_nobodys_page(phone):
    phone.goto("/hubs/tokyo/consultations/")
    kept = phone.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) {
            found.push([new URL(request.url).pathname, await (await caches.match(request)).text()]);
          }
          return found;
        }"""
    )
    addresses = {address for address, _ in kept}
    assert "/offline/" in addresses
    assert all(address == "/offline/" or address.startswith("/static/") for address in addresses)
    shell = next(text for address, text in kept if address == "/offline/")
    assert "csrfmiddlewaretoken" not in shell
    assert 'data-person=""' in shell
    assert "サインアウト</button>" not in shell
