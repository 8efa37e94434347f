"""The database refuses what the form refuses, whoever writes."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from hubs.models import Appointment, AppointmentStep
from hubs.tenancy import NoScope, Scope, entered
from tests.making import MOMENT, make_appointment, make_user, staff_of

REFUSED = [
    ({"ends_on": date(2027, 4, 1)}, "appointment_ends_by_31_march"),
    ({"starts_on": date(2026, 1, 5), "ends_on": date(2026, 4, 1)}, "appointment_ends_by_31_march"),
    ({"ends_on": date(2026, 3, 31)}, "appointment_ends_after_start"),
    ({"post": "chief", "days_per_week": 2.5}, "a_chief_works_three_days_a_week"),
    ({"days_per_week": 0}, "a_week_has_seven_days"),
    ({"days_per_week": 7.5}, "a_week_has_seven_days"),
    ({"state": "released", "release_ground": ""}, "release_on_one_of_seven_grounds"),
    ({"state": "released", "release_ground": "8"}, "release_on_one_of_seven_grounds"),
    ({"state": "contracted", "release_ground": "1"}, "release_on_one_of_seven_grounds"),
    ({"state": "contracted", "agreed_at": None, "agreed_by": None}, "no_contract_without_the_bureau"),
    ({"state": "agreed", "agreed_by": None}, "an_agreement_has_its_bureau_official"),
    ({"fee_yen": 24_999}, "a_lower_fee_has_a_reason"),
    ({"post": "acting_chief", "state": "contracted"}, "an_acting_chief_has_consented"),
    ({"post": "king"}, "appointment_post_is_known"),
    ({"state": "forgotten", "agreed_at": MOMENT}, "appointment_state_is_known"),
]


@pytest.mark.parametrize(("fields", "rule"), REFUSED)
def test_the_database_says_no(tokyo, fields, rule: str) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        make_appointment(hub=tokyo, **fields)


@pytest.mark.parametrize("second", ["chief", "acting_chief"])
def test_two_cannot_lead_on_one_day(tokyo, second: str) -> None:
    consented = {"person_consented_on": date(2026, 4, 1)}
    make_appointment(hub=tokyo, post="chief", state="contracted", ends_on=date(2026, 9, 30))
    with pytest.raises(IntegrityError, match="one_chief_per_hub_and_day"), transaction.atomic():
        make_appointment(hub=tokyo, post=second, state="contracted", starts_on=date(2026, 9, 30), **consented)
    make_appointment(hub=tokyo, post=second, state="contracted", starts_on=date(2026, 10, 1), **consented)


def test_a_candidate_is_no_chief_yet(tokyo) -> None:
    make_appointment(hub=tokyo, post="chief", state="contracted")
    make_appointment(hub=tokyo, post="chief", state="agreed")


def test_plain_sql_finds_the_same_walls(tokyo, in_tokyo) -> None:
    appointment = make_appointment(hub=tokyo, post="chief", state="contracted")
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="31_march"), transaction.atomic():
        cursor.execute("UPDATE hubs_appointment SET ends_on = '2028-03-31' WHERE id = %s", [appointment.pk])


def test_a_step_belongs_to_its_appointments_hub(tokyo, osaka) -> None:
    appointment = make_appointment(hub=tokyo)
    step = {"move": "agree", "state": "agreed", "at": MOMENT, "by": staff_of(osaka)}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="step_in_its_appointments_hub"), entered(Scope.of_hub(osaka.pk)):
        AppointmentStep.objects.create(hub=osaka, appointment_id=appointment.pk, **step)


def test_osakas_rows_do_not_exist_for_tokyo(tokyo, osaka) -> None:
    appointment = make_appointment(hub=osaka)
    with entered(Scope.of_hub(tokyo.pk)):
        assert not Appointment.objects.filter(pk=appointment.pk).exists()
        assert Appointment._base_manager.filter(pk=appointment.pk).count() == 0  # row-level security on its own
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Appointment._base_manager.create(
                hub=osaka, post="coordinator", person=make_user(), state="requested", starts_on=date(2026, 4, 1),
                ends_on=date(2027, 3, 31), days_per_week=1, fee_yen=1, fee_default_yen=1, requested_at=MOMENT,
                requested_by=staff_of(tokyo),
            )  # fmt: skip
    with pytest.raises(NoScope):
        Appointment.objects.count()
