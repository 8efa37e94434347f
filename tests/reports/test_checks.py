"""What a chief sees before submitting: each check counts what its list shows."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest

from consultations.actions import drafts
from foundation.periods import Month
from hubs.tenancy import Scope, entered
from metrics import actions as metrics
from reports.queries import months
from reports.queries.checks import Check, checks_of
from tests import making
from tests.consultations import making_outcomes, making_twins
from tests.referrals.making import make_sent
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
OCTOBER = Month(2026, 10)
TODAY = dt.date(2026, 11, 20)
SUBMISSION = "/hubs/tokyo/months/2026-10/submission/"


def on(day: int) -> dt.date:
    return dt.date(2026, 10, day)


def at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(9), ZoneInfo("Asia/Tokyo"))


def checks(hub) -> dict[str, Check]:
    """By the filter or the address that they lead to."""
    with entered(Scope.of_hub(hub.pk)):
        found = checks_of(hub, OCTOBER, today=TODAY)
    return {re.sub(r".*(missing=\w+).*|/hubs/\w+/(\w[\w-]*)/.*", r"\1\2", check.url): check for check in found}


@pytest.fixture
def untidy(tokyo, coordinator, today):
    """An October with something of everything, and one good record."""
    client = making.make_enterprise(hub=tokyo, industry="E")
    case = making.make_case(hub=tokyo, enterprise=client, next_action="試算を持ち寄る", next_due_on=today)
    soon = {"case": case, "held_on": on(10), "created_at": at(on(10))}
    making.make_consultation(hub=tokyo, **soon)
    making.make_consultation(hub=tokyo, **(soon | {"themes": []}))
    making.make_consultation(hub=tokyo, **(soon | {"themes": [], "not_counted": "no_advice"}))  # it does not count
    making.make_consultation(hub=tokyo, **(soon | {"minutes": 4}))
    making.make_consultation(hub=tokyo, **(soon | {"minutes": 481}))
    making.make_consultation(hub=tokyo, **(soon | {"minutes": 480, "created_at": at(on(17))}))  # a week: in time
    making.make_consultation(hub=tokyo, **(soon | {"created_at": at(on(18))}))
    making.make_consultation(hub=tokyo, **(soon | {"held_on": dt.date(2026, 11, 1), "themes": []}))  # another month
    unknown = making.make_case(hub=tokyo, state="active")  # of a client without industry; nothing planned
    making.make_consultation(hub=tokyo, case=unknown, held_on=on(31), created_at=at(on(31)))
    making_twins.make_twins(tokyo)
    making_twins.find(tokyo)
    make_sent(
        hub=tokyo, case=making.make_case(hub=tokyo, enterprise=client, next_action="待つ"), at=at(dt.date(2026, 11, 2))
    )
    unsure = {"confirmed_on": None, "confirmed_how": "", "confirmed_by": None}
    making_outcomes.make_outcome(case=case, measured_on=on(20), **unsure)
    making_outcomes.make_outcome(case=case, measured_on=dt.date(2026, 11, 2), **unsure)
    making_outcomes.make_outcome(case=case, measured_on=on(21))
    with entered(Scope.of_hub(tokyo.pk)):
        for day, held in ((on(30), "2026-10-30"), (TODAY, "2026-10-29"), (TODAY, "2026-11-20")):
            drafts.keep_draft(hub=tokyo, client_id=uuid.uuid4(), fields={"held_on": held}, by=coordinator, at=at(day))
    return tokyo


def test_each_check_counts_what_it_is_about(untidy):
    counts = {name: check.count for name, check in checks(untidy).items()}
    assert counts == {
        "missing=theme": 1, "missing=minutes": 2, "missing=industry": 1, "missing=entry": 1, "": 2, "duplicates": 1,
        "referrals": 1, "outcomes": 1, "cases": 1,
    }  # fmt: skip


def test_the_lag_is_told_in_words_and_a_draft_with_its_writer(untidy):
    found = checks(untidy)
    assert found["missing=entry"].said == "入力までの日数の中央値 0日、8日以上の割合 14.3%"
    assert found[""].said == "佐藤 花子 2件"


def test_a_check_leads_to_a_list_that_shows_just_those(client, untidy, chief):
    client.force_login(chief)
    for name, check in checks(untidy).items():
        if check.url:
            where = urlsplit(check.url)
            page = client.get(where.path, dict(parse_qsl(where.query))).context["page"]
            assert len(page.objects) == check.count == 1 or name == "missing=minutes", name


def test_the_list_of_what_is_missing_can_be_searched_too(client, tokyo, coordinator):
    making.make_consultation(hub=tokyo, themes=[], content="補助金の申請")
    making.make_consultation(hub=tokyo, themes=[], content="別の話")
    making.make_consultation(hub=tokyo, content="補助金の申請")
    client.force_login(coordinator)
    rows = client.get("/hubs/tokyo/consultations/", {"missing": "theme", "q": "補助"}).context["page"].objects
    assert [row.content for row in rows] == ["補助金の申請"]
    assert client.get("/hubs/tokyo/consultations/", {"missing": "nothing"}).status_code == 422


def test_a_month_without_records_has_nothing_to_say_about_its_lag(tokyo):
    found = checks(tokyo)
    assert {check.count for check in found.values()} == {0}
    assert found["missing=entry"].said == ""


def test_the_submission_page_costs_ten_queries(client, untidy, chief, headquarters):
    metrics.recount([OCTOBER], at=at(TODAY))
    client.force_login(chief)
    asked = statements_of(client, SUBMISSION)
    assert len(asked) <= 10, "\n".join(asked)
    seen = client.get(SUBMISSION).context["mark"]
    client.post(SUBMISSION, {"version": "1", "seen": seen, **dict.fromkeys(explained(untidy), "相談会を開いた")})
    client.force_login(headquarters)
    client.post("/hubs/tokyo/months/2026-10/return/", {"version": "2", "note": "x", "remark_minutes": "長い"})
    client.force_login(chief)
    again = statements_of(client, SUBMISSION)
    assert len(again) <= 10, "\n".join(again)
    page = client.get(SUBMISSION).content.decode()
    assert "長い" in page
    assert "相談会を開いた" in page


def explained(hub) -> list[str]:
    """The fields in which the jumps are explained."""
    with entered(Scope.of_hub(hub.pk)):
        jumps = months.jumps_of(months.figures_to_confirm(hub, OCTOBER))
    return [f"explanation_{jump.indicator.code}" for jump in jumps]
