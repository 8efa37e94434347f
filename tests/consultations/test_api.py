"""The API keeps the pages' rules."""

from __future__ import annotations

import uuid

import pytest

from consultations.models import Consultation
from hubs.tenancy import Scope, entered
from tests import making

URL = "/api/v1/hubs/tokyo/consultations/"


def body(own_case, **changes):
    sent = {
        "client_id": str(uuid.uuid4()), "case": own_case.pk, "held_on": "2026-11-10", "minutes": 45, "method": "online",
        "themes": ["channels"], "content": "販路の相談", "advice": "商談会を案内",
    }  # fmt: skip
    return sent | changes


def post(client, sent):
    return client.post(URL, sent, content_type="application/json")


def test_a_consultation_is_logged_once_however_often_it_is_sent(client, tokyo, coordinator):
    client.force_login(coordinator)
    sent = body(making.make_case(hub=tokyo))
    first, second = post(client, sent), post(client, sent)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert [row["id"] for row in client.get(URL).json()["results"]] == [first.json()["id"]]


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": ["a"]}, {"minutes": 10**30}, {"minutes": "x"}, {"held_on": {"a": 1}},
        {"held_on": "平成99年1月1日"}, {"themes": "channels"}, {"themes": [["x"]]}, {"themes": ["unknown"]},
        {"content": "\u0000"}, {"content": "\ud800"}, {"content": "長" * 9000}, {"content": None}, {"method": "\u0007"},
        {"case": 10**30}, {"case": -1}, {"unit": 999999}, {"referred": [999999]}, {"referred": ["x"]},
    ],
)  # fmt: skip
def test_a_bad_body_is_a_clear_400_and_nothing_is_saved(client, tokyo, coordinator, change):
    client.force_login(coordinator)
    answer = post(client, body(making.make_case(hub=tokyo), **change))
    assert answer.status_code == 400, answer.content
    with entered(Scope.of_hub(tokyo.pk)):
        assert Consultation.objects.count() == 0


@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe", b"[]", b'"x"', b"[" * 100_000, b""])
def test_a_body_that_is_no_object_is_a_400(client, tokyo, coordinator, raw):
    client.force_login(coordinator)
    assert client.post(URL, raw, content_type="application/json").status_code == 400


def test_another_hubs_case_is_not_known(client, tokyo, osaka, coordinator):
    client.force_login(coordinator)
    assert post(client, body(making.make_case(hub=osaka))).status_code == 400


def test_strangers_and_visitors(client, tokyo, osaka_coordinator):
    assert client.get(URL).status_code == 401
    client.force_login(osaka_coordinator)
    assert client.get(URL).status_code == 404


def test_the_agency_sees_figures_and_no_record(client, agency):
    client.force_login(agency)
    assert client.get("/api/v1/figures/2026-11/").status_code == 200
    assert client.get(URL).status_code == 403
    assert client.get("/api/v1/figures/2026-99/").status_code == 404


def test_the_schema_and_the_definitions_are_public(client, db):
    assert client.get("/api/schema/").status_code == 200
    assert {row["code"] for row in client.get("/api/v1/indicators/").json()} >= {"consultations", "visitors"}


def test_headquarters_without_an_opening_and_unknown_addresses_are_told_in_json(
    client, headquarters, tokyo, coordinator
):
    client.force_login(headquarters)
    answer = client.get(URL)
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/json")
    client.force_login(coordinator)
    assert client.get("/api/v1/hubs/atlantis/consultations/").json() == {"detail": "Not Found"}
    assert client.get(URL, {"after": "x"}).status_code == 400
