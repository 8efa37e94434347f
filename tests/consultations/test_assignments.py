"""Nobody is given more than they can take, whatever the route; a leaver's cases go to others in one deed. Through the
pages: tests/booking/test_caps.py; between hubs: tests/sharing/test_transfer.py."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from audit.models import Entry
from consultations import actions
from consultations.actions import assignments
from consultations.choices import AssignmentRoute
from consultations.models import Assignment, Capacity, Case, Handover
from hubs.models import Membership
from hubs.tenancy import Scope, entered
from tests import making
from tests.consultations.making_assignments import make_assignments, make_capacity, make_colleague
from tests.statements import statements_of

MONDAY, SUNDAY = date(2026, 11, 16), date(2026, 11, 22)
GIVEN = [route for route in AssignmentRoute if route != AssignmentRoute.OWN]
PAGE = "/hubs/tokyo/assignments/"


@pytest.fixture
def colleague(tokyo):
    return make_colleague(tokyo)


def give(hub, coordinator, chief, now, *, on=MONDAY, route="case", **more):
    with entered(Scope.of_hub(hub.pk)):
        return assignments.assign(hub=hub, coordinator=coordinator, route=route, on=on, by=chief, at=now, **more)


@pytest.mark.parametrize("route", GIVEN)
def test_a_full_week_takes_nothing_more_by_any_route(tokyo, coordinator, chief, now, route):
    make_capacity(hub=tokyo, coordinator=coordinator, cap=2)
    make_assignments(hub=tokyo, coordinator=coordinator, on=SUNDAY, count=2)
    with pytest.raises(assignments.CapReached):
        give(tokyo, coordinator, chief, now, on=MONDAY, route=route)
    give(tokyo, coordinator, chief, now, on=SUNDAY + timedelta(days=1), route=route)
    give(tokyo, coordinator, chief, now, on=MONDAY - timedelta(days=1), route=route)


@pytest.mark.parametrize("route", GIVEN)
def test_in_a_pause_nothing_is_given_by_any_route(tokyo, coordinator, chief, now, route):
    make_capacity(hub=tokyo, coordinator=coordinator, paused_from=MONDAY, paused_until=MONDAY + timedelta(days=2))
    for day in (MONDAY, MONDAY + timedelta(days=2)):
        with pytest.raises(assignments.Paused):
            give(tokyo, coordinator, chief, now, on=day, route=route)
    give(tokyo, coordinator, chief, now, on=MONDAY + timedelta(days=3), route=route)


def test_a_pause_without_an_end_goes_on(tokyo, coordinator, chief, now):
    make_capacity(hub=tokyo, coordinator=coordinator, paused_from=MONDAY)
    with pytest.raises(assignments.Paused):
        give(tokyo, coordinator, chief, now, on=MONDAY + timedelta(days=900))


def test_a_cap_of_nothing_takes_nothing(tokyo, coordinator, chief, now):
    make_capacity(hub=tokyo, coordinator=coordinator, cap=0)
    with pytest.raises(assignments.CapReached):
        give(tokyo, coordinator, chief, now)


def test_who_logs_a_new_case_is_never_stopped_but_it_counts(in_tokyo, coordinator, chief, now):
    make_capacity(hub=in_tokyo, coordinator=coordinator, cap=1)
    for _number in range(2):
        actions.open_case(
            enterprise=making.make_enterprise(hub=in_tokyo), by=coordinator, at=now, received_on=MONDAY,
            title="販路", category="sales", reception="phone",
        )  # fmt: skip
    assert Assignment.objects.filter(coordinator=coordinator, route="own").count() == 2
    with pytest.raises(assignments.CapReached):
        give(in_tokyo, coordinator, chief, now)


def test_what_was_taken_back_burdens_nobody(in_tokyo, coordinator, chief, now):
    make_capacity(hub=in_tokyo, coordinator=coordinator, cap=1)
    give(in_tokyo, coordinator, chief, now, route="booking", reference="booking:1")
    assignments.release(hub=in_tokyo, reference="booking:1", by=None, at=now)
    give(in_tokyo, coordinator, chief, now, route="booking", reference="booking:1")


@pytest.mark.django_db(transaction=True)
def test_two_who_give_at_the_same_moment_cannot_both_take_the_last_place(tokyo, coordinator, chief, now):
    make_capacity(hub=tokyo, coordinator=coordinator, cap=3)
    make_assignments(hub=tokyo, coordinator=coordinator, on=MONDAY, count=2)
    together, outcomes = threading.Barrier(2), []

    def giving():
        try:
            together.wait(5)
            give(tokyo, coordinator, chief, now)
            outcomes.append("given")
        except assignments.CapReached:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=giving) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["given", "refused"]


def test_a_case_gets_another_lead_and_its_deputy_is_not_the_same(in_tokyo, coordinator, colleague, now, today):
    case = making.make_case(hub=in_tokyo, lead=coordinator, deputy=colleague)
    given = assignments.give_case(case=case, to=colleague, version=1, on=today, by=coordinator, at=now)
    assert (given.lead, given.deputy, given.version) == (colleague, None, 2)
    with pytest.raises(actions.Edited):
        assignments.give_case(case=case, to=coordinator, version=1, on=today, by=coordinator, at=now)


def test_a_leavers_cases_go_to_several_people_at_once(in_tokyo, coordinator, colleague, chief, now, today):
    cases = [making.make_case(hub=in_tokyo, lead=coordinator) for _number in range(3)]
    givings = [
        assignments.Giving(cases[0], colleague), assignments.Giving(cases[1], chief),
        assignments.Giving(cases[2], colleague),
    ]  # fmt: skip
    handover = assignments.hand_over(hub=in_tokyo, giver=coordinator, givings=givings, on=today, by=chief, at=now)
    leads = list(Case.objects.filter(pk__in=[case.pk for case in cases]).order_by("pk").values_list("lead", flat=True))
    assert leads == [colleague.pk, chief.pk, colleague.pk]
    assert handover.assignments.count() == 3
    assert Entry.objects.filter(action="handover.done").count() == 1


def test_a_handover_that_does_not_fit_changes_nothing_and_says_what(
    in_tokyo, coordinator, colleague, chief, now, today
):
    make_capacity(hub=in_tokyo, coordinator=colleague, cap=1)
    cases = [making.make_case(hub=in_tokyo, lead=coordinator) for _number in range(3)]
    givings = [assignments.Giving(case, colleague) for case in cases]
    with pytest.raises(assignments.DoesNotFit) as refused:
        assignments.hand_over(hub=in_tokyo, giver=coordinator, givings=givings, on=today, by=chief, at=now)
    assert set(refused.value.problems) == {cases[1].pk, cases[2].pk}
    assert not Handover.objects.exists()
    assert set(Case.objects.filter(pk__in=[c.pk for c in cases]).values_list("lead", flat=True)) == {coordinator.pk}


def test_a_case_that_was_closed_or_given_away_meanwhile_is_not_handed_over(
    in_tokyo, coordinator, colleague, now, today
):
    gone = making.make_case(hub=in_tokyo, lead=colleague)
    with pytest.raises(assignments.DoesNotFit):
        assignments.hand_over(
            hub=in_tokyo, giver=coordinator, givings=[assignments.Giving(gone, colleague)], on=today, by=coordinator,
            at=now,
        )  # fmt: skip


# ---- pages
def test_the_chief_sees_who_has_how_much_and_sets_what_they_can_take(client, tokyo, coordinator, chief):
    making.make_case(hub=tokyo, lead=coordinator)
    client.force_login(chief)
    assert "佐藤 花子" in client.get(PAGE).content.decode()
    sent = {"weekly_cap": "５", "paused_from": "2026-12-28", "paused_until": "R9.1.5"}
    assert client.post(f"{PAGE}{coordinator.pk}/", sent).status_code == 302
    page = client.get(PAGE).content.decode()
    assert "/5" in page
    assert client.post(f"{PAGE}{coordinator.pk}/", {"paused_until": "2026-12-01"}).status_code == 422
    wrong = {"paused_from": "2026-12-28", "paused_until": "2026-12-01"}
    assert client.post(f"{PAGE}{coordinator.pk}/", wrong).status_code == 422


def test_the_list_asks_as_often_for_twenty_people_as_for_two(client, tokyo, chief):
    client.force_login(chief)
    make_colleague(tokyo)
    few = statements_of(client, PAGE)
    for number in range(18):
        person = make_colleague(tokyo, f"同僚{number}")
        making.make_case(hub=tokyo, lead=person)
        make_capacity(hub=tokyo, coordinator=person, cap=3)
    assert len(statements_of(client, PAGE)) == len(few)


def test_coordinators_and_strangers_do_not_set_caps(client, tokyo, coordinator, osaka_coordinator, chief):
    client.force_login(coordinator)
    assert client.get(PAGE).status_code == 403
    client.force_login(osaka_coordinator)
    assert client.get(PAGE).status_code == 404
    client.force_login(chief)
    assert client.get(f"{PAGE}{osaka_coordinator.pk}/").status_code == 404


def test_giving_a_case_on_its_page_keeps_to_the_cap(client, tokyo, coordinator, colleague):
    case = making.make_case(hub=tokyo, lead=coordinator)
    make_capacity(hub=tokyo, coordinator=colleague, cap=0)
    client.force_login(coordinator)
    answer = client.post(f"/hubs/tokyo/cases/{case.pk}/lead/", {"lead": colleague.pk, "version": 1})
    assert answer.status_code == 422
    assert "上限" in answer.content.decode()
    with entered(Scope.of_hub(tokyo.pk)):
        Capacity.objects.update(weekly_cap=5)
    answer = client.post(f"/hubs/tokyo/cases/{case.pk}/lead/", {"lead": colleague.pk, "version": 1})
    assert answer.status_code == 302
    again = client.post(f"/hubs/tokyo/cases/{case.pk}/lead/", {"lead": coordinator.pk, "version": 1})
    assert again.status_code == 409


def test_who_has_left_stays_on_the_list_with_the_cases_left_behind(client, tokyo, chief, colleague):
    making.make_case(hub=tokyo, lead=colleague)
    with entered(Scope.of_hub(tokyo.pk)):
        Membership.objects.filter(user=colleague).update(valid_to=date(2026, 3, 31))
    client.force_login(chief)
    page = client.get(PAGE).content.decode()
    assert "高橋 翼" in page
    assert "引き継ぐ" in page
