"""Every page that people reach, by who reaches it, for tests that look at all of them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from foundation.periods import Month

Going = Callable[[Page], None]
RECORDS = "/hubs/tokyo/consultations/"
ENTERPRISES = "/hubs/tokyo/enterprises/"
CASES = "/hubs/tokyo/cases/"
APPOINTMENTS = "/hubs/tokyo/appointments/"
COMPOSITIONS = "/reports/compositions/"
LAST_MONTH = str(Month.of(dt.datetime.now(ZoneInfo("Asia/Tokyo")).date()).previous())


@dataclass(frozen=True)
class Place:
    """A page by name, and how one gets there."""

    name: str
    go: Going

    def __str__(self) -> str:
        return self.name


def at(url: str) -> Going:
    """By address."""
    return lambda page: page.goto(url) and None


def first_of(listing: str, then: str = "") -> Going:
    """The first thing of a list, or something below its address."""

    def go(page: Page) -> None:
        page.goto(listing)
        pattern = re.compile(rf"{listing}(\d+)/$")
        links = [link.get_attribute("href") or "" for link in page.locator("main a").all()]
        page.goto(next(href for href in links if pattern.search(href)) + then)

    return go


def logging_refused(page: Page) -> None:
    """The page for logging, sent empty."""
    page.goto(f"{RECORDS}new/")
    page.get_by_role("button", name="記録する").click()
    expect(page.locator(".error-summary")).to_be_visible()


def logging_with_enterprise(page: Page) -> None:
    """The page for logging, for an enterprise that the hub knows."""
    first_of(ENTERPRISES)(page)
    enterprise = page.url.rstrip("/").rsplit("/", 1)[1]
    page.goto(f"{RECORDS}new/?enterprise={enterprise}")


def logging_while_searching(page: Page) -> None:
    """The page for logging, with what was found and everything that folds open."""
    page.goto(f"{RECORDS}new/")
    page.get_by_label("事業者を探す").press_sequentially("株式")
    expect(page.locator("#enterprise-found label").first).to_be_visible()
    page.get_by_label("新しい事業者として登録する").check()
    for part in page.locator("main details > summary").all():
        part.click()


def sign_in_refused(page: Page) -> None:
    page.goto("/accounts/login/")
    page.locator("main").get_by_role("button", name="サインイン", exact=True).click()
    expect(page.locator(".error-summary")).to_be_visible()


def opening_refused(page: Page) -> None:
    page.goto("/hubs/osaka/opening/")
    page.get_by_role("button", name="理由を記録して開く").click()
    expect(page.locator(".error-summary")).to_be_visible()


def filters_refused(page: Page) -> None:
    page.goto(f"{RECORDS}?since=2026-99-99")


def crosstab_saved(page: Page) -> None:
    """The list of saved tables, with one in it."""
    page.goto("/nation/crosstab/tables/")
    if not page.locator("main td a").count():
        page.goto("/nation/crosstab/?measure=visitors")
        page.get_by_text("この条件を保存").click()
        page.locator(".keep input[name=name]").fill("毎月見る表")
        page.locator(".keep button").click()
        page.goto("/nation/crosstab/tables/")


def referral_of_first_case(page: Page) -> None:
    first_of(CASES)(page)
    number = page.url.rstrip("/").rpartition("/")[2]
    page.goto(f"/hubs/tokyo/referrals/new/?case={number}")


STRANGER = (
    Place("home", at("/")),
    Place("definitions", at("/definitions/")),
    Place("figures", at("/figures/")),
    Place("booking-request", at("/book/tokyo/")),
    Place("case-studies", at("/case-studies/")),
    Place("case-study", first_of("/case-studies/")),
    Place("login", at("/accounts/login/")),
    Place("login-refused", sign_in_refused),
    Place("password-reset", at("/accounts/password/reset/")),
    Place("password-reset-done", at("/accounts/password/reset/done/")),
    Place("password-reset-dead-link", at("/accounts/password/reset/key/1-dead-link/")),
    Place("not-found", at("/no-such-page/")),
    Place("offline", at("/offline/")),
)
COORDINATOR = (
    Place("hub", at("/hubs/tokyo/")),
    Place("hub-year", at("/hubs/tokyo/?span=ytd")),
    Place("logging", at(f"{RECORDS}new/")),
    Place("logging-refused", logging_refused),
    Place("logging-with-enterprise", logging_with_enterprise),
    Place("logging-searching", logging_while_searching),
    Place("records", at(RECORDS)),
    Place("records-found", at(f"{RECORDS}?q=販路")),
    Place("records-none", at(f"{RECORDS}?q=無量大数不可思議")),
    Place("records-refused", filters_refused),
    Place("record", first_of(RECORDS)),
    Place("record-edit", first_of(RECORDS, "edit/")),
    Place("cases", at(CASES)),
    Place("case", first_of(CASES)),
    Place("case-edit", first_of(CASES, "edit/")),
    Place("my-desk", at("/hubs/tokyo/desk/")),
    Place("outcome-new", first_of(CASES, "outcomes/new/")),
    Place("similar-cases", first_of(CASES, "similar/")),
    Place("enterprises", at(ENTERPRISES)),
    Place("enterprise", first_of(ENTERPRISES)),
    Place("enterprise-edit", first_of(ENTERPRISES, "edit/")),
    Place("consents", first_of(ENTERPRISES, "consents/")),
    Place("duplicates", at("/hubs/tokyo/duplicates/")),
    Place("duplicates-dismissed", at("/hubs/tokyo/duplicates/?state=dismissed")),
    Place("merge-search", at("/hubs/tokyo/merges/new/?q=株式")),
    Place("merges", at("/hubs/tokyo/merges/")),
    Place("merge", first_of("/hubs/tokyo/merges/")),
    Place("merge-undoing", first_of("/hubs/tokyo/merges/", "undoing/")),
    Place("figure-records", at("/hubs/tokyo/figures/records/?indicator=consultations")),
    Place("figure-enterprises", at("/hubs/tokyo/figures/records/?indicator=visitors")),
    Place("search", at("/hubs/tokyo/search/")),
    Place("search-found", at("/hubs/tokyo/search/?q=販路")),
    Place("search-refused", at("/hubs/tokyo/search/?q=販")),
    Place("search-organizations", at("/hubs/tokyo/search/organizations/?q=信用")),
    Place("views", at("/hubs/tokyo/views/")),
    Place("exports", at("/hubs/tokyo/exports/")),
    Place("bookings", at("/hubs/tokyo/bookings/")),
    Place("bookings-day", at("/hubs/tokyo/bookings/?view=day&by=place")),
    Place("booking-new", at("/hubs/tokyo/bookings/new/")),
    Place("booking-requests", at("/hubs/tokyo/bookings/requests/")),
    Place("referrals", at("/hubs/tokyo/referrals/")),
    Place("referral-new", referral_of_first_case),
    Place("tokens", at("/tokens/")),
    Place("months", at("/hubs/tokyo/months/")),
    Place("sharing", at("/hubs/tokyo/sharing/?box=outgoing")),
    Place("sharing-request", first_of("/hubs/tokyo/sharing/")),
    Place("sharing-hint", at("/hubs/tokyo/sharing/hint/?number=123")),
    Place("roster", at("/hubs/tokyo/roster/")),
    Place("profile", at("/accounts/profile/")),
    Place("password-change", at("/accounts/password/change/")),
    Place("second-factor", at("/accounts/2fa/")),
    Place("totp", at("/accounts/2fa/totp/activate/")),
    Place("passkeys", at("/accounts/2fa/webauthn/")),
    Place("passkey-add", at("/accounts/2fa/webauthn/add/")),
    Place("recovery-codes", at("/accounts/2fa/recovery-codes/generate/")),
    Place("logout", at("/accounts/logout/")),
    Place("offline", at("/offline/")),
    Place("forbidden", at("/nation/")),
    Place("not-found", at(f"{RECORDS}999999999/")),
    Place("other-hub", at("/hubs/osaka/")),
)
CHIEF = (
    Place("imports", at("/hubs/tokyo/imports/")),
    Place("my-desk", at("/hubs/tokyo/desk/")),
    Place("assignments", at("/hubs/tokyo/assignments/")),
    Place("assignment", first_of("/hubs/tokyo/assignments/")),
    Place("handovers", at("/hubs/tokyo/handovers/")),
    Place("booking-settings", at("/hubs/tokyo/bookings/settings/")),
    Place("webhooks", at("/hubs/tokyo/webhooks/")),
    Place("hub-reports", at("/hubs/tokyo/reports/")),
    Place("month", at(f"/hubs/tokyo/months/{LAST_MONTH}/")),
    Place("targets", at("/hubs/tokyo/targets/")),
    Place("targets-edit", at("/hubs/tokyo/targets/revision/")),
    Place("analysis", at("/hubs/tokyo/analysis/support/?span=ytd")),
    Place("month-submission", at(f"/hubs/tokyo/months/{LAST_MONTH}/submission/")),
    Place("appointments", at(APPOINTMENTS)),
    Place("appointment", first_of(APPOINTMENTS)),
    Place("appointment-new", at(f"{APPOINTMENTS}new/")),
    Place("trail", at("/hubs/tokyo/trail/")),
    Place("reviews", at("/hubs/tokyo/reviews/")),
    Place("entry-lag", at("/hubs/tokyo/reviews/entry-lag/")),
    Place("record-to-review", first_of(RECORDS)),
    Place("disclosure", first_of(ENTERPRISES, "disclosure/")),
    Place("privacy-request-new", first_of(ENTERPRISES, "privacy-requests/")),
    Place("privacy-requests", at("/hubs/tokyo/privacy-requests/")),
    Place("privacy-request", first_of("/hubs/tokyo/privacy-requests/")),
    Place("retention", at("/hubs/tokyo/retention/")),
)
BODY = (
    Place("appointments", at(APPOINTMENTS)),
    Place("appointment", first_of(APPOINTMENTS)),
    Place("appointment-new", at(f"{APPOINTMENTS}new/")),
)
HEADQUARTERS = (
    Place("special-desks", at("/nation/desks/")),
    Place("special-desk-new", at("/nation/desks/new/")),
    Place("special-desk", first_of("/nation/desks/")),
    Place("nation", at("/nation/")),
    Place("nation-year", at("/nation/?span=ytd&indicator=visitors&order=value")),
    Place("breakdowns", at("/nation/breakdowns/")),
    Place("analysis", at("/nation/analysis/")),
    Place("analysis-year", at("/nation/analysis/referrals/?span=ytd&order=percent")),
    Place("analysis-bureau", at("/nation/bureaus/kanto/analysis/outcomes/?span=qtd")),
    Place("warnings", at("/nation/warnings/")),
    Place("targets-nation", at("/nation/targets/")),
    Place("targets-nation-edit", at("/nation/targets/revision/")),
    Place("crosstab", at("/nation/crosstab/")),
    Place(
        "crosstab-records", at("/nation/crosstab/?rows=theme&columns=industry&in_category=sales&in_category=startup")
    ),
    Place("crosstab-refused", at("/nation/crosstab/?rows=month&columns=year&hubs=99")),
    Place("crosstab-tables", crosstab_saved),
    Place("crosstab-table", first_of("/nation/crosstab/tables/")),
    Place("reports", at("/reports/")),
    Place("packages", at("/reports/packages/")),
    Place("appointments", at("/nation/appointments/")),
    Place("trail", at("/nation/trail/")),
    Place("hub", at("/hubs/okinawa/")),
    Place("opening", at("/hubs/osaka/opening/")),
    Place("opening-refused", opening_refused),
    Place("months", at("/nation/months/")),
    Place("months-to-look-at", at("/nation/months/?state=look")),
    Place("month-dates", at(f"/nation/months/{LAST_MONTH}/dates/")),
    Place("month", at(f"/hubs/osaka/months/{LAST_MONTH}/")),
    Place("case-studies", at("/nation/case-studies/")),
    Place("case-study-new", at("/nation/case-studies/new/")),
    Place("case-study", first_of("/nation/case-studies/")),
    Place("compositions", at(COMPOSITIONS)),
    Place("composition", first_of(COMPOSITIONS)),
    Place("composition-edit", first_of(COMPOSITIONS, "edit/")),
    Place("composition-submission", first_of(COMPOSITIONS, "submission/")),
    Place("composition-paper", first_of(COMPOSITIONS, "paper/")),
    Place("composition-new", at(f"{COMPOSITIONS}new/")),
    Place("rules", at("/nation/rules/")),
    Place("consent-texts", at("/nation/consent-texts/")),
)
AGENCY = (
    Place("agency-home", at("/agency/")),
    Place("subscription", at("/agency/subscription/")),
    Place("packages", at("/reports/packages/")),
    Place("nation", at("/nation/")),
    Place("compositions", at(COMPOSITIONS)),
    Place("composition", first_of(COMPOSITIONS)),
    Place("breakdowns", at("/nation/breakdowns/")),
    Place("reports", at("/reports/")),
    Place("reports-future", at("/reports/?month=2099-01")),
    Place("hub", at("/hubs/tokyo/")),
)
BUREAU = (
    Place("nation", at("/nation/")),
    Place("months", at("/nation/months/")),
    Place("reports", at("/reports/")),
    Place("appointments", at("/nation/appointments/")),
    Place("appointment", first_of(APPOINTMENTS)),
    Place("hub", at("/hubs/tokyo/")),
)
ADVISOR = (
    Place("my-hubs", at("/my-hubs/")),
    Place("hub", at("/hubs/aichi/")),
)
ADMINISTRATOR = (
    Place("trail", at("/nation/trail/")),
    Place("profile", at("/accounts/profile/")),
)
ADMINISTRATION = (
    Place("admin", at("/admin/")),
    Place("admin-users", at("/admin/accounts/user/")),
    Place("admin-user-new", at("/admin/accounts/user/add/")),
)

PLACES: dict[str | None, tuple[Place, ...]] = {
    None: STRANGER,
    "coordinator.13": COORDINATOR,
    "chief.13": CHIEF,
    "body.13": BODY,
    "hq": HEADQUARTERS,
    "agency": AGENCY,
    "bureau.kanto": BUREAU,
    "advisor": ADVISOR,
    "admin": ADMINISTRATOR,
}


def named(place: str) -> str:
    """As a file name: coordinator.13 → coordinator."""
    return place.partition(".")[0]


def of(*wanted: str) -> Iterable[tuple[str | None, Place]]:
    """Some places by role and name: "coordinator/logging"."""
    for one in wanted:
        role, _slash, name = one.partition("/")
        who = next(each for each in PLACES if named(each or "stranger") == role)
        yield who, next(place for place in PLACES[who] if place.name == name)
