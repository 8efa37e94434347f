"""Targets: a chief's for the hub, headquarters' for the nation; who changed what."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from foundation.periods import FiscalYear, Month
from hubs.models import Hub
from hubs.tenancy import HUB_IDS, NoScope, Scope, entered
from metrics import actions as metrics
from metrics.indicators import INDICATORS
from metrics.queries import Place
from plans import actions, queries
from plans.models import Target
from tests import making
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
YEAR = FiscalYear(2026)


def promise(hub: Hub | None, by, at, year=YEAR, **values):
    with entered(Scope.of_figures([hub.pk] if hub else [])):
        return actions.set_targets(hub=hub, year=year, values=values, by=by, at=at)


def test_a_chief_sets_changes_and_takes_away(tokyo, chief, now):
    assert promise(tokyo, chief, now, consultations=900, visitors=300) == ["consultations", "visitors"]
    assert promise(tokyo, chief, now, consultations=950, visitors=300, referrals=None) == ["consultations"]
    assert promise(tokyo, chief, now, visitors=None) == ["visitors"]
    with entered(Scope.of_figures([tokyo.pk])):
        row = Target.objects.of_hub(tokyo).of_year(YEAR).get()
    assert (row.indicator, row.value, row.set_by, row.set_at) == ("consultations", 950, chief, now)
    with entered(Scope.of_hub(tokyo.pk)):
        told = [line.detail for line in Entry.objects.filter(action="target.set").order_by("pk")]
    assert [(line["indicator"], line["before"], line["after"]) for line in told] == [
        ("consultations", None, 900), ("visitors", None, 300), ("consultations", 900, 950), ("visitors", 300, None),
    ]  # fmt: skip


def test_a_target_of_what_no_total_is_refused(tokyo, chief, now):
    for code in ("consultations_by_theme", "nonsense"):
        with pytest.raises(ValueError, match=code):
            promise(tokyo, chief, now, **{code: 1})


@pytest.mark.parametrize("wrong", [{"value": -1}, {"fiscal_year": 2013}, {"indicator": ""}])
def test_the_database_refuses_what_cannot_be_a_target(tokyo, chief, now, wrong):
    usual = {"hub": tokyo, "fiscal_year": 2026, "indicator": "consultations", "value": 1}
    with entered(Scope.of_figures([tokyo.pk])), pytest.raises(IntegrityError), transaction.atomic():
        Target.objects.create(set_at=now, set_by=chief, **(usual | wrong))


@pytest.mark.parametrize("place", ["hub", "nation"])
def test_a_place_has_one_target_a_year_and_indicator(tokyo, chief, now, place):
    usual = {"fiscal_year": 2026, "indicator": "consultations", "value": 1, "set_at": now, "set_by": chief}
    usual["hub"] = tokyo if place == "hub" else None
    with entered(Scope.of_figures([tokyo.pk])):
        Target.objects.create(**usual)
        with pytest.raises(IntegrityError), transaction.atomic():
            Target.objects.create(**usual)


def test_targets_stand_behind_the_wall(tokyo, osaka, chief, now):
    promise(tokyo, chief, now, consultations=900)
    promise(None, chief, now, consultations=50_000)
    with pytest.raises(NoScope):
        Target.objects.all()
    with entered(Scope.of_figures([osaka.pk])):
        assert [row.value for row in Target.objects.all()] == [50_000]


def test_the_sum_of_hubs_is_told_only_where_it_means_something(tokyo, osaka, chief, now):
    for hub, value in ((tokyo, 900), (osaka, 600)):
        promise(hub, chief, now, consultations=value, visitors=100)
    promise(tokyo, chief, now, referrals=5)
    with entered(Scope.of_figures(HUB_IDS)):
        found = queries.targets(year=YEAR)
    hubs = [tokyo, osaka]
    assert found.sum_of(hubs, INDICATORS["consultations"]) == 1500
    assert found.sum_of(hubs, INDICATORS["visitors"]) is None
    assert found.sum_of(hubs, INDICATORS["referrals"]) is None
    assert [i.code for i in found.indicators()] == ["consultations", "visitors", "referrals"]


def test_the_page_shows_target_figure_and_how_much_is_reached(client, tokyo, chief, coordinator, now):
    for day in (date(2026, 4, 1), date(2026, 10, 1), date(2025, 5, 1)):
        making.make_consultation(hub=tokyo, held_on=day)
    metrics.recount([Month(2025, 5), Month(2026, 4), Month(2026, 10)], at=now)
    promise(tokyo, chief, now, consultations=8)
    client.force_login(coordinator)
    page = client.get("/hubs/tokyo/targets/", {"year": "2026"})
    aim = page.context["aims"][0][0]
    assert (aim.before, aim.reached, aim.target.value, aim.percent) == (1, 2, 8, 25.0)
    assert "revision" not in page.content.decode()
    assert client.get("/hubs/tokyo/targets/", {"year": "1999"}).status_code == 404


def test_a_chief_sets_targets_on_the_page(client, tokyo, chief):
    client.force_login(chief)
    address = "/hubs/tokyo/targets/revision/?year=2026"
    assert client.post(address, {"consultations": "-1"}).status_code == 422
    answer = client.post(address, {"consultations": "１,２００"})
    assert answer["Location"] == "/hubs/tokyo/targets/?year=2026"
    with entered(Scope.of_figures([tokyo.pk])):
        assert Target.objects.get().value == 1200
    assert "1,200" in client.get(answer["Location"]).content.decode()


def test_headquarters_sets_the_nations_and_no_hubs(client, tokyo, osaka, headquarters, chief, now):
    promise(tokyo, chief, now, consultations=900)
    client.force_login(headquarters)
    client.post("/nation/targets/revision/?year=2026", {"consultations": "50000"})
    page = client.get("/nation/targets/?year=2026")
    assert len(page.context["rows"]) == 47
    assert page.context["aims"][0][0].target.value == 50_000
    by_hub = {row.hub.slug: row.cells[0] for row in page.context["rows"]}
    assert (by_hub["tokyo"], by_hub["osaka"]) == ((900, 0.0), (None, None))
    assert client.post("/hubs/tokyo/targets/revision/?year=2026", {"consultations": "1"}).status_code == 403


def test_a_bureau_sees_its_own_hubs_targets(client, tokyo, osaka, chief, now):
    promise(tokyo, chief, now, consultations=900)
    client.force_login(making.make_person("bureau", bureau=osaka.prefecture.bureau, second_factor=True))
    page = client.get("/nation/targets/?year=2026")
    assert len(page.context["rows"]) == 7
    assert all(cells == ((None, None),) for row in page.context["rows"] for cells in [tuple(row.cells)])
    assert client.post("/nation/targets/revision/?year=2026", {"consultations": "1"}).status_code == 403


@pytest.mark.parametrize("path", ["/nation/targets/", "/nation/targets/revision/", "/hubs/tokyo/targets/"])
def test_pages_of_targets_cost_at_most_ten_statements(client, headquarters, coordinator, path, chief, now, tokyo):
    promise(tokyo, chief, now, consultations=900)
    client.force_login(coordinator if path.startswith("/hubs/") else headquarters)
    statements = statements_of(client, path, year="2026")
    assert len(statements) <= 10, "\n".join(statements)


def test_a_bureau_adds_up_nothing_it_did_not_promise(tokyo, chief, now):
    promise(tokyo, chief, now, consultations=900)
    with entered(Scope.of_figures(HUB_IDS)):
        found = queries.targets(year=YEAR)
    assert found.value(Place.of_bureau(tokyo.prefecture.bureau), INDICATORS["consultations"]) is None
