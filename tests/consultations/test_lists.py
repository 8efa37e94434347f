"""Finding what was logged."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from consultations.queries import Wanted, lists
from hubs.tenancy import Scope, entered
from tests import making
from tests.statements import statements_of

LIST = "/hubs/tokyo/consultations/"
MOST_QUERIES = 10


@pytest.mark.parametrize("path", [LIST, "/hubs/tokyo/cases/", "/hubs/tokyo/enterprises/", LIST + "new/"])
def test_a_list_costs_the_same_queries_however_long_it_is(client, tokyo, coordinator, path):
    client.force_login(coordinator)
    making.make_consultation(hub=tokyo)
    few = statements_of(client, path)
    for _ in range(5):
        making.make_consultation(hub=tokyo)
    many = statements_of(client, path)
    assert len(many) == len(few) <= MOST_QUERIES, "\n".join(many)


def test_a_case_page_stays_within_ten_queries(client, tokyo, coordinator):
    case = making.make_case(hub=tokyo)
    for _ in range(3):
        making.make_consultation(hub=tokyo, case=case)
    client.force_login(coordinator)
    assert len(statements_of(client, f"/hubs/tokyo/cases/{case.pk}/")) <= MOST_QUERIES


def test_paging_reaches_every_record_once(client, tokyo, coordinator):
    case = making.make_case(hub=tokyo)
    wanted = {
        making.make_consultation(hub=tokyo, case=case, held_on=date(2026, 11, 1) - timedelta(days=n // 3)).pk
        for n in range(120)
    }
    client.force_login(coordinator)
    seen, query = [], "?"
    while query:
        page = client.get(LIST + query).context["page"]
        seen += [row.pk for row in page.objects]
        query = f"?{page.next_query}" if page.next_query else ""
    assert len(seen) == 120
    assert set(seen) == wanted


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("補助", True),
        ("ﾎｼﾞｮ", False),
        ("補助 申請", True),
        ("補助 輸出", False),
        ("ものづくり", True),
        ("モノヅクリ", True),
        ("100%", True),
        ("10_", False),
    ],
)
def test_text_search_finds_two_character_words(client, tokyo, coordinator, words, found):
    making.make_consultation(hub=tokyo, content="ものづくり補助金の申請を考えている。資金は100%自己負担。")
    making.make_consultation(hub=tokyo, content="別の話")
    client.force_login(coordinator)
    rows = client.get(LIST, {"q": words}).context["page"].objects
    assert len(rows) == (1 if found else 0)


def test_search_combines_with_the_filters_in_the_url(client, tokyo, coordinator):
    making.make_consultation(hub=tokyo, content="補助金", method="online", held_on=date(2026, 10, 1))
    making.make_consultation(hub=tokyo, content="補助金", method="phone", held_on=date(2026, 10, 2))
    client.force_login(coordinator)
    rows = client.get(LIST, {"q": "補助", "method": "online", "first": "令和8年10月1日"}).context["page"].objects
    assert [row.method for row in rows] == ["online"]


def test_one_character_is_refused_beside_the_field(client, tokyo, coordinator):
    client.force_login(coordinator)
    answer = client.get(LIST, {"q": "補"})
    assert answer.status_code == 422
    assert "2文字以上" in answer.content.decode()


def test_the_search_function_shows_nothing_outside_the_scope(tokyo, osaka):
    making.make_consultation(hub=osaka, content="大阪だけの秘密の補助金")
    with entered(Scope.of_hub(tokyo.pk)):
        assert lists._found(hub=osaka, wanted=Wanted(words="補助"), before=None, at_most=50) == []
    with entered(Scope()):
        assert lists._found(hub=osaka, wanted=Wanted(words="補助"), before=None, at_most=50) == []
    with entered(Scope.of_hub(osaka.pk)):
        assert len(lists._found(hub=osaka, wanted=Wanted(words="補助"), before=None, at_most=50)) == 1


def test_a_bad_place_in_the_url_is_a_clear_400(client, tokyo, coordinator):
    client.force_login(coordinator)
    for after in ("x", "2026-13-01_1", "2026-11-01_x", f"2026-11-01_{2**70}"):
        assert client.get(LIST, {"after": after}).status_code == 400


@pytest.mark.parametrize("name", ["on", "action", "request", "anything"])
def test_only_filters_are_noted_in_the_trail(client, tokyo, coordinator, name):
    client.force_login(coordinator)
    assert client.get(f"{LIST}?{name}=1").status_code == 200


def test_a_strangers_hub_is_not_there(client, osaka_coordinator, tokyo):
    record = making.make_consultation(hub=tokyo)
    client.force_login(osaka_coordinator)
    paths = [
        LIST,
        f"{LIST}{record.pk}/",
        f"/hubs/tokyo/cases/{record.case_id}/",
        f"/hubs/osaka/consultations/{record.pk}/",
    ]
    assert {client.get(path).status_code for path in paths} == {404}
