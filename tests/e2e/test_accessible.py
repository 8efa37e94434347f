"""Every page for every role: axe finds nothing, our policy refuses nothing, no script fails; and pages can be read
and consultations logged without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, picture
from tests.e2e.deeds import begin, write_note
from tests.e2e.places import ADMINISTRATION, PLACES, Place, named, of
from yorozu.local import PROJECT

pytestmark = pytest.mark.e2e

AXE = (PROJECT / "node_modules" / "axe-core" / "axe.min.js").read_text()
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
ENGLISH = ("stranger/login", "stranger/definitions", "coordinator/hub", "coordinator/logging-refused", "hq/nation")


def violations(page: Page) -> list[str]:
    """What axe objects to, each with where it is. The script comes from the debugger's side: our policy stays on."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(
        "levels => axe.run(document, {runOnly: {type: 'tag', values: levels}}).then(result => result.violations)",
        LEVELS,
    )
    return [
        f"{one['id']}: {one['help']} at {[node['target'] for node in one['nodes'][:4]]} ({len(one['nodes'])})"
        f" {one['nodes'][0].get('failureSummary', '')[:300]}"
        for one in found
    ]


def look_at(page: Page, places: tuple[Place, ...], role: str) -> dict[str, list[str]]:
    """Visit places, keep pictures, and tell what axe objects to."""
    found = {}
    for place in places:
        place.go(page)
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
        if objections := violations(page):
            found[f"{role}/{place}"] = objections
        picture(page, f"{role}-{place}-desktop")
    return found


@pytest.mark.parametrize("who", PLACES, ids=lambda who: named(who or "stranger"))
def test_axe_finds_nothing_on_any_page(who, visit):
    page = visit(who)
    assert look_at(page, PLACES[who], named(who or "stranger")) == {}


def test_axe_finds_nothing_in_the_administration(visit):
    assert look_at(visit("admin"), ADMINISTRATION, "admin") == {}


def test_axe_finds_nothing_on_a_phone(visit):
    wanted = of("coordinator/logging-searching", "coordinator/hub", "coordinator/record", "hq/nation")
    found = {}
    for who, place in wanted:
        found |= look_at(visit(who, viewport=PHONE), (place,), f"phone-{named(who)}")
    assert found == {}


def test_axe_finds_nothing_in_english(visit):
    found = {}
    for who, place in of(*ENGLISH):
        page = visit(who)
        page.goto("/")
        page.get_by_role("button", name="English").click()
        if place.name.endswith("refused"):
            page.goto("/hubs/tokyo/consultations/new/")
            page.locator(".save-bar button").click()
        else:
            place.go(page)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        if objections := violations(page):
            found[str(place)] = objections
        picture(page, f"english-{place}")
    assert found == {}


def test_a_consultation_is_logged_without_javascript(visit):
    page = visit("coordinator.13", java_script_enabled=False)
    page.goto("/hubs/tokyo/enterprises/")
    name = page.locator("main tbody a").first.text_content() or ""
    begin(page)
    page.get_by_label("事業者を探す").fill(name)
    page.get_by_role("button", name="探す").click()
    page.locator("#enterprise-found").get_by_text(name, exact=True).first.click()
    page.get_by_label("新しい案件を作る").check()
    page.get_by_label("件名").fill("補助金の相談")
    page.get_by_label("主たる相談区分").select_option(label="売上拡大")
    write_note(page)
    page.get_by_role("button", name="記録する").click()
    expect(page.get_by_text("相談を記録しました")).to_be_visible()


def test_pages_are_read_without_javascript(visit):
    for who, place in of("coordinator/hub", "hq/nation", "coordinator/records", "hq/breakdowns", "chief/trail"):
        page = visit(who, java_script_enabled=False)
        place.go(page)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("table").first).to_be_visible()
        for chart in page.locator("canvas").all():
            expect(chart).to_be_hidden()  # its table says the same
