"""A client that one of two hubs forgets: what stands between the hubs tells nobody any more who it was, and who looked
into what is known all the same."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, InternalError
from django.utils import timezone

from audit.models import Entry
from consultations.actions import privacy
from consultations.models import Case, Enterprise
from consultations.queries.privacy import everything_held
from hubs.tenancy import Scope, entered
from sharing import actions, tasks
from sharing.choices import SharingState
from sharing.models import HandedOver, SharingRequest, SharingStep
from tests import making
from tests.consultations.making_privacy import make_request
from tests.sharing.making import accept, again, ask, chief_of, hand_over, make_client


def forget(enterprise: Enterprise) -> None:
    """As its hub's chief does it."""
    request = make_request(enterprise=enterprise, received_on=timezone.localdate())
    with entered(Scope.of_hub(enterprise.hub_id)):
        privacy.carry_out(request=request, handed_over="", by=chief_of(enterprise.hub), at=timezone.now())


def told_of(enterprise: Enterprise) -> str:
    """What a disclosure says of copies."""
    with entered(Scope.of_hub(enterprise.hub_id)):
        current = Enterprise.objects.select_related("hub").get(pk=enterprise.pk)
        return str([section.rows for section in everything_held(current) if section.name == "handed_over"])


@pytest.fixture
def given(tokyo, naniwa, session) -> SharingRequest:
    """Osaka has handed a case over, with its notes."""
    return hand_over(ask(hub=tokyo, of=naniwa, kind="transfer"), session.case)


@pytest.fixture
def taken_in(tokyo, given) -> Enterprise:
    """And Tokyo has taken it in: its own client."""
    tasks.keep_up_hub(hub_id=tokyo.pk)
    with entered(Scope.of_hub(tokyo.pk)):
        return Enterprise.objects.select_related("hub").get()


# ---- the copies


def test_the_giving_hub_reads_nothing_of_what_was_taken_in(client, osaka_chief, coordinator, session, given, taken_in):
    secrets = (session.content, session.advice, "販路の見直しの途中", session.case.title)
    client.force_login(osaka_chief)
    page = client.get(f"/hubs/osaka/sharing/{given.pk}/").text
    assert [secret for secret in secrets if secret in page] == []
    assert session.case.number in page, "that it went, and when"
    client.force_login(coordinator)
    page = client.get(f"/hubs/tokyo/sharing/{given.pk}/").text
    assert [secret for secret in secrets if secret not in page] == []


def test_what_the_giving_hub_forgets_stays_with_the_one_that_took_it_in(
    client, osaka_chief, naniwa, session, given, taken_in
):
    name, number = naniwa.name, naniwa.corporate_number
    forget(naniwa)
    client.force_login(osaka_chief)
    page = client.get(f"/hubs/osaka/sharing/{given.pk}/").text
    assert [secret for secret in (session.content, name, number) if secret in page] == []
    assert session.content in told_of(taken_in)
    assert told_of(naniwa) == "[]"


def test_a_client_is_told_what_went_along(tokyo, naniwa, session, given):
    assert session.content in told_of(naniwa)
    assert str(tokyo) in told_of(naniwa)


def test_what_is_forgotten_before_it_is_taken_in_goes_to_nobody(tokyo, osaka, naniwa, given):
    forget(naniwa)
    tasks.keep_up_all()
    with entered(Scope.of_hub(tokyo.pk)):
        assert not Enterprise.objects.exists()
        assert not Case.objects.exists()
        assert not HandedOver.objects.exists()
    assert again(given, osaka).state == SharingState.ENDED


def test_what_was_taken_in_cannot_be_taken_back(osaka, taken_in):
    with entered(Scope.of_hub(osaka.pk)), pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        HandedOver.objects.all().delete()


# ---- the number


