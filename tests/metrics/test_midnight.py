"""What is done around midnight at a month's end lands in the month that it is in Japan."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from consultations.models import Consultation
from foundation.periods import Month
from hubs.tenancy import Scope, entered
from metrics import actions
from metrics.queries import Place, figures
from referrals.models import ReferralWork
from tests import making
from tests.consultations.making_outcomes import make_outcome
from tests.consultations.test_logging import NEW, filled
from tests.referrals.making import fresh, make_sent, token_of
from tests.referrals.test_links import answer, work

TOKYO_TIME, UTC = ZoneInfo("Asia/Tokyo"), ZoneInfo("UTC")
MINUTE = timedelta(minutes=1)
# links and sessions are checked by the database's clock too, which cannot be set: the next month's end that comes
THIS = Month.of(timezone.localdate())
NEXT = THIS.next()
MIDNIGHT = datetime.combine(NEXT.first, datetime.min.time(), TOKYO_TIME)
MOMENTS = [
    pytest.param(MIDNIGHT - MINUTE, THIS, id="a minute before midnight"),
    pytest.param(MIDNIGHT + MINUTE, NEXT, id="a minute after, when UTC is still in the month before"),
    pytest.param(MIDNIGHT + timedelta(hours=8, minutes=59), NEXT, id="a minute before UTC's own midnight"),
]


@pytest.fixture
def clock(monkeypatch):
    """Sets the time; everybody asks django.utils.timezone, and gets UTC as there."""

    def at(moment: datetime) -> datetime:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment.astimezone(UTC))
        return moment

    return at


def counted(hub: Any, code: str) -> dict[Month, int]:
    """What the hub's figures say of the months around, after whatever was touched has been counted."""
    actions.recount_touched(at=timezone.now())
    months = [THIS.previous(), THIS, NEXT, NEXT.next()]
    with entered(Scope.of_hub(hub.pk)):
        found = figures(places=[Place.of_hub(hub)], months=months, indicators=[code])
    return {month: value for month in months if (value := found.value(Place.of_hub(hub), month, code))}


@pytest.mark.parametrize(("moment", "month"), MOMENTS)
def test_a_consultation_with_the_day_that_the_page_offers(client, tokyo, coordinator, clock, moment, month):
    clock(moment)
    client.force_login(coordinator)
    offered = client.get(NEW).context["form"]["held_on"].value()
    assert client.post(NEW, filled(held_on=str(offered))).status_code == 302
    assert counted(tokyo, "consultations") == counted(tokyo, "new_visitors") == {month: 1}


def test_tomorrow_is_refused_until_midnight_in_japan(client, tokyo, coordinator, clock):
    clock(MIDNIGHT - MINUTE)
    client.force_login(coordinator)
    assert client.post(NEW, filled(held_on=NEXT.first.isoformat())).status_code == 422
    clock(MIDNIGHT)
    assert client.post(NEW, filled(held_on=NEXT.first.isoformat())).status_code == 302
    assert counted(tokyo, "consultations") == {NEXT: 1}


@pytest.mark.parametrize("late", [MINUTE, timedelta(days=9)])
def test_a_consultation_written_without_a_network_and_sent_after_the_months_end(
    client, tokyo, coordinator, clock, late
):
    clock(MIDNIGHT + late)
    client.force_login(coordinator)
    sent = filled(held_on=THIS.last.isoformat())
    assert client.post(NEW, sent).status_code == 302
    assert client.post(NEW, sent).status_code == 302, "sent again, since the answer was lost"
    assert counted(tokyo, "consultations") == {THIS: 1}
    with entered(Scope.of_hub(tokyo.pk)):
        consultation = Consultation.objects.get()
    assert consultation.days_late == (1 if late == MINUTE else 10)


@pytest.mark.parametrize(("moment", "month"), MOMENTS)
def test_an_answer_by_link_and_the_work_of_the_other_agency(client, tokyo, clock, moment, month):
    clock(MIDNIGHT - timedelta(days=2))
    referral = make_sent(hub=tokyo)
    clock(moment)
    address = f"/answers/{token_of(referral)}/"
    assert answer(client, address, "receive").status_code == 302
    assert work(client, address, uuid.uuid4()).status_code == 302
    assert Month.of(fresh(referral).answered_on) == month
    assert counted(tokyo, "referrals_answered") == counted(tokyo, "partner_works") == {month: 1}
    assert counted(tokyo, "referrals_sent") == {Month.of((MIDNIGHT - timedelta(days=2)).date()): 1}
    with entered(Scope.of_hub(tokyo.pk)):
        assert Month.of(ReferralWork.objects.get().worked_on) == month


@pytest.mark.parametrize(("moment", "month"), MOMENTS)
def test_a_case_ended_and_an_outcome_measured(client, tokyo, coordinator, clock, moment, month):
    case = making.make_case(hub=tokyo, lead=coordinator)
    clock(moment)
    client.force_login(coordinator)
    offered = client.get(f"/hubs/tokyo/cases/{case.pk}/").context["form"]["on"].value()
    sent = {"move": "solve", "resolution": "solved", "version": case.version, "on": str(offered)}
    assert client.post(f"/hubs/tokyo/cases/{case.pk}/steps/", sent).status_code == 302
    measured = client.get(f"/hubs/tokyo/cases/{case.pk}/outcomes/new/").context["form"]["measured_on"].value()
    make_outcome(case=case, measured_on=measured, confirmed_on=measured)
    assert counted(tokyo, "cases_closed") == counted(tokyo, "cases_resolved") == {month: 1}
    assert counted(tokyo, "outcomes") == {month: 1}


@pytest.mark.parametrize(("moment", "month"), MOMENTS)
def test_the_page_that_opens_by_itself_is_the_months(client, tokyo, coordinator, clock, moment, month):
    clock(moment)
    client.force_login(coordinator)
    assert client.get("/hubs/tokyo/").context["choice"].month == month
