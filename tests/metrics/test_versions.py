"""Definitions change from a month on: the months before keep theirs, however often they are counted again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.periods import Month
from hubs.tenancy import Scope, entered
from metrics import actions
from metrics.indicators import INDICATORS, Counted, Indicator, Only, Registry, Source
from metrics.models import Span
from metrics.queries import Place, figures
from metrics.records import records_behind
from tests import making
from tests.metrics.declaring import declared, next_version
from tests.metrics.plain import Change, counted_months, differences, expected, stored
from tests.metrics.test_counting import forget_everything, hubs, length_behind  # noqa: F401
from tests.metrics.worlds import World

MAY, OCTOBER, NOVEMBER = Month(2026, 5), Month(2026, 10), Month(2026, 11)
CHANGE = Change(on=MAY.first, last=OCTOBER.last)
NOT_ONLINE = Only("method", ("online",), but=True)
worlds = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


def changed() -> list[Indicator]:
    """From May on 相談対応件数 and 者 are without online ones, which are counted by themselves; 成果 end in October."""
    without = {
        code: next_version(code, since=MAY, counted=replace(INDICATORS[code].counted, only=NOT_ONLINE))
        for code in ("consultations", "visitors", "new_visitors")
    }
    online = Indicator(
        "online", "オンライン相談件数", "件", "オンラインの相談の数です。",
        Counted(Source.CONSULTATIONS, only=Only("method", ("online",))), MAY,
    )  # fmt: skip
    return [*without.values(), online, next_version("outcomes", since=MAY, until=OCTOBER)]


@worlds
@given(chance=st.randoms(), rounds=st.lists(st.integers(4, 15), min_size=2, max_size=3))
def test_each_month_is_counted_by_its_own_definitions(db, hubs, now, chance, rounds):  # noqa: F811
    with transaction.atomic(), declared(*changed()):
        world = World(hubs, chance)
        for deeds in rounds:
            world.live(deeds)
            actions.recount_touched(at=now)
        months, facts = counted_months(), stored()
        assert differences(facts, expected(months, CHANGE)) == {}
        forget_everything()
        actions.recount(months, at=now)
        assert differences(stored(), facts) == {}
        for hub in hubs:
            with entered(Scope.of_hub(hub.pk)):
                at_hub = [(key, value) for key, value in facts.items() if key.place == f"hub {hub.pk}"]
                assert [(key, length_behind(hub, key)) for key, _value in at_hub] == at_hub
        transaction.set_rollback(True)


def test_a_change_touches_no_month_before_it(tokyo, now):
    for day in ("2026-04-10", "2026-05-10"):
        making.make_consultation(hub=tokyo, held_on=day, method="online")
        making.make_consultation(hub=tokyo, held_on=day)
    actions.recount_touched(at=now)
    april = {key: value for key, value in stored().items() if key.month == Month(2026, 4)}
    assert told("consultations") == [2, 2, 4, 4]
    with declared(*changed()):
        actions.recount([Month(2026, 4), MAY], at=now)
        assert {key: value for key, value in stored().items() if key.month == Month(2026, 4)} == april
        assert told("consultations") == [2, 1, 3, 3]
        assert told("visitors") == [2, 1, 3, 3]
        assert told("online") == [0, 1, 1, 1]
        with entered(Scope.of_hub(tokyo.pk)):
            asked = {"hub": tokyo, "month": MAY, "span": Span.YEAR_TO_DATE}
            assert records_behind(indicator="consultations", **asked).count() == 3


def told(code: str) -> list[int]:
    """Of April, of May, of the quarter and of the year up to May; in the nation."""
    nation = Place.nation()
    with entered(Scope.nationwide()):
        found = {
            span: figures(places=[nation], months=[Month(2026, 4), MAY], span=span, indicators=[code]) for span in Span
        }
    months = [found[Span.MONTH].value(nation, month, code) for month in (Month(2026, 4), MAY)]
    return [*months, *(found[span].value(nation, MAY, code) for span in (Span.QUARTER_TO_DATE, Span.YEAR_TO_DATE))]


def test_an_indicator_is_there_from_its_first_month_to_its_last():
    with declared(*changed()):
        assert "online" not in INDICATORS.at(MAY.previous())
        assert "online" in INDICATORS.at(MAY)
        assert "outcomes_by_kind" in INDICATORS.at(OCTOBER)
        assert not {"outcomes", "outcomes_by_kind"} & {i.code for i in INDICATORS.at(NOVEMBER)}
        assert [i.version for i in INDICATORS.versions("visitors")] == [1, 2]
        assert (INDICATORS["visitors"].version, INDICATORS.at(MAY.previous())["visitors"].version) == (2, 1)
        assert INDICATORS.at(MAY) is INDICATORS.at(OCTOBER)
    assert "online" not in INDICATORS
    assert len(INDICATORS.versions("visitors")) == 1


def test_a_version_follows_the_one_before():
    for wrong in (
        next_version("visitors", since=INDICATORS["visitors"].since),
        replace(next_version("visitors", since=MAY), version=3),
        replace(INDICATORS["visitors"], code="more", version=2),
        next_version("visitors", since=MAY, counted=Counted(Source.CONSULTATIONS)),
        next_version("visitors", since=MAY, until=MAY.previous()),
    ):
        with pytest.raises(ValueError, match=wrong.code), declared(wrong):
            pass
    with pytest.raises(ValueError, match="divides"):
        Registry(INDICATORS["consultations_by_theme"])
    with pytest.raises(ValueError, match="codes"):
        Only("method", ("online'; DROP",))


def test_what_makes_a_figure_small():
    assert INDICATORS["minutes"].guard == "consultations"
    assert INDICATORS["partner_work_times"].guard == "partner_works"
    assert INDICATORS["visitors"].guard == "visitors"
    assert all(indicator.guard in INDICATORS for indicator in INDICATORS)


def test_the_pages_tell_every_version(client, db):
    with declared(*changed()):
        page = client.get("/definitions/").content.decode()
        rows = {row["code"]: row for row in client.get("/api/v1/indicators/").json()}
    for told_there in (
        "2026年5月から",
        "2014年4月から2026年4月まで",
        "2026年5月から2026年10月まで",
        "オンライン相談件数",
    ):
        assert told_there in page
    assert (rows["visitors"]["version"], rows["visitors"]["since"]) == (2, "2026-05")
    assert [(old["version"], old["since"], old["until"]) for old in rows["visitors"]["earlier"]] == [
        (1, "2014-04", "2026-04")
    ]
    assert (rows["online"]["earlier"], rows["outcomes"]["until"]) == ([], "2026-10")


def test_a_figure_of_a_month_without_the_indicator_is_not_told(client, tokyo, headquarters, now):
    making.make_consultation(hub=tokyo, held_on="2026-04-10")
    actions.recount_touched(at=now)
    client.force_login(headquarters)
    with declared(*changed()):
        page = client.get("/nation/", {"month": "2026-04"})
        assert "online" not in {row.indicator.code for row in page.context["totals"]}
        page = client.get("/nation/", {"month": "2026-05", "span": "qtd"})
        assert "online" in {row.indicator.code for row in page.context["totals"]}
        assert client.get("/nation/", {"month": "2026-04", "indicator": "online"}).status_code == 200
