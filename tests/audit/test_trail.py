"""The trail grows and nothing else; its pages show it, quickly, and note that they did."""

from __future__ import annotations

import ast
import os
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg2
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from audit import trail
from audit.choices import ACTIONS, named
from audit.models import Entry
from hubs.tenancy import Scope, entered
from hubs.views.trail import PAGE_SIZE
from tests import making
from tests.statements import statements_of

MOMENT = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
TOUCH = [
    "UPDATE audit_entry SET actor = 'nobody'",
    "DELETE FROM audit_entry",
    "TRUNCATE audit_entry",
]


def write(hub, count: int = 1, *, action: str = "case.viewed", by=None, at: datetime = MOMENT) -> None:
    with entered(Scope.of_hub(hub.pk)):
        trail.write([trail.Line(action, hub_id=hub.pk) for _ in range(count)], by=by, at=at)


@pytest.mark.parametrize("statement", TOUCH)
def test_the_application_cannot_touch_a_line(tokyo, in_tokyo, statement: str) -> None:
    write(tokyo)
    with connection.cursor() as cursor, pytest.raises(ProgrammingError), transaction.atomic():
        cursor.execute(statement)
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("statement", TOUCH)
def test_nor_can_the_owner_of_the_table(db, statement: str) -> None:
    owner = psycopg2.extensions.parse_dsn(os.environ["DATABASE_OWNER_URL"]) | {
        "dbname": connection.settings_dict["NAME"]
    }
    session = psycopg2.connect(**owner)
    try:
        with session.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege, match="append-only"):
            cursor.execute(statement)
    finally:
        session.rollback()
        session.close()


def test_a_hub_sees_its_own_lines_only(client, tokyo, osaka, chief) -> None:
    write(tokyo, action="case.opened")
    write(osaka, action="case.revised")
    with entered(Scope()):
        trail.record("login.failed", by=None, at=MOMENT, email="someone@office.example")
    client.force_login(chief)
    shown = {line.entry.action for line in client.get("/hubs/tokyo/trail/").context["lines"]}
    assert shown == {"case.opened"}


def test_headquarters_sees_every_hubs_lines_by_name(client, tokyo, osaka, headquarters) -> None:
    write(tokyo)
    write(osaka)
    client.force_login(headquarters)
    page = client.get("/nation/trail/").content.decode()
    assert "東京都よろず支援拠点" in page
    assert "大阪府よろず支援拠点" in page
    assert "案件の閲覧" in page


@pytest.mark.parametrize(
    "search",
    ["enterprises/?q=", "enterprises/suggestions/?q=", "consultations/?q=", "/api/v1/hubs/tokyo/consultations/?q="],
)
def test_what_a_hub_typed_to_find_a_client_stays_in_the_hub(client, chief, headquarters, search: str) -> None:
    """Headquarters has opened nothing: it may know that somebody searched, never for whom."""
    client.force_login(chief)
    address = search if search.startswith("/") else f"/hubs/tokyo/{search}"
    assert client.get(f"{address}ヒミツ商店").status_code == 200
    assert "ヒミツ商店" in client.get("/hubs/tokyo/trail/").content.decode()
    client.force_login(headquarters)
    page = client.get("/nation/trail/").content.decode()
    assert "ヒミツ商店" not in page
    assert "検索した言葉: ***" in page


def test_the_reason_of_an_opening_is_for_all_who_read_the_trail(client, tokyo, headquarters) -> None:
    with entered(Scope.of_hub(tokyo.pk)):
        trail.record("records.opened", by=headquarters, at=MOMENT, hub_id=tokyo.pk, reason="監査のため")
    client.force_login(headquarters)
    assert "理由: 監査のため" in client.get("/nation/trail/").content.decode()


def test_administrators_read_no_typed_words_either(client, db) -> None:
    """A hub's lines do not exist for them; should a line without a hub hold such words, they are hidden."""
    with entered(Scope()):
        trail.record("enterprise.searched", by=None, at=MOMENT, words="ヒミツ商店", reason="試し")
    client.force_login(making.make_person("administrator", second_factor=True))
    with entered(Scope()):
        number = Entry.objects.get(action="enterprise.searched").pk
    page = client.get(f"/admin/audit/entry/{number}/change/").content.decode()
    assert "ヒミツ商店" not in page
    assert "検索した言葉: *** / 理由: 試し" in page


def test_looking_at_the_trail_is_noted(client, tokyo, chief) -> None:
    client.force_login(chief)
    client.get("/hubs/tokyo/trail/?action=case.viewed")
    with entered(Scope.of_hub(tokyo.pk)):
        line = Entry.objects.get(action="trail.viewed")
    assert (line.hub_id, line.actor_id, line.detail) == (tokyo.pk, chief.pk, {"filters": "action=case.viewed"})


