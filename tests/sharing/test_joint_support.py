"""One client's timeline of another hub: to be read, by the hub that asked, within the dates; and who looked is seen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from audit.models import Entry
from consultations.models import Consultation
from hubs.tenancy import Scope, entered
from sharing import actions, queries, tasks
from sharing.choices import SharingState
from tests import making
from tests.sharing.making import accept, again, ask, chief_of, make_client
from tests.statements import statements_of


@pytest.fixture
def agreement(tokyo, naniwa, session):
    return accept(ask(hub=tokyo, of=naniwa))


def sessions(in_hub, request, at_most: int = 50) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM sharing_joint_timeline(%s, %s, NULL, NULL, %s)", [in_hub.pk, request.pk, at_most]
        )
        return [row[0] for row in cursor.fetchall()]


# ---- the function


def test_the_asking_hub_reads_that_client_and_no_other(tokyo, osaka, naniwa, session, agreement):
    making.make_consultation(hub=osaka, enterprise=make_client(osaka))
    with entered(Scope.of_hub(tokyo.pk)):
        assert sessions(tokyo, agreement) == [session.pk]
        assert not Consultation.objects.filter(pk=session.pk).exists(), "the scope is not widened"


def test_nobody_else_reads_it(tokyo, osaka, kyoto, agreement):
    assert sessions(tokyo, agreement) == [], "without a scope"
    with entered(Scope.of_figures([tokyo.pk])):
        assert sessions(tokyo, agreement) == []
    with entered(Scope.of_hub(kyoto.pk)):
        assert sessions(tokyo, agreement) == []
        assert sessions(kyoto, agreement) == []
    with entered(Scope.of_hub(osaka.pk)):
        assert sessions(osaka, agreement) == [], "it opens one way"


def test_only_while_it_is_in_force(tokyo, osaka, naniwa, session):
    request = ask(hub=tokyo, of=naniwa)
    with entered(Scope.of_hub(tokyo.pk)):
        assert sessions(tokyo, request) == [], "asked"
    accept(request)
    with entered(Scope.of_hub(tokyo.pk)):
        assert sessions(tokyo, request) == [session.pk]
    with entered(Scope.of_hub(osaka.pk)):
        actions.end(request=request, by=chief_of(osaka), at=timezone.now())
    with entered(Scope.of_hub(tokyo.pk)):
        assert sessions(tokyo, request) == [], "ended"


def test_not_a_day_longer(client, coordinator, tokyo, osaka, naniwa, session):
    """By the database's own clock, though no task has closed it yet."""
    ago = timezone.now() - timedelta(days=20)
    last = timezone.localdate() - timedelta(days=1)
    request = accept(ask(hub=tokyo, of=naniwa, at=ago, ends_on=last), at=ago)
    assert request.state == SharingState.ACCEPTED
    with entered(Scope.of_hub(tokyo.pk)):
        assert sessions(tokyo, request) == []
    client.force_login(coordinator)
    assert client.get(f"/hubs/tokyo/shared/{request.pk}/").status_code == 404
    tasks.keep_up_all()
    assert again(request, tokyo).state == SharingState.ENDED


def test_a_transfer_opens_no_timeline(tokyo, naniwa, session):
    request = ask(hub=tokyo, of=naniwa, kind="transfer")
    with entered(Scope.of_hub(tokyo.pk)):
        assert sessions(tokyo, request) == []


def test_deleted_sessions_stay_away(tokyo, osaka, session, agreement):
    with entered(Scope.of_hub(osaka.pk)):
        Consultation.objects.filter(pk=session.pk).update(deleted_at=timezone.now(), deleted_by=making.staff_of(osaka))
    with entered(Scope.of_hub(tokyo.pk)):
        assert sessions(tokyo, agreement) == []


def test_a_timeline_is_paged_by_place(tokyo, osaka, naniwa, session, agreement):
    older = [
        making.make_consultation(hub=osaka, case=session.case, held_on=date(2026, 10, day)).pk for day in (5, 5, 1)
    ]
    with entered(Scope.of_hub(tokyo.pk)):
        first = queries.joint_timeline(hub=tokyo, request=agreement, before=None, at_most=2)
        place = (first[-1].held_on, first[-1].pk)
        rest = queries.joint_timeline(hub=tokyo, request=agreement, before=place, at_most=9)
    assert [row.pk for row in [*first, *rest]] == [session.pk, older[1], older[0], older[2]]


# ---- the page


def test_tokyo_reads_and_osaka_sees_who_looked(client, coordinator, osaka_chief, tokyo, osaka, session, agreement):
    client.force_login(coordinator)
    page = client.get(f"/hubs/tokyo/shared/{agreement.pk}/")
    assert session.content in page.text
    assert session.advice in page.text
    assert f"/consultations/{session.pk}/" not in page.text, "nothing to open, nothing to write"
    client.force_login(osaka_chief)
    assert coordinator.email in client.get(f"/hubs/osaka/sharing/{agreement.pk}/").text
    for hub in (tokyo, osaka):
        with entered(Scope.of_hub(hub.pk)):
            (line,) = Entry.objects.filter(hub_id=hub.pk, action="sharing.timeline_viewed")
        assert (line.actor, line.detail) == (coordinator.email, {"from": "tokyo"})


def test_the_holders_page_opens_no_shared_timeline(client, osaka_chief, agreement):
    client.force_login(osaka_chief)
    assert client.get(f"/hubs/osaka/shared/{agreement.pk}/").status_code == 404


def test_both_chiefs_may_end_it(client, chief, coordinator, osaka, agreement):
    address = f"/hubs/tokyo/sharing/{agreement.pk}/completion/"
    client.force_login(coordinator)
    assert client.post(address, {"end-note": ""}).status_code == 403
    client.force_login(chief)
    assert client.post(address, {"end-note": "支援が終わったため"}).status_code == 302
    assert again(agreement, osaka).state == SharingState.ENDED
    assert client.get(f"/hubs/tokyo/shared/{agreement.pk}/").status_code == 404


def test_the_holder_may_bring_the_last_day_forward_not_past_a_year(client, osaka_chief, tokyo, naniwa):
    request = ask(hub=tokyo, of=naniwa)
    client.force_login(osaka_chief)
    address = f"/hubs/osaka/sharing/{request.pk}/acceptance/"
    late = (timezone.localdate() + timedelta(days=400)).isoformat()
    assert client.post(address, {"accept-ends_on": late}).status_code == 422
    soon = timezone.localdate() + timedelta(days=7)
    assert client.post(address, {"accept-ends_on": soon.isoformat()}).status_code == 302
    assert again(request, tokyo).ends_on == soon


def test_a_timeline_costs_few_statements(client, coordinator, osaka, session, agreement):
    client.force_login(coordinator)
    for _ in range(10):
        making.make_consultation(hub=osaka, case=session.case)
    assert len(statements_of(client, f"/hubs/tokyo/shared/{agreement.pk}/")) <= 16
