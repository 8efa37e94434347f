"""A transfer: what the giving chief releases becomes the asking hub's own case, once; figures stay where they were."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from consultations.models import Assignment, Case, CaseStep, Consultation, Enterprise
from hubs.tenancy import Scope, entered
from sharing import actions, tasks
from sharing.actions import Release
from sharing.choices import SharingState
from sharing.models import HandedOver
from tests import making
from tests.consultations.making_assignments import make_capacity
from tests.sharing.making import accept, again, ask, hand_over, make_client


@pytest.fixture
def asked(tokyo, naniwa):
    return ask(hub=tokyo, of=naniwa, kind="transfer")


def test_the_asking_hub_gets_its_own_enterprise_and_case(tokyo, osaka, naniwa, session, asked):
    hand_over(asked, session.case)
    tasks.keep_up_hub(hub_id=tokyo.pk)
    with entered(Scope.of_hub(tokyo.pk)):
        enterprise = Enterprise.objects.get(corporate_number=naniwa.corporate_number)
        case = Case.objects.get(enterprise=enterprise)
        parcel = HandedOver.objects.get()
    assert (enterprise.name, enterprise.phone, enterprise.municipality) == (naniwa.name, naniwa.phone, "堺市")
    assert (case.title, case.category, case.lead) == (session.case.title, session.case.category, asked.asked_by)
    assert case.number.split("-")[1] == "13"
    assert parcel.received_case_id == case.pk
    assert parcel.sessions[0]["content"] == session.content
    assert again(asked, osaka).state == SharingState.ENDED


def test_the_giving_hub_keeps_its_sessions_and_closes_the_case(tokyo, osaka, session, asked):
    hand_over(asked, session.case)
    tasks.keep_up_all()
    with entered(Scope.of_hub(osaka.pk)):
        case = Case.objects.get(pk=session.case_id)
        step = CaseStep.objects.get(case=case)
        assert Consultation.objects.counted().count() == 1
    assert (case.state, case.resolution) == ("suspended", "unknown")
    assert step.note.startswith("移管")
    with entered(Scope.of_hub(tokyo.pk)):
        assert not Consultation.objects.exists(), "what was held in Osaka counts in Osaka"


def test_taken_in_twice_is_taken_in_once(tokyo, session, asked):
    hand_over(asked, session.case)
    for _ in range(3):
        tasks.keep_up_hub(hub_id=tokyo.pk)
    with entered(Scope.of_hub(tokyo.pk)):
        assert actions.receive(request=asked, at=timezone.now()) == []
        assert Case.objects.count() == 1
        assert Enterprise.objects.count() == 1


def test_its_own_client_of_the_number_is_found(tokyo, naniwa, session, asked):
    mine = make_client(tokyo, corporate_number=naniwa.corporate_number, name="なにわ製作 東京工場")
    hand_over(asked, session.case)
    tasks.keep_up_hub(hub_id=tokyo.pk)
    with entered(Scope.of_hub(tokyo.pk)):
        assert Case.objects.get().enterprise_id == mine.pk
        assert Enterprise.objects.get(pk=mine.pk).name == "なにわ製作 東京工場", "what the hub wrote itself stays"


@pytest.mark.parametrize("capacity", [{"cap": 0}, {"paused_from": date(2026, 4, 1)}])
def test_what_who_asked_cannot_take_is_the_chiefs_to_decide_on(tokyo, session, asked, chief, capacity):
    make_capacity(hub=tokyo, coordinator=asked.asked_by, **capacity)
    hand_over(asked, session.case)
    tasks.keep_up_hub(hub_id=tokyo.pk)
    with entered(Scope.of_hub(tokyo.pk)):
        case = Case.objects.get()
        given = Assignment.objects.get()
    assert (case.lead, case.created_by, case.next_due_on) == (chief, asked.asked_by, timezone.localdate())
    assert "主担当を決める" in case.next_action
    assert asked.asked_by.name in case.next_action
    assert (given.coordinator, given.route, given.case_id) == (chief, "transfer", case.pk)


def test_a_transfer_counts_for_who_asked_until_their_week_is_full(tokyo, osaka, naniwa, session, asked, chief):
    other = making.make_case(hub=osaka, enterprise=naniwa)
    make_capacity(hub=tokyo, coordinator=asked.asked_by, cap=1)
    hand_over(asked, session.case, other)
    tasks.keep_up_hub(hub_id=tokyo.pk)
    with entered(Scope.of_hub(tokyo.pk)):
        assert list(Case.objects.order_by("pk").values_list("lead", flat=True)) == [asked.asked_by_id, chief.pk]
        assert set(Assignment.objects.values_list("route", flat=True)) == {"transfer"}


def test_a_transfer_that_nobody_can_take_is_not_lost(tokyo, session, asked, chief):
    for person in (asked.asked_by, chief):
        make_capacity(hub=tokyo, coordinator=person, cap=0)
    hand_over(asked, session.case)
    tasks.keep_up_hub(hub_id=tokyo.pk)
    with entered(Scope.of_hub(tokyo.pk)):
        case = Case.objects.get()
        assert (case.lead, bool(case.next_action)) == (chief, True)
        assert Assignment.objects.filter(coordinator=chief, case=case).count() == 1


def test_only_what_is_chosen_goes_along(tokyo, osaka, naniwa, session, asked):
    kept = making.make_case(hub=osaka, enterprise=naniwa)
    hand_over(asked, session.case, with_notes=False)
    with entered(Scope.of_hub(tokyo.pk)):
        parcel = HandedOver.objects.get()
    assert parcel.given_number == session.case.number
    assert parcel.sessions == []
    with entered(Scope.of_hub(osaka.pk)):
        assert Case.objects.get(pk=kept.pk).state == "active"


def test_another_clients_case_or_none_cannot_be_handed_over(osaka, asked):
    stranger = making.make_case(hub=osaka)
    for cases in ([stranger.pk], []):
        with pytest.raises(actions.NothingReleased):
            accept(asked, release=Release(cases, "要点"))
    assert again(asked, osaka).state == SharingState.ASKED


def test_a_third_hub_sees_nothing_of_what_is_handed_over(kyoto, session, asked):
    hand_over(asked, session.case)
    with entered(Scope.of_hub(kyoto.pk)):
        assert not HandedOver.objects.exists()


def test_the_chief_chooses_on_the_page_and_tokyo_finds_the_trace(
    client, osaka_chief, coordinator, tokyo, session, asked
):
    client.force_login(osaka_chief)
    address = f"/hubs/osaka/sharing/{asked.pk}/acceptance/"
    assert session.case.title in client.get(address, follow=True).text
    assert client.post(address, {"accept-summary": "x"}).status_code == 422
    sent = {"accept-cases": [session.case_id], "accept-summary": "商談会の前まで進んだ。", "accept-with_notes": "on"}
    assert client.post(address, sent).status_code == 302
    tasks.keep_up_hub(hub_id=tokyo.pk)
    client.force_login(coordinator)
    page = client.get(f"/hubs/tokyo/sharing/{asked.pk}/").text
    assert "商談会の前まで進んだ。" in page
    assert session.content in page
    with entered(Scope.of_hub(tokyo.pk)):
        assert f"/hubs/tokyo/cases/{Case.objects.get().pk}/" in page


def test_somebody_elses_case_cannot_be_chosen_on_the_page(client, osaka_chief, osaka, asked):
    stranger = making.make_case(hub=osaka)
    client.force_login(osaka_chief)
    sent = {"accept-cases": [stranger.pk], "accept-summary": "要点"}
    assert client.post(f"/hubs/osaka/sharing/{asked.pk}/acceptance/", sent).status_code == 422
