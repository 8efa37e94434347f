"""Headquarters opens a hub's records: with a reason, for an hour, to read, and the hub sees it."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.models import Entry
from hubs import actions
from hubs.models import RecordOpening
from hubs.tenancy import Scope, entered
from hubs.views.openings import way_on

RECORDS = "/hubs/tokyo/cases/?state=active&after="
REASON = "9月分の計上誤りの確認のため"


def opened(hub) -> list[RecordOpening]:
    with entered(Scope.of_hub(hub.pk)):
        return list(RecordOpening.objects.filter(hub=hub).select_related("user"))


def test_records_ask_for_a_reason_first(client, tokyo, headquarters) -> None:
    client.force_login(headquarters)
    answer = client.get(RECORDS)
    assert answer.status_code == 302
    asked = urlsplit(answer.url)
    assert asked.path == "/hubs/tokyo/opening/"
    assert parse_qs(asked.query)["next"] == [RECORDS]
    page = client.get(answer.url).content.decode()
    assert "60分" in page
    assert "チーフコーディネーターにも表示されます" in page


def test_a_reason_opens_them_and_leads_on(client, tokyo, headquarters) -> None:
    client.force_login(headquarters)
    answer = client.post("/hubs/tokyo/opening/", {"reason": REASON, "next": RECORDS})
    assert answer.url == RECORDS
    assert client.get(RECORDS).status_code == 200
    (opening,) = opened(tokyo)
    assert opening.expires_at - opening.opened_at == timedelta(minutes=60)


def test_only_the_one_hub_is_opened(client, tokyo, osaka, headquarters) -> None:
    client.force_login(headquarters)
    client.post("/hubs/tokyo/opening/", {"reason": REASON})
    assert client.get("/hubs/osaka/cases/").status_code == 302


def test_what_is_opened_is_never_written(client, tokyo, headquarters) -> None:
    client.force_login(headquarters)
    client.post("/hubs/tokyo/opening/", {"reason": REASON})
    for address in ("/hubs/tokyo/cases/", "/hubs/tokyo/consultations/", "/hubs/tokyo/consultations/new/"):
        for method in (client.post, client.put, client.patch, client.delete):
            assert (address, method(address).status_code) == (address, 403)


def test_an_opening_that_is_over_asks_again(client, tokyo, headquarters) -> None:
    long_ago = timezone.now() - timedelta(minutes=61)
    with entered(Scope.of_hub(tokyo.pk)):
        actions.open_records(hub=tokyo, by=headquarters, reason=REASON, at=long_ago)
    client.force_login(headquarters)
    assert client.get(RECORDS).status_code == 302


def test_a_colleagues_opening_is_not_mine(client, tokyo, headquarters) -> None:
    from tests.making import make_person

    colleague = make_person("headquarters", second_factor=True)
    with entered(Scope.of_hub(tokyo.pk)):
        actions.open_records(hub=tokyo, by=colleague, reason=REASON, at=timezone.now())
    client.force_login(headquarters)
    assert client.get(RECORDS).status_code == 302


@pytest.mark.parametrize("reason", ["", "確認のため", " " * 20, "確認\x07のために必要なので"])
def test_a_reason_says_something(client, tokyo, headquarters, reason: str) -> None:
    client.force_login(headquarters)
    answer = client.post("/hubs/tokyo/opening/", {"reason": reason, "next": RECORDS})
    assert answer.status_code == 422
    assert "reason" in answer.context["form"].errors
    assert answer.context["next"] == RECORDS
    assert opened(tokyo) == []


def test_the_deed_itself_wants_a_reason(tokyo, headquarters, now) -> None:
    with entered(Scope.of_hub(tokyo.pk)), pytest.raises(ValidationError):
        actions.open_records(hub=tokyo, by=headquarters, reason=" 短い ", at=now)


@pytest.mark.parametrize(
    "who", ["agency", "kanto", "coordinator", "chief", "body", "administrator", "advisor", "evaluator"]
)
def test_nobody_else_opens_records(client, tokyo, everybody, who: str) -> None:
    client.force_login(everybody[who])
    assert client.post("/hubs/tokyo/opening/", {"reason": REASON}).status_code == 403
    assert opened(tokyo) == []


@pytest.mark.parametrize(
    "asked",
    ["https://elsewhere.example/", "//elsewhere.example/hubs/tokyo/", "/hubs/osaka/cases/", "javascript:alert(1)",
     "/hubs/tokyo/../../admin/", "/hubs/tokyo\n//x", "", "\\\\elsewhere.example"],
)  # fmt: skip
def test_the_way_on_stays_in_the_hub(tokyo, asked: str) -> None:
    assert way_on(asked, tokyo) == "/hubs/tokyo/"


def test_the_hub_sees_who_and_why(client, tokyo, chief, headquarters) -> None:
    client.force_login(headquarters)
    client.post("/hubs/tokyo/opening/", {"reason": REASON})
    client.force_login(chief)
    page = client.get("/hubs/tokyo/trail/").content.decode()
    assert "全国 太郎" in page
    assert REASON in page
    assert "全国本部による記録の閲覧開始" in page
    with entered(Scope.of_hub(tokyo.pk)):
        line = Entry.objects.get(action="records.opened")
    assert (line.hub_id, line.actor, line.detail["reason"]) == (tokyo.pk, headquarters.email, REASON)
