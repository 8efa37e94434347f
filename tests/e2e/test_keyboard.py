"""With the keyboard alone: sign in, log a consultation, see where one is, be led to what went wrong."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, address
from tests.e2e.deeds import NEW_PAGE

pytestmark = pytest.mark.e2e

FOCUSED = """() => {
  const one = document.activeElement, look = getComputedStyle(one), box = one.getBoundingClientRect();
  const label = one.labels?.[0]?.innerText ?? "";
  return {
    name: one.name ?? "", value: one.value ?? "", tag: one.tagName, checked: one.checked ?? null,
    text: (one.innerText || label).trim(), here: one !== document.body,
    outlined: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2,
    seen: box.bottom > 0 && box.top < innerHeight && box.width > 0,
  };
}"""


def focused(page: Page) -> dict:
    """Where the keyboard is. It must always show."""
    found = page.evaluate(FOCUSED)
    assert found["here"], "the focus was lost"
    assert found["outlined"], f"no outline on {found}"
    assert found["seen"], f"out of sight: {found}"
    return found


def tab_to(page: Page, **wanted: str) -> dict:
    """Press Tab until what has the focus is what is wanted (name=, value=, text=)."""
    for _ in range(150):
        page.keyboard.press("Tab")
        found = focused(page)
        if all(text in found[key] if key == "text" else text == found[key] for key, text in wanted.items()):
            return found
    raise AssertionError(f"Tab never comes to {wanted}")


def write(page: Page, name: str, text: str) -> None:
    tab_to(page, name=name)
    page.keyboard.insert_text(text)


def test_sign_in_and_log_a_consultation_without_a_mouse(visit):
    page = visit()
    page.goto("/accounts/login/")
    write(page, "login", address("coordinator.13"))
    write(page, "password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="サインアウト")).to_be_visible()

    tab_to(page, text="相談を記録", tag="A")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(NEW_PAGE))
    tab_to(page, name="enterprise", value="new")
    page.keyboard.press("Space")
    expect(page.get_by_label("新しい案件を作る")).to_be_checked()
    write(page, "new_name", "鍵盤楽器工房おと")
    write(page, "case_title", "工房の見学会の集客")
    tab_to(page, name="case_category")
    page.keyboard.press("ArrowDown")
    write(page, "minutes", "")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("30")
    tab_to(page, name="method")
    before = focused(page)["value"]
    page.keyboard.press("ArrowDown")
    assert focused(page)["value"] != before
    tab_to(page, name="themes", value="publicity")
    page.keyboard.press("Space")
    assert focused(page)["checked"]
    write(page, "content", "見学会に人が集まらない。")
    write(page, "advice", "近隣の音楽教室と共催することを助言した。")
    tab_to(page, text="記録する", tag="BUTTON")
    page.keyboard.press("Enter")
    expect(page.get_by_text("相談を記録しました")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("鍵盤楽器工房おと")


def test_the_first_tab_skips_to_the_content(visit):
    page = visit("coordinator.13")
    page.goto(NEW_PAGE)
    page.keyboard.press("Tab")
    assert focused(page)["text"] == "本文へ移動"
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.querySelector('#main').contains(document.activeElement)")


def test_after_a_refusal_the_focus_is_on_the_summary_and_its_links_lead_to_the_fields(visit):
    page = visit("coordinator.13")
    page.goto(NEW_PAGE)
    page.get_by_label("新しい事業者として登録する").check()
    expect(page.get_by_label("新しい案件を作る")).to_be_checked()
    page.get_by_role("button", name="記録する").click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    fields = {"相談内容": "content", "助言内容": "advice", "名称": "new_name", "件名": "case_title"}
    for label, name in fields.items():
        summary.get_by_role("link", name=label).first.focus()
        page.keyboard.press("Enter")
        expect(page.locator(f"[name={name}]")).to_be_focused()
    for label in ("相談細目",):  # a group: its first choice, or the group itself, comes next
        summary.get_by_role("link", name=label).focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("#"))
        target = page.url.rpartition("#")[2]
        assert page.evaluate("id => document.getElementById(id) !== null", target), target


def test_every_link_of_a_summary_has_a_target(visit):
    page = visit("coordinator.13")
    page.goto(NEW_PAGE)
    page.get_by_role("button", name="記録する").click()
    expect(page.locator(".error-summary")).to_be_focused()
    dead = page.evaluate(
        "() => [...document.querySelectorAll('.error-summary a')].map(a => a.hash.slice(1))"
        ".filter(id => !document.getElementById(id))"
    )
    assert dead == []
