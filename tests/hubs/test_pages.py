"""Lists, roster and who may open which page."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from foundation.periods import FiscalYear
from hubs import access
from hubs.doors import Reach
from hubs.entrance import scope_for
from hubs.models import Appointment, Hub
from hubs.tenancy import HUB_IDS, entered
from hubs.views.appointments import PAGE_SIZE
from tests.making import make_appointment, make_person, make_user
from tests.statements import statements_of


@pytest.mark.parametrize(
    ("address", "opens_for"),
    [
        ("/hubs/tokyo/roster/", {"coordinator", "chief", "body", "kanto", "headquarters", "agency", "advisor", "evaluator"}),
        ("/hubs/tokyo/appointments/", {"chief", "body", "kanto", "headquarters"}),
        ("/hubs/tokyo/appointments/new/", {"chief", "body"}),
        ("/hubs/tokyo/opening/", {"headquarters"}),
        ("/hubs/tokyo/trail/", {"chief"}),
        ("/nation/appointments/", {"kanto", "kinki", "headquarters"}),
        ("/nation/trail/", {"headquarters", "administrator"}),
    ],
)  # fmt: skip
def test_who_opens_what(client, everybody, address: str, opens_for: set[str]) -> None:
    strangers = {"kinki", "osaka chief"} if address.startswith("/hubs/") else set()
    for who, person in everybody.items():
        client.force_login(person)
        expected = 200 if who in opens_for else 404 if who in strangers else 403
        assert (who, client.get(address).status_code) == (who, expected)


@pytest.mark.parametrize("address", ["roster/", "appointments/", "appointments/new/", "opening/", "trail/"])
def test_osakas_chief_is_a_stranger_in_tokyo(client, tokyo, osaka_chief, address: str) -> None:
    client.force_login(osaka_chief)
    assert client.get(f"/hubs/tokyo/{address}").status_code == 404


def test_an_appointment_of_tokyo_is_not_found_below_osaka(client, tokyo, osaka_chief) -> None:
    appointment = make_appointment(hub=tokyo)
    client.force_login(osaka_chief)
    assert client.get(f"/hubs/osaka/appointments/{appointment.pk}/").status_code == 404
    assert client.post(f"/hubs/osaka/appointments/{appointment.pk}/withdrawal/").status_code == 404
    assert client.get(f"/hubs/osaka/appointments/{10**25}/").status_code == 404


def test_a_bureau_sees_its_own_prefectures_and_no_others(client, tokyo, osaka, kanto, headquarters) -> None:
    make_appointment(hub=tokyo, person=make_user(name="東京 候補"))
    make_appointment(hub=osaka, person=make_user(name="大阪 候補"))
    make_appointment(hub=osaka, state="contracted", person=make_user(name="大阪 契約"))
    client.force_login(kanto)
    page = client.get("/nation/appointments/").content.decode()
    assert "東京 候補" in page
    assert "大阪" not in page
    client.force_login(headquarters)
    page = client.get("/nation/appointments/").content.decode()
    assert "東京 候補" in page
    assert "大阪 候補" in page
    assert page.index("大阪 候補") < page.index("大阪 契約")


def test_figures_of_a_bureau_are_its_own_prefectures(tokyo, osaka, kanto, agency) -> None:
    scope = scope_for(Reach.NATION_FIGURES, kanto, None)
    own = set(Hub.objects.filter(prefecture__bureau__slug="kanto").values_list("pk", flat=True))
    assert scope.figures == own
    assert scope.records == frozenset()
    assert scope_for(Reach.NATION_FIGURES, agency, None).figures == frozenset(HUB_IDS)
    make_appointment(hub=osaka)
    with entered(scope):
        assert not Appointment._base_manager.exists()


def test_a_chiefs_right_opens_no_national_scope(tokyo, chief) -> None:
    assert access.figure_hub_ids(chief) == frozenset()
    assert not access.holds_nationally(chief, access.Permission.VIEW_APPOINTMENTS)


def test_the_list_is_filtered_by_its_address(client, tokyo, body) -> None:
    make_appointment(hub=tokyo, person=make_user(name="候補 一"))
    make_appointment(hub=tokyo, state="contracted", post="chief", person=make_user(name="所長 一"))
    last_year = {"starts_on": date(2025, 4, 1), "ends_on": date(2026, 3, 31)}
    make_appointment(hub=tokyo, state="ended", person=make_user(name="去年 一"), **last_year)
    client.force_login(body)

    def shown(query: str) -> set[str]:
        page = client.get(f"/hubs/tokyo/appointments/?{query}").content.decode()
        return {name for name in ("候補 一", "所長 一", "去年 一") if name in page}

    assert shown("") == {"候補 一", "所長 一", "去年 一"}
    assert shown("state=requested") == {"候補 一"}
    assert shown("post=chief") == {"所長 一"}
    assert shown("year=2025") == {"去年 一"}
    assert shown("year=2025&post=chief") == set()


@pytest.mark.parametrize(
    "query", ["state=king", "year=abc", "post=%E7%8E%8B", "after=x", "after=2026-01-01_99999999999999999999999"]
)
def test_a_filter_that_cannot_be_read_is_told(client, tokyo, body, query: str) -> None:
    client.force_login(body)
    assert client.get(f"/hubs/tokyo/appointments/?{query}").status_code == 400


def test_lists_ask_the_database_at_most_ten_times(client, tokyo, body, kanto) -> None:
    for state in ("requested", "contracted", "ended", "declined"):
        for _ in range(4):
            make_appointment(hub=tokyo, state=state)
    detail = f"/hubs/tokyo/appointments/{make_appointment(hub=tokyo).pk}/"
    for person, addresses in (
        (body, ["/hubs/tokyo/appointments/", "/hubs/tokyo/roster/", detail]),
        (kanto, ["/nation/appointments/", detail]),
    ):
        client.force_login(person)
        for address in addresses:
            assert len(statements_of(client, address)) <= 10, address


def test_pages_follow_each_other_without_gap_or_repeat(client, tokyo, body) -> None:
    made = {make_appointment(hub=tokyo, state="declined").pk for _ in range(PAGE_SIZE + 5)}
    client.force_login(body)
    first = client.get("/hubs/tokyo/appointments/").context["page"]
    second = client.get(f"/hubs/tokyo/appointments/?{first.next_query}").context["page"]
    seen = [row.pk for row in [*first.objects, *second.objects]]
    assert len(seen) == len(set(seen))
    assert set(seen) == made
    assert not second.next_query


def test_the_roster_says_when_nobody_leads(client, tokyo, coordinator) -> None:
    client.force_login(coordinator)
    page = client.get("/hubs/tokyo/roster/").content.decode()
    assert "チーフコーディネーターが不在です" in page
    assert "佐藤 花子" in page
    assert "ワンストップ相談窓口" in page
    make_person("chief", hub=tokyo, name="就任 一")
    page = client.get("/hubs/tokyo/roster/").content.decode()
    assert "就任 一" in page
    assert "不在です" not in page


def test_an_acting_chief_is_named_as_such(client, tokyo, coordinator) -> None:
    year = FiscalYear.of(timezone.localdate())
    deputy = make_person("chief", hub=tokyo, name="代理 一")
    make_appointment(
        hub=tokyo, post="acting_chief", state="contracted", person=deputy, starts_on=year.first, ends_on=year.last,
        person_consented_on=year.first,
    )  # fmt: skip
    client.force_login(coordinator)
    assert "チーフコーディネーター代理" in client.get("/hubs/tokyo/roster/").content.decode()


def test_empty_pages_help(client, tokyo, body, headquarters) -> None:
    client.force_login(body)
    assert "当てはまる委嘱はありません" in client.get("/hubs/tokyo/appointments/").content.decode()
    client.force_login(headquarters)
    assert "待っている協議はありません" in client.get("/nation/appointments/").content.decode()
