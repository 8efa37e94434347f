"""All hubs' months side by side: who reports in time over a year, what stands out, several accepted at once."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from audit.models import Entry
from foundation.periods import Month
from hubs.models import Bureau, Hub
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics import actions as metrics
from metrics.indicators import INDICATORS
from metrics.queries import Place
from reports import outliers
from reports.actions import months
from reports.choices import MonthState
from reports.models import MonthlyReport
from reports.queries import oversight
from tests import making
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
OCTOBER = Month(2026, 10)
TODAY = dt.date(2026, 11, 20)
PAGE = "/nation/months/?month=2026-10"


def day(month: int, number: int) -> dt.datetime:
    return dt.datetime(2026, month, number, 9, tzinfo=ZoneInfo("Asia/Tokyo"))


def tell(hub: Hub, month: Month, at: dt.datetime, *, version: int = 1) -> None:
    by = making.staff_of(hub)
    said = dict.fromkeys([indicator.code for indicator in INDICATORS.totals()], "相談会")
    with entered(Scope.of_hub(hub.pk)):
        months.submit(hub=hub, month=month, version=version, explanations=said, zero=True, by=by, at=at)


def state_of(hub: Hub) -> str:
    with entered(Scope.of_hub(hub.pk)):
        return MonthlyReport.objects.get(hub=hub, reporting_month=OCTOBER.first).state


def standings(*hubs: Hub) -> dict[str, oversight.HubStanding]:
    with entered(Scope.of_figures(HUB_IDS)):
        rows = Hub.objects.filter(pk__in=[hub.pk for hub in hubs]).select_related("prefecture__bureau").order_by("pk")
        return {row.hub.slug: row for row in oversight.standings(list(rows), OCTOBER, today=TODAY)}


def test_the_year_counts_first_submissions_by_the_due_date(tokyo, osaka):
    tell(tokyo, Month(2026, 8), day(9, 10))
    tell(tokyo, Month(2026, 9), day(10, 11))  # a day late
    tell(tokyo, OCTOBER, day(11, 9))
    with entered(Scope.of_hub(tokyo.pk)):
        around = {"hub": tokyo, "month": OCTOBER, "by": making.staff_of(tokyo)}
        months.send_back(version=2, note="x", remarks={}, at=day(11, 12), **around)
    tell(tokyo, OCTOBER, day(11, 15), version=3)  # it was in time at first
    rows = standings(tokyo, osaka)
    assert rows["tokyo"].year == oversight.Rate(due=3, submitted=3, on_time=2)
    assert rows["osaka"].year == oversight.Rate(due=3, submitted=0, on_time=0)
    assert rows["osaka"].year.reporting == 0
    kanto, kinki = oversight.bureau_rates(rows.values())
    assert (kanto[1].timeliness, kinki[1].reporting) == (pytest.approx(200 / 3), 0)


def test_what_a_hub_took_back_was_not_submitted(tokyo):
    tell(tokyo, OCTOBER, day(11, 9))
    with entered(Scope.of_hub(tokyo.pk)):
        months.withdraw(hub=tokyo, month=OCTOBER, version=2, by=making.staff_of(tokyo), at=day(11, 9))
    tell(tokyo, OCTOBER, day(11, 12), version=3)
    assert standings(tokyo)["tokyo"].year == oversight.Rate(due=1, submitted=1, on_time=0)


def test_nothing_is_due_before_its_day_comes():
    assert oversight.Rate().reporting is None


@pytest.mark.parametrize(
    ("value", "usual", "far"),
    [
        (100, [100] * 12, False),
        (130, [100] * 12, False),  # counting alone varies by ten
        (140, [100] * 12, True),
        (60, [100] * 12, True),
        (140, [60, 80, 100, 120, 140] * 2, False),  # this hub always varies
        (140, [100] * 10 + [100_000], True),  # one strange month hides nothing
        (9, [2] * 12, True),
        (5, [2] * 12, False),
        (500, [100] * 5, False),  # too little is known
    ],
)
def test_what_is_far(value, usual, far):
    assert outliers.is_far(value, usual) is far


class Counted:
    """Figures as a test says them."""

    def __init__(self, hub: Hub, tokyo: dict[Month, int], nation: dict[Month, int]) -> None:
        self.known = {Place.of_hub(hub): tokyo, Place.nation(): nation}

    def value(self, place: Place, month: Month, indicator, code: str = "") -> int:
        named = getattr(indicator, "code", indicator)
        return self.known[place].get(month, 0) if named == "consultations" else 0


def test_an_outlier_says_why(tokyo):
    before = [OCTOBER.plus(-n) for n in range(1, 13)]
    found = Counted(tokyo, dict.fromkeys(before, 100) | {OCTOBER: 200}, dict.fromkeys([*before, OCTOBER], 5_000))
    (one,) = outliers.outliers_of(tokyo, OCTOBER, found)
    assert (one.indicator.code, one.value) == ("consultations", 200)
    assert one.reasons == (
        "この拠点の過去12か月の中央値 100 を大きく上回る", "全国に占める割合が 4.0%(過去の中央値 2.0%)",
    )  # fmt: skip


def test_a_share_may_stand_out_where_the_hub_itself_does_not(tokyo):
    before = [OCTOBER.plus(-n) for n in range(1, 13)]
    found = Counted(tokyo, dict.fromkeys([*before, OCTOBER], 1_000), dict.fromkeys(before, 50_000) | {OCTOBER: 10_000})
    (one,) = outliers.outliers_of(tokyo, OCTOBER, found)
    assert one.reasons == ("全国に占める割合が 10.0%(過去の中央値 2.0%)",)


def test_a_new_hub_has_no_usual_months(tokyo):
    found = Counted(tokyo, {OCTOBER: 900, OCTOBER.previous(): 10}, {OCTOBER: 9_000, OCTOBER.previous(): 9_000})
    assert outliers.outliers_of(tokyo, OCTOBER, found) == []


@pytest.fixture
def mixed(tokyo, osaka):
    """Tokyo has told and gone on typing, Osaka has told and is ready, Aichi waits."""
    for hub in (tokyo, osaka):
        making.make_consultation(hub=hub, held_on=dt.date(2026, 10, 10))
    metrics.recount([OCTOBER], at=day(11, 1))
    tell(tokyo, OCTOBER, day(11, 5))
    tell(osaka, OCTOBER, day(11, 5))
    making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 11))
    metrics.recount([OCTOBER], at=day(11, 6))
    return tokyo


def test_what_needs_attention_comes_first(client, mixed, headquarters):
    client.force_login(headquarters)
    page = client.get(PAGE)
    rows = page.context["rows"]
    assert (rows[0].hub, rows[-1].hub.slug) == (mixed, "osaka")
    assert "相談対応件数が提出後に 1 から 2 に変わった" in page.content.decode()
    assert {row.is_late for row in rows[1:-1]} == {True}
    for state, count in (("look", 1), ("late", 45), ("submitted", 2), ("accepted", 0), ("", 47)):
        assert len(client.get(f"{PAGE}&state={state}").context["rows"]) == count, state


def test_several_are_accepted_at_once_and_each_by_itself(client, mixed, osaka, headquarters):
    client.force_login(headquarters)
    chosen = ["tokyo:2", "osaka:2", "aichi:1", "nowhere:1"]
    page = client.post("/nation/months/2026-10/acceptances/", {"chosen": chosen}, follow=True).content.decode()
    assert "1拠点を確認済みにしました" in page
    assert "東京都よろず支援拠点、愛知県よろず支援拠点" in page
    assert (state_of(osaka), state_of(mixed)) == (MonthState.ACCEPTED, MonthState.SUBMITTED)
    with entered(Scope.of_hub(osaka.pk)):
        assert Entry.objects.filter(action="month.accept").count() == 1


def test_an_old_page_accepts_nothing(client, mixed, osaka, headquarters):
    client.force_login(headquarters)
    client.post("/nation/months/2026-10/acceptances/", {"chosen": ["osaka:1"]})
    assert state_of(osaka) == MonthState.SUBMITTED


def test_a_bureau_looks_at_its_own_hubs_and_moves_nothing(client, mixed):
    client.force_login(making.make_person("bureau", bureau=Bureau.objects.get(slug="kinki"), second_factor=True))
    page = client.get(PAGE)
    assert "tokyo" not in {row.hub.slug for row in page.context["rows"]}
    assert "osaka" in {row.hub.slug for row in page.context["rows"]}
    assert "まとめて確認" not in page.content.decode()
    assert client.post("/nation/months/2026-10/acceptances/", {"chosen": ["osaka:2"]}).status_code == 403
    assert client.get("/nation/months/2026-10/dates/").status_code == 403


def test_the_overview_costs_ten_queries(client, mixed, headquarters):
    client.force_login(headquarters)
    asked = statements_of(client, PAGE)
    assert len(asked) <= 10, "\n".join(asked)
