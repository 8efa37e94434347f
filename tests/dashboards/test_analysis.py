"""Analysis by the tender's items (II.7): what stands on the pages equals a recount in plain Python."""

from __future__ import annotations

import random
from datetime import date, datetime
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from foundation.periods import FiscalYear, Month
from hubs.models import Bureau, Hub
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics import actions
from metrics.indicators import INDICATORS
from metrics.topics import TOPICS
from plans.actions import set_targets
from tests import making
from tests.metrics.plain import Key, expected
from tests.metrics.worlds import World
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
NOVEMBER = Month(2026, 11)


@pytest.fixture(autouse=True)
def _in_november(monkeypatch):
    monkeypatch.setattr("dashboards.analysis.timezone.localdate", lambda *_: NOW.date())


@pytest.fixture
def world(tokyo, osaka):
    """Two hubs in which everything that moves a figure happens by chance, all counted."""
    made = World([tokyo, osaka], random.Random(7))  # noqa: S311
    made.live(140)
    actions.recount_touched(at=NOW)
    return expected([NOVEMBER, NOVEMBER.year_before()])


def pages_of(tokyo):
    """Every page of analysis at the hub, its bureau and the nation: address, and the place that plain.py calls it."""
    for topic in TOPICS:
        yield f"/hubs/tokyo/analysis/{topic}/", f"hub {tokyo.pk}"
        yield f"/nation/bureaus/kanto/analysis/{topic}/", f"bureau {tokyo.prefecture.bureau_id}"
        yield f"/nation/analysis/{topic}/", "nation"


@pytest.mark.parametrize("span", ["month", "qtd", "ytd"])
def test_every_page_equals_a_recount_in_plain_python(client, world, headquarters, tokyo, span):
    """Values, last year's, the hubs' median, the rank, parts and shares, and the places below."""
    client.force_login(headquarters)
    numbers = {f"{model.__name__.lower()} {row.slug}": row.pk for model in (Hub, Bureau) for row in model.objects.all()}
    for path, place in pages_of(tokyo):
        page = client.get(path, {"month": "2026-11", "span": span}).context
        for line in page["lines"]:
            assert_line(world, line, place, span)
        for division in page["divisions"]:
            assert_division(world, division, place, span)
        for row in page["beside"]:
            level = "bureau" if row.is_bureau else "hub"
            where = f"{level} {numbers[f'{level} {row.slug}']}"
            shown = [line.value for line in row.lines]
            assert shown == [world.get(Key(where, span, NOVEMBER, i.code, ""), 0) for i in page["totals"]], path


def assert_line(world, line, place, span):
    code = line.indicator.code
    assert line.value == world.get(Key(place, span, NOVEMBER, code, ""), 0), (place, code)
    assert line.before == world.get(Key(place, span, NOVEMBER.year_before(), code, ""), 0), (place, code)
    all_hubs = [world.get(Key(f"hub {pk}", span, NOVEMBER, code, ""), 0) for pk in HUB_IDS]
    assert line.median == median(all_hubs)
    if place.startswith("hub"):
        assert line.rank == 1 + sum(value > line.value for value in all_hubs)


def assert_division(world, division, place, span):
    code = division.indicator.code
    now, before, nation = (
        {key.code: value for key, value in world.items() if key[:4] == (where, span, month, code)}
        for where, month in ((place, NOVEMBER), (place, NOVEMBER.year_before()), ("nation", NOVEMBER))
    )
    assert {part.code: (part.value, part.before) for part in division.parts} == {
        each: (now.get(each, 0), before.get(each, 0)) for each in now.keys() | before.keys()
    }
    whole = world.get(Key(place, span, NOVEMBER, division.indicator.of, ""), 0)
    national = world.get(Key("nation", span, NOVEMBER, division.indicator.of, ""), 0)
    for part in division.parts:
        assert part.share == (part.value * 100 / whole if whole else None)
        assert part.nation_share == (nation.get(part.code, 0) * 100 / national if national else None)


def test_every_item_of_the_tender_is_a_topic_and_every_indicator_belongs_to_one():
    used = {code for topic in TOPICS.values() for code in topic.codes}
    assert used == {indicator.code for indicator in INDICATORS}
    for topic in TOPICS.values():
        here = topic.at(NOVEMBER)
        totals = {indicator.code for indicator in here if indicator.breakdown is None}
        assert here[0].code in totals
        assert {indicator.of for indicator in here if indicator.breakdown} <= totals


def promise(hub, by, **values):
    with entered(Scope.of_figures([hub.pk] if hub else [])):
        set_targets(hub=hub, year=FiscalYear(2026), values=values, by=by, at=NOW)


def test_a_target_is_a_years_and_months_are_held_against_their_twelfths(client, world, chief, tokyo):
    promise(tokyo, chief, consultations=1200, visitors=600)
    client.force_login(chief)
    for span, consultations, visitors in (("ytd", 1200, 600), ("month", 100, None), ("qtd", 200, None)):
        page = client.get("/hubs/tokyo/analysis/activity/", {"month": "2026-11", "span": span})
        lines = {line.indicator.code: line for line in page.context["lines"]}
        assert (lines["consultations"].expected, lines["visitors"].expected) == (consultations, visitors)
        assert lines["consultations"].target == 1200
        assert lines["consultations"].percent == lines["consultations"].value * 100 / consultations


