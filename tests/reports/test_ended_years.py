"""A quarter and a fiscal year that have ended are corrected too, when a record of one of their months comes late."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from foundation.periods import Month
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics import actions as metrics
from metrics import corrections, freezing
from metrics.models import Freeze, Span
from metrics.queries import Place, figures
from reports.actions import closing
from reports.actions import packages as actions
from reports.choices import PackageKind
from reports.queries import packages as queries
from reports.queries import published
from tests import making
from tests.reports.making import close

pytestmark = pytest.mark.django_db
FEBRUARY, MARCH, APRIL = Month(2026, 2), Month(2026, 3), Month(2026, 4)


def twentieth(month: Month) -> dt.datetime:
    """Of the month after it, when it is closed."""
    after = month.next()
    return dt.datetime(after.year, after.number, 20, 9, tzinfo=ZoneInfo("Asia/Tokyo"))


def year_of(hub, month: Month, code: str = "consultations") -> int:
    place = Place.of_hub(hub)
    with entered(Scope.of_figures([hub.pk])):
        found = figures(places=[place], months=[month], indicators=[code], span=Span.YEAR_TO_DATE)
        return found.value(place, month, code)


def of_tokyo(found, tokyo, code: str = "consultations") -> set[tuple]:
    return {
        (str(one.month), one.span.value, one.before, one.after)
        for one in found
        if one.place == Place.of_hub(tokyo) and one.indicator == code and not one.code
    }


@pytest.fixture(autouse=True)
def _queue(monkeypatch):
    monkeypatch.setattr("jobs.actions.current_app", SimpleNamespace(send_task=lambda *_, **__: None))


@pytest.fixture
def session(tokyo, osaka):
    making.make_consultation(hub=osaka, held_on=dt.date(2026, 3, 5))
    return making.make_consultation(hub=tokyo, held_on=dt.date(2026, 2, 10))


@pytest.fixture
def year_closed(session, headquarters):
    for month in (FEBRUARY, MARCH):
        close(month, by=headquarters, at=twentieth(month))
        closing.publish(month=month, by=headquarters, at=twentieth(month))


def test_a_late_record_of_february_corrects_the_year_that_march_told(tokyo, session, year_closed, headquarters):
    assert year_of(tokyo, MARCH) == 1
    making.make_consultation(hub=tokyo, case=session.case, held_on=dt.date(2026, 2, 28))
    metrics.recount_touched(at=twentieth(MARCH))
    assert year_of(tokyo, MARCH) == 1, "what was told does not move by itself"
    expected = {("2026-02", "month", 1, 2), ("2026-03", "qtd", 1, 2), ("2026-03", "ytd", 1, 2)}
    with entered(Scope.of_figures([tokyo.pk])):
        assert of_tokyo(corrections.pending(hub_id=tokyo.pk), tokyo) == expected
    close(APRIL, by=headquarters, at=twentieth(APRIL))
    with entered(Scope.of_figures(HUB_IDS)):
        assert of_tokyo(corrections.carried_in(APRIL), tokyo) == expected
        assert corrections.pending() == []
    assert year_of(tokyo, MARCH) == 2
    with entered(Scope.nationwide()):
        versions = list(Freeze.objects.order_by("month", "version"))
        assert [str(one) for one in versions] == [
            "2026-02 v1", "2026-02 v2", "2026-03 v1", "2026-03 v2", "2026-04 v1",
        ]  # fmt: skip
        assert [freezing.verify(one).problems for one in versions] == [()] * 5


def test_who_turns_out_to_be_one_client_is_one_in_the_year_though_each_month_stays(
    tokyo, session, headquarters, request
):
    other = making.make_consultation(
        hub=tokyo, case=making.make_case(hub=tokyo, enterprise=making.make_enterprise(hub=tokyo, corporate_number="")),
        held_on=dt.date(2026, 3, 11),
    )  # fmt: skip
    request.getfixturevalue("year_closed")
    assert year_of(tokyo, MARCH, "visitors") == 2
    with entered(Scope.of_hub(tokyo.pk)), connection.cursor() as cursor:
        # what merging does to the rows of the one that is given up (consultations.actions.merging)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table, pk in (("consultations_case", other.case_id), ("consultations_consultation", other.pk)):
            cursor.execute(f"UPDATE {table} SET enterprise_id = %s WHERE id = %s", [session.enterprise_id, pk])
    metrics.recount_touched(at=twentieth(MARCH))
    with entered(Scope.of_figures([tokyo.pk])):
        waiting = of_tokyo(corrections.pending(hub_id=tokyo.pk), tokyo, "visitors")
    assert waiting == {("2026-03", "qtd", 2, 1), ("2026-03", "ytd", 2, 1)}
    close(APRIL, by=headquarters, at=twentieth(APRIL))
    assert year_of(tokyo, MARCH, "visitors") == 1


def test_the_year_to_date_of_a_month_in_between_stays_and_the_next_one_has_it(tokyo, session, headquarters):
    january = Month(2026, 1)
    making.make_consultation(hub=tokyo, held_on=dt.date(2026, 1, 15))
    for month in (january, FEBRUARY):
        close(month, by=headquarters, at=twentieth(month))
    making.make_consultation(hub=tokyo, held_on=dt.date(2026, 1, 16))
    close(MARCH, by=headquarters, at=twentieth(MARCH))
    assert [year_of(tokyo, month) for month in (january, FEBRUARY, MARCH)] == [2, 2, 3]


def test_the_years_package_is_made_again_with_the_correction_in_it(tokyo, session, year_closed, headquarters):
    with entered(Scope.of_figures(HUB_IDS)):
        first = [(one.kind, str(one.period)) for one in actions.order_due(at=twentieth(MARCH))]
    assert (PackageKind.YEAR, "2025") in [(kind, period[:4]) for kind, period in first]
    making.make_consultation(hub=tokyo, case=session.case, held_on=dt.date(2026, 2, 28))
    close(APRIL, by=headquarters, at=twentieth(APRIL))
    closing.publish(month=APRIL, by=headquarters, at=twentieth(APRIL))
    with entered(Scope.of_figures(HUB_IDS)):
        again = actions.order_due(at=twentieth(APRIL))
        [year] = [one for one in again if one.kind == PackageKind.YEAR]
        assert (year.version, year.freeze.version) == (2, 2)
        told = queries.reading_of(year).content(queries.plan()[0].edition, at=twentieth(APRIL))
    lines = {(str(one.month), one.what, one.before, one.after) for one in told.corrections if one.place == "東京都"}
    assert ("2026-02", "相談対応件数", 1, 2) in lines
    assert ("2026-03", "相談対応件数(年度累計)", 1, 2) in lines


def test_the_public_reads_what_was_corrected_of_the_year(tokyo, osaka, session, headquarters):
    for number in range(12):  # enough that nothing is withheld
        for hub in (tokyo, osaka):
            for month in (FEBRUARY, MARCH):
                making.make_consultation(hub=hub, held_on=month.first.replace(day=1 + number))
    for month in (FEBRUARY, MARCH):
        close(month, by=headquarters, at=twentieth(month))
        closing.publish(month=month, by=headquarters, at=twentieth(month))
    making.make_consultation(hub=tokyo, case=session.case, held_on=dt.date(2026, 2, 28))
    close(APRIL, by=headquarters, at=twentieth(APRIL))
    closing.publish(month=APRIL, by=headquarters, at=twentieth(APRIL))
    changed = published.changed(published.read(MARCH, 1), published.read(MARCH, 2))
    nation = [(one.span, one.before, one.after) for one in changed if one.cell[:3] == ("nation", 0, "consultations")]
    assert (Span.YEAR_TO_DATE, 50, 51) in nation


def test_a_correction_of_another_hub_names_nobody_in_a_hubs_edition(tokyo, osaka, session, year_closed, headquarters):
    making.make_consultation(hub=tokyo, case=session.case, held_on=dt.date(2026, 2, 28))
    close(APRIL, by=headquarters, at=twentieth(APRIL))
    with entered(Scope.of_figures(HUB_IDS)):
        reading = queries.reading_of(actions.order_package(
            kind=PackageKind.MONTH, first=APRIL.first, by=headquarters, at=twentieth(APRIL)
        ))  # fmt: skip
        editions = {due.edition.slug: due.edition for due in queries.plan()}
        told = {
            slug: "".join(one.reason for one in reading.content(editions[slug], at=twentieth(APRIL)).corrections)
            for slug in ("nation", "kinki", "hub-osaka", "kanto", "hub-tokyo")
        }
    assert {slug for slug, reasons in told.items() if "東京都" in reasons} == {"nation", "kanto"}
    assert told["hub-osaka"]
