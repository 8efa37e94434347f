"""The desk: what waits for somebody, and how little it costs."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Entry
from consultations.models import Draft
from foundation.periods import Month
from hubs.tenancy import Scope, entered
from reports.actions.months import open_months, submit
from tests import making
from tests.consultations.making_outcomes import make_closed_case, make_follow_up
from tests.statements import statements_of

DESK = "/hubs/tokyo/desk/"


def due(hub, lead, *, days, **fields):
    """A case whose next action is due in so many days."""
    day = timezone.localdate() + timedelta(days=days)
    return making.make_case(hub=hub, lead=lead, next_action="試算表を一緒に見る", next_due_on=day, **fields)


@pytest.fixture
def desk(client, coordinator):
    """The coordinator's desk as it stands."""

    def look():
        client.force_login(coordinator)
        return client.get(DESK).context["desk"]

    return look


def test_what_is_late_today_and_soon_stands_on_the_desk(desk, tokyo, coordinator):
    cases = {days: due(tokyo, coordinator, days=days) for days in (-40, -1, 0, 7, 8)}
    found = desk()
    refs = [[int(duty.ref) for duty in group] for group in (found.overdue, found.due_today, found.soon)]
    assert refs == [[cases[-1].pk, cases[-40].pk], [cases[0].pk], [cases[7].pk]]
    assert found.overdue[0].text == "試算表を一緒に見る"


def test_a_deputy_has_it_on_the_desk_too_and_nobody_else(desk, tokyo, coordinator, chief):
    case = due(tokyo, chief, days=0, deputy=coordinator)
    due(tokyo, chief, days=0)
    assert [int(duty.ref) for duty in desk().due_today] == [case.pk]


def test_a_closed_case_asks_for_nothing(desk, tokyo, coordinator):
    due(tokyo, coordinator, days=0, state="solved", resolution="solved", closed_on=timezone.localdate())
    assert desk().due_today == []


def test_a_follow_up_is_a_due_action_until_it_is_done(desk, client, tokyo, coordinator):
    today = timezone.localdate()
    case = make_closed_case(hub=tokyo, on=today - timedelta(days=92), lead=coordinator)
    follow_up = make_follow_up(case=case, closed_on=case.closed_on, due_on=today)
    (duty,) = desk().due_today
    assert (duty.what, int(duty.ref), duty.point) == ("follow_up", case.pk, "3か月後")
    assert "3か月後の成果を確かめる" in client.get(DESK).content.decode()
    client.post(f"/hubs/tokyo/follow-ups/{follow_up.pk}/skipping/", {"reason": "廃業したため"})
    assert desk().due_today == []


def test_ones_own_drafts_and_no_others(desk, tokyo, coordinator, chief):
    with entered(Scope.of_hub(tokyo.pk)):
        for owner, fields in ((coordinator, {"content": "在庫が減らない", "new_name": "株式会社青空"}), (chief, {})):
            Draft.objects.create(hub=tokyo, owner=owner, client_id=uuid.uuid4(), fields=fields, saved_at=timezone.now())
    (draft,) = desk().drafts
    assert (draft.heading, draft.client) == ("在庫が減らない", "株式会社青空")


def test_only_a_chief_sees_what_waits_for_the_chief(desk, client, tokyo, chief):
    assert desk().waiting == []
    client.force_login(chief)
    page = client.get(DESK)
    assert page.context["desk"].waiting != []
    for waiting in page.context["desk"].waiting:
        assert str(waiting.label) in page.content.decode()


def test_a_month_that_is_over_waits_on_the_chiefs_desk_until_it_is_submitted(client, tokyo, chief):
    def waiting():
        return {row.url_name: row.number for row in client.get(DESK).context["desk"].waiting}["months:list"]

    client.force_login(chief)
    assert waiting() == 0
    (opened,) = open_months(today=timezone.localdate())
    assert waiting() == 1
    with entered(Scope.of_hub(tokyo.pk)):
        submit(
            hub=tokyo, month=Month.of(opened.month), version=1, explanations={}, zero=True, by=chief, at=timezone.now()
        )
    assert waiting() == 0


def test_everything_on_the_desk_is_a_link_to_the_work(desk, client, tokyo, coordinator):
    case = due(tokyo, coordinator, days=-3)
    desk()
    assert f'href="/hubs/tokyo/cases/{case.pk}/"' in client.get(DESK).content.decode()


@pytest.mark.parametrize("who", ["coordinator", "chief"])
def test_a_desk_costs_ten_statements_however_full_it_is(client, tokyo, who, request):
    person = request.getfixturevalue(who)
    client.force_login(person)
    client.get(DESK)
    empty = statements_of(client, DESK)
    for days in range(-10, 7):
        due(tokyo, person, days=days)
    full = statements_of(client, DESK)
    assert len(full) == len(empty) <= 10, "\n".join(full)


def test_osaka_has_no_desk_at_tokyo_and_sees_nothing_of_it(client, tokyo, osaka, coordinator, osaka_coordinator):
    due(tokyo, osaka_coordinator, days=0)
    client.force_login(osaka_coordinator)
    assert client.get(DESK).status_code == 404
    assert client.get("/hubs/osaka/desk/").context["desk"].due_today == []


def test_looking_at_the_desk_leaves_a_line(desk, tokyo, coordinator):
    due(tokyo, coordinator, days=0)
    desk()
    with entered(Scope.of_hub(tokyo.pk)):
        line = Entry.objects.get(action="desk.viewed")
    assert line.detail == {"rows": 1}
