"""What people do on the pages, by what they see on them."""

from __future__ import annotations

from playwright.sync_api import Page, expect

NEW_PAGE = "/hubs/tokyo/consultations/new/"


def begin(page: Page) -> None:
    """Open the page for logging a consultation, ready to be typed in."""
    page.goto(NEW_PAGE)
    expect(page.get_by_role("heading", name="相談を記録", level=1)).to_be_visible()


def name_new_enterprise(page: Page, name: str, *, case: str = "販路の見直し") -> None:
    """A new enterprise and its first case."""
    page.get_by_label("新しい事業者として登録する").check()
    expect(page.get_by_label("新しい案件を作る")).to_be_checked()
    page.get_by_label("名称").fill(name)
    page.get_by_label("件名").fill(case)
    page.get_by_label("主たる相談区分").select_option(label="売上拡大")


def write_note(page: Page, *, content: str = "県外の販売先が減っている。新しい販路の作り方を知りたい。") -> None:
    """The note: minutes, method, themes, what was said."""
    page.get_by_label("相談時間").fill("50")
    page.get_by_role("radio", name="オンライン").check()
    page.get_by_role("checkbox", name="販路開拓").check()
    page.get_by_label("相談内容").fill(content)
    page.get_by_label("助言内容").fill("商談会への出展と、EC での小口販売から始めることを助言した。")


def log_new_enterprise(page: Page, name: str) -> None:
    """A whole consultation for an enterprise that the hub has never seen; ends on its record."""
    begin(page)
    name_new_enterprise(page, name)
    write_note(page)
    page.get_by_role("button", name="記録する").click()
    expect(page.get_by_text("相談を記録しました")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
