"""Each list as a file: just what its page shows, of one hub, and nothing of another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import openpyxl
import pytest

from consultations.models import Review
from exchange import tasks
from exchange.lists import LISTS
from hubs.tenancy import Scope, entered
from jobs.models import Job
from tests import making
from tests.booking.making import MONDAY, at_hour, make_booking
from tests.consultations import making_twins
from tests.consultations.making_outcomes import make_desk, make_outcome
from tests.consultations.making_privacy import make_request
from tests.exchange.test_exports import EXPORTS, made, order, table
from tests.referrals.making import make_referral, make_sent
from tests.sharing.making import ask, make_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_queue")]


@dataclass(frozen=True)
class Listed:
    """A list: its page, the filters, how to make rows at a hub, and the heading by which a row is told from others."""

    page: str
    query: str
    make: Callable[[Any, str], None]  # (hub, name): rows that the filters let pass, and one that they do not
    heading: str
    shown: Callable[[Any], list[Any]]  # what the page shows below that heading


def rows_of(context: Any) -> list[Any]:
    return list(context["page"].objects)


def make_referrals(hub: Any, name: str) -> None:
    for number in range(2):
        make_sent(hub=hub, organization=making.make_organization(name=f"{name}{number}", prefecture_id=hub.pk))
    make_referral(hub=hub)


def make_organizations(hub: Any, name: str) -> None:
    making.make_organization(name=f"{name}みどり銀行", prefecture_id=hub.pk)
    making.make_organization(name=f"{name}あおば", kana="ミドリ", prefecture_id=hub.pk)
    making.make_organization(name=f"{name}みどり廃業", prefecture_id=hub.pk, is_active=False)
    making.make_organization(name=f"{name}あか", prefecture_id=hub.pk)


def make_bookings(hub: Any, name: str) -> None:
    for number in range(3):
        make_booking(hub=hub, client_name=f"{name}{number}", company="", begins=at_hour(MONDAY, 9 + number))
    make_booking(hub=hub, client_name=f"{name}翌日", begins=at_hour(MONDAY + dt.timedelta(days=1), 9))
    make_booking(hub=hub, client_name=f"{name}申込み", state="requested")


def make_outcomes(hub: Any, name: str) -> None:
    case = making.make_case(hub=hub, title=f"{name}の案件")
    make_outcome(case=case, kind="wages")
    make_outcome(
        case=case,
        kind="wages",
        measured_on=dt.date(2026, 11, 1),
        confirmed_on=None,
        confirmed_how="",
        confirmed_by=None,
    )
    make_outcome(case=case, kind="sales")
    make_outcome(case=case, kind="wages", deleted_at=making.MOMENT, deleted_by=making.staff_of(hub))


def make_pairs(hub: Any, name: str) -> None:
    making_twins.make_twins(hub, representative=name)
    making_twins.find(hub)


def make_merges(hub: Any, name: str) -> None:
    one, other = making_twins.make_twins(hub)
    making_twins.merge(one, other, by=making.staff_of(hub))


def make_reviews(hub: Any, name: str) -> None:
    chief = making.make_person("chief", hub=hub)
    for number, state in enumerate(["returned", "returned", "open"]):
        held = making.make_consultation(hub=hub, enterprise=making.make_enterprise(hub=hub, name=f"{name}{number}"))
        with entered(Scope.of_hub(hub.pk)):
            Review.objects.filter(consultation=held).delete()
            Review.objects.create(
                hub=hub, consultation=held, state=state, reason="thin", completeness=number, opened_at=making.MOMENT,
                moved_at=making.MOMENT, chief=chief,
            )  # fmt: skip


def make_privacy_requests(hub: Any, name: str) -> None:
    for number in range(2):
        make_request(enterprise=making.make_enterprise(hub=hub, name=f"{name}{number}"))


def make_sharing(hub: Any, name: str) -> None:
    """The hub asks Kyoto, and is asked by it."""
    from hubs.models import Hub

    kyoto = Hub.objects.select_related("prefecture").get(slug="kyoto")
    for number in range(2):
        ask(hub=hub, of=make_client(kyoto, name=f"京都{number}"), by=making.staff_of(hub))
    ask(hub=kyoto, of=make_client(hub, name=name), by=making.staff_of(kyoto))


def make_consultations(hub: Any, name: str) -> None:
    making.make_consultation(hub=hub, content=f"{name}の資金", method="online")
    making.make_consultation(hub=hub, content=f"{name}の資金", method="phone")


PAGES = {
    "consultations": Listed(
        "consultations/", "method=online", make_consultations, "相談内容", lambda c: [row.content for row in rows_of(c)]
    ),
    "enterprises": Listed(
        "enterprises/", "", lambda hub, name: make_consultations(hub, name), "名称",
        lambda c: [row.name for row in rows_of(c)],
    ),
    "cases": Listed("cases/", "state=all", make_consultations, "案件番号", lambda c: [row.number for row in rows_of(c)]),
    "referrals": Listed(
        "referrals/", "state=unanswered", make_referrals, "支援機関", lambda c: [row.organization.name for row in rows_of(c)]
    ),
    "organizations": Listed(
        "search/organizations/", "q=みどり", make_organizations, "名称", lambda c: [row.name for row in rows_of(c)]
    ),
    "bookings": Listed(
        "bookings/", f"view=day&day={MONDAY}&by=place", make_bookings, "お名前",
        lambda c: [row.client_name for row in c["calendar"].bookings],
    ),
    "booking_requests": Listed(
        "bookings/requests/", "", make_bookings, "お名前", lambda c: [row.client_name for row in rows_of(c)]
    ),
    "outcomes": Listed(
        "outcomes/", "kind=wages", make_outcomes, "把握した日", lambda c: [row.measured_on.isoformat() for row in rows_of(c)]
    ),
    "pairs": Listed("duplicates/", "", make_pairs, "事業者1", lambda c: [row.first.name for row in rows_of(c)]),
    "merges": Listed("merges/", "", make_merges, "統合した事業者", lambda c: [row.loser.name for row in rows_of(c)]),
    "reviews": Listed(
        "reviews/", "state=returned", make_reviews, "事業者",
        lambda c: [row.consultation.enterprise.name for row in rows_of(c)],
    ),
    "privacy_requests": Listed(
        "privacy-requests/", "", make_privacy_requests, "事業者", lambda c: [row.enterprise.name for row in rows_of(c)]
    ),
    "sharing_requests": Listed(
        "sharing/", "box=outgoing", make_sharing, "法人番号", lambda c: [row.corporate_number for row, *_ in c["rows"]]
    ),
}  # fmt: skip


def test_every_list_is_told_here():
    assert set(PAGES) == set(LISTS)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_file_holds_what_its_page_shows_and_nothing_of_another_hub(client, tokyo, osaka, chief, name):
    listed = PAGES[name]
    listed.make(osaka, "大阪")
    listed.make(tokyo, "東京")
    client.force_login(chief)
    page = client.get(f"/hubs/tokyo/{listed.page}?{listed.query}")
    assert page.status_code == 200
    assert f'name="list" value="{name}"' in page.content.decode(), "the button"
    shown = listed.shown(page.context)
    content, job = made(client, on=name, query=listed.query)
    rows = table(content)
    assert [row[listed.heading] for row in rows] == [str(one) for one in shown]
    assert len(rows) == job.parameters["rows"] > 0
    assert "大阪" not in content.decode()
    sheet = openpyxl.load_workbook(made_xlsx(client, name, listed.query)).worksheets[0]
    assert sheet.max_row == len(rows) + 1


def made_xlsx(client: Any, name: str, query: str) -> Any:
    import io

    return io.BytesIO(made(client, on=name, form="xlsx", query=query)[0])


@pytest.mark.parametrize("name", sorted(LISTS))
def test_headings_are_told_apart(tokyo, name):
    with entered(Scope.of_hub(tokyo.pk)):
        headings = [str(column.label) for column in LISTS[name].columns()]
    assert len(headings) == len(set(headings))


def test_other_filters_show_the_other_rows_of_page_and_file(client, tokyo, chief):
    make_sharing(tokyo, "東京")
    pairs = making_twins.make_twins(tokyo) and making_twins.find(tokyo)
    client.force_login(chief)
    for on, page, query in (
        ("sharing_requests", "sharing/", ""), ("pairs", "duplicates/", "state=dismissed"), ("referrals", "referrals/", ""),
        ("bookings", "bookings/", ""),
    ):  # fmt: skip
        assert client.get(f"/hubs/tokyo/{page}?{query}").status_code == 200
        rows = table(made(client, on=on, query=query)[0])
        assert len(rows) == {"sharing_requests": 1}.get(on, 0), on
    assert len(pairs) == 1


@pytest.mark.parametrize("name", ["reviews", "privacy_requests"])
def test_who_may_not_see_a_list_gets_no_file_of_it(client, tokyo, coordinator, chief, name):
    PAGES[name].make(tokyo, "東京")
    client.force_login(coordinator)
    assert client.post(EXPORTS, {"list": name, "format": "csv", "query": ""}).status_code == 403
    # nor does the worker make one, should the right be gone by then
    client.force_login(chief)
    job = order(client, on=name)
    with entered(Scope.of_figures([13])):
        Job.objects.filter(pk=job.pk).update(requested_by=coordinator)
    tasks.export(job_id=job.pk)
    with entered(Scope.of_figures([13])):
        job.refresh_from_db()
    assert (job.state, job.has_result) == ("failed", False)


def test_a_day_that_cannot_be_read_leads_back_to_the_calendar(client, tokyo, coordinator):
    client.force_login(coordinator)
    answer = client.post(EXPORTS, {"list": "bookings", "format": "csv", "query": "day=昨日"})
    assert answer["Location"] == "/hubs/tokyo/bookings/"


def test_cases_name_their_special_desk_and_deputy_and_enterprises_their_stage_and_accounts(client, tokyo, coordinator):
    enterprise = making.make_enterprise(
        hub=tokyo, municipality_code="131016", founding_stage="first_year", accounts_on=dt.date(2026, 3, 31),
        sales_yen=90_000_000, profit_yen=-2_000_000, labor_yen=30_000_000, depreciation_yen=1_000_000,
    )  # fmt: skip
    making.make_enterprise(hub=tokyo, profit_yen=5)
    desk, deputy = (
        make_desk(opened_on=dt.date(2026, 9, 20)),
        making.make_person("coordinator", hub=tokyo, name="副 担当"),
    )
    making.make_case(hub=tokyo, enterprise=enterprise, special_desk=desk, deputy=deputy)
    client.force_login(coordinator)
    (case,) = table(made(client, on="cases")[0])
    assert (case["特別相談窓口"], case["副担当"]) == (desk.name, "副 担当")
    other, told = table(made(client, on="enterprises")[0])
    assert told["市区町村コード"] == "131016"
    assert (told["創業ステージ"], told["最近期の決算日"]) == ("創業1年未満", "2026-03-31")
    figures = ("売上高(円)", "営業利益(円)", "人件費(円)", "減価償却費(円)", "付加価値額(円)")
    assert [told[name] for name in figures] == ["90000000", "-2000000", "30000000", "1000000", "29000000"]
    assert [other[name] for name in figures] == ["", "5", "", "", ""]