def test_a_bureaus_target_is_what_all_its_hubs_promised(client, world, chief, headquarters):
    kanto = Hub.objects.filter(prefecture__bureau__slug="kanto").order_by("pk")
    client.force_login(headquarters)
    path = "/nation/bureaus/kanto/analysis/activity/"
    for hub in kanto:
        assert client.get(path).context["lines"][0].target is None
        promise(hub, chief, consultations=10, visitors=5)
    lines = {line.indicator.code: line for line in client.get(path).context["lines"]}
    assert (lines["consultations"].target, lines["visitors"].target) == (10 * len(kanto), None)


def test_a_hubs_figures_open_to_their_records_for_who_may(client, world, coordinator, agency):
    client.force_login(coordinator)
    query = {"month": "2026-11", "span": "ytd"}
    page = client.get("/hubs/tokyo/analysis/support/", query)
    assert "figures/records/?indicator=consultations_by_theme&amp;code=" in page.content.decode()
    for division in page.context["divisions"]:
        for part in division.parts:
            opened = {"indicator": part.indicator.code, "code": part.code}
            behind = client.get("/hubs/tokyo/figures/records/", query | opened)
            assert behind.context["count"] == part.value
    client.force_login(agency)
    assert "figures/records" not in client.get("/hubs/tokyo/analysis/support/", query).content.decode()


def test_a_bureau_sees_its_own_and_the_median_of_all(client, world, osaka, tokyo):
    client.force_login(making.make_person("bureau", bureau=osaka.prefecture.bureau, second_factor=True))
    query = {"month": "2026-11", "span": "ytd"}
    page = client.get("/nation/analysis/activity/", query).context
    assert {row.slug for row in page["beside"] if not row.is_bureau} == {
        "fukui", "shiga", "kyoto", "osaka", "hyogo", "nara", "wakayama",
    }  # fmt: skip
    all_hubs = [world.get(Key(f"hub {pk}", "ytd", NOVEMBER, "consultations", ""), 0) for pk in HUB_IDS]
    assert page["lines"][0].median == median(all_hubs)
    others = {row.slug for row in page["beside"] if row.is_bureau}
    assert "kanto" in others
    assert others.isdisjoint({"hokkaido", "okinawa"}), "a bureau of one hub is that hub"
    assert client.get("/nation/bureaus/kinki/analysis/activity/").status_code == 200
    assert client.get("/nation/bureaus/kanto/analysis/activity/").status_code == 404
    assert client.get("/hubs/tokyo/analysis/activity/").status_code == 404


@pytest.mark.parametrize(
    "path", ["analysis/nonsense/", "bureaus/nowhere/analysis/", "analysis/?span=week", "analysis/?month=2999-01"]
)
def test_what_does_not_exist_is_not_found(client, headquarters, path):
    client.force_login(headquarters)
    assert client.get(f"/nation/{path}").status_code == 404


def test_places_can_be_sorted(client, world, headquarters):
    client.force_login(headquarters)
    for order in ("value", "change", "percent", "nonsense"):
        rows = client.get("/nation/analysis/", {"month": "2026-11", "span": "ytd", "order": order}).context["beside"]
        assert len(rows) == 47 + 9
        values = [row.first.value for row in rows]
        assert order != "value" or values == sorted(values, reverse=True)


def test_pages_of_analysis_read_facts_in_at_most_ten_statements(client, tokyo, headquarters, coordinator):
    names = 'FROM "consultations_specialdesk"'  # what a code is called: the nation's, and nobody's record
    for path, place in pages_of(tokyo):
        client.force_login(coordinator if place.startswith("hub") else headquarters)
        statements = statements_of(client, path, month="2026-11", span="ytd")
        assert len(statements) <= 10, "\n".join([path, *(sql[:200] for sql in statements)])
        assert not any('FROM "consultations_' in sql for sql in statements if names not in sql)


def test_a_year_that_is_followed_shows_where_it_will_end(client, tokyo, coordinator):
    """Ten a month last year, eleven a month this year until November: 132 at the year's end."""
    case = making.make_case(hub=tokyo)
    for month in [Month(2025, 4).plus(n) for n in range(20)]:
        for _ in range(10 if month < Month(2026, 4) else 11):
            making.make_consultation(hub=tokyo, case=case, held_on=date(month.year, month.number, 5))
    actions.recount_touched(at=NOW)
    client.force_login(coordinator)
    page = client.get("/hubs/tokyo/analysis/activity/", {"month": "2026-11"})
    outlooks = {row.indicator.code: row.forecast for row in page.context["outlooks"]}
    assert (outlooks["consultations"].value, outlooks["consultations"].has_range) == (132, False)
    assert outlooks["visitors"].value == 1
    assert "年度末の見込み 132件" in page.content.decode()
