"""Cases and enterprises: moving them, changing them, two people at once."""

from __future__ import annotations

import threading
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from consultations import actions
from consultations.models import Case, Consultation, Enterprise, TouchedMonth
from hubs.tenancy import Scope, entered
from tests import making

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))


def test_a_case_is_solved_and_reopened_with_its_history(client, tokyo, coordinator):
    case = making.make_case(hub=tokyo)
    client.force_login(coordinator)
    steps = f"/hubs/tokyo/cases/{case.pk}/steps/"
    client.post(steps, {"move": "solve", "on": "2026-11-12", "resolution": "partly", "version": "1"})
    with entered(Scope.of_hub(tokyo.pk)):
        case.refresh_from_db()
        assert (case.state, case.closed_on, case.resolution) == ("solved", date(2026, 11, 12), "partly")
    client.post(steps, {"move": "reopen", "on": "2026-11-13", "version": "2"})
    with entered(Scope.of_hub(tokyo.pk)):
        case.refresh_from_db()
        assert (case.state, case.closed_on, case.resolution) == ("active", None, "")
        assert [step.move for step in case.steps.order_by("pk")] == ["solve", "reopen"]


def test_a_move_that_the_state_does_not_allow_is_told(client, tokyo, coordinator):
    case = making.make_case(hub=tokyo)
    client.force_login(coordinator)
    sent = {"move": "reopen", "on": "2026-11-12", "version": "1"}
    page = client.post(f"/hubs/tokyo/cases/{case.pk}/steps/", sent, follow=True).content.decode()
    assert "今の状態では、この操作はできません。" in page


def test_a_case_changed_in_between_is_not_overwritten(client, tokyo, coordinator):
    case = making.make_case(hub=tokyo)
    client.force_login(coordinator)
    edit = f"/hubs/tokyo/cases/{case.pk}/edit/"
    sent = {"title": "一人目", "category": "sales", "version": "1"}
    assert client.post(edit, sent).status_code == 302
    answer = client.post(edit, sent | {"title": "二人目"})
    assert answer.status_code == 409
    assert "二人目" in answer.content.decode()
    with entered(Scope.of_hub(tokyo.pk)):
        assert Case.objects.get().title == "一人目"


def test_an_enterprise_changed_in_between_is_not_overwritten(client, tokyo, coordinator):
    enterprise = making.make_enterprise(hub=tokyo)
    client.force_login(coordinator)
    edit = f"/hubs/tokyo/enterprises/{enterprise.pk}/edit/"
    sent = {"kind": "corporation", "name": "一人目の名前", "version": "1"}
    assert client.post(edit, sent).status_code == 302
    answer = client.post(edit, sent | {"name": "二人目の名前"})
    assert answer.status_code == 409
    assert "一人目の名前" in answer.content.decode()
    with entered(Scope.of_hub(tokyo.pk)):
        assert Enterprise.objects.get().name == "一人目の名前"


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_never_get_the_same_case_number(tokyo, coordinator):
    enterprise = making.make_enterprise(hub=tokyo)
    barrier, numbers = threading.Barrier(4), []

    def open_one():
        barrier.wait()
        with entered(Scope.of_hub(tokyo.pk)):
            case = actions.open_case(
                enterprise=enterprise, by=coordinator, at=NOW, received_on=date(2026, 11, 1), title="同時",
                category="sales", reception="phone",
            )  # fmt: skip
        numbers.append(case.number)
        connection.close()

    threads = [threading.Thread(target=open_one) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(numbers) == [f"2026-13-{n:05d}" for n in range(1, 5)]


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        (Consultation, "minutes", 0), (Consultation, "method", "teleport"), (Consultation, "held_on", date(1999, 1, 1)),
        (Consultation, "themes", ["unknown"]), (Consultation, "not_counted", "because"), (Enterprise, "industry", "??"),
        (Enterprise, "corporate_number", "12"), (Enterprise, "name", ""), (Case, "state", "solved"), (Case, "introduced_by", "x"),
    ],
)  # fmt: skip
def test_the_database_refuses_what_forms_refuse(tokyo, table, column, value):
    making.make_consultation(hub=tokyo)
    with entered(Scope.of_hub(tokyo.pk)), pytest.raises(IntegrityError), transaction.atomic():
        table.objects.update(**{column: value})


def test_the_database_refuses_a_consultation_under_another_hubs_case(tokyo, osaka):
    foreign = making.make_case(hub=osaka)
    own = making.make_consultation(hub=tokyo)
    with pytest.raises(IntegrityError), transaction.atomic(), entered(Scope.nationwide()):
        put_under(own, foreign)


def put_under(consultation, case):
    Consultation.objects.filter(pk=consultation.pk).update(case_id=case.pk)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_both_months_are_touched_when_a_consultation_moves(tokyo):
    consultation = making.make_consultation(hub=tokyo, held_on=date(2026, 10, 31))
    with entered(Scope.of_hub(tokyo.pk)):
        TouchedMonth.objects.all().delete()
        Consultation.objects.filter(pk=consultation.pk).update(held_on=date(2026, 11, 1))
        assert {row.month for row in TouchedMonth.objects.all()} == {date(2026, 10, 1), date(2026, 11, 1)}


@pytest.mark.parametrize("on", ["2200-12-31", "2062-05-01", "2026-10-31"])
def test_a_case_is_closed_between_the_day_it_came_and_today(client, tokyo, coordinator, on):
    case = making.make_case(hub=tokyo, received_on=date(2026, 11, 1))
    client.force_login(coordinator)
    steps = f"/hubs/tokyo/cases/{case.pk}/steps/"
    answer = client.post(steps, {"move": "solve", "on": on, "version": "1"})
    assert answer.status_code == 422
    assert "受付日から今日まで" in answer.content.decode()
    with entered(Scope.of_hub(tokyo.pk)), pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.update(state="solved", resolution="solved", closed_on=date(2026, 10, 31))


def test_what_somebody_else_wrote_about_a_case_is_shown(client, tokyo, coordinator):
    case = making.make_case(hub=tokyo)
    client.force_login(coordinator)
    edit = f"/hubs/tokyo/cases/{case.pk}/edit/"
    sent = {"title": "題", "category": "sales", "version": "1"}
    client.post(edit, sent | {"plan": "一人目の計画"})
    page = client.post(edit, sent | {"category": "startup"}).content.decode()
    assert "一人目の計画" in page
    assert "売上拡大 ⇔ 創業" in page


def test_every_page_with_a_clients_data_leaves_a_line(client, tokyo, coordinator):
    from audit.models import Entry

    case = making.make_case(hub=tokyo)
    client.force_login(coordinator)
    for path in (f"cases/{case.pk}/edit/", f"consultations/new/?enterprise={case.enterprise_id}",
                 f"enterprises/case-choices/?enterprise={case.enterprise_id}"):  # fmt: skip
        with entered(Scope.of_hub(tokyo.pk)):
            before = Entry.objects.count()
        assert client.get(f"/hubs/tokyo/{path}").status_code == 200
        with entered(Scope.of_hub(tokyo.pk)):
            assert Entry.objects.count() > before, path
