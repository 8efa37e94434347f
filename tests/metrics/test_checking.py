"""manage.py check_closed_months: every frozen version is counted anew from its own rows."""

from __future__ import annotations

import io

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from foundation.periods import Month
from hubs.tenancy import Scope, entered
from metrics import actions, freezing
from metrics.models import FrozenFact, FrozenRows
from tests import making
from tests.faults.standing import owner_url

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)


def frozen(month, *, by, at):
    with entered(Scope.nationwide()):
        actions.recount([month], at=at)
        return freezing.freeze(month=month, confirmed={13}, carried_in=month, by=by, at=at)


@pytest.fixture
def two_months(tokyo, now, headquarters):
    for month in (OCTOBER, NOVEMBER):
        making.make_consultation(hub=tokyo, held_on=month.first)
    return [frozen(month, by=headquarters, at=now) for month in (OCTOBER, NOVEMBER)]


def check(**options) -> tuple[list[str], int]:
    told = io.StringIO()
    try:
        call_command("check_closed_months", stdout=told, **options)
    except SystemExit as ending:
        return told.getvalue().splitlines(), int(ending.code)
    return told.getvalue().splitlines(), 0


@pytest.mark.django_db
def test_a_line_for_each_version_that_holds(two_months):
    october, november = two_months
    lines = [f"2026-10 v1 {october.sha256[:16]} holds", f"2026-11 v1 {november.sha256[:16]} holds"]
    assert check() == ([*lines, "2 versions checked, 0 broken"], 0)
    assert check(month="2026-11") == ([lines[1], "1 versions checked, 0 broken"], 0)


@pytest.mark.django_db
@pytest.mark.parametrize("month", ["2026-09", "2026-13", "october"])
def test_a_month_that_is_not_closed_or_is_none_is_refused(two_months, month):
    with pytest.raises(CommandError):
        call_command("check_closed_months", month=month)


@pytest.mark.django_db
def test_a_forged_figure_ends_it_with_1(two_months, tokyo):
    with entered(Scope.nationwide()):
        FrozenFact.objects.create(
            freeze=two_months[1], level="hub", hub=tokyo, span="month", indicator="referrals", code="", value=3
        )
    lines, code = check()
    assert code == 1
    assert [line.split()[-1] for line in lines if line.startswith("2026")] == ["holds", "BROKEN"]
    assert "3 frozen, 0 counted" in "".join(lines)
    assert check(month="2026-10")[1] == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("forgery", "found"),
    [
        ("UPDATE metrics_frozenrows SET content = '\\x00' WHERE hub_id = 13", "the rows of hub 13 cannot be read"),
        ("UPDATE metrics_frozenrows SET content = %(other)s WHERE hub_id = 13", "the rows of hub 13 are not those"),
        ("UPDATE metrics_frozenhub SET confirmed = NOT confirmed WHERE hub_id = 20", "the hash differs"),
        (
            "UPDATE metrics_frozenfact SET value = 9 WHERE level = 'nation' AND indicator = 'visitors'",
            "9 frozen, 1 counted",
        ),
        ("UPDATE metrics_freeze SET definitions = definitions - 0", "frozen, 0 counted"),
    ],
)
def test_whoever_gets_past_the_database_is_found_all_the_same(tokyo, now, headquarters, forgery, found):
    """The tables' owner can take the guard away. What they then change no longer agrees with the rest."""
    making.make_consultation(hub=tokyo, held_on=OCTOBER.first)
    made = frozen(OCTOBER, by=headquarters, at=now)
    with entered(Scope.nationwide()):
        rows = freezing.rows_of(made, tokyo.pk)
        rows.rows["consultations"] *= 2
        assert FrozenRows.objects.filter(hub=tokyo).exists()
    table = forgery.split()[1]
    with psycopg2.connect(owner_url()) as session, session.cursor() as cursor:
        hubs = "{" + ",".join(map(str, range(1, 48))) + "}"
        cursor.execute(
            "SELECT set_config('yorozu.records', %s, true), set_config('yorozu.figures', %s, true)", [hubs, hubs]
        )
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER keep_frozen")
        cursor.execute(forgery, {"other": rows.packed()})
        assert cursor.rowcount > 0
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER keep_frozen")
    session.close()
    lines, code = check()
    assert (code, lines[-1]) == (1, "1 versions checked, 1 broken")
    assert found in "".join(lines)
    assert connection.settings_dict["NAME"]
