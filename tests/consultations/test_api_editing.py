"""Enterprises, cases and consultations through the API: once, with editions, by the pages' rules."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from consultations.actions import privacy
from consultations.models import Case, Consultation, Enterprise
from hubs.tenancy import Scope, entered
from tests import making
from tests.consultations.making_twins import make_twins, merge, undo

pytestmark = pytest.mark.django_db
HUB = "/api/v1/hubs/tokyo/"


@pytest.fixture
def program(client, coordinator):
    """A program of a coordinator of Tokyo."""
    client.force_login(coordinator)
    return client


def send(client, method, path, body, **headers):
    return getattr(client, method)(HUB + path, body, content_type="application/json", headers=headers)


def enterprise_body(**changes):
    return {"client_id": str(uuid.uuid4()), "kind": "corporation", "name": "株式会社海風"} | changes


def case_body(enterprise_id, **changes):
    return {
        "client_id": str(uuid.uuid4()), "enterprise": enterprise_id, "title": "販路", "category": "sales",
        "received_on": "2026-11-10", "reception": "web",
    } | changes  # fmt: skip


def test_an_enterprise_is_registered_once(program, tokyo):
    body = enterprise_body()
    first, second = send(program, "post", "enterprises/", body), send(program, "post", "enterprises/", body)
    assert (first.status_code, second.status_code) == (201, 200), first.content
    assert first.json()["id"] == second.json()["id"]
    with entered(Scope.of_hub(tokyo.pk)):
        assert Enterprise.objects.count() == 1


def test_an_id_cannot_stand_for_two_kinds(program, tokyo):
    body = enterprise_body()
    send(program, "post", "enterprises/", body)
    own = making.make_case(hub=tokyo)
    answer = send(program, "post", "cases/", case_body(own.enterprise_id, client_id=body["client_id"]))
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"corporate_number": "1234567890123"}, "corporate_number"), ({"name": ""}, "name"), ({"kind": "x"}, "kind"),
        ({"phone": "12"}, "phone"), ({"industry": "ZZ"}, "industry"), ({"employees": -1}, "employees"),
        ({"prefecture": 99}, "prefecture"), ({"capital_yen": 10**30}, "capital_yen"), ({"client_id": "x"}, "client_id"),
    ],
)  # fmt: skip
def test_a_bad_enterprise_is_a_400_that_names_the_field(program, tokyo, change, field):
    answer = send(program, "post", "enterprises/", enterprise_body(**change))
    assert answer.status_code == 400
    assert list(answer.json()) == [field]


def test_a_number_that_the_hub_knows_is_told(program, tokyo):
    number = "5000012010008"
    send(program, "post", "enterprises/", enterprise_body(corporate_number=number))
    again = send(program, "post", "enterprises/", enterprise_body(corporate_number=number))
    assert again.status_code == 400
    assert list(again.json()) == ["corporate_number"]


def test_a_change_needs_the_edition_that_was_read(program, tokyo):
    pk = send(program, "post", "enterprises/", enterprise_body()).json()["id"]
    read = program.get(f"{HUB}enterprises/{pk}/")
    path = f"enterprises/{pk}/"
    assert send(program, "patch", path, {"name": "A"}).status_code == 428
    changed = send(program, "patch", path, {"name": "㈱海風"}, **{"If-Match": read["ETag"]})
    assert changed.status_code == 200, changed.content
    assert changed.json()["version"] == 2
    assert changed["ETag"] != read["ETag"]
    assert send(program, "patch", path, {"name": "C"}, **{"If-Match": read["ETag"]}).status_code == 412


def test_what_a_program_leaves_out_stays(program, tokyo):
    pk = send(
        program, "post", "enterprises/", enterprise_body(phone="03-1234-5678", established_on="2020-04-01")
    ).json()["id"]
    tag = program.get(f"{HUB}enterprises/{pk}/")["ETag"]
    changed = send(program, "patch", f"enterprises/{pk}/", {"name": "新名"}, **{"If-Match": tag}).json()
    assert (changed["phone"], changed["established_on"], changed["name"]) == ("0312345678", "2020-04-01", "新名")


def test_an_unchanged_row_need_not_be_told_again(program, tokyo):
    own = making.make_case(hub=tokyo)
    tag = program.get(f"{HUB}cases/{own.pk}/")["ETag"]
    assert program.get(f"{HUB}cases/{own.pk}/", headers={"If-None-Match": tag}).status_code == 304


def test_a_case_is_opened_once_changed_and_moved(program, tokyo):
    enterprise = making.make_case(hub=tokyo).enterprise_id
    body = case_body(enterprise)
    first, second = send(program, "post", "cases/", body), send(program, "post", "cases/", body)
    assert (first.status_code, second.status_code) == (201, 200), first.content
    pk = first.json()["id"]
    changed = send(program, "patch", f"cases/{pk}/", {"next_action": "電話"}, **{"If-Match": first["ETag"]})
    assert changed.json()["next_action"] == "電話"
    moved = send(
        program, "post", f"cases/{pk}/steps/", {"move": "start", "on": "2026-11-11"}, **{"If-Match": changed["ETag"]}
    )
    assert moved.status_code == 200, moved.content
    assert moved.json()["state"] == "active"
    refused = send(
        program, "post", f"cases/{pk}/steps/", {"move": "reopen", "on": "2026-11-11"}, **{"If-Match": moved["ETag"]}
    )
    assert refused.status_code == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"received_on": "2099-01-01"}, "received_on"), ({"heard_from": "zz"}, "heard_from"),
        ({"introduced_by": "zz"}, "introduced_by"), ({"reception": "zz"}, "reception"), ({"enterprise": 10**9}, "enterprise"),
    ],
)  # fmt: skip
def test_a_bad_case_is_a_400_that_names_the_field(program, tokyo, change, field):
    answer = send(program, "post", "cases/", case_body(making.make_case(hub=tokyo).enterprise_id, **change))
    assert answer.status_code == 400
    assert list(answer.json()) == [field]


def test_another_hubs_rows_are_not_there(program, tokyo, osaka):
    foreign = making.make_consultation(hub=osaka)
    for path in (f"cases/{foreign.case_id}/", f"enterprises/{foreign.enterprise_id}/", f"consultations/{foreign.pk}/"):
        assert program.get(HUB + path).status_code == 404
        assert send(program, "patch", path, {}, **{"If-Match": '"1"'}).status_code == 404
    answer = send(program, "post", "cases/", case_body(foreign.enterprise_id))
    assert list(answer.json()) == ["enterprise"]


def test_a_consultation_is_changed_and_taken_away(program, tokyo):
    held = making.make_consultation(hub=tokyo)
    path = f"consultations/{held.pk}/"
    tag = program.get(HUB + path)["ETag"]
    changed = send(program, "patch", path, {"advice": "見積りを取り直す"}, **{"If-Match": tag})
    assert changed.status_code == 200, changed.content
    assert changed.json()["advice"] == "見積りを取り直す"
    assert changed.json()["themes"] == held.themes
    assert send(program, "delete", path, {}, **{"If-Match": tag}).status_code == 412
    assert send(program, "delete", path, {}, **{"If-Match": changed["ETag"]}).status_code == 204
    assert program.get(HUB + path).status_code == 404
    with entered(Scope.of_hub(tokyo.pk)):
        assert Consultation.objects.get(pk=held.pk).deleted_at is not None


@pytest.mark.django_db(transaction=True)
def test_two_that_arrive_at_the_same_moment_make_one(tokyo, coordinator):
    body = enterprise_body()

    def once(_n):
        client = Client()
        client.force_login(coordinator)
        try:
            return send(client, "post", "enterprises/", body).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(once, range(4))) == [200, 200, 200, 201]
    with entered(Scope.of_hub(tokyo.pk)):
        assert Enterprise.objects.count() == 1
        assert Case.objects.count() == 0


# ---- what is changed by other ways than an edit
def kept_by(program, *paths: str) -> dict[str, str]:
    """The editions that a program has read."""
    return {path: program.get(HUB + path)["ETag"] for path in paths}


def changed_since(program, kept: dict[str, str]) -> list[bool]:
    """Whether the program is told so, of each."""
    return [program.get(HUB + path, headers={"If-None-Match": tag}).status_code == 200 for path, tag in kept.items()]


def test_a_merge_and_its_undoing_are_other_editions_of_what_they_move(program, tokyo, coordinator):
    one, other = make_twins(tokyo)
    stays = making.make_consultation(hub=tokyo, enterprise=one)
    moves = making.make_consultation(hub=tokyo, enterprise=other)
    paths = f"consultations/{moves.pk}/", f"cases/{moves.case_id}/", f"consultations/{stays.pk}/"
    before = kept_by(program, *paths)
    done = merge(one, other, by=coordinator)
    assert changed_since(program, before) == [True, True, False]
    assert program.get(HUB + paths[0]).json()["enterprise"] == one.pk
    merged = kept_by(program, *paths)
    undo(done, by=coordinator)
    assert changed_since(program, merged) == [True, True, False]
    assert changed_since(program, before) == [True, True, False]
    assert program.get(HUB + paths[1]).json()["enterprise"] == other.pk


def test_an_erasure_is_another_edition_of_all_that_it_empties(program, tokyo, now):
    note = making.make_consultation(hub=tokyo)
    kept = kept_by(program, f"consultations/{note.pk}/", f"cases/{note.case_id}/", f"enterprises/{note.enterprise_id}/")
    with entered(Scope.of_hub(tokyo.pk)):
        privacy.anonymise(enterprise=note.enterprise, ground="request", by=None, at=now)
    assert changed_since(program, kept) == [True, True, True]
