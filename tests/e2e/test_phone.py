"""On a phone, and at 200 %: everything is there, and nothing must be scrolled sideways to be read."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, picture
from tests.e2e.deeds import begin, log_new_enterprise, name_new_enterprise, write_note
from tests.e2e.places import named, of

pytestmark = pytest.mark.e2e

MAIN_PAGES = (
    "stranger/login", "stranger/definitions",
    "coordinator/hub", "coordinator/logging-searching", "coordinator/logging-refused", "coordinator/records",
    "coordinator/record", "coordinator/record-edit", "coordinator/case", "coordinator/enterprise",
    "coordinator/enterprise-edit", "coordinator/figure-records", "coordinator/roster", "coordinator/profile",
    "coordinator/second-factor", "coordinator/forbidden", "chief/appointments", "chief/appointment",
    "chief/appointment-new", "chief/trail", "hq/nation", "hq/breakdowns", "hq/reports", "hq/opening",
)  # fmt: skip
ON_A_PHONE = {"viewport": PHONE, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
ENLARGED = {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2}  # 1280 × 900 at 200 %


def test_a_consultation_is_logged_on_a_phone(visit):
    page = visit("coordinator.13", **ON_A_PHONE)
    begin(page)
    name_new_enterprise(page, "てのひら珈琲焙煎所")
    write_note(page)
    picture(page, "logging-filled-phone")
    log_new_enterprise(page, "てのひら珈琲焙煎所")
    picture(page, "record-phone")


def sticks_out(page: Page) -> str:
    """What is wider than the window, or nothing. The window's own width counts: a page that does not fit makes a
    phone zoom out."""
    return page.evaluate(
        """() => {
          const wide = Math.round(window.screen.width < window.outerWidth ? window.screen.width : window.innerWidth);
          const page = document.scrollingElement;
          if (page.scrollWidth <= Math.min(wide, page.clientWidth)) return "";
          const guilty = [...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > wide + 1);
          return `${page.scrollWidth} > ${wide}: ${guilty.slice(0, 3).map(one => one.outerHTML.slice(0, 90)).join(" | ")}`;
        }"""
    )


@pytest.mark.parametrize(("options", "size"), [(ON_A_PHONE, "phone"), (ENLARGED, "enlarged")], ids=["360px", "200%"])
def test_no_page_is_wider_than_its_window(options, size, visit):
    found = {}
    pages: dict[str | None, Page] = {}
    for who, place in of(*MAIN_PAGES):
        page = pages.setdefault(who, pages.get(who) or visit(who, **options))
        place.go(page)
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
        if too_wide := sticks_out(page):
            found[f"{named(who or 'stranger')}/{place}"] = too_wide
        picture(page, f"{named(who or 'stranger')}-{place}-{size}")
    assert found == {}
