"""Referrals through the API: written once, sent only with consent, told with what came of them."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from hubs.tenancy import Scope, entered
from referrals import actions
from referrals.models import Referral, ReferralWork
from tests import making
from tests.referrals.making import AGENCY, make_referral, make_sent

pytestmark = pytest.mark.django_db
URL = "/api/v1/hubs/tokyo/referrals/"


@pytest.fixture
def program(client, coordinator):
    client.force_login(coordinator)
    return client


def body(hub, **changes):
    return {
        "client_id": str(uuid.uuid4()), "case": making.make_case(hub=hub).pk, "kind": "referral",
        "organization": making.make_organization(prefecture_id=hub.prefecture_id).pk, "recipient_email": AGENCY,
        "request": "融資の相談に乗ってください。", "fields_shared": ["name"],
    } | changes  # fmt: skip


def post(client, path, sent, **headers):
    return client.post(URL + path, sent, content_type="application/json", headers=headers)


def test_a_referral_is_written_once_and_sent_with_consent(program, tokyo):
    sent = body(tokyo, consented_on="2026-11-01", consent_how="written")
    first, second = post(program, "", sent), post(program, "", sent)
    assert (first.status_code, second.status_code) == (201, 200), first.content
    assert first.json()["id"] == second.json()["id"]
    going = post(program, f"{first.json()['id']}/sending/", {}, **{"If-Match": first["ETag"]})
    assert going.status_code == 200, going.content
    assert (going.json()["state"], going.json()["sent_on"]) == ("sent", timezone.localdate().isoformat())
    again = post(program, f"{first.json()['id']}/sending/", {}, **{"If-Match": going["ETag"]})
    assert again.status_code == 409


@pytest.mark.parametrize(
    "change",
    [
        {"fields_shared": ["name", "phone"]}, {"recipient_email": "other@shien.example"},
        {"consented_on": "2026-11-02"}, {"request": "別のお願い"},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_a_known_id_with_other_content_is_a_conflict(program, tokyo, change):
    sent = body(tokyo, consented_on="2026-11-01", consent_how="written")
    assert post(program, "", sent).status_code == 201
    answer = post(program, "", sent | change)
    assert answer.status_code == 409
    assert next(iter(change)) in answer.json()["detail"]


def test_without_consent_nothing_is_sent(program, tokyo):
    made = post(program, "", body(tokyo))
    refused = post(program, f"{made.json()['id']}/sending/", {}, **{"If-Match": made["ETag"]})
    assert refused.status_code == 409
    with entered(Scope.of_hub(tokyo.pk)):
        assert Referral.objects.get().state == "prepared"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"organization": 10**9}, "organization"), ({"fields_shared": ["secrets"]}, "fields_shared"),
        ({"recipient_email": "x"}, "recipient_email"), ({"consented_on": "2099-01-01"}, "consented_on"),
        ({"fields_shared": ["outline"]}, "outline"), ({"case": 10**9}, "case"), ({"request": ""}, "request"),
    ],
)  # fmt: skip
def test_a_bad_referral_is_a_400_that_names_the_field(program, tokyo, change, field):
    sent = body(tokyo, consented_on="2026-11-01", consent_how="written") | change
    answer = post(program, "", sent)
    assert answer.status_code == 400
    assert field in answer.json()


def test_the_list_and_one_with_its_work(program, tokyo):
    sent = make_sent(hub=tokyo)
    make_referral(hub=tokyo)
    assert [row["id"] for row in program.get(f"{URL}?state=unanswered").json()["results"]] == [sent.pk]
    assert len(program.get(URL).json()["results"]) == 2
    assert program.get(f"{URL}{sent.pk}/").json()["works"] == []


def test_osakas_referrals_are_not_there(program, tokyo, osaka):
    foreign = make_sent(hub=osaka)
    assert program.get(f"{URL}{foreign.pk}/").status_code == 404
    assert post(program, f"{foreign.pk}/sending/", {}, **{"If-Match": '"1"'}).status_code == 404


def test_work_makes_another_edition(program, tokyo, coordinator):
    sent = make_sent(hub=tokyo)
    tags = [program.get(f"{URL}{sent.pk}/")["ETag"]]

    def read() -> int:
        answer = program.get(f"{URL}{sent.pk}/", headers={"If-None-Match": tags[-1]})
        assert answer.status_code == 200, "not what was read before"
        tags.append(answer["ETag"])
        return len(answer.json()["works"])

    for number in (1, 2):  # the first one answers the referral as well, the second changes nothing else
        with entered(Scope.of_hub(tokyo.pk)):
            actions.log_work(
                referral=sent, client_id=uuid.uuid4(), worked_on=timezone.localdate(), times=1, content="面談",
                by=coordinator, at=timezone.now(),
            )  # fmt: skip
        assert read() == number
    with entered(Scope.of_hub(tokyo.pk)):
        actions.strike_work(work=ReferralWork.objects.first(), by=coordinator, at=timezone.now())
    assert read() == 1
    assert len(set(tags)) == len(tags)
