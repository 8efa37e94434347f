"""Early warning: in a world where one hub falls behind, that hub is named, with the reason."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from consultations.models import Consultation
from foundation.periods import Month
from hubs.models import Hub
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics.models import Count, Fact, Level, Pulse, Span
from metrics.pulse import take_pulse
from plans.models import Target
from reports.models import MonthlyReport, MonthStep, ReportingMonth
from tests import making
from tests.referrals.making import make_referral
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 20)
NOW = dt.datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
OCTOBER = Month(2026, 10)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("dashboards.warnings.timezone.localdate", lambda at=None: at.date() if at else TODAY)


@pytest.fixture
def well():
    """Every hub does well: the same each month for years, fresh records, every month told in time."""
    months = [Month(2022, 4).plus(n) for n in range(55)]
    assert months[-1] == OCTOBER
    with entered(Scope.of_figures(HUB_IDS)):
        Count.objects.bulk_create(Count(month=m.first, counted_at=NOW, milliseconds=1) for m in months)
        Fact.objects.bulk_create(fact(pk, month, 100) for pk in HUB_IDS for month in months)
        Pulse.objects.bulk_create(
            Pulse(hub_id=pk, taken_at=NOW, last_held_on=TODAY, sessions=300, late=10, sent=20, unanswered=1)
            for pk in HUB_IDS
        )
    ReportingMonth.objects.bulk_create(ReportingMonth.usual(OCTOBER.plus(-n)) for n in range(6))
    for pk in HUB_IDS:
        for n in range(6):
            tell(pk, OCTOBER.plus(-n), day=8)


def fact(pk, month, value):
    return Fact(
        level=Level.HUB, hub_id=pk, month=month.first, span=Span.MONTH, indicator="consultations", code="", value=value
    )


def teller():
    from accounts.models import User

    return User.objects.filter(email="teller@example.test").first() or making.make_user(email="teller@example.test")


def tell(pk, month, *, day):
    """A hub submits a month on a day of the month after."""
    at = NOW.replace(year=month.next().year, month=month.next().number, day=day)
    by = teller()
    with entered(Scope.of_figures([pk])):
        report = MonthlyReport.objects.create(
            hub_id=pk, reporting_month_id=month.first, state="submitted", submitted_at=at, submitted_by=by
        )
        MonthStep.objects.create(hub_id=pk, report=report, move="submit", state="submitted", at=at, by=by)


def shrink(pk, months, value):
    with entered(Scope.of_figures([pk])):
        Fact.objects.filter(hub_id=pk, month__in=[month.first for month in months]).update(value=value)


def promise(pk, value):
    with entered(Scope.of_figures([pk])):
        Target.objects.create(
            hub_id=pk, fiscal_year=2026, indicator="consultations", value=value, set_at=NOW, set_by=teller()
        )


def change_pulse(pk, **values):
    with entered(Scope.of_figures([pk])):
        Pulse.objects.filter(hub_id=pk).update(**values)


def forget_report(pk, month):
    with entered(Scope.of_figures([pk])):
        MonthlyReport.objects.filter(hub_id=pk, reporting_month_id=month.first).delete()


def come_late(pk, count):
    for n in range(count):
        forget_report(pk, OCTOBER.plus(-n))
        tell(pk, OCTOBER.plus(-n), day=12)


def named(client, headquarters, query=None):
    """{hub: codes of its signs} as the page says."""
    client.force_login(headquarters)
    page = client.get("/nation/warnings/", query or {})
    return {row.hub.slug: [sign.rule.code for sign in row.signs] for row in page.context["behind"]}


def test_where_every_hub_does_well_none_is_named(client, headquarters, well):
    for pk in HUB_IDS:
        promise(pk, 1200)
    assert named(client, headquarters) == {}
    assert "遅れの兆しがある拠点はありません" in client.get("/nation/warnings/").content.decode()


LAST_THREE = [OCTOBER.plus(-n) for n in range(3)]
STORIES = {
    "silent": lambda pk: change_pulse(pk, last_held_on=TODAY - dt.timedelta(days=14)),
    "overdue": lambda pk: forget_report(pk, OCTOBER),
    "out_of_reach": lambda pk: promise(pk, 1300),
    "falling": lambda pk: shrink(pk, LAST_THREE, 80),
    "often_late": lambda pk: come_late(pk, 2),
    "entered_late": lambda pk: change_pulse(pk, late=61),
    "unanswered": lambda pk: change_pulse(pk, unanswered=7),
}
NEARLY = {
    "silent": lambda pk: change_pulse(pk, last_held_on=TODAY - dt.timedelta(days=13)),
    "out_of_reach": lambda pk: promise(pk, 1200),
    "falling": lambda pk: (shrink(pk, LAST_THREE[:2], 50), shrink(pk, LAST_THREE[2:], 81)),
    "often_late": lambda pk: come_late(pk, 1),
    "entered_late": lambda pk: change_pulse(pk, late=60),
    "entered_late, few": lambda pk: change_pulse(pk, sessions=9, late=9),
    "unanswered": lambda pk: change_pulse(pk, unanswered=6),
    "unanswered, few": lambda pk: change_pulse(pk, sent=4, unanswered=4),
}


@pytest.mark.parametrize("story", STORIES)
def test_exactly_the_hub_that_falls_behind_is_named(client, headquarters, well, tokyo, story):
    STORIES[story](tokyo.pk)
    assert named(client, headquarters) == {"tokyo": [story]}
    assert named(client, headquarters, {"rule": story}) == {"tokyo": [story]}
    other = "falling" if story != "falling" else "silent"
    assert named(client, headquarters, {"rule": other}) == {}


@pytest.mark.parametrize("story", NEARLY)
def test_what_only_comes_near_a_threshold_is_no_sign(client, headquarters, well, tokyo, story):
    NEARLY[story](tokyo.pk)
    assert named(client, headquarters) == {}


def test_a_forecast_without_a_range_is_a_weaker_sign(client, headquarters, well, tokyo):
    """A hub whose records began a year and a half ago: too little past for a range."""
    with entered(Scope.of_figures([tokyo.pk])):
        Fact.objects.filter(hub=tokyo, month__lt=dt.date(2025, 4, 1)).delete()
    promise(tokyo.pk, 1300)
    assert named(client, headquarters) == {"tokyo": ["short"]}


def test_the_reason_has_its_figures_and_leads_to_its_page(client, headquarters, well, tokyo):
    promise(tokyo.pk, 1300)
    change_pulse(tokyo.pk, unanswered=10)
    client.force_login(headquarters)
    page = client.get("/nation/warnings/").content.decode()
    assert "範囲の上限でも1,200で、目標1,300に届きません" in page
    assert "依頼20件のうち10件(50%)に応答がありません" in page
    assert 'href="/hubs/tokyo/analysis/referrals/"' in page


def test_the_gravest_comes_first(client, headquarters, well, tokyo, osaka):
    change_pulse(osaka.pk, late=200, unanswered=20)
    change_pulse(tokyo.pk, last_held_on=None)
    assert list(named(client, headquarters)) == ["tokyo", "osaka"]


def test_a_bureau_is_warned_of_its_own_hubs(client, well, tokyo, osaka):
    for hub in (tokyo, osaka):
        change_pulse(hub.pk, last_held_on=None)
    official = making.make_person("bureau", bureau=osaka.prefecture.bureau, second_factor=True)
    assert named(client, official) == {"osaka": ["silent"]}


def test_a_rule_that_does_not_exist_is_not_found(client, headquarters):
    client.force_login(headquarters)
    assert client.get("/nation/warnings/?rule=nonsense").status_code == 404


def test_the_page_costs_at_most_ten_statements(client, headquarters, well, tokyo):
    promise(tokyo.pk, 1300)
    client.force_login(headquarters)
    statements = statements_of(client, "/nation/warnings/")
    assert len(statements) <= 10, "\n".join(sql[:200] for sql in statements)


def test_the_pulse_counts_what_is_late_and_what_waits(tokyo, osaka):
    for day, entered_on in ((2, 9), (2, 10), (12, 12)):
        held = making.make_consultation(hub=tokyo, held_on=TODAY.replace(day=day))
        with entered(Scope.of_hub(tokyo.pk)):
            Consultation.objects.filter(pk=held.pk).update(created_at=NOW.replace(day=entered_on))
    making.make_consultation(hub=tokyo, held_on=TODAY, not_counted="duplicate")
    for days, state in ((46, "sent"), (45, "sent"), (60, "received"), (60, "cancelled"), (400, "sent")):
        refer(tokyo, TODAY - dt.timedelta(days=days), state)
    for _ in range(2):  # looked at again, it says the same
        take_pulse(at=NOW)
    with entered(Scope.of_figures(HUB_IDS)):
        pulse, other = Pulse.objects.get(hub=tokyo), Pulse.objects.get(hub=osaka)
        assert Pulse.objects.count() == 47
    assert (pulse.sessions, pulse.late, pulse.last_held_on) == (3, 1, TODAY.replace(day=12))
    assert (pulse.sent, pulse.unanswered) == (2, 1)
    assert (other.sessions, other.last_held_on) == (0, None)


def refer(hub: Hub, sent_on, state):
    from referrals.models import Referral

    referral = make_referral(hub=hub)
    answered = sent_on if state == "received" else None
    values = {"state": state, "sent_on": sent_on, "consented_on": sent_on, "answered_on": answered}
    if state == "cancelled":
        values["reason"] = "x"
    with entered(Scope.of_hub(hub.pk)):
        Referral.objects.filter(pk=referral.pk).update(**values)
