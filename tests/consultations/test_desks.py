"""Special desks: headquarters opens them, hubs choose them, figures tell them apart."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from consultations.models import Case, SpecialDesk, TouchedMonth
from hubs.tenancy import Scope, entered
from tests import making
from tests.consultations.making_outcomes import make_desk
from tests.consultations.test_logging import NEW, consultations_of, filled

DESKS = "/nation/desks/"
SENT = {
    "name": "台風第18号に関する特別相談窓口",
    "name_en": "Typhoon No. 18",
    "reason": "災害救助法の適用",
    "version": "1",
}


def test_headquarters_opens_a_desk_and_closes_it_with_its_last_day(client, headquarters):
    client.force_login(headquarters)
    client.post(f"{DESKS}new/", SENT | {"opened_on": "令和8年9月20日", "only_in": ["13", "27"]})
    desk = SpecialDesk.objects.get()
    assert (desk.opened_on, desk.closed_on, desk.only_in) == (date(2026, 9, 20), None, [13, 27])
    answer = client.post(f"{DESKS}{desk.pk}/", SENT | {"opened_on": "2026-09-20", "closed_on": "2026-10-31"})
    assert answer.status_code == 302
    desk.refresh_from_db()
    assert (desk.closed_on, desk.version) == (date(2026, 10, 31), 2)
    assert "台風第18号" in client.get(DESKS).content.decode()


def test_what_cannot_be_is_told_beside_its_field(client, headquarters):
    make_desk(name=SENT["name"])
    client.force_login(headquarters)
    answer = client.post(f"{DESKS}new/", SENT | {"opened_on": "2026-09-20", "closed_on": "2026-09-01"})
    assert answer.status_code == 422
    assert {*answer.context["form"].errors} == {"name", "closed_on"}


def test_a_desk_changed_in_between_is_not_overwritten(client, headquarters):
    desk = make_desk()
    client.force_login(headquarters)
    sent = SENT | {"opened_on": "2026-09-20"}
    assert client.post(f"{DESKS}{desk.pk}/", sent).status_code == 302
    answer = client.post(f"{DESKS}{desk.pk}/", sent | {"reason": "別の理由"})
    assert answer.status_code == 409
    assert "災害救助法の適用" in answer.content.decode()


def test_nobody_but_headquarters_manages_desks(client, coordinator, agency):
    for person in (coordinator, agency):
        client.force_login(person)
        assert client.get(DESKS).status_code == client.post(f"{DESKS}new/", SENT).status_code == 403
    assert SpecialDesk.objects.count() == 0


def test_a_new_case_is_of_the_desk_that_is_open(client, tokyo, coordinator):
    desk = make_desk()
    client.force_login(coordinator)
    assert desk.name in client.get(NEW).content.decode()
    client.post(NEW, filled(case_special_desk=str(desk.pk)))
    (consultation,) = consultations_of(tokyo)
    assert consultation.case.special_desk_id == desk.pk


@pytest.mark.parametrize(
    "fields",
    [
        {"closed_on": timezone.localdate() - timedelta(days=3)},
        {"opened_on": timezone.localdate() + timedelta(days=1)},
        {"only_in": [27]},
    ],
)
def test_a_desk_that_is_not_open_here_on_that_day_cannot_be_chosen(client, tokyo, coordinator, fields):
    desk = make_desk(**fields)
    client.force_login(coordinator)
    answer = client.post(NEW, filled(case_special_desk=str(desk.pk)))
    assert answer.status_code == 422
    assert consultations_of(tokyo) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        making.make_case(hub=tokyo, received_on=timezone.localdate(), special_desk=desk)


def test_the_day_of_the_session_decides_not_today(client, tokyo, coordinator):
    """A session of last week is written down today: a desk that opened yesterday was not there for it."""
    yesterday = timezone.localdate() - timedelta(days=1)
    desk = make_desk(opened_on=yesterday)
    client.force_login(coordinator)
    late = filled(case_special_desk=str(desk.pk), held_on=(yesterday - timedelta(days=6)).isoformat())
    answer = client.post(NEW, late)
    assert answer.status_code == 422
    assert "受付日には開設されていません" in answer.content.decode()


def test_a_case_keeps_its_desk_when_the_desk_closes(client, tokyo, coordinator):
    desk = make_desk()
    case = making.make_case(hub=tokyo, special_desk=desk)
    SpecialDesk.objects.update(closed_on=date(2026, 10, 1))
    client.force_login(coordinator)
    edit = f"/hubs/tokyo/cases/{case.pk}/edit/"
    assert desk.name in client.get(edit).content.decode()
    sent = {"title": "題", "category": "sales", "version": "1", "special_desk": str(desk.pk)}
    assert client.post(edit, sent).status_code == 302
    with entered(Scope.of_hub(tokyo.pk)):
        assert Case.objects.get().special_desk_id == desk.pk


def test_a_case_that_changes_its_desk_touches_the_months_of_its_sessions(tokyo):
    desk = make_desk()
    case = making.make_case(hub=tokyo)
    making.make_consultation(hub=tokyo, case=case, held_on=date(2026, 11, 12))
    with entered(Scope.of_hub(tokyo.pk)):
        TouchedMonth.objects.all().delete()
        Case.objects.update(special_desk=desk)
        assert {row.month for row in TouchedMonth.objects.all()} == {date(2026, 11, 1)}


def test_without_an_open_desk_nobody_is_asked(client, tokyo, coordinator):
    client.force_login(coordinator)
    assert "特別相談窓口" not in client.get(NEW).content.decode()
