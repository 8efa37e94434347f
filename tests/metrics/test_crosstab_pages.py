"""Headquarters' page of cross tables: asked by address, shared, taken along, opened to its records."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.db import connection

from audit.models import Entry
from hubs.models import Bureau
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics import actions
from metrics.crosstab.presets import presets
from metrics.models import SavedTable
from tests import making
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
PAGE, FILE, TABLES = "/nation/crosstab/", "/nation/crosstab/file/", "/nation/crosstab/tables/"
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
YEAR = {"period": "range", "first": "2026-04", "last": "2026-11"}


@pytest.fixture
def a_year(tokyo, osaka):
    """One enterprise in Tokyo in April and May, the same in Osaka in May; another in Tokyo in November."""
    for hub, days in ((tokyo, ("2026-04-10", "2026-05-10")), (osaka, ("2026-05-11",))):
        enterprise = making.make_enterprise(hub=hub, corporate_number="1000000000001", industry="E")
        case = making.make_case(hub=hub, enterprise=enterprise, received_on=date(2026, 4, 1))
        for day in days:
            making.make_consultation(hub=hub, case=case, held_on=day, themes=["digital", "tax"])
    making.make_consultation(hub=tokyo, held_on="2026-11-09")
    actions.recount_touched(at=NOW)


@pytest.fixture
def hq(client, headquarters):
    client.force_login(headquarters)
    return client


def cell(page, row: str, column: str):
    """(value, address) of a cell by the labels around it."""
    table = page.context["table"]
    at = [group.label for group in table.columns].index(column)
    return next((cells[at][0].value, cells[at][1]) for line, cells in page.context["lines"] if line.head.label == row)


def entries(action: str) -> list[Entry]:
    with entered(Scope(frozenset(HUB_IDS), frozenset(HUB_IDS))):
        return list(Entry.objects.filter(action=action))


def test_the_page_opens_with_the_hubs_by_month(hq, a_year):
    page = hq.get(PAGE)
    assert page.status_code == 200
    assert len(page.context["lines"]) == 47
    assert not page.context["table"].is_from_records


def test_a_cell_opens_to_as_many_records_as_it_says(hq, a_year, tokyo, headquarters, coordinator):
    page = hq.get(PAGE, YEAR)
    value, address = cell(page, "東京都", "2026年5月")
    assert value == 1
    assert address in page.content.decode().replace("&amp;", "&")
    assert "/opening/" in hq.get(address)["Location"]  # headquarters gives a reason first
    hq.force_login(coordinator)
    assert hq.get(address).context["count"] == value


def test_a_cell_of_the_fiscal_year_opens_to_the_year(hq, a_year, coordinator):
    value, address = cell(hq.get(PAGE, YEAR | {"measure": "visitors", "columns": "nation"}), "東京都", "来訪相談者数")
    assert value == 2
    hq.force_login(coordinator)
    assert hq.get(address).context["count"] == value


def test_a_cell_of_a_breakdown_opens_to_its_records(hq, a_year, coordinator):
    page = hq.get(PAGE, YEAR | {"columns": "theme", "period": "range", "first": "2026-05", "last": "2026-05"})
    value, address = cell(page, "東京都", "税務・会計")
    assert value == 1
    hq.force_login(coordinator)
    assert hq.get(address).context["count"] == value


@pytest.mark.parametrize(
    "asked",
    [
        {"columns": "nation", "first": "2026-05"},  # no list has the records of May to November
        {"rows": "bureau"},
        {"measure": "minutes"},
        {"rows": "theme", "columns": "industry"},
    ],
)
def test_where_no_list_is_as_long_as_the_cell_there_is_no_link(hq, a_year, asked):
    assert "figures/records/" not in hq.get(PAGE, YEAR | asked).content.decode()


def test_two_breakdowns_are_counted_from_the_records_and_written_down(hq, a_year):
    page = hq.get(PAGE, YEAR | {"rows": "theme", "columns": "industry"})
    assert cell(page, "税務・会計", "製造業")[0] == 3
    assert page.context["table"].total == 4
    assert "現在の記録" in page.content.decode()
    assert [entry.detail["query"] for entry in entries("crosstab.counted")] == [page.context["query"]]


def test_distinct_enterprises_are_counted_anew_by_two_breakdowns_and_in_the_totals(hq, a_year):
    table = hq.get(PAGE, YEAR | {"measure": "visitors", "rows": "theme", "columns": "industry"}).context["table"]
    assert [cell.value for line in table.lines for cell in line.cells if cell.value] == [1, 1, 1]
    assert table.total == 2
    assert any("実数" in note for note in table.notes)


def test_where_a_distinct_total_is_not_stored_there_is_none_and_the_page_says_why(hq, a_year):
    tokyo_and_osaka = YEAR | {"measure": "visitors", "hubs": ["13", "27"]}
    table = hq.get(PAGE, tokyo_and_osaka).context["table"]
    assert not table.is_from_records
    assert table.has_row_totals  # April to November: the year to date
    assert not table.has_column_totals
    assert any("足しても計になりません" in note for note in table.notes)


# ---- refusals
@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"measure": "nonsense"}, "measure"),
        ({"rows": "nonsense"}, "rows"),
        ({"columns": "hub"}, "columns"),  # as the rows
        ({"columns": "bureau"}, "columns"),
        ({"rows": "month", "columns": "year"}, "columns"),
        ({"period": "always"}, "period"),
        ({"period": "range", "first": "2026-05", "last": "2026-04"}, "last"),
        ({"period": "range", "first": "", "last": "2026-04"}, "first"),
        ({"period": "range", "first": "2026-04", "last": "2999-01"}, "last"),
        ({"hubs": "48"}, "hubs"),
        ({"bureaus": "x"}, "bureaus"),
        ({"in_theme": "nonsense"}, "in_theme"),
        ({"in_organization_kind": "bank"}, "in_organization_kind"),  # consultations have none
        ({"rows": "resolution"}, "rows"),
        ({"measure": "new_visitors", "rows": "theme"}, "rows"),
        ({"measure": "new_visitors", "rows": "month", "columns": "nation", "hubs": ["1", "13"]}, "hubs"),
        ({"heat": "red"}, "heat"),
    ],
)
def test_what_makes_no_table_is_told_beside_its_field_and_nothing_is_lost(hq, db, asked, field):
    kept = {} if asked.get("measure") == "new_visitors" else {"in_category": "sales"}
    page = hq.get(PAGE, YEAR | {"heat": "rows"} | kept | asked)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {field}
    html = page.content.decode()
    assert f'id="id_{field}_error"' in html
    assert f'href="#id_{field}' in html
    assert re.search(r'name="in_category" value="sales"[^>]* checked', html) or not kept or asked.get("measure")
    assert re.search(r'<option value="rows"[^>]* selected', html) or "heat" in asked


def test_a_period_that_makes_too_many_cells_is_refused(hq, db, monkeypatch):
    monkeypatch.setattr("metrics.crosstab.table.MOST_CELLS", 100)
    page = hq.get(PAGE, YEAR)
    assert page.context["form"].errors["columns"] == [
        "行と列を掛けると376マスになり、100マスを超えます。期間を短くするか、拠点を絞り込んでください。"
    ]


def test_what_takes_too_long_is_stopped_with_advice_and_the_page_lives_on(hq, a_year, settings, monkeypatch):
    """A statement that is really slow: PostgreSQL stops it."""
    settings.CROSSTAB_SECONDS = 0.2
    slow = "metrics.crosstab.records.COUNTED"
    from metrics.crosstab import records

    monkeypatch.setattr(slow, records.COUNTED.replace("c.deleted_at IS NULL", "pg_sleep(1) IS NOT NULL"))
    page = hq.get(PAGE, YEAR | {"rows": "theme", "columns": "industry"})
    assert page.status_code == 422
    assert "中止しました" in page.context["form"].errors["period"][0]
    assert hq.get(PAGE, YEAR).status_code == 200
    assert not entries("crosstab.counted")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('yorozu.records', true)")
        assert cursor.fetchone() == ("0", "")


def test_the_time_limit_ends_with_the_count(hq, a_year):
    hq.get(PAGE, YEAR | {"rows": "theme", "columns": "industry"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('enable_nestloop')")
        assert cursor.fetchone() == ("0", "on")


# ---- who
@pytest.mark.parametrize("role", ["agency", "bureau", "administrator"])
def test_other_offices_have_no_cross_tables(client, db, role):
    bureau = Bureau.objects.get(slug="kanto") if role == "bureau" else None
    client.force_login(making.make_person(role, bureau=bureau, second_factor=True))
    assert client.get(PAGE).status_code == 403


def test_somebody_who_may_open_no_record_gets_no_link(hq, a_year, monkeypatch):
    monkeypatch.setattr("metrics.views.may_look_behind", lambda user, hub: False)
    page = hq.get(PAGE, YEAR)
    assert cell(page, "東京都", "2026年5月") == (1, "")


# ---- budgets
@pytest.mark.parametrize(
    "asked",
    [{}, {"measure": "visitors"}, {"rows": "theme"}, {"measure": "programs_used", "rows": "program", "columns": "hub"}],
)
def test_a_table_from_facts_reads_no_record_and_costs_twelve_statements(hq, a_year, asked):
    statements = statements_of(hq, PAGE, **YEAR, **asked)
    assert len(statements) <= 12, "\n".join(statements)
    names = 'FROM "consultations_specialdesk"'  # what a code is called
    assert not any(re.search(r'FROM "?(consultations|referrals)_', sql) for sql in statements if names not in sql)


def test_what_headquarters_needs_is_ready_made(hq, a_year):
    for _label, asked in presets():
        assert hq.get(f"{PAGE}?{asked}").status_code == 200, asked


# ---- files
def test_the_workbook_says_what_the_page_says(hq, a_year, headquarters):
    asked = YEAR | {"measure": "visitors"}
    page, answer = hq.get(PAGE, asked), hq.get(FILE, asked | {"format": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    figures, about = book.worksheets
    shown = [[cell.value for cell, _address in cells] for _line, cells in page.context["lines"]]
    width = len(page.context["table"].columns)
    assert [[cell.value for cell in row[1 : width + 1]] for row in figures.iter_rows(min_row=2, max_row=48)] == shown
    told = {row[0].value: row[1].value for row in about.iter_rows()}
    assert told["集計する値"] == "来訪相談者数(者)"
    assert "月の合計は年度累計に" in told["定義"]
    assert told["作成者"] == headquarters.name
    assert len(figures._charts) == 1
    assert [entry.detail["format"] for entry in entries("crosstab.exported")] == ["xlsx"]


def test_no_cell_of_a_file_is_taken_for_a_formula(hq, a_year):
    making.make_consultation(hub=a_hub(), case=None)
    program = making.make_program(name="=HYPERLINK(1)")
    consultation = making.make_consultation(hub=a_hub(), held_on="2026-05-01")
    making.use_program(consultation, program, "used")
    actions.recount_touched(at=NOW)
    asked = YEAR | {"measure": "programs_used", "rows": "program", "columns": "hub"}
    text = hq.get(FILE, asked | {"format": "csv"}).content.decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    assert "\r\n" in text
    sheet = openpyxl.load_workbook(io.BytesIO(hq.get(FILE, asked | {"format": "xlsx"}).content)).worksheets[0]
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["A2"].quotePrefix) == ("=HYPERLINK(1)", "s", True)


def test_a_file_for_older_programs_names_the_letters_that_it_cannot_hold(hq, a_year):
    making.use_program(
        making.make_consultation(hub=a_hub(), held_on="2026-05-01"), making.make_program(name="𠮷野補助金"), "used"
    )
    actions.recount_touched(at=NOW)
    asked = YEAR | {"measure": "programs_used", "rows": "program", "columns": "hub", "format": "csv_cp932"}
    answer = hq.get(FILE, asked)
    assert answer["Content-Disposition"].endswith('.csv"')
    text = answer.content.decode("cp932")
    assert "〓野補助金" in text
    assert "〓(U+20BB7)" in text


def a_hub():
    from hubs.models import Hub

    return Hub.objects.select_related("prefecture").get(slug="tokyo")


def test_a_file_of_a_question_that_fails_leads_back_to_the_page(hq, db):
    answer = hq.get(FILE, YEAR | {"columns": "hub", "format": "csv"})
    assert answer["Location"].startswith(PAGE)
    assert "columns=hub" in answer["Location"]
    assert hq.get(FILE, YEAR | {"format": "pdf"}).status_code == 404


# ---- kept
def test_a_table_is_kept_shared_renamed_and_forgotten(hq, db, headquarters, client):
    asked = "measure=visitors&rows=hub&columns=month&period=twelve"
    hq.post(TABLES, {"name": "毎月見る表", "is_shared": "on", "query": f"{asked}&evil=1"})
    table = SavedTable.objects.get()
    assert (table.owner, table.is_shared, "evil" in table.query) == (headquarters, True, False)
    assert "毎月見る表" in hq.get(PAGE).content.decode()
    colleague = making.make_person("headquarters", second_factor=True)
    client.force_login(colleague)
    page = client.get(f"{PAGE}?{table.query}")
    assert "毎月見る表" in page.content.decode()
    assert page.context["query"] == table.query
    client.post(f"{TABLES}{table.pk}/", {"name": "年次の表"})
    assert SavedTable.objects.get().name == "年次の表"
    assert client.get(f"{TABLES}{table.pk}/").status_code == 404  # no longer shared, and not one's own
    client.force_login(headquarters)
    client.post(f"{TABLES}{table.pk}/deletion/")
    assert not SavedTable.objects.exists()
    assert [len(entries(f"table.{deed}")) for deed in ("saved", "renamed", "deleted")] == [1, 1, 1]


def test_a_name_that_is_taken_or_missing_is_told_beside_its_field(hq, db):
    for _ in range(2):
        answer = hq.post(TABLES, {"name": "表", "query": "measure=visitors"})
    assert answer.status_code == 422
    assert "name" in answer.context["form"].errors
    assert hq.post(TABLES, {"name": " ", "query": "measure=visitors"}).status_code == 422
    assert hq.post(TABLES, {"name": "別の表", "query": "measure=nonsense"}).status_code == 422
    assert hq.post(TABLES, {"name": "別の表", "query": "columns=hub"}).status_code == 422
