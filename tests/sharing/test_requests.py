"""Asked, answered, traced: by whom, once, and in both hubs' eyes alone."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, InternalError, ProgrammingError
from django.utils import timezone

from audit.models import Entry
from foundation.errors import MoveRefused
from hubs.tenancy import NoScope, Scope, entered
from letters.models import Letter
from sharing import actions, tasks
from sharing.choices import SharingState
from sharing.models import SharingRequest, SharingStep
from tests import making
from tests.sharing.making import accept, again, ask, chief_of, hand_over, make_client, make_wish
from tests.statements import statements_of

LIST = "/hubs/tokyo/sharing/"


def codes_of(hub) -> list[str]:
    with entered(Scope.of_hub(hub.pk)):
        rows = Entry.objects.filter(hub_id=hub.pk, action__startswith="sharing.")
        return list(rows.order_by("pk").values_list("action", flat=True))


# ---- asking


def test_a_request_is_seen_by_both_hubs_and_by_no_third(tokyo, osaka, kyoto, naniwa):
    request = ask(hub=tokyo, of=naniwa)
    assert again(request, tokyo) == again(request, osaka) == request
    with entered(Scope.of_hub(kyoto.pk)):
        assert not SharingRequest.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sharing_sharingrequest")
            assert cursor.fetchone() == (0,)
    with pytest.raises(NoScope):
        SharingRequest.objects.exists()


def test_each_deed_stands_in_both_trails(tokyo, osaka, naniwa):
    accept(ask(hub=tokyo, of=naniwa))
    assert codes_of(tokyo) == codes_of(osaka) == ["sharing.ask", "sharing.accept"]


def test_one_asks_only_a_hub_that_holds_the_client(tokyo, osaka, kyoto, naniwa):
    with entered(Scope.of_hub(tokyo.pk)), pytest.raises(actions.NotHeld):
        actions.ask(
            hub=tokyo, to_hub=kyoto, wish=make_wish(naniwa.corporate_number), by=making.staff_of(tokyo),
            at=timezone.now(),
        )  # fmt: skip


def test_one_asks_once_until_it_is_over(tokyo, naniwa):
    first = ask(hub=tokyo, of=naniwa)
    with pytest.raises(actions.AlreadyAsked):
        ask(hub=tokyo, of=naniwa, kind="transfer")
    with entered(Scope.of_hub(tokyo.pk)):
        actions.withdraw(request=first, by=making.staff_of(tokyo), at=timezone.now())
    assert ask(hub=tokyo, of=naniwa, kind="transfer").pk != first.pk


def test_joint_support_is_asked_for_a_year_at_most(tokyo, naniwa):
    with pytest.raises(actions.TooLong):
        ask(hub=tokyo, of=naniwa, ends_on=timezone.localdate() + timedelta(days=366))


# ---- what the database says no to


def refused(sql: str, *values: object) -> None:
    with pytest.raises((IntegrityError, InternalError, ProgrammingError)), transaction.atomic():
        connection.cursor().execute(sql, values)


def test_the_hub_that_asks_cannot_answer_itself(tokyo, naniwa, osaka):
    request = ask(hub=tokyo, of=naniwa)
    with entered(Scope.of_hub(tokyo.pk)):
        refused(
            "UPDATE sharing_sharingrequest SET state = 'accepted', starts_on = %s, answered_at = now(),"
            " answered_by_id = asked_by_id WHERE id = %s", timezone.localdate(), request.pk,
        )  # fmt: skip
        refused(
            "INSERT INTO sharing_sharingrequest (hub_id, to_hub_id, kind, corporate_number, reason, consented_on,"
            " consent_how, starts_on, ends_on, state, asked_at, asked_by_id, answered_at, answered_by_id, answer)"
            " SELECT hub_id, to_hub_id, kind, '1111111111111', reason, consented_on, consent_how, consented_on, ends_on,"
            " 'accepted', asked_at, asked_by_id, asked_at, asked_by_id, '' FROM sharing_sharingrequest",
        )  # fmt: skip
    assert again(request, osaka).state == SharingState.ASKED


def test_what_was_agreed_on_stands(tokyo, osaka, naniwa):
    request = accept(ask(hub=tokyo, of=naniwa))
    other = make_client(osaka)
    for hub in (tokyo, osaka):
        with entered(Scope.of_hub(hub.pk)):
            for change in (
                f"corporate_number = '{other.corporate_number}'", "ends_on = ends_on + 30", "state = 'asked'",
                "hub_id = 1", "answer = 'x'",
            ):  # fmt: skip
                refused(f"UPDATE sharing_sharingrequest SET {change} WHERE id = %s", request.pk)
            refused("DELETE FROM sharing_sharingstep WHERE request_id = %s", request.pk)
            refused("UPDATE sharing_sharingstep SET note = 'x' WHERE request_id = %s", request.pk)
            refused("DELETE FROM sharing_sharingrequest WHERE id = %s", request.pk)


def test_a_third_hub_can_put_no_request_between_two_others(tokyo, osaka, kyoto, naniwa):
    with entered(Scope.of_hub(kyoto.pk)):
        wish = make_wish(naniwa.corporate_number)
        with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
            SharingRequest.objects.create(
                hub=tokyo, to_hub=osaka, asked_by=chief_of(kyoto), asked_at=timezone.now(), **vars(wish)
            )


# ---- pages


def form_of(**fields: Any) -> dict[str, Any]:
    return {
        "to_hub": "27", "kind": "joint", "reason": "東京の工場を支援している。", "consented_on": "2026-11-01",
        "consent_how": "written", "ends_on": (timezone.localdate() + timedelta(days=60)).isoformat(),
    } | fields  # fmt: skip


def test_a_coordinator_asks_and_the_other_hubs_chief_accepts(client, coordinator, osaka_chief, tokyo, naniwa, session):
    client.force_login(coordinator)
    address = f"{LIST}new/?number={naniwa.corporate_number}&to=osaka"
    assert "株式会社なにわ製作" in client.get(address).text
    made = client.post(address, form_of())
    assert made.status_code == 302
    with entered(Scope.of_hub(tokyo.pk)):
        request = SharingRequest.objects.get()
    assert made.url == f"{LIST}{request.pk}/"
    client.force_login(osaka_chief)
    assert "東京の工場を支援している。" in client.get(f"/hubs/osaka/sharing/{request.pk}/").text
    sent = {"accept-ends_on": request.ends_on.isoformat(), "accept-answer": ""}
    assert client.post(f"/hubs/osaka/sharing/{request.pk}/acceptance/", sent).status_code == 302
    assert again(request, tokyo).state == SharingState.ACCEPTED


def test_what_is_missing_is_told_beside_its_field_and_nothing_is_lost(client, coordinator, naniwa, tokyo):
    client.force_login(coordinator)
    answer = client.post(f"{LIST}new/?number={naniwa.corporate_number}", form_of(ends_on="", consented_on="2099-01-01"))
    assert answer.status_code == 422
    assert "東京の工場を支援している。" in answer.text
    assert "共同支援の終了日を入力してください。" in answer.text
    assert "同意した日は、今日までの日付にしてください。" in answer.text
    with entered(Scope.of_hub(tokyo.pk)):
        assert not SharingRequest.objects.exists()


def test_asking_twice_is_refused_with_what_there_is(client, coordinator, naniwa, tokyo):
    request = ask(hub=tokyo, of=naniwa)
    client.force_login(coordinator)
    answer = client.post(f"{LIST}new/?number={naniwa.corporate_number}", form_of())
    assert answer.status_code == 422
    assert f"{LIST}{request.pk}/" in answer.text


def test_without_a_number_one_looks_it_up_first(client, coordinator):
    client.force_login(coordinator)
    assert client.get(f"{LIST}new/").url == f"{LIST}hint/"


@pytest.mark.parametrize("number", ["123", "１２３", "x" * 200])
def test_no_request_about_half_a_number(client, coordinator, number):
    client.force_login(coordinator)
    assert client.get(f"{LIST}new/", {"number": number}).status_code == 400


def test_a_stranger_hub_is_told_nothing(client, tokyo, kyoto, naniwa):
    request = accept(ask(hub=tokyo, of=naniwa))
    client.force_login(chief_of(kyoto))
    for address in ("", "acceptance/", "refusal/", "withdrawal/", "completion/"):
        assert client.get(f"/hubs/kyoto/sharing/{request.pk}/{address}").status_code == 404
        assert client.get(f"/hubs/tokyo/sharing/{request.pk}/{address}").status_code == 404
    assert client.post(f"/hubs/kyoto/sharing/{request.pk}/completion/").status_code == 404
    assert client.get(f"/hubs/kyoto/shared/{request.pk}/").status_code == 404
    assert again(request, tokyo).state == SharingState.ACCEPTED


def test_only_the_asked_hubs_chief_answers(client, chief, osaka_coordinator, tokyo, osaka, naniwa):
    request = ask(hub=tokyo, of=naniwa)
    client.force_login(chief)
    assert client.post(f"{LIST}{request.pk}/refusal/", {"decline-answer": "x"}).status_code == 409, "the asking side"
    client.force_login(osaka_coordinator)
    assert client.post(f"/hubs/osaka/sharing/{request.pk}/refusal/", {"decline-answer": "x"}).status_code == 403
    assert again(request, osaka).state == SharingState.ASKED


def test_a_refusal_says_why(client, osaka_chief, tokyo, naniwa):
    request = ask(hub=tokyo, of=naniwa)
    client.force_login(osaka_chief)
    address = f"/hubs/osaka/sharing/{request.pk}/refusal/"
    assert client.post(address, {"decline-answer": " "}).status_code == 422
    assert client.post(address, {"decline-answer": "支援が終わったばかりのため。"}).status_code == 302
    assert again(request, tokyo).answer == "支援が終わったばかりのため。"


def test_who_comes_second_is_told(client, osaka_chief, tokyo, naniwa):
    request = ask(hub=tokyo, of=naniwa)
    with entered(Scope.of_hub(tokyo.pk)):
        actions.withdraw(request=request, by=making.staff_of(tokyo), at=timezone.now())
    client.force_login(osaka_chief)
    sent = {"accept-ends_on": request.ends_on.isoformat()}
    answer = client.post(f"/hubs/osaka/sharing/{request.pk}/acceptance/", sent)
    assert answer.status_code == 409
    assert "ほかの方が先に操作した" in answer.text


def test_lists_by_direction_and_by_place(client, coordinator, tokyo, osaka, naniwa):
    mine = ask(hub=tokyo, of=naniwa)
    theirs = ask(hub=osaka, of=make_client(tokyo))
    client.force_login(coordinator)
    assert f"{LIST}{theirs.pk}/" in (incoming := client.get(LIST).text)
    assert f"{LIST}{mine.pk}/" not in incoming
    assert f"{LIST}{mine.pk}/" in client.get(LIST, {"box": "outgoing"}).text
    place = f"{mine.asked_at.isoformat()}_{mine.pk}"
    assert f"{LIST}{mine.pk}/" not in client.get(LIST, {"box": "outgoing", "after": place}).text
    assert client.get(LIST, {"after": "x"}).status_code == 400


def test_the_list_costs_the_same_however_long(client, coordinator, tokyo, osaka):
    client.force_login(coordinator)
    client.get(LIST)
    ask(hub=osaka, of=make_client(tokyo))
    few = len(statements_of(client, LIST))
    for _ in range(5):
        ask(hub=osaka, of=make_client(tokyo))
    assert len(statements_of(client, LIST)) == few <= 10


# ---- at once


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_holds(tokyo, osaka, naniwa):
    """Accepted by one chief and declined by the other, withdrawn by Tokyo: one of the three."""
    request = ask(hub=tokyo, of=naniwa)
    chief, staff, at = chief_of(osaka), making.staff_of(tokyo), timezone.now()
    deeds = [
        (osaka, lambda: actions.accept(request=request, by=chief, at=at)),
        (osaka, lambda: actions.decline(request=request, answer="手が足りない。", by=chief, at=at)),
        (tokyo, lambda: actions.withdraw(request=request, by=staff, at=at)),
    ]
    done: list[str] = []
    start = threading.Barrier(len(deeds))

    def attempt(hub: Any, deed: Any) -> None:
        try:
            start.wait()
            with entered(Scope.of_hub(hub.pk)):
                deed()
            done.append("done")
        except MoveRefused:
            done.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=deed) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["done", "refused", "refused"]
    with entered(Scope.of_hub(tokyo.pk)):
        assert SharingStep.objects.count() == 2


# ---- time


def test_nobody_answers_and_it_expires(tokyo, osaka, naniwa):
    request = ask(hub=tokyo, of=naniwa, at=timezone.now() - timedelta(days=31))
    tasks.keep_up_hub(hub_id=osaka.pk)
    assert again(request, osaka).state == SharingState.ASKED, "the hub that asked closes it"
    tasks.keep_up_hub(hub_id=tokyo.pk)
    tasks.keep_up_hub(hub_id=tokyo.pk)
    assert again(request, osaka).state == SharingState.EXPIRED
    with entered(Scope.of_hub(osaka.pk)), pytest.raises(MoveRefused):
        actions.accept(request=request, by=chief_of(osaka), at=timezone.now())


def test_the_chiefs_of_the_asked_hub_are_told_once_and_without_a_name(tokyo, osaka, osaka_chief, naniwa):
    second = making.make_person("chief", hub=osaka)
    request = ask(hub=tokyo, of=naniwa)
    for _ in range(2):
        tasks.keep_up_hub(hub_id=osaka.pk)
    with entered(Scope.of_hub(osaka.pk)):
        letters = list(Letter.objects.of(osaka.pk))
    assert {letter.to for letter in letters} == {osaka_chief.email, second.email}
    assert len(letters) == 2
    for letter in letters:
        assert f"/hubs/osaka/sharing/{request.pk}/" in letter.body
        for secret in (naniwa.name, naniwa.corporate_number, request.reason):
            assert secret not in letter.body + letter.subject


def test_who_asked_is_told_of_the_answer(tokyo, naniwa):
    request = accept(ask(hub=tokyo, of=naniwa))
    tasks.keep_up_all()
    with entered(Scope.of_hub(tokyo.pk)):
        (letter,) = Letter.objects.of(tokyo.pk)
    assert letter.to == request.asked_by.email
    assert f"/hubs/tokyo/sharing/{request.pk}/" in letter.body


def test_handed_over_is_no_ending(tokyo, osaka, naniwa, session):
    request = hand_over(ask(hub=tokyo, of=naniwa, kind="transfer"), session.case)
    with entered(Scope.of_hub(osaka.pk)), pytest.raises(MoveRefused):
        actions.end(request=request, by=chief_of(osaka), at=timezone.now())