def test_filters_are_in_the_address(client, tokyo, chief, coordinator) -> None:
    write(tokyo, action="case.viewed", by=coordinator)
    write(tokyo, action="case.opened", by=chief, at=MOMENT - timedelta(days=3))
    with entered(Scope.of_hub(tokyo.pk)):
        trail.record("enterprise.viewed", by=chief, at=MOMENT, on=coordinator, hub_id=tokyo.pk)
    client.force_login(chief)

    def shown(query: str) -> list[str]:
        lines = client.get(f"/hubs/tokyo/trail/?{query}").context["lines"]
        return [line.entry.action for line in lines if line.entry.action != "trail.viewed"]

    assert shown("action=case.viewed") == ["case.viewed"]
    assert shown(f"person={coordinator.email.upper()}") == ["case.viewed"]
    assert shown("person=nobody@office.example") == []
    assert shown("until=2026-11-19") == ["case.opened"]
    assert sorted(shown("since=R8.11.20&until=R8.11.20")) == ["case.viewed", "enterprise.viewed"]
    assert shown(f"subject=accounts.user:{coordinator.pk}") == ["enterprise.viewed"]


@pytest.mark.parametrize(
    "query",
    ["since=soon", "action=nothing", "after=x", "after=2026-11-20T10:00:00_1", "after=2026-11-20T10:00:00%2B09:00_x",
     "person=%07", "after=2026-11-20T10:00:00%2B09:00_9999999999999999999999"],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_told(client, tokyo, chief, query: str) -> None:
    client.force_login(chief)
    assert client.get(f"/hubs/tokyo/trail/?{query}").status_code == 400


@pytest.mark.parametrize("query", ["since=xx", "action=nothing", "until=2026-99-99&action=case.viewed"])
def test_behind_a_filter_that_cannot_be_read_stands_no_line(client, tokyo, chief, headquarters, query: str) -> None:
    """Rather nothing than everything: the reader asked for less."""
    write(tokyo, 3)
    for person, address in ((chief, "/hubs/tokyo/trail/"), (headquarters, "/nation/trail/")):
        client.force_login(person)
        answer = client.get(f"{address}?{query}")
        assert (answer.status_code, answer.context["lines"]) == (400, [])
        assert "2026-11-20 10:00" not in answer.content.decode()
        assert len(client.get(address).context["lines"]) >= 3


def test_pages_follow_each_other_without_gap_or_repeat(client, tokyo, chief) -> None:
    """Many lines of one moment: the number decides."""
    write(tokyo, PAGE_SIZE)
    write(tokyo, 20, at=MOMENT - timedelta(seconds=1))
    client.force_login(chief)
    seen, query = [], "action=case.viewed"
    while query:
        page = client.get(f"/hubs/tokyo/trail/?{query}").context["page"]
        seen += [entry.pk for entry in page.objects]
        query = page.next_query
    assert len(seen) == len(set(seen)) == PAGE_SIZE + 20
    assert seen == sorted(seen[:PAGE_SIZE], reverse=True) + sorted(seen[PAGE_SIZE:], reverse=True)


def test_a_page_costs_the_same_at_any_depth(tokyo, in_tokyo) -> None:
    """The place is a range of an index, not rows that are counted off."""
    write(tokyo, 2000)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        rows = Entry.objects.filter(hub_id=tokyo.pk).newest_first().behind((MOMENT, 10))[:100]
        sql, values = rows.query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    condition = next(line for line in plan.splitlines() if "Index Cond" in line)
    assert "at <=" in condition


def test_trail_pages_ask_the_database_at_most_ten_times(client, tokyo, chief, headquarters) -> None:
    write(tokyo, 30)
    for person, address in ((chief, "/hubs/tokyo/trail/"), (headquarters, "/nation/trail/")):
        client.force_login(person)
        assert len(statements_of(client, address)) <= 10, address


def test_every_action_in_the_code_has_a_name() -> None:
    """Whoever writes a new action names it in audit/choices.py, or its code is what people read."""
    missing = {action for action in _written() if action not in ACTIONS}
    assert missing == set()


def test_an_action_without_a_name_is_shown_as_it_is() -> None:
    assert named("thing.done") == "thing.done"


def _written() -> set[str]:
    found = set()
    for path in Path(settings.BASE_DIR).glob("[a-z]*/**/*.py"):
        if path.relative_to(settings.BASE_DIR).parts[0] in ("tests", "node_modules", "bench", "tools"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _name(node.func) in ("record", "looked_at"):
                texts = [arg for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
                found |= {text.value for text in texts}
    return found


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
