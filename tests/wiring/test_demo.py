"""The demonstration: once, whole, in demo mode only, and inside every rule of the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings

from accounts.models import DemoAccountOutsideDemo, User
from consultations.models import Case, CaseCounter, Consultation, Enterprise, TouchedMonth
from foundation.identifiers import corporate_number
from foundation.text import fold, grams
from hubs.choices import AppointmentState, Role
from hubs.models import Appointment, Hub, Membership
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics.models import Fact
from tests.making import MOMENT
from yorozu.demo import actions
from yorozu.demo.accounts import PASSWORD

pytestmark = pytest.mark.django_db
A_MONTH = 40


@pytest.fixture(scope="module")
def _demonstration(django_db_setup: None, django_db_blocker) -> Iterator[int]:
    """A small demonstration, loaded once for this module and rolled back behind it."""
    with django_db_blocker.unblock(), override_settings(DEMO=True), transaction.atomic():
        made = actions.load(at=MOMENT, a_month=A_MONTH)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # every deferred rule of the database is asked
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def loaded(_demonstration: int, db: None, settings) -> Iterator[int]:
    """How many consultations the demonstration has; in the nation's scope."""
    settings.DEMO = True
    with entered(Scope.nationwide()):
        yield _demonstration


def test_outside_demo_mode_nothing_is_loaded(now: datetime) -> None:
    with pytest.raises(DemoAccountOutsideDemo):
        actions.load(at=now, a_month=A_MONTH)
    with pytest.raises(CommandError, match="demo mode"):
        call_command("load_demo", verbosity=0)
    assert not User.objects.filter(email__endswith="@demo.example").exists()


def test_outside_demo_mode_no_demonstration_account_can_be_made() -> None:
    with pytest.raises(DemoAccountOutsideDemo):
        User.objects.create_user("chief.13@demo.example", PASSWORD, name="見本 一郎")


def test_a_second_load_changes_nothing(loaded: int, now: datetime, django_assert_max_num_queries) -> None:
    before = (Consultation.objects.count(), Enterprise.objects.count(), User.objects.count())
    assert before[0] == loaded > 500
    with django_assert_max_num_queries(1):
        assert actions.load(at=now, a_month=A_MONTH) == 0
    assert (Consultation.objects.count(), Enterprise.objects.count(), User.objects.count()) == before


def test_every_role_can_sign_in(loaded: int) -> None:
    with entered(Scope.of_figures(HUB_IDS)):
        assert set(Membership.objects.values_list("role", flat=True)) == set(Role.values)
        chiefs = Membership.objects.filter(role=Role.CHIEF).select_related("user", "hub")
        assert {(row.user.email, row.hub_id) for row in chiefs} == {
            (f"chief.{number:02d}@demo.example", number) for number in range(1, 48)
        }
    for name in ("coordinator.13", "coordinator8.13", "body.01", "hq", "agency", "admin", "bureau.okinawa"):
        assert check_password(PASSWORD, User.objects.get(email=f"{name}@demo.example").password)
    assert User.objects.filter(is_staff=True).values_list("email", flat=True).get() == "admin@demo.example"
    call_command("demo_accounts", verbosity=0)


def test_every_hub_has_records_of_both_years_and_tokyo_many_more_than_tottori(loaded: int, now: datetime) -> None:
    days = list(Consultation.objects.values_list("hub_id", "held_on"))
    assert {hub for hub, day in days if day.year == 2025} == set(HUB_IDS)
    assert max(day for _hub, day in days) <= now.date()
    sizes = Counter(hub for hub, _day in days)
    assert sizes[13] > 2 * sizes[31]


def test_numbers_are_valid_and_some_visit_two_hubs(loaded: int) -> None:
    numbers = list(Enterprise.objects.exclude(corporate_number="").values_list("corporate_number", flat=True))
    assert all(corporate_number(number) == number for number in set(numbers))
    assert len(set(numbers)) < len(numbers)
    assert 0.15 < Enterprise.objects.filter(corporate_number="").count() / Enterprise.objects.count() < 0.4


def test_counters_stand_at_the_last_case_number(loaded: int) -> None:
    last = Counter()
    for hub_id, number in Case.objects.values_list("hub_id", "number"):
        year, code, sequence = number.split("-")
        assert int(code) == hub_id
        last[hub_id, int(year)] = max(last[hub_id, int(year)], int(sequence))
    assert dict(last) == {(row.hub_id, row.fiscal_year): row.last for row in CaseCounter.objects.all()}


def test_what_bulk_loading_bypasses_is_filled(loaded: int, tokyo: Hub) -> None:
    note = Consultation.objects.filter(hub=tokyo, not_counted="").order_by("pk").last()
    assert fold(note.advice) in note.search_text
    assert note.search_grams == grams(note.search_text)
    assert fold(note.enterprise.representative) in note.enterprise.search_key


def test_no_two_notes_of_a_hub_are_the_same(loaded: int, tokyo: Hub) -> None:
    notes = Consultation.objects.filter(hub=tokyo, not_counted="").values_list("content", "advice")
    assert max(Counter(notes).values()) == 1
    assert not any("{" in content + advice for content, advice in notes)


def test_months_are_counted(loaded: int) -> None:
    assert not TouchedMonth.objects.exists()
    nation = Fact.objects.filter(level="nation", span="month", indicator="consultations", code="")
    assert sum(nation.values_list("value", flat=True)) == Consultation.objects.counted().count()


def test_each_hub_has_its_chief_under_contract_and_two_wait_for_the_bureau(loaded: int, now: datetime) -> None:
    in_force = Appointment.objects.filter(state=AppointmentState.CONTRACTED).effective_on(now.date())
    assert set(in_force.filter(post="chief").values_list("hub_id", flat=True)) == set(HUB_IDS)
    assert Appointment.objects.filter(state=AppointmentState.REQUESTED).count() == 2
