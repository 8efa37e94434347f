"""One search over a hub's records."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from consultations import queries
from foundation.text import fold, grams
from hubs.tenancy import Scope, entered
from tests import making
from tests.statements import statements_of

SEARCH = "/hubs/tokyo/search/"


def groups(client, **query) -> dict:
    return {group.kind: group for group in client.get(SEARCH, query).context["groups"]}


@pytest.mark.django_db
@given(st.text(max_size=40))
def test_the_database_makes_the_same_pairs_as_python(text):
    folded = fold(text.replace("\x00", ""))
    if any("\ud800" <= letter <= "\udfff" for letter in folded):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT consultations_grams(%s)", [folded])
        assert cursor.fetchone()[0] == grams(folded)


def test_one_box_finds_enterprises_cases_notes_and_organizations(client, tokyo, coordinator):
    enterprise = making.make_enterprise(hub=tokyo, name="株式会社はなまる製菓", kana="ハナマルセイカ")
    case = making.make_case(hub=tokyo, enterprise=enterprise, title="はなまる商品の販路開拓")
    making.make_consultation(hub=tokyo, case=case, content="ﾊﾅﾏﾙの菓子を売りたい")
    making.make_consultation(hub=tokyo, content="別の話")
    making.make_organization(name="はなまる信用金庫", prefecture_id=tokyo.prefecture_id)
    making.make_organization(name="大阪はなまる信用金庫", prefecture_id=27)
    client.force_login(coordinator)
    found = groups(client, q="ハナまる")
    assert {kind: group.count for kind, group in found.items()} == {
        "enterprises": 1, "cases": 1, "notes": 1, "organizations": 1,
    }  # fmt: skip
    assert "はなまる" in client.get(found["cases"].more_url).content.decode()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("販路", 1),
        ("ﾊﾝﾛ", 0),
        ("販路 海外", 1),
        ("海外 国内", 0),
        ("2026-13", 1),
        ("資金繰り表", 1),
        ("%", 0),
        ("為替", 1),
    ],
)
def test_a_case_is_found_by_number_title_issue_and_plan(client, tokyo, coordinator, words, found):
    making.make_case(hub=tokyo, title="海外の販路開拓", issue="為替の影響が読めない。", plan="資金繰り表を作る。")
    client.force_login(coordinator)
    rows = client.get("/hubs/tokyo/cases/", {"q": words, "state": "all"}).context["page"].objects
    assert len(rows) == found


def test_a_case_that_is_revised_is_found_by_its_new_words(tokyo, coordinator, now):
    from consultations import actions

    case = making.make_case(hub=tokyo, title="海外の販路開拓")
    with entered(Scope.of_hub(tokyo.pk)):
        actions.revise_case(case=case, version=case.version, by=coordinator, at=now, title="省力化の相談")
        titles = [
            [row.title for row in queries.cases_wanted(
                hub=tokyo, wanted=queries.WantedCases(words=words), before=None, at_most=9)]
            for words in ("海外", "省力")
        ]  # fmt: skip
    assert titles == [[], ["省力化の相談"]]


def test_filters_leave_out_the_groups_that_do_not_know_them(client, tokyo, coordinator):
    making.make_case(hub=tokyo, title="販路の相談")
    making.make_consultation(hub=tokyo, content="販路の相談", themes=["channels"])
    client.force_login(coordinator)
    assert set(groups(client, q="販路", theme="channels")) == {"notes"}
    assert set(groups(client, q="販路", state="active")) == {"cases"}
    assert set(groups(client, q="販路", first="令和8年11月1日")) == {"cases", "notes"}
    assert groups(client, q="販路", first="2026-11-11")["notes"].count == 0
    assert groups(client, q="販路", lead=str(coordinator.pk))["notes"].count == 0


def test_many_are_counted_as_so_many_or_more(client, tokyo, coordinator):
    for _ in range(53):
        making.make_enterprise(hub=tokyo, name="はなまる商店")
    client.force_login(coordinator)
    assert groups(client, q="はなまる")["enterprises"].is_more
    assert "50件以上" in client.get(SEARCH, {"q": "はなまる"}).content.decode()


def test_one_letter_is_refused_beside_the_field(client, tokyo, coordinator):
    client.force_login(coordinator)
    answer = client.get(SEARCH, {"q": "販"})
    assert answer.status_code == 422
    assert "2文字以上" in answer.content.decode()


def test_what_was_searched_is_in_the_trail_and_hidden_outside_the_hub(client, tokyo, coordinator):
    from audit.choices import parts_of
    from audit.models import Entry

    client.force_login(coordinator)
    client.get(SEARCH, {"q": "はなまる", "kind": "cases"})
    with entered(Scope.of_hub(tokyo.pk)):
        entry = Entry.objects.get(action="records.searched")
    assert entry.detail == {"q": "はなまる", "what": "cases"}
    assert "はなまる" not in str(parts_of(entry.detail, typed=False))


def test_suggestions_while_typing(client, tokyo, osaka, coordinator):
    making.make_enterprise(hub=tokyo, name="株式会社はなまる製菓")
    making.make_enterprise(hub=osaka, name="株式会社はなまる大阪")
    client.force_login(coordinator)
    page = client.get(f"{SEARCH}suggestions/", {"q": "はな"}).content.decode()
    assert "はなまる製菓" in page
    assert "大阪" not in page
    assert "はなまる" not in client.get(f"{SEARCH}suggestions/", {"q": "は"}).content.decode()


def test_the_search_functions_show_nothing_outside_the_scope(tokyo, osaka):
    making.make_case(hub=osaka, title="大阪だけの秘密")
    making.make_enterprise(hub=osaka, name="大阪だけの秘密")
    with connection.cursor() as cursor:
        for scope, seen in ((Scope.of_hub(tokyo.pk), 0), (Scope(), 0), (Scope.of_figures([osaka.pk]), 0),
                            (Scope.of_hub(osaka.pk), 1)):  # fmt: skip
            with entered(scope):
                for name in ("cases", "enterprises"):
                    cursor.execute(
                        f"SELECT count(*) FROM consultations_search_{name}(%s, %s::integer[], %s, NULL, NULL, 50)",
                        [osaka.pk, grams("秘密"), ["%秘密%"]],
                    )
                    assert cursor.fetchone()[0] == seen, (scope, name)


@pytest.mark.parametrize("path", [SEARCH + "?q=販路", SEARCH + "suggestions/?q=販路", "/hubs/tokyo/cases/?q=販路"])
def test_a_search_costs_few_queries(client, tokyo, coordinator, path):
    making.make_case(hub=tokyo, title="販路の相談")
    making.make_consultation(hub=tokyo, content="販路の相談")
    client.force_login(coordinator)
    assert len(statements_of(client, path)) <= 15


def test_paging_through_the_cases_that_were_found_reaches_each_once(client, tokyo, coordinator):
    wanted = {making.make_case(hub=tokyo, title=f"販路 {number}").pk for number in range(60)}
    client.force_login(coordinator)
    seen, query = [], "?q=販路"
    while query:
        page = client.get(f"/hubs/tokyo/cases/{query}").context["page"]
        seen += [row.pk for row in page.objects]
        query = f"?{page.next_query}" if page.next_query else ""
    assert len(seen) == 60
    assert set(seen) == wanted


def test_the_organizations_page_goes_on_by_name(client, tokyo, coordinator):
    for number in range(55):
        making.make_organization(name=f"ぎんが信用金庫{number:03d}", prefecture_id=tokyo.prefecture_id)
    client.force_login(coordinator)
    first = client.get(f"{SEARCH}organizations/", {"q": "ギンガ"}).context["page"]
    second = client.get(f"{SEARCH}organizations/?{first.next_query}").context["page"]
    assert len({row.pk for row in (*first.objects, *second.objects)}) == 55
    assert client.get(f"{SEARCH}organizations/", {"after": "x_y"}).status_code == 400


def test_a_stranger_finds_nothing(client, tokyo, osaka_coordinator):
    client.force_login(osaka_coordinator)
    for path in (SEARCH, f"{SEARCH}suggestions/", f"{SEARCH}organizations/", "/hubs/tokyo/views/"):
        assert client.get(path, {"q": "販路"}).status_code == 404


NINE = "一つ 二つ 三つ 四つ 五つ 六つ 七つ 八つ 九つ"


@pytest.mark.parametrize("path", [SEARCH, "/hubs/tokyo/consultations/"])
def test_a_ninth_word_is_refused_beside_the_field(client, coordinator, path):
    client.force_login(coordinator)
    answer = client.get(path, {"q": NINE})
    assert answer.status_code == 422
    assert "9つ目からの言葉: 九ツ" in answer.text
    assert client.get(path, {"q": NINE.removesuffix(" 九つ")}).status_code == 200


@pytest.mark.parametrize("path", ["enterprises/", "cases/", "search/organizations/"])
def test_lists_say_which_words_they_leave_out(client, coordinator, path):
    client.force_login(coordinator)
    assert "条件に入っていません: 九ツ" in client.get(f"/hubs/tokyo/{path}", {"q": NINE}).text
    assert "条件に入っていません" not in client.get(f"/hubs/tokyo/{path}", {"q": "一つ 二つ"}).text


def test_the_client_in_one_word_and_the_matter_in_another(client, tokyo, coordinator):
    inn = making.make_enterprise(hub=tokyo, name="株式会社宮崎旅館")
    case = making.make_case(hub=tokyo, enterprise=inn, title="SNSでの集客")
    making.make_consultation(hub=tokyo, case=case, content="SNSの写真の撮り方を知りたい。")
    making.make_consultation(hub=tokyo, case=case, content="仕入れの話をした。")
    making.make_consultation(hub=tokyo, content="別の会社のSNSの話。")
    client.force_login(coordinator)
    found = groups(client, q="宮崎旅館 SNS")
    assert (found["cases"].count, found["notes"].count) == (1, 1)
    assert groups(client, q="宮崎旅館 補助金")["notes"].count == 0
    listed = client.get("/hubs/tokyo/consultations/", {"q": "宮崎旅館 SNS"}).content.decode()
    assert "写真の撮り方" in listed
    assert "別の会社" not in listed


def test_a_named_client_of_osaka_is_not_found_at_tokyo(client, tokyo, osaka, coordinator):
    inn = making.make_enterprise(hub=osaka, name="株式会社宮崎旅館")
    making.make_consultation(hub=osaka, case=making.make_case(hub=osaka, enterprise=inn), content="SNSの話。")
    client.force_login(coordinator)
    assert all(group.count == 0 for group in groups(client, q="宮崎旅館 SNS").values())


def test_what_is_suggested_while_typing_is_the_newest_of_all_that_fit(tokyo):
    with entered(Scope.of_hub(tokyo.pk)):
        for number in range(12):
            inn = making.make_enterprise(hub=tokyo, name=f"株式会社宮崎旅館{number}")
            making.make_case(hub=tokyo, enterprise=inn, title="旅館の集客" if number % 3 else "別の話")
        wanted = queries.WantedCases(words="集客")
        every = [row.pk for row in queries.cases_wanted(hub=tokyo, wanted=wanted, before=None, at_most=50)]
        few = [row.pk for row in queries.cases_wanted(hub=tokyo, wanted=wanted, before=None, at_most=5)]
        assert few == every[:5]
        named = {"hub": tokyo, "words": "宮崎旅館", "before": None}
        every = [row.pk for row in queries.enterprises_wanted(**named, at_most=50)]
        assert [row.pk for row in queries.enterprises_wanted(**named, at_most=5)] == every[:5]
