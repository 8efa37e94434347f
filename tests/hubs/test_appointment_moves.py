"""Every move by every role, and what a move does."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from audit.models import Entry
from foundation.errors import MoveRefused
from foundation.periods import FiscalYear
from hubs import access, actions
from hubs.choices import AppointmentMove as Move
from hubs.choices import AppointmentState as State
from hubs.models import Appointment, AppointmentStep, Membership
from hubs.tenancy import Scope, entered
from hubs.views.appointments import NOUNS
from hubs.workflow import APPOINTMENT
from tests.making import make_appointment, make_person, make_user
from tests.waiting import wait_until_somebody_waits

HOLDERS = {
    Move.AGREE: {"kanto"},
    Move.DECLINE: {"kanto"},
    Move.WITHDRAW: {"chief", "body"},
    Move.CONTRACT: {"body"},
    Move.END: {"body"},
    Move.RELEASE: {"body"},
}
STRANGERS = {"kinki", "osaka chief"}
BEGINS_IN = {Move.CONTRACT: State.AGREED, Move.END: State.CONTRACTED, Move.RELEASE: State.CONTRACTED}
FILLED = {
    Move.DECLINE: {"decline-note": "面談の結果"},
    Move.CONTRACT: {"contract-starts_on": "R8.4.1"},
    Move.RELEASE: {"release-ground": "4", "release-released_on": "2026-10-31"},
}


def rows(hub):
    return entered(Scope.of_hub(hub.pk))


def state_of(appointment) -> str:
    with rows(appointment.hub):
        return Appointment.objects.get(pk=appointment.pk).state


@pytest.mark.parametrize("move", list(HOLDERS))
def test_each_move_by_each_role(client, tokyo, everybody, move: Move) -> None:
    """Whoever holds the right succeeds; whoever may see Tokyo is refused; a stranger is told nothing."""
    begins, yesterday = BEGINS_IN.get(move, State.REQUESTED), timezone.localdate() - timedelta(days=1)
    for who, person in everybody.items():
        ended = {"starts_on": yesterday, "ends_on": yesterday} if move == Move.END else {}
        appointment = make_appointment(hub=tokyo, state=begins, **ended)
        client.force_login(person)
        answer = client.post(f"/hubs/tokyo/appointments/{appointment.pk}/{NOUNS[move]}/", FILLED.get(move, {}))
        expected = 302 if who in HOLDERS[move] else 404 if who in STRANGERS else 403
        assert (who, answer.status_code) == (who, expected)
        after = APPOINTMENT.after(begins, move) if who in HOLDERS[move] else begins
        assert (who, state_of(appointment)) == (who, after)


def test_every_move_has_its_right_and_its_noun() -> None:
    assert set(access.MOVE_RIGHTS) == set(Move)
    assert set(NOUNS) == set(Move) - {Move.REQUEST}


@pytest.mark.parametrize("state", State.values)
def test_a_move_that_the_table_does_not_hold_is_refused(client, tokyo, body, state: str) -> None:
    appointment = make_appointment(hub=tokyo, state=state)
    client.force_login(body)
    answer = client.post(f"/hubs/tokyo/appointments/{appointment.pk}/contract/", FILLED[Move.CONTRACT], follow=True)
    assert answer.status_code == 200
    possible = Move.CONTRACT in APPOINTMENT.possible(state)
    assert state_of(appointment) == (State.CONTRACTED if possible else state)


def test_of_two_officials_only_the_first_decides(tokyo, kanto, now) -> None:
    appointment = make_appointment(hub=tokyo)
    with rows(tokyo):
        stale = Appointment.objects.get(pk=appointment.pk)
        actions.agree(appointment=appointment, by=kanto, at=now)
        with pytest.raises(MoveRefused):
            actions.decline(appointment=stale, by=kanto, at=now, note="遅れて")


def test_a_chief_cannot_take_back_what_the_body_proposed(client, tokyo, chief) -> None:
    appointment = make_appointment(hub=tokyo, post="chief")
    client.force_login(chief)
    assert client.post(f"/hubs/tokyo/appointments/{appointment.pk}/withdrawal/").status_code == 403
    assert state_of(appointment) == State.REQUESTED


def test_a_decline_needs_its_reason(client, tokyo, kanto) -> None:
    appointment = make_appointment(hub=tokyo)
    client.force_login(kanto)
    answer = client.post(f"/hubs/tokyo/appointments/{appointment.pk}/refusal/", {"decline-note": ""})
    assert answer.status_code == 422
    assert answer.context["moves"]
    assert state_of(appointment) == State.REQUESTED


def test_a_contract_gives_the_role_for_its_days(tokyo, body, now) -> None:
    appointment = make_appointment(hub=tokyo, state="agreed", starts_on=date(2026, 12, 1))
    with rows(tokyo):
        actions.contract(appointment=appointment, starts_on=date(2026, 12, 15), by=body, at=now)
        role = Membership.objects.get(user=appointment.person)
    assert (role.role, role.valid_from, role.valid_to) == ("coordinator", date(2026, 12, 15), date(2027, 3, 31))


@pytest.mark.parametrize("post", ["chief", "acting_chief"])
def test_who_leads_gets_the_chiefs_role(tokyo, body, now, post: str) -> None:
    person = make_person("coordinator", hub=tokyo)
    appointment = make_appointment(
        hub=tokyo, state="agreed", post=post, person=person, person_consented_on=date(2026, 11, 1)
    )
    with rows(tokyo):
        actions.contract(appointment=appointment, starts_on=date(2026, 12, 1), by=body, at=now)
        assert Membership.objects.filter(user=person, role="chief", valid_to=date(2027, 3, 31)).exists()


@pytest.mark.django_db(transaction=True)
def test_two_chiefs_contracted_at_the_same_moment_come_one_after_the_other(tokyo, body, now) -> None:
    """Else the database ends one of the two with a deadlock, and nobody is told who leads the hub."""
    one, other = (make_appointment(hub=tokyo, state="agreed", post="chief", days_per_week=4) for _ in range(2))
    refused: list[str] = []

    def second() -> None:
        try:
            with rows(tokyo):
                actions.contract(appointment=other, starts_on=other.starts_on, by=body, at=now)
        except ValidationError as problem:
            refused.extend(problem.message_dict)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with rows(tokyo):
        actions.contract(appointment=one, starts_on=one.starts_on, by=body, at=now)
        thread.start()
        wait_until_somebody_waits("advisory")
    thread.join(20)
    assert refused == ["starts_on"]


def test_a_contract_stays_within_what_was_agreed(tokyo, body, now) -> None:
    appointment = make_appointment(hub=tokyo, state="agreed", starts_on=date(2026, 12, 1))
    with rows(tokyo), pytest.raises(ValidationError) as refused:
        actions.contract(appointment=appointment, starts_on=date(2026, 11, 30), by=body, at=now)
    assert "starts_on" in refused.value.message_dict


def test_a_second_chief_is_told_beside_the_field_and_nothing_is_lost(client, tokyo, body) -> None:
    make_appointment(hub=tokyo, post="chief", state="contracted", person=make_user(name="先任 一"))
    later = make_appointment(hub=tokyo, post="chief", state="agreed", starts_on=date(2026, 12, 1))
    client.force_login(body)
    typed = {"contract-starts_on": "令和9年1月5日", "contract-note": "引継ぎ済み"}
    answer = client.post(f"/hubs/tokyo/appointments/{later.pk}/contract/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "先任 一" in page
    assert "令和9年1月5日" in page
    assert "引継ぎ済み" in page
    assert state_of(later) == State.AGREED
    with rows(tokyo):
        assert not Membership.objects.filter(user=later.person).exists()


def test_another_hubs_chief_is_no_hindrance(tokyo, osaka, body, now) -> None:
    make_appointment(hub=osaka, post="chief", state="contracted")
    appointment = make_appointment(hub=tokyo, post="chief", state="agreed")
    with rows(tokyo):
        actions.contract(appointment=appointment, starts_on=date(2026, 4, 1), by=body, at=now)
    assert state_of(appointment) == State.CONTRACTED


def test_a_release_ends_contract_and_role_on_its_day(tokyo, body, now) -> None:
    appointment = make_appointment(hub=tokyo, state="agreed")
    with rows(tokyo):
        actions.contract(appointment=appointment, starts_on=date(2026, 4, 1), by=body, at=now)
        actions.release(appointment=appointment, ground="3", released_on=date(2026, 11, 30), by=body, at=now)
        appointment.refresh_from_db()
        role = Membership.objects.get(user=appointment.person)
    assert (appointment.state, appointment.ends_on, appointment.release_ground) == (
        State.RELEASED, date(2026, 11, 30), "3",
    )  # fmt: skip
    assert role.valid_to == date(2026, 11, 30)


def test_a_role_opens_the_hub_while_it_lasts_and_not_a_day_longer(client, tokyo, body) -> None:
    today, at = timezone.localdate(), timezone.now()
    year = FiscalYear.of(today)
    appointment = make_appointment(hub=tokyo, state="agreed", starts_on=year.first, ends_on=year.last)
    client.force_login(appointment.person)
    assert client.get("/hubs/tokyo/roster/").status_code == 404
    with rows(tokyo):
        actions.contract(appointment=appointment, starts_on=year.first, by=body, at=at)
    assert client.get("/hubs/tokyo/roster/").status_code == 200
    with rows(tokyo):
        actions.release(appointment=appointment, ground="7", released_on=today, by=body, at=at)
        held = Membership.objects.of(appointment.person)
        assert held.valid_on(today).exists()
        assert not held.valid_on(today + timedelta(days=1)).exists()


@pytest.mark.parametrize(
    ("ground", "day", "field"), [("8", "2026-10-31", "ground"), ("1", "2027-04-01", "released_on")]
)
def test_a_release_without_ground_or_outside_the_contract(client, tokyo, body, ground, day, field) -> None:
    appointment = make_appointment(hub=tokyo, state="contracted")
    client.force_login(body)
    answer = client.post(
        f"/hubs/tokyo/appointments/{appointment.pk}/release/",
        {"release-ground": ground, "release-released_on": day},
    )
    assert answer.status_code == 422
    form = next(item["form"] for item in answer.context["moves"] if item["failed"])
    assert field in form.errors
    assert state_of(appointment) == State.CONTRACTED


def test_a_contract_does_not_run_out_before_its_day(tokyo, body, now: datetime) -> None:
    appointment = make_appointment(hub=tokyo, state="contracted")
    with rows(tokyo):
        with pytest.raises(ValidationError):
            actions.end(appointment=appointment, by=body, at=now)
        actions.end(appointment=appointment, by=body, at=datetime.fromisoformat("2027-04-01T09:00+09:00"))
    assert state_of(appointment) == State.ENDED


def test_the_history_is_complete_and_so_is_the_trail(tokyo, chief, kanto, body, now) -> None:
    terms = actions.Terms("coordinator", date(2026, 12, 1), date(2027, 3, 31), 2, 25_000)
    with rows(tokyo):
        made = actions.request_appointment(
            hub=tokyo, candidate=actions.Candidate("new@office.example", "新人 一"), terms=terms, by=chief, at=now
        )
        actions.agree(appointment=made, by=kanto, at=now)
        actions.contract(appointment=made, starts_on=date(2026, 12, 1), by=body, at=now)
        actions.release(appointment=made, ground="6", released_on=date(2026, 12, 31), by=body, at=now)
        steps = list(AppointmentStep.objects.filter(appointment=made).order_by("pk").values_list("move", "state", "by"))
        actions_done = list(Entry.objects.filter(hub_id=tokyo.pk).order_by("pk").values_list("action", flat=True))
    assert steps == [
        ("request", "requested", chief.pk), ("agree", "agreed", kanto.pk),
        ("contract", "contracted", body.pk), ("release", "released", body.pk),
    ]  # fmt: skip
    assert actions_done == [
        "appointment.requested", "appointment.agreed", "appointment.contracted", "membership.made",
        "appointment.released", "membership.ended",
    ]  # fmt: skip
