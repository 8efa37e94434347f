"""Proposing somebody: the tender's rules beside their fields, and what was typed still there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from foundation.periods import FiscalYear
from hubs.models import Appointment, FeeDefault
from hubs.tenancy import Scope, entered
from tests.making import make_appointment, make_person, make_user

ADDRESS = "/hubs/tokyo/appointments/new/"


@pytest.fixture
def year():
    return FiscalYear.of(timezone.localdate())


@pytest.fixture
def typed(year):
    """A chief as the rules want one."""
    return {
        "post": "chief", "email": "new@office.example", "name": "新任 一", "starts_on": year.first.isoformat(),
        "ends_on": year.last.isoformat(), "days_per_week": "3", "fee_yen": "50,000", "reason": "",
        "person_consented_on": "",
    }  # fmt: skip


def made(hub) -> list[Appointment]:
    with entered(Scope.of_hub(hub.pk)):
        return list(Appointment.objects.filter(hub=hub).select_related("person"))


def test_a_new_person_gets_an_account_without_a_password(client, tokyo, body, typed) -> None:
    client.force_login(body)
    answer = client.post(ADDRESS, typed)
    (appointment,) = made(tokyo)
    assert answer.url == f"/hubs/tokyo/appointments/{appointment.pk}/"
    assert appointment.person.name == "新任 一"
    assert not appointment.person.has_usable_password()
    assert (appointment.state, appointment.fee_yen, appointment.fee_default_yen) == ("requested", 50_000, 50_000)


def test_somebody_known_is_found_by_address(client, tokyo, body, typed) -> None:
    known = make_user(name="既知 一", email="known@office.example")
    client.force_login(body)
    client.post(ADDRESS, typed | {"email": "Known@Office.example", "name": ""})
    assert [appointment.person for appointment in made(tokyo)] == [known]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"days_per_week": "2.5"}, "days_per_week"),
        ({"days_per_week": "8"}, "days_per_week"),
        ({"days_per_week": "NaN"}, "days_per_week"),
        ({"fee_yen": "49,999"}, "reason"),
        ({"fee_yen": "-1"}, "fee_yen"),
        ({"fee_yen": "9" * 500}, "fee_yen"),
        ({"name": ""}, "name"),
        ({"name": "悪\x07い"}, "name"),
        ({"name": "長" * 5000}, "name"),
        ({"email": "誰か"}, "email"),
        ({"email": "chief.13@demo.example"}, "email"),
        ({"post": "king"}, "post"),
        ({"post": "acting_chief"}, "person_consented_on"),
        ({"starts_on": "令和元年4月1日"}, "starts_on"),
        ({"starts_on": "1900-01-01", "ends_on": "1900-01-02"}, "starts_on"),
        ({"starts_on": ""}, "starts_on"),
    ],
)
def test_what_breaks_a_rule_is_told_beside_its_field(client, tokyo, body, typed, changed, field) -> None:
    client.force_login(body)
    answer = client.post(ADDRESS, typed | changed)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert field in form.errors
    page = answer.content.decode()
    assert 'class="error-summary"' in page
    assert f'id="id_{field}_error"' in page
    assert 'value="新任 一"' in page or "name" in changed
    assert made(tokyo) == []
    assert not User.objects.filter(email="new@office.example").exists()


def test_a_contract_ends_by_31_march(client, tokyo, body, typed, year) -> None:
    client.force_login(body)
    answer = client.post(ADDRESS, typed | {"ends_on": (year.last + timedelta(days=1)).isoformat()})
    assert "ends_on" in answer.context["form"].errors
    assert client.post(ADDRESS, typed | {"ends_on": (year.first - timedelta(days=1)).isoformat()}).status_code == 422


def test_a_lower_fee_with_its_reason_is_shown_to_the_bureau(client, tokyo, body, kanto, typed) -> None:
    client.force_login(body)
    client.post(ADDRESS, typed | {"fee_yen": "40000円", "reason": "本人の申出による"})
    (appointment,) = made(tokyo)
    client.force_login(kanto)
    page = client.get(appointment.get_absolute_url()).content.decode()
    assert "原則額50,000円を下回っています" in page
    assert "本人の申出による" in page


def test_headquarters_changes_the_default_of_a_year(client, tokyo, body, typed, year) -> None:
    FeeDefault.objects.filter(fiscal_year=year.year, post="chief").update(fee_yen=60_000)
    client.force_login(body)
    assert "reason" in client.post(ADDRESS, typed).context["form"].errors


def test_a_year_without_a_default_takes_the_last_one_before_it(db) -> None:
    FeeDefault.objects.filter(fiscal_year__gte=2024).delete()
    assert FeeDefault.objects.amount(FiscalYear(2026), "coordinator") == 25_000
    assert FeeDefault.objects.amount(FiscalYear(2001), "coordinator") is None


def test_the_same_request_twice_is_one(client, tokyo, body, typed) -> None:
    client.force_login(body)
    client.post(ADDRESS, typed)
    again = client.post(ADDRESS, typed)
    assert "email" in again.context["form"].errors
    assert len(made(tokyo)) == 1


def test_an_acting_chief_is_a_coordinator_of_this_hub(client, tokyo, osaka, body, typed, year) -> None:
    acting = typed | {"post": "acting_chief", "person_consented_on": year.first.isoformat()}
    elsewhere = make_person("coordinator", hub=osaka)
    here = make_person("coordinator", hub=tokyo)
    client.force_login(body)
    assert "email" in client.post(ADDRESS, acting | {"email": elsewhere.email}).context["form"].errors
    assert client.post(ADDRESS, acting | {"email": here.email}).status_code == 302


def test_a_chief_proposes_coordinators_only(client, tokyo, chief, typed) -> None:
    client.force_login(chief)
    assert "post" in client.post(ADDRESS, typed).context["form"].errors
    assert client.post(ADDRESS, typed | {"post": "coordinator"}).status_code == 302


def test_who_may_propose(client, everybody) -> None:
    expected = {"chief": 200, "body": 200, "kinki": 404, "osaka chief": 404}
    for who, person in everybody.items():
        client.force_login(person)
        assert (who, client.get(ADDRESS).status_code) == (who, expected.get(who, 403))


def test_a_stopped_account_is_not_proposed(client, tokyo, body, typed) -> None:
    make_user(email="gone@office.example", is_active=False)
    client.force_login(body)
    assert "email" in client.post(ADDRESS, typed | {"email": "gone@office.example"}).context["form"].errors


def test_osaka_does_not_count_for_tokyo(client, tokyo, osaka, body, typed, year) -> None:
    """The same person may be proposed to two hubs, and Tokyo learns nothing of it."""
    person = make_user(email="both@office.example")
    make_appointment(hub=osaka, post="chief", person=person, starts_on=year.first, ends_on=year.last)
    client.force_login(body)
    assert client.post(ADDRESS, typed | {"email": "both@office.example"}).status_code == 302
