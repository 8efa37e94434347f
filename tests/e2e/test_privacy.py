"""A number brings name and address; a postal code in two prefectures is chosen from; an erasure leaves a proof."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, picture
from tests.e2e.deeds import begin, log_new_enterprise

pytestmark = pytest.mark.e2e


def registered_number(page: Page) -> tuple[str, str]:
    """A 法人番号 of the demonstration with its name, met at another hub: nobody at Tokyo's has it."""
    page.goto("/hubs/osaka/enterprises/")
    is_number = page.locator("td").filter(
        has_text=re.compile(r"^\d{13}$")
    )  # a telephone number may stand beside a date
    row = page.locator("main tbody tr").filter(has=is_number).first
    number = (row.locator("td").filter(has_text=re.compile(r"^\d{13}$")).text_content() or "").strip()
    return number, (row.get_by_role("link").first.text_content() or "").strip()


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_a_number_brings_name_and_address(visit, screen):
    number, name = registered_number(visit("coordinator.27"))
    page = visit("coordinator.13", **({"viewport": PHONE} if screen == "phone" else {}))
    begin(page)
    page.get_by_label("新しい事業者として登録する").check()
    page.get_by_label("法人番号").press_sequentially(number)
    offer = page.locator("#registered-offer")
    expect(offer).to_contain_text(name)
    expect(page.get_by_label("名称")).to_have_value("")
    picture(page, f"offer-{screen}")
    take = offer.get_by_role("button", name="この内容を入力欄に入れる")
    take.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("名称")).to_have_value(name)
    expect(page.get_by_label("市区町村")).not_to_have_value("")
    expect(page.get_by_text("入力欄に入れました")).to_be_focused()
    expect(page.locator("#registered-offer")).to_contain_text("登録の内容と一致しています")
    page.get_by_label("名称").fill("株式会社べつの名前")
    page.get_by_role("button", name="番号から名称と住所を調べる").click()
    expect(page.locator("#registered-offer")).to_contain_text("入力: 株式会社べつの名前")
    expect(page.get_by_label("名称")).to_have_value("株式会社べつの名前")


def test_without_javascript_the_same_button_brings_the_same(visit):
    number, name = registered_number(visit("coordinator.27"))
    page = visit("coordinator.13", java_script_enabled=False)
    page.goto("/hubs/tokyo/consultations/new/")
    page.get_by_label("新しい事業者として登録する").check()
    page.get_by_label("法人番号").fill(number)
    page.get_by_role("button", name="番号から名称と住所を調べる").click()
    page.get_by_role("button", name="この内容を入力欄に入れる").click()
    expect(page.get_by_label("名称")).to_have_value(name)


def test_a_postal_code_in_two_prefectures_is_chosen_from(visit):
    page = visit("coordinator.13")
    begin(page)
    page.get_by_label("新しい事業者として登録する").check()
    page.locator("#client-fields summary").filter(has_text="所在地").click()
    page.get_by_label("郵便番号", exact=True).press_sequentially("000-0099")
    places = page.locator("#postal-offers")
    expect(places.get_by_role("button")).to_have_count(2)
    expect(places).to_contain_text("2つの住所")
    expect(page.get_by_label("市区町村")).to_have_value("")
    picture(page, "postal-offers-desktop")
    places.get_by_role("button", name="三重県").click()
    expect(page.get_by_label("市区町村")).to_have_value("見本郡架空町")
    expect(page.get_by_label("都道府県")).to_have_value("24")


def test_an_erasure_leaves_a_proof_and_nobodys_name(visit):
    page = visit("coordinator.13")
    log_new_enterprise(page, "株式会社わすれられる権利商店")
    page.get_by_role("link", name="株式会社わすれられる権利商店").first.click()
    address = re.sub(r"https?://[^/]+", "", page.url)

    chief = visit("chief.13")
    chief.goto(address)
    chief.get_by_role("link", name="保有する情報の開示・消去").click()
    expect(chief.get_by_role("heading", name="保有する情報", level=1)).to_be_visible()
    expect(chief.locator("main")).to_contain_text("coordinator.13@")
    picture(chief, "disclosure-desktop")
    with chief.expect_download() as download:
        chief.get_by_role("link", name="Excelで保存").click()
    assert download.value.suggested_filename.endswith(".xlsx")

    chief.get_by_role("link", name="開示・消去の請求を受け付ける").click()
    chief.get_by_role("radio", name="消去").check()
    chief.get_by_label("請求者の氏名").fill("忘川 太郎")
    chief.get_by_role("button", name="受け付ける").click()
    chief.get_by_role("button", name="個人情報を消去する").click()
    expect(chief.get_by_text("確認の欄に印を付けてください。")).to_be_visible()
    chief.get_by_label("消去すると元に戻せないことを確認しました。").check()
    picture(chief, "erasure-desktop")
    chief.get_by_role("button", name="個人情報を消去する").click()
    expect(chief.get_by_role("heading", name="個人情報の消去証明書")).to_be_visible()
    expect(chief.locator(".hash").last).to_have_text(re.compile("^[0-9a-f]{64}$"))
    expect(chief.locator(".proof")).not_to_contain_text("忘川")
    picture(chief, "proof-desktop")

    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("匿名化済み")
    page.goto("/hubs/tokyo/enterprises/?q=わすれられる権利")
    expect(page.get_by_text("当てはまる事業者はいません。")).to_be_visible()
