"""Consents, requests and clients whose time is over."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from consultations.models import Consent, ConsentText, Enterprise, PrivacyRequest
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from tests import making

LONG_AGO = datetime(2017, 5, 1, 10, 0, tzinfo=making.MOMENT.tzinfo)


def make_text(purpose: str = "records", **fields: Any) -> ConsentText:
    values = {
        "version": f"t{next(making.NUMBERS)}", "valid_from": date(2015, 1, 1), "body": "利用目的に同意します。",
        "set_at": making.MOMENT,
    }  # fmt: skip
    values |= fields
    ConsentText.objects.filter(purpose=purpose, valid_from=values["valid_from"]).delete()
    return ConsentText.objects.create(purpose=purpose, **values)


def make_consent(*, enterprise: Enterprise, **fields: Any) -> Consent:
    values = {
        "purpose": "records", "given_on": date(2026, 4, 1), "means": "paper", "recorded_at": making.MOMENT,
        "recorded_by": making.staff_of(enterprise.hub),
    }  # fmt: skip
    with entered(Scope.of_hub(enterprise.hub_id)):
        return Consent.objects.create(hub=enterprise.hub, enterprise=enterprise, **(values | fields))


def make_request(*, enterprise: Enterprise, **fields: Any) -> PrivacyRequest:
    values = {
        "kind": "erasure", "requester": "青空 太郎", "relation": "self", "identity_check": "photo_id",
        "received_on": date(2026, 11, 19), "received_at": making.MOMENT, "received_by": making.staff_of(enterprise.hub),
    }  # fmt: skip
    with entered(Scope.of_hub(enterprise.hub_id)):
        return PrivacyRequest.objects.create(hub=enterprise.hub, enterprise=enterprise, **(values | fields))


def make_silent(*, hub: Hub, held_on: date = date(2018, 6, 1), **fields: Any) -> Enterprise:
    """A client with one consultation long ago, and everything personal filled in."""
    values = {
        "name": "株式会社青空製作所", "kana": "アオゾラセイサクショ", "corporate_number": making.make_corporate_number(),
        "trade_name": "青空", "representative": "青空 太郎", "representative_kana": "アオゾラ タロウ",
        "representative_post": "代表取締役", "postal_code": "1000001", "municipality": "千代田区",
        "municipality_code": "131016", "address": "千代田1-1", "phone": "0312345678", "email": "taro@client.example",
        "url": "https://client.example/", "industry": "09", "employees": 12, "capital_yen": 10_000_000,
        "sales_yen": 90_000_000, "prefecture_id": hub.pk, "memberships": ["chamber"],
        "created_at": LONG_AGO, "updated_at": LONG_AGO,
    }  # fmt: skip
    enterprise = making.make_enterprise(hub=hub, **(values | fields))
    case = making.make_case(
        hub=hub, enterprise=enterprise, received_on=held_on, title="青空製作所の販路", issue="青空製作所の課題",
        plan="青空製作所の計画", next_action="青空さんに電話",
    )  # fmt: skip
    making.make_consultation(
        hub=hub, case=case, held_on=held_on, content="青空製作所の太郎さんの相談。", advice="青空さんに助言した。",
        client_people="青空 太郎", place="青空製作所の工場",
    )  # fmt: skip
    return enterprise
