"""The hub and the nation at a glance."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from hubs.tenancy import Scope, entered
from metrics import actions
from metrics.indicators import INDICATORS
from tests import making
from tests.statements import statements_of

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
MONTH = {"month": "2026-11"}


@pytest.fixture
def a_month(tokyo, osaka):
    """Two consultations of one client and one of another in Tokyo, one in Osaka; a referral; a solved case."""
    case = making.make_case(hub=tokyo)
    first = making.make_consultation(hub=tokyo, case=case, held_on=date(2026, 11, 2))
    making.make_consultation(
        hub=tokyo, case=case, held_on=date(2026, 11, 9), method="online", themes=["digital", "design"]
    )
    making.make_consultation(hub=tokyo, held_on=date(2026, 10, 9))
    making.make_consultation(hub=tokyo, held_on=date(2026, 11, 9), not_counted="no_advice")
    making.make_consultation(hub=tokyo, held_on=date(2026, 11, 10))
    making.make_case(hub=tokyo, state="solved", closed_on=date(2026, 11, 11), resolution="partly")
    making.involve(first, making.make_organization(), "referral")
    making.use_program(first, making.make_program(), "used")
    making.make_consultation(hub=osaka, held_on=date(2026, 11, 3))
    actions.recount_touched(at=NOW)


def test_the_hub_page_shows_the_month(client, a_month, tokyo, coordinator):
    client.force_login(coordinator)
    page = client.get("/hubs/tokyo/", MONTH)
    totals = {row.indicator.code: row.value for row in page.context["totals"]}
    assert (totals["consultations"], totals["visitors"], totals["cases_resolved"]) == (3, 2, 1)


def test_the_length_of_every_list_equals_its_figure(client, a_month, tokyo, coordinator):
    client.force_login(coordinator)
    seen = 0
    for span in ("month", "qtd", "ytd"):
        page = client.get("/hubs/tokyo/", MONTH | {"span": span})
        shown = [*page.context["totals"], *(row for division in page.context["divisions"] for row in division.rows)]
        for row in shown:
            if row.indicator.code == "minutes":
                continue
            query = MONTH | {"span": span, "indicator": row.indicator.code, "code": row.code}
            behind = client.get("/hubs/tokyo/figures/records/", query)
            assert behind.context["count"] == len(behind.context["rows"]) == row.value, (span, row)
            seen += row.value > 0
    assert seen > 20


def test_headquarters_sees_all_hubs_side_by_side(client, a_month, headquarters):
    client.force_login(headquarters)
    page = client.get("/nation/", MONTH)
    rows = page.context["rows"]
    assert len(rows) == len(page.context["tiles"]) == 47
    by_hub = {row.hub.slug: row.chosen.value for row in rows}
    assert (by_hub["tokyo"], by_hub["osaka"], by_hub["aomori"]) == (3, 1, 0)
    assert page.context["totals"][0].value == 4


@pytest.mark.parametrize("order", ["", "value", "change", "nonsense"])
def test_the_hubs_can_be_sorted(client, a_month, headquarters, order):
    client.force_login(headquarters)
    rows = client.get("/nation/", MONTH | {"order": order}).context["rows"]
    assert rows[0].hub.slug == ("tokyo" if order == "value" else "hokkaido")


def test_a_bureau_sees_its_own_hubs_and_the_nations_total(client, a_month, osaka):
    bureau = making.make_person("bureau", bureau=osaka.prefecture.bureau, second_factor=True)
    client.force_login(bureau)
    page = client.get("/nation/", MONTH)
    assert {row.hub.slug for row in page.context["rows"]} == {
        "fukui",
        "shiga",
        "kyoto",
        "osaka",
        "hyogo",
        "nara",
        "wakayama",
    }
    assert page.context["totals"][0].value == 4
    assert client.get("/hubs/tokyo/", MONTH).status_code == 404


def test_the_agency_sees_figures_and_can_open_no_record(client, a_month, agency):
    client.force_login(agency)
    page = client.get("/hubs/tokyo/", MONTH)
    assert page.status_code == 200
    assert "figures/records" not in page.content.decode()
    assert client.get("/hubs/tokyo/figures/records/", MONTH).status_code == 403


def test_a_figure_opened_leaves_a_line_in_the_trail(client, a_month, tokyo, coordinator):
    from audit.models import Entry

    client.force_login(coordinator)
    client.get("/hubs/tokyo/figures/records/", MONTH)
    with entered(Scope.of_hub(tokyo.pk)):
        assert Entry.objects.get(action="figure.opened").detail["rows"] == 3


@pytest.mark.parametrize(
    "query", [{"month": "2026-13"}, {"month": "2999-01"}, {"month": "x"}, {"span": "week"}, {"indicator": "none"}]
)
def test_what_does_not_exist_is_not_found(client, tokyo, coordinator, query):
    client.force_login(coordinator)
    assert client.get("/hubs/tokyo/", query).status_code == 404


@pytest.mark.parametrize("path", ["/nation/", "/nation/breakdowns/", "/hubs/tokyo/"])
def test_windows_read_facts_in_at_most_ten_statements(client, a_month, headquarters, coordinator, path):
    client.force_login(coordinator if path.startswith("/hubs/") else headquarters)
    statements = statements_of(client, path, **MONTH)
    assert len(statements) <= 10, "\n".join(statements)
    names = 'FROM "consultations_specialdesk"'  # what a code is called: the nation's, and nobody's record
    assert not any('FROM "consultations_' in sql for sql in statements if names not in sql)


def test_every_indicator_is_defined_on_a_public_page(client, db):
    page = client.get("/definitions/").content.decode()
    for indicator in INDICATORS:
        assert str(indicator.label) in page
        assert f'id="{indicator.code}"' in page
