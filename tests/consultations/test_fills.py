"""What is known to everybody need not be typed: names and addresses by number, places by postal code."""

from __future__ import annotations

import uuid

import pytest

from consultations.models import Enterprise
from consultations.models.sizes import size_of
from consultations.queries.fills import legal_form_of
from directory.actions import import_corporations, import_postal
from hubs.tenancy import Scope, entered
from tests import making
from tests.directory.making import NUMBER, SPANNING, corporation, town, write

pytestmark = pytest.mark.django_db
NEW = "/hubs/tokyo/consultations/new/"


@pytest.fixture
def reference(tmp_path):
    import_corporations(path=write(tmp_path / "all.csv", [corporation()]), at=making.MOMENT)
    towns = [*SPANNING, town("1000000", "13101", "東京都", "千代田区", "以下に掲載がない場合")]
    import_postal(path=write(tmp_path / "towns.csv", towns), at=making.MOMENT)


def typed(**changes):
    return {"client_id": str(uuid.uuid4()), "enterprise": "new", "case": "new", "content": "売り先がない。"} | changes


def value(page: str, name: str) -> str:
    """What stands in a field of a page."""
    from html.parser import HTMLParser

    class Finder(HTMLParser):
        found, select = "", False

        def handle_starttag(self, tag, attrs):
            values = dict(attrs)
            if tag == "input" and values.get("name") == name:
                self.found = values.get("value") or ""
            if tag == "select":
                self.select = values.get("name") == name
            if tag == "option" and self.select and "selected" in values:
                self.found = values.get("value") or ""

    finder = Finder()
    finder.feed(page)
    return finder.found


def test_a_number_shows_who_is_registered_with_it(client, tokyo, coordinator, reference):
    client.force_login(coordinator)
    full_width = NUMBER.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    page = client.get("/hubs/tokyo/enterprises/registered/", {"new_corporate_number": full_width}).content.decode()
    assert "株式会社見本製作所" in page
    assert "見本町１丁目２番３号" in page
    assert (
        "見当たりません"
        in client.get(
            "/hubs/tokyo/enterprises/registered/", {"corporate_number": making.make_corporate_number()}
        ).content.decode()
    )
    assert (
        "offer"
        not in client.get("/hubs/tokyo/enterprises/registered/", {"corporate_number": NUMBER[:12]}).content.decode()
    )


def test_one_press_takes_the_registered_data_over(client, tokyo, coordinator, reference):
    client.force_login(coordinator)
    page = client.post(NEW, typed(new_corporate_number=NUMBER, take="number")).content.decode()
    assert value(page, "new_name") == "株式会社見本製作所"
    assert value(page, "new_kana") == "ミホンセイサクショ"
    assert value(page, "new_postal_code") == "1000000"
    assert (value(page, "new_prefecture"), value(page, "new_municipality")) == ("13", "千代田区")
    assert "売り先がない。" in page, "what was typed elsewhere stays"
    assert "error-summary" not in page
    with entered(Scope.of_hub(tokyo.pk)):
        assert not Enterprise.objects.exists()


def test_what_was_typed_is_replaced_only_when_one_says_so(client, tokyo, coordinator, reference):
    client.force_login(coordinator)
    sent = typed(new_corporate_number=NUMBER, new_name="株式会社みほん")
    offered = client.post(NEW, sent | {"look": "number"}).content.decode()
    assert "入力: 株式会社みほん" in offered
    assert value(offered, "new_name") == "株式会社みほん"
    kept = client.post(NEW, sent | {"take": "number"}).content.decode()
    assert value(kept, "new_name") == "株式会社みほん"
    assert value(kept, "new_municipality") == "千代田区"
    replaced = client.post(NEW, sent | {"take": "number!"}).content.decode()
    assert value(replaced, "new_name") == "株式会社見本製作所"


def test_a_postcode_in_two_prefectures_offers_both_and_takes_neither_by_itself(client, tokyo, coordinator, reference):
    client.force_login(coordinator)
    page = client.post(NEW, typed(new_postal_code="498-0000", look="postal")).content.decode()
    assert "愛知県弥富市" in page
    assert "三重県桑名郡木曽岬町" in page
    assert value(page, "new_municipality") == ""
    key = page.split("三重県桑名郡木曽岬町")[0].rsplit('value="postal:', 1)[1].split('"')[0]
    chosen = client.post(NEW, typed(new_postal_code="498-0000", take=f"postal:{key}")).content.decode()
    assert (value(chosen, "new_prefecture"), value(chosen, "new_municipality")) == ("24", "桑名郡木曽岬町")