def test_the_number_of_whom_both_have_forgotten_stands_nowhere_beside_them(
    client, chief, tokyo, osaka, naniwa, given, taken_in
):
    client.force_login(chief)
    client.get(f"/hubs/tokyo/enterprises/{taken_in.pk}/elsewhere/")
    number = naniwa.corporate_number
    forget(taken_in)
    forget(naniwa)
    assert number not in client.get(f"/hubs/tokyo/sharing/{given.pk}/").text
    assert number not in client.get("/hubs/tokyo/sharing/", {"box": "outgoing"}).text
    for hub in (tokyo, osaka):
        with entered(Scope.of_hub(hub.pk)):
            kept = [*SharingRequest.objects.values(), *HandedOver.objects.values(), *SharingStep.objects.values()]
            kept += Entry.objects.exclude(subject_id="").values()
        assert number not in str(kept)


def test_the_hub_that_still_has_the_client_knows_whom_it_was_about(
    client, osaka_chief, chief, coordinator, tokyo, osaka, naniwa, session
):
    """Whose records were read, and by whom: that is the holder's to answer for."""
    mine = make_client(tokyo, corporate_number=naniwa.corporate_number, name="なにわ製作(東京)")
    request = accept(ask(hub=tokyo, of=naniwa))
    client.force_login(coordinator)
    client.get(f"/hubs/tokyo/shared/{request.pk}/")
    forget(mine)
    assert again(request, osaka).state == SharingState.ENDED, "who has forgotten a client supports it no more"
    assert client.get(f"/hubs/tokyo/shared/{request.pk}/").status_code == 404
    client.force_login(osaka_chief)
    page = client.get(f"/hubs/osaka/sharing/{request.pk}/").text
    assert naniwa.name in page
    assert coordinator.email in page
    client.force_login(chief)
    page = client.get(f"/hubs/tokyo/sharing/{request.pk}/").text
    assert [told for told in (naniwa.name, mine.name, naniwa.corporate_number) if told in page] == []


def test_what_waits_for_an_answer_is_over_on_either_side(tokyo, osaka, naniwa):
    waiting = ask(hub=tokyo, of=naniwa)
    forget(naniwa)
    assert again(waiting, tokyo).state == SharingState.EXPIRED
    client_of_both = make_client(osaka)
    mine = make_client(tokyo, corporate_number=client_of_both.corporate_number)
    waiting = ask(hub=tokyo, of=client_of_both)
    forget(mine)
    assert again(waiting, osaka).state == SharingState.WITHDRAWN
    assert again(waiting, osaka).corporate_number == ""


def test_another_clients_request_is_left_alone(tokyo, osaka, naniwa):
    other = ask(hub=tokyo, of=make_client(osaka))
    nameless = making.make_enterprise(hub=osaka, corporate_number="")
    forget(naniwa)
    forget(nameless)
    assert again(other, tokyo).state == SharingState.ASKED
    assert again(other, tokyo).corporate_number


def test_the_database_lets_go_of_a_number_once_it_is_over_and_of_nothing_else(tokyo, osaka, naniwa):
    request = accept(ask(hub=tokyo, of=naniwa))
    with entered(Scope.of_hub(osaka.pk)):
        refused(request, "corporate_number = ''")  # in force
        actions.end(request=request, by=chief_of(osaka), at=timezone.now())
        for change in (
            f"corporate_number = '{making.make_corporate_number()}'", "corporate_number = '', reason = 'x'",
            "identity = 1", "corporate_number = '', state = 'asked'",
        ):  # fmt: skip
            refused(request, change)
        connection.cursor().execute("UPDATE sharing_sharingrequest SET corporate_number = '', identity = 7")
        for change in (f"corporate_number = '{naniwa.corporate_number}', identity = NULL", "identity = 8"):
            refused(request, change)


def refused(request: SharingRequest, change: str) -> None:
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        connection.cursor().execute(f"UPDATE sharing_sharingrequest SET {change} WHERE id = %s", [request.pk])
