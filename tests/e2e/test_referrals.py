"""From the note to another agency and back: consent, letter, answer on a phone without an account, work counted."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, link_from_letter, picture
from tests.e2e.deeds import log_new_enterprise

pytestmark = pytest.mark.e2e

AGENCY = "yuushi@kinyu.example"
TODAY = dt.datetime.now(ZoneInfo("Asia/Tokyo")).date()


def test_a_client_is_handed_on_and_the_agency_answers_without_an_account(visit):
    page = visit("coordinator.13")
    log_new_enterprise(page, "橋渡し製菓")
    page.get_by_role("link", name="支援機関に紹介する").first.click()
    expect(page.get_by_role("heading", name="支援機関に紹介する")).to_be_visible()
    page.get_by_label("支援機関").select_option(index=1)
    page.get_by_label("担当者名").fill("融資窓口")
    page.get_by_label("送付先のメール").fill(AGENCY)
    page.get_by_label("依頼内容").fill("運転資金の借入れについて相談に乗ってください。")
    page.get_by_role("button", name="送付").first.click()
    expect(page.locator(".error-summary")).to_be_visible()  # nothing goes without the client's consent
    expect(page.get_by_label("依頼内容")).to_have_value("運転資金の借入れについて相談に乗ってください。")
    picture(page, "referral-consent-missing-desktop")
    page.get_by_label("同意日").fill(TODAY.isoformat())
    page.get_by_label("同意の方法").select_option(label="書面")
    page.get_by_role("checkbox", name="名称").check()
    page.get_by_role("checkbox", name="電話番号").check()
    page.get_by_role("checkbox", name="相談概要").check()
    page.get_by_label("相談概要").last.fill("運転資金が足りない。仕入れ先への支払いが月末に重なる。")
    page.get_by_role("button", name="送付").first.click()
    expect(page.get_by_text("送付しました")).to_be_visible()
    picture(page, "referral-sent-desktop")
    referral = page.url

    link = link_from_letter(AGENCY, "/answers/")
    agency = visit(viewport=PHONE)
    agency.goto(link)
    expect(agency.get_by_text("橋渡し製菓")).to_be_visible()
    assert agency.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    picture(agency, "answer-phone")
    agency.get_by_role("radio", name="対応を始めた").check()
    agency.get_by_role("button", name="回答を送る").click()
    agency.get_by_label("支援した日").fill(TODAY.isoformat())
    agency.get_by_label("回数").fill("2")
    agency.get_by_label("内容").last.fill("窓口で面談し、必要な書類を説明した。")
    agency.get_by_role("button", name="支援を記入する").click()
    expect(agency.get_by_text("支援 2回")).to_be_visible()
    picture(agency, "answer-given-phone")

    page.goto(referral)
    expect(page.get_by_text("対応中").first).to_be_visible()
    expect(page.get_by_text("窓口で面談し、必要な書類を説明した。")).to_be_visible()
    picture(page, "referral-answered-desktop")

    agency.goto(link[:-5] + "0000/")  # somebody guesses
    expect(agency.get_by_text("橋渡し製菓")).to_have_count(0)
    picture(agency, "answer-refused-phone")