def test_what_was_filled_in_is_saved_with_the_consultation(client, tokyo, coordinator, reference):
    client.force_login(coordinator)
    sent = typed(
        new_name="株式会社見本製作所", new_kind="corporation", new_corporate_number=NUMBER, new_postal_code="100-0000",
        new_prefecture="13", new_municipality="千代田区", new_address="見本町1-2", case_title="販路",
        case_category="sales", case_reception="phone", held_on="2026-11-01", minutes="30", method="phone",
        themes=["channels"], advice="勧めた。",
    )  # fmt: skip
    assert client.post(NEW, sent).status_code == 302
    with entered(Scope.of_hub(tokyo.pk)):
        row = Enterprise.objects.get()
    assert (row.postal_code, row.municipality_code, row.address) == ("1000000", "131016", "見本町1-2")
    assert (row.legal_form, row.legal_form_position) == ("stock", "before")


def test_the_enterprises_form_fills_in_the_same_way(client, tokyo, coordinator, reference):
    enterprise = making.make_enterprise(hub=tokyo, corporate_number=NUMBER, name="株式会社みほん")
    client.force_login(coordinator)
    place = f"/hubs/tokyo/enterprises/{enterprise.pk}/edit/"
    assert "国税庁の登録" in client.get(place).content.decode()
    sent = {"kind": "corporation", "name": "株式会社みほん", "corporate_number": NUMBER, "version": 1, "take": "number"}
    page = client.post(place, sent).content.decode()
    assert value(page, "name") == "株式会社みほん"
    assert value(page, "municipality_code") == "131016"
    with entered(Scope.of_hub(tokyo.pk)):
        assert Enterprise.objects.get().municipality == ""


def test_the_form_keeps_what_a_grant_application_asks(client, tokyo, coordinator):
    enterprise = making.make_enterprise(hub=tokyo)
    client.force_login(coordinator)
    sent = {
        "kind": "corporation", "name": "青空工業株式会社", "industry": "09", "employees": "１２人", "capital_yen": "10,000,000円",
        "accounts_on": "R8.3.31", "sales_yen": "90,000,000", "profit_yen": "▲1,200,000", "labor_yen": "30,000,000",
        "depreciation_yen": "2,000,000", "memberships": ["chamber"], "municipality_code": "131016",
        "survey_opt_out": "on", "version": 1,
    }  # fmt: skip
    assert client.post(f"/hubs/tokyo/enterprises/{enterprise.pk}/edit/", sent).status_code == 302
    with entered(Scope.of_hub(tokyo.pk)):
        row = Enterprise.objects.get()
    assert (row.profit_yen, row.value_added_yen) == (-1_200_000, 30_800_000)
    assert (row.legal_form, row.legal_form_position) == ("stock", "after")
    assert (row.industry_revision, row.survey_opt_out, row.size) == ("14", True, "small")
    page = client.get(f"/hubs/tokyo/enterprises/{enterprise.pk}/").content.decode()
    for shown in ("30,800,000円", "小規模企業者", "商工会議所", "第14回改定", "調査は送らない"):
        assert shown in page


@pytest.mark.parametrize(
    ("field", "typed"), [("municipality_code", "131017"), ("memberships", ["none", "chamber"]), ("sales_yen", "多い")]
)
def test_what_cannot_be_is_told_beside_its_field(client, tokyo, coordinator, field, typed):
    enterprise = making.make_enterprise(hub=tokyo)
    client.force_login(coordinator)
    sent = {"kind": "corporation", "name": "青空", "version": 1, field: typed}
    answer = client.post(f"/hubs/tokyo/enterprises/{enterprise.pk}/edit/", sent)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()


@pytest.mark.parametrize(
    ("industry", "capital", "employees", "size"),
    [
        ("09", 300_000_000, 1_000, "medium"), ("09", 300_000_001, 300, "medium"), ("09", 300_000_001, 301, "large"),
        ("09", 1, 20, "small"), ("09", 1, 21, "medium"), ("52", 100_000_001, 101, "large"), ("52", 0, 5, "small"),
        ("58", 50_000_001, 50, "medium"), ("58", 50_000_001, 51, "large"), ("76", 1, 6, "medium"),
        ("39", 50_000_001, 100, "medium"), ("39", 50_000_001, 101, "large"), ("E", 1, 20, "small"),
        ("", 1, 1, "unknown"), ("I", 1, 1, "unknown"), ("09", None, None, "unknown"), ("09", 1, None, "medium"),
        ("09", None, 301, "unknown"),
    ],
)  # fmt: skip
def test_either_test_makes_a_small_or_medium_enterprise(industry, capital, employees, size):
    assert size_of(kind="corporation", industry=industry, capital_yen=capital, employees=employees) == size


def test_who_has_no_capital_is_judged_by_employees():
    assert size_of(kind="sole", industry="09", capital_yen=None, employees=301) == "large"
    assert size_of(kind="founder", industry="09", capital_yen=None, employees=1) == "unknown"


@pytest.mark.parametrize(
    ("name", "form"),
    [("株式会社青空", ("stock", "before")), ("青空㈱", ("", "")), ("青空株式会社", ("stock", "after")),
     ("青空堂", ("", "")), ("青空青果協同組合", ("cooperative", "after"))],
)  # fmt: skip
def test_a_legal_form_is_read_out_of_a_name(name, form):
    assert legal_form_of(name) == form
