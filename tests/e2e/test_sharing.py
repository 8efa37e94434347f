"""Tokyo types a 法人番号 that Osaka knows, asks, Osaka's chief accepts, Tokyo reads, and Osaka sees who looked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, picture
from tests.e2e.deeds import begin

pytestmark = pytest.mark.e2e


def clients_of_osaka(page: Page) -> list[str]:
    """法人番号 of Osaka's clients, as Osaka's list shows them."""
    page.goto("/hubs/osaka/enterprises/")
    cells = page.locator("main tbody td").all_text_contents()
    return [cell.strip() for cell in cells if cell.strip().isdigit() and len(cell.strip()) == 13]


def hint_of(page: Page, number: str) -> str:
    """What stands beside the field when a number has been typed."""
    field = page.get_by_label("法人番号").first
    field.fill("")
    with page.expect_response(lambda answer: "/sharing/hint/" in answer.url and number in answer.url) as told:
        field.press_sequentially(number)
    return told.value.text()


def test_joint_support_from_hint_to_trace(visit: Callable[..., Page]) -> None:
    osaka = visit("chief.27")
    numbers = clients_of_osaka(osaka)
    tokyo = visit("coordinator.13")
    begin(tokyo)
    tokyo.get_by_label("新しい事業者として登録する").check()
    # one that Tokyo has asked nothing about yet
    number = next(number for number in numbers if f"number={number}&amp;to=osaka" in hint_of(tokyo, number))
    expect(tokyo.get_by_text("ほかの拠点にも登録されています")).to_be_visible()
    picture(tokyo, "sharing-hint")
    tokyo.locator(".elsewhere li").filter(has_text="大阪").get_by_role("link").click()

    expect(tokyo.get_by_role("heading", name="他拠点への申入れ")).to_be_visible()
    tokyo.get_by_label("申入れの理由").fill("東京の工場を支援しており、あわせて進めたい。")
    today = dt.datetime.now(ZoneInfo("Asia/Tokyo")).date()
    tokyo.get_by_label("事業者が同意した日").fill(today.isoformat())
    tokyo.get_by_role("radio", name="書面").check()
    tokyo.get_by_role("button", name="申し入れる").click()
    expect(tokyo.locator(".error-summary")).to_be_visible()  # without a last day
    tokyo.get_by_label("共同支援の終了日").fill((today + dt.timedelta(days=60)).isoformat())
    picture(tokyo, "sharing-new")
    tokyo.get_by_role("button", name="申し入れる").click()
    expect(tokyo.get_by_text("申し入れました")).to_be_visible()

    osaka.goto("/hubs/osaka/sharing/")
    osaka.locator("main tbody a").first.click()
    expect(osaka.get_by_text("東京の工場を支援しており")).to_be_visible()
    osaka.get_by_role("button", name="承諾する").click()
    expect(osaka.get_by_text("記録しました: 承諾")).to_be_visible()

    tokyo.reload()
    tokyo.get_by_role("link", name="共同支援の経過を開く").click()
    expect(tokyo.get_by_text("閲覧のみ")).to_be_visible()
    expect(tokyo.locator(".timeline > li").first).to_be_visible()
    picture(tokyo, "sharing-timeline")

    osaka.reload()
    expect(osaka.get_by_role("heading", name="閲覧した人")).to_be_visible()
    expect(osaka.get_by_text("coordinator.13@")).to_be_visible()
    picture(osaka, "sharing-trace")
    assert number in osaka.locator("main").inner_text()

    phone = visit("coordinator.13", viewport=PHONE)
    for name, address in (("list", "/hubs/tokyo/sharing/?box=outgoing"), ("timeline", tokyo.url)):
        phone.goto(address)
        assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        picture(phone, f"sharing-{name}-phone")
