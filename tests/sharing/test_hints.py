"""A hint shows name, place and hub, and only for a whole number; every look stands in both hubs' trails."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from audit.models import Entry
from hubs.tenancy import Scope, entered
from sharing.views import looking
from tests import making
from tests.sharing.making import accept, ask, make_client
from tests.statements import statements_of

HINT = "/hubs/tokyo/sharing/hint/"
FRAGMENT = {"HTTP_HX_REQUEST": "true"}


def known(in_hub: int | None, number: str | None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM sharing_known_elsewhere(%s, %s)", [in_hub, number])
        return cursor.fetchall()


def trail_of(hub, action: str) -> list[Entry]:
    with entered(Scope.of_hub(hub.pk)):
        return list(Entry.objects.filter(hub_id=hub.pk, action=action).order_by("pk"))


# ---- the function


def test_a_whole_number_gives_hub_name_and_place_and_no_more(tokyo, osaka, naniwa):
    with entered(Scope.of_hub(tokyo.pk)), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM sharing_known_elsewhere(%s, %s)", [tokyo.pk, naniwa.corporate_number])
        assert [column.name for column in cursor.description] == ["hub_id", "name", "prefecture_id", "municipality"]
        assert cursor.fetchall() == [(osaka.pk, "株式会社なにわ製作", osaka.pk, "堺市")]


def test_without_a_scope_nothing_is_known(tokyo, osaka, naniwa):
    number = naniwa.corporate_number
    assert known(tokyo.pk, number) == []
    assert known(None, number) == []
    with entered(Scope.of_figures([tokyo.pk])):
        assert known(tokyo.pk, number) == []
    with entered(Scope.of_hub(osaka.pk)):
        assert known(tokyo.pk, number) == [], "in the name of another hub"


def test_anything_but_the_whole_number_finds_nothing(tokyo, naniwa, osaka):
    number = naniwa.corporate_number
    wrong = str((int(number[0]) % 9) + 1) + number[1:]
    making.make_enterprise(hub=osaka, corporate_number=wrong)  # a slip that some import let in
    making.make_enterprise(hub=osaka, corporate_number="")
    partial = ["", number[:12], number[1:], f"{number}0", f"{number[:12]}%", f"{number[:12]}_", "%", None, " " + number]
    with entered(Scope.of_hub(tokyo.pk)):
        assert [known(tokyo.pk, text) for text in [*partial, wrong]] == [[]] * (len(partial) + 1)


def test_the_own_client_is_no_hint(osaka, naniwa):
    with entered(Scope.of_hub(osaka.pk)):
        assert known(osaka.pk, naniwa.corporate_number) == []


@pytest.mark.parametrize("name", ["sharing_known_elsewhere", "sharing_joint_timeline"])
def test_nobody_but_the_application_may_ask(db, name):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proacl::text, r.rolname, r.rolcanlogin, r.rolbypassrls FROM pg_proc p JOIN pg_roles r ON"
            " r.oid = p.proowner WHERE p.proname = %s",
            [name],
        )
        rights, owner, signs_in, passes = cursor.fetchone()
    assert (owner, signs_in, passes) == ("yorozu_search", False, False)
    assert "yorozu_app=X" in rights
    assert "{=X" not in rights
    assert ",=X" not in rights


def test_the_application_cannot_become_the_one_who_sees(tokyo, naniwa):
    with entered(Scope.of_hub(tokyo.pk)), pytest.raises(ProgrammingError), transaction.atomic():
        connection.cursor().execute("SET ROLE yorozu_search")


# ---- the page beside the field


def test_while_a_number_is_typed_only_the_whole_one_is_answered(client, coordinator, naniwa):
    client.force_login(coordinator)
    assert "なにわ" not in client.get(HINT, {"new_corporate_number": naniwa.corporate_number[:12]}, **FRAGMENT).text
    shown = client.get(HINT, {"new_corporate_number": naniwa.corporate_number}, **FRAGMENT).text
    assert "株式会社なにわ製作" in shown
    assert "大阪府" in shown
    assert "堺市" in shown
    assert naniwa.phone not in shown


def test_a_look_stands_in_both_trails(client, coordinator, tokyo, osaka, naniwa):
    client.force_login(coordinator)
    client.get(HINT, {"corporate_number": naniwa.corporate_number}, **FRAGMENT)
    (own,) = trail_of(tokyo, "sharing.hint_shown")
    (theirs,) = trail_of(osaka, "sharing.hint_shown")
    assert own.detail == {"count": 1, "corporate_number": naniwa.corporate_number}
    assert theirs.detail == {"from": "tokyo", "corporate_number": naniwa.corporate_number}
    assert theirs.actor == coordinator.email


def test_a_number_that_nobody_knows_stands_in_the_own_trail_only(client, coordinator, tokyo, osaka):
    client.force_login(coordinator)
    client.get(HINT, {"number": making.make_corporate_number()}, **FRAGMENT)
    assert [line.detail["count"] for line in trail_of(tokyo, "sharing.hint_shown")] == [0]
    assert trail_of(osaka, "sharing.hint_shown") == []


def test_numbers_cannot_be_tried_out(client, coordinator, tokyo, naniwa, monkeypatch):
    monkeypatch.setattr(looking, "TYPED_AN_HOUR", 3)
    client.force_login(coordinator)
    for _ in range(3):
        client.get(HINT, {"number": making.make_corporate_number()}, **FRAGMENT)
    refused = client.get(HINT, {"number": naniwa.corporate_number}, **FRAGMENT).text
    assert "なにわ" not in refused
    assert "回数が多すぎます" in refused
    assert len(trail_of(tokyo, "sharing.hint_refused")) == 1
    client.force_login(making.make_person("coordinator", hub=tokyo))
    assert "なにわ" in client.get(HINT, {"number": naniwa.corporate_number}, **FRAGMENT).text, "another person"


def test_headquarters_does_not_look_on_from_an_opened_hub(client, headquarters, tokyo, naniwa):
    client.force_login(headquarters)
    assert client.get(HINT, {"number": naniwa.corporate_number}).status_code in (302, 403)


# ---- the stubs on the client's page


def test_a_stub_says_where_and_neither_when_nor_how_often(client, coordinator, tokyo, osaka, naniwa, session):
    mine = make_client(tokyo, corporate_number=naniwa.corporate_number, name="なにわ製作(東京)")
    client.force_login(coordinator)
    page = client.get(f"/hubs/tokyo/enterprises/{mine.pk}/")
    assert f"/hubs/tokyo/enterprises/{mine.pk}/elsewhere/" in page.text
    shown = client.get(f"/hubs/tokyo/enterprises/{mine.pk}/elsewhere/", **FRAGMENT).text
    assert "大阪府" in shown
    assert "支援中、または支援歴があります" in shown
    for secret in (session.content, session.advice, "2026", "11月", session.case.title, str(naniwa.pk) + "/"):
        assert secret not in shown.replace(naniwa.corporate_number, "").replace(f"/enterprises/{mine.pk}/", "")
    assert len(trail_of(osaka, "sharing.stub_shown")) == 1


def test_a_line_with_the_clients_key_bears_no_number(client, coordinator, tokyo, osaka, naniwa):
    """The trail stands: with both, it would name whom erasure has made nameless."""
    mine = make_client(tokyo, corporate_number=naniwa.corporate_number)
    client.force_login(coordinator)
    client.get(f"/hubs/tokyo/enterprises/{mine.pk}/elsewhere/", **FRAGMENT)
    (own,) = trail_of(tokyo, "sharing.stub_shown")
    (theirs,) = trail_of(osaka, "sharing.stub_shown")
    assert (own.subject_id, own.detail) == (str(mine.pk), {"count": 1})
    assert (theirs.subject_id, theirs.detail) == ("", {"from": "tokyo", "corporate_number": naniwa.corporate_number})


def test_with_an_agreement_the_stub_opens(client, coordinator, tokyo, naniwa, session):
    mine = make_client(tokyo, corporate_number=naniwa.corporate_number)
    request = accept(ask(hub=tokyo, of=naniwa))
    client.force_login(coordinator)
    shown = client.get(f"/hubs/tokyo/enterprises/{mine.pk}/elsewhere/").text
    assert f"/hubs/tokyo/shared/{request.pk}/" in shown


def test_the_stubs_of_another_hubs_client_are_nobodys(client, coordinator, naniwa):
    client.force_login(coordinator)
    assert client.get(f"/hubs/tokyo/enterprises/{naniwa.pk}/elsewhere/").status_code == 404


def test_a_hint_costs_few_statements(client, coordinator, tokyo, osaka, kyoto):
    number = make_client(osaka).corporate_number
    make_client(kyoto, corporate_number=number)
    client.force_login(coordinator)
    client.get(HINT, {"number": number})
    assert len(statements_of(client, HINT, number=number)) <= 16
