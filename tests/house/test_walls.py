"""Every table that holds a hub's rows stands behind its wall. These tests find the tables themselves."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from audit import trail
from consultations.models import (
    Case,
    CaseCounter,
    CaseStep,
    ClientMade,
    Consultation,
    Draft,
    Enterprise,
    Involvement,
    ProgramUse,
    ReviewComment,
    TouchedMonth,
)
from foundation.periods import Month
from hubs.models import AppointmentStep, Membership, RecordOpening, Unit
from hubs.tenancy import BetweenHubs, HubOwned, NoScope, Scope, current_scope, entered
from jobs.models import Job
from metrics.models import Fact, Level, Pulse, Span
from plans.models import Target
from reports.actions import months
from tests import making
from tests.consultations import making_assignments, making_notes, making_outcomes
from tests.house.answers import (
    booking,
    duplicates,
    exchange,
    finding,
    notes,
    outcomes,
    packages,
    privacy,
    programs,
    referrals,
)
from tests.reports.making import freeze_by_hand
from tests.sharing.making import something_between
from webhooks.models import Attempt, Delivery

ROOMS = {path.parent.name for path in settings.BASE_DIR.glob("*/models.py")} | {
    path.parents[1].name for path in settings.BASE_DIR.glob("*/models/__init__.py")
}

# Tables with a hub column that need no wall, each with its reason.
UNWALLED: dict[str, str] = {
    "CaseStudy": "written for the public, with the client's consent; drafts are headquarters' own, and name no client",
}
# Tables that anybody may add to and only some may read.
WRITTEN_BY_ANYBODY = {"audit_entry"}
# Functions that look at another hub's rows; tests/sharing tries to make them leak.
BETWEEN_HUBS = {"sharing_known_elsewhere", "sharing_joint_timeline"}
# Managers that do not raise, each with its reason: the database shows nothing all the same.
QUIET_MANAGERS = {
    "Membership": "people learn their own roles before any scope is known",
    "RecordOpening": "as memberships: the entrance asks for the person's own",
    "Entry": "signing in is noted outside any hub",
    "Letter": "workers send letters that belong to no hub",
    "Job": "workers take jobs that belong to no hub",
}


def ours() -> list[type[models.Model]]:
    """Every table of our rooms."""
    return [model for model in apps.get_models() if model._meta.app_label in ROOMS and not model._meta.proxy]


def walled() -> list[type[models.Model]]:
    """Those that have a hub's rows."""
    return [
        model
        for model in ours()
        if model.__name__ not in UNWALLED and any(field.column == "hub_id" for field in model._meta.concrete_fields)
    ]


def rows(sql: str, *parameters: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def test_there_are_walled_tables():
    assert {Enterprise, Case, Consultation, Draft, Fact, Membership} <= set(walled())
    assert all(model in walled() for model in ours() if issubclass(model, HubOwned))


@pytest.mark.django_db
@pytest.mark.parametrize("model", walled(), ids=lambda model: model.__name__)
def test_the_wall_is_forced_and_has_a_policy_for_every_command(model):
    table = model._meta.db_table
    assert rows("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", table) == [
        (True, True)
    ]
    policies = rows(
        "SELECT polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy"
        " WHERE polrelid = %s::regclass AND polroles = '{0}'",
        table,
    )
    assert policies
    for command, using, check in policies:
        free = command == "a" and table in WRITTEN_BY_ANYBODY
        assert "yorozu." in f"{using} {check}" or free, f"{table}: a policy that asks for no scope"
    commands = {command for command, *_ in policies}
    assert commands & {"*", "r"}
    assert commands & {"*", "a"}


@pytest.mark.django_db
def test_a_policy_reads_its_setting_once_per_statement():
    for name, using in rows("SELECT polname, pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polqual IS NOT NULL"):
        if "current_setting" in using:
            assert "SELECT" in using, f"{name} asks for the setting again at each row"


@pytest.mark.django_db
def test_the_applications_role_can_pass_no_wall():
    role = rows("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user")
    assert role == [(False, False, False)]
    assert rows("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relowner = current_user::regrole") == []
    above = rows(
        "SELECT rolname FROM pg_roles WHERE (rolsuper OR rolbypassrls)"
        " AND pg_has_role(current_user, oid, 'MEMBER') AND rolname <> current_user"
    )
    assert above == []


# each keeps the wall itself and gives ids only (docs/adr/0003)
SEARCHES = {"consultations_search_cases", "consultations_search_enterprises"}


@pytest.mark.django_db
def test_no_view_and_no_function_of_ours_opens_a_wall_but_the_search():
    views = rows(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('v', 'm')"
        " AND NOT 'security_invoker=true' = ANY (coalesce(c.reloptions, '{}')) AND c.relname NOT LIKE 'pg_stat%%'"
    )
    assert views == []
    definers = rows(
        "SELECT p.proname, p.proconfig FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE p.prosecdef AND n.nspname = 'public'"
    )
    # keep_identity is a trigger, which nobody can call, and reads one key, no hub's row
    assert {name for name, _ in definers} <= {
        "consultations_search",
        "consultations_similar",
        "consultations_keep_identity",
        *SEARCHES,
        *BETWEEN_HUBS,
    }
    for name, configuration in definers:
        assert any(setting.startswith("search_path=pg_catalog") for setting in configuration), name


# ---- keys

# Foreign keys between walled tables that do not carry the hub, each with its reason.
LONE_KEYS = {
    ("consultations_consultation", "enterprise_id"): "the key to the case carries enterprise and hub together",
}
# Unique keys of walled tables that do not hold the hub, each with its reason.
KEYS_WITHOUT_HUB: dict[str, str] = {}


@pytest.mark.django_db
def test_a_child_of_a_walled_row_carries_the_hub_in_its_key():
    tables = {model._meta.db_table for model in walled()}
    keys = rows(
        """SELECT c.conname, c.conrelid::regclass::text, c.confrelid::regclass::text,
                  ARRAY(SELECT attname FROM pg_attribute WHERE attrelid = c.conrelid AND attnum = ANY (c.conkey))::text[],
                  ARRAY(SELECT attname FROM pg_attribute WHERE attrelid = c.confrelid AND attnum = ANY (c.confkey))::text[]
             FROM pg_constraint c WHERE c.contype = 'f'"""
    )
    between = [key for key in keys if key[1] in tables and key[2] in tables]
    carrying = [(child, parent, set(columns)) for _, child, parent, columns, _ in between if "hub_id" in columns]
    for name, child, parent, columns, theirs in between:
        if "hub_id" in columns:
            assert "hub_id" in theirs, f"{name} does not compare the hubs"
        elif (child, *columns) not in LONE_KEYS:
            found = any(key[:2] == (child, parent) and key[2] > set(columns) for key in carrying)
            assert found, f"{child}.{columns} → {parent}: no key that carries the hub"


@pytest.mark.django_db
def test_unique_keys_of_walled_tables_hold_the_hub():
    tables = {model._meta.db_table: model for model in walled()}
    for table, name, columns in rows(
        """SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text,
                  ARRAY(SELECT attname FROM pg_attribute WHERE attrelid = i.indrelid AND attnum = ANY (i.indkey))::text[]
             FROM pg_index i WHERE i.indisunique AND NOT i.indisprimary"""
    ):
        if table in tables and name not in KEYS_WITHOUT_HUB:
            assert "hub_id" in columns, f"{name} ({columns}) tells one hub of another's rows"


# ---- without a scope


@pytest.fixture
def something_of_everything(tokyo, coordinator, now) -> None:
    """At least one row of Tokyo in every walled table."""
    held = making.make_consultation(hub=tokyo)
    making.involve(held, making.make_organization(), "referral")
    making.use_program(held, making.make_program(), "introduced")
    appointment = making.make_appointment(hub=tokyo)
    duplicates.fill(tokyo)
    privacy.fill(tokyo)
    something_between(tokyo)
    for topic in (exchange, finding, booking, outcomes, notes, programs, referrals, packages):
        topic.fill(tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        months.submit(
            hub=tokyo, month=Month(2026, 9), version=1, explanations={"minutes": "x"}, zero=True, by=coordinator, at=now
        )
        months.send_back(
            hub=tokyo, month=Month(2026, 9), version=2, note="x", remarks={"minutes": "x"}, by=coordinator, at=now
        )
        ClientMade.objects.create(hub=tokyo, client_id=uuid.uuid4(), case_id=held.case_id, made_at=now)
    freeze_by_hand(tokyo, by=coordinator, at=now)
    making_outcomes.learn_words(tokyo)
    review = making_notes.make_review(hub=tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        ReviewComment.objects.create(hub=tokyo, review=review, text="x", by=coordinator, at=now)
        delivery = Delivery.objects.get(hub=tokyo)
        Attempt.objects.create(hub=tokyo, delivery=delivery, at=now, code=200, milliseconds=1)
    making_assignments.make_capacity(hub=tokyo, coordinator=coordinator, cap=5)
    with entered(Scope.of_hub(tokyo.pk, user_id=coordinator.pk)):
        one = {"hub": tokyo, "by": coordinator, "at": now}
        CaseCounter.objects.get_or_create(hub=tokyo, fiscal_year=2031, defaults={"last": 1})
        CaseStep.objects.create(case_id=held.case_id, move="close", state="closed", **one)
        AppointmentStep.objects.create(appointment=appointment, move="request", state="requested", **one)
        Draft.objects.create(hub=tokyo, client_id=uuid.uuid4(), owner=coordinator, fields={}, saved_at=now)
        RecordOpening.objects.create(
            hub=tokyo, user=coordinator, reason="x", opened_at=now, expires_at=now + timedelta(hours=1)
        )
        Job.objects.create(kind="test", hub=tokyo, requested_by=coordinator, requested_at=now)
        Fact.objects.create(
            hub=tokyo, level=Level.HUB, month=date(2031, 4, 1), span=Span.MONTH, indicator="consultations", value=1
        )
        Pulse.objects.create(hub=tokyo, taken_at=now, sessions=1, late=0, sent=0, unanswered=0)
        Target.objects.create(
            fiscal_year=2031, indicator="consultations", value=1, set_at=now, set_by=coordinator, hub=tokyo
        )
        trail.record("test.done", by=coordinator, at=now, hub_id=tokyo.pk)


@pytest.mark.django_db
def test_without_a_scope_the_database_shows_no_row(tokyo, coordinator, something_of_everything):
    assert current_scope() is None
    for model in walled():
        sql = f'SELECT count(*) FROM "{model._meta.db_table}" WHERE hub_id IS NOT NULL'
        with entered(Scope.of_hub(tokyo.pk, user_id=coordinator.pk)):
            assert rows(sql) != [(0,)], f"{model.__name__}: something_of_everything makes no row of it"
        assert rows(sql) == [(0,)], f"{model.__name__} is visible without a scope"


@pytest.mark.django_db
def test_another_hubs_scope_shows_none_of_tokyos_rows(osaka, tokyo, something_of_everything):
    with entered(Scope.of_hub(osaka.pk)):
        for model in walled():
            assert rows(f'SELECT count(*) FROM "{model._meta.db_table}" WHERE hub_id = %s', tokyo.pk) == [(0,)], model


@pytest.mark.django_db
def test_rows_between_two_hubs_are_seen_by_these_two(tokyo, osaka, something_of_everything):
    """With several hubs in scope, a row of one of them is enough; what both hubs see, no third does."""
    for model in walled():
        if not issubclass(model, BetweenHubs):
            continue
        sql = f'SELECT DISTINCT hub_id, to_hub_id FROM "{model._meta.db_table}"'
        with entered(Scope.of_hub(tokyo.pk)):
            ((asking, asked),) = rows(sql)
        assert asking == tokyo.pk
        with entered(Scope.of_hub(asked)):
            assert rows(sql) == [(asking, asked)]
            assert model.objects.count() > 0
        with entered(Scope.of_hub(osaka.pk)):
            assert rows(sql) == []
            assert model.objects.count() == 0


@pytest.mark.django_db
def test_figures_alone_show_no_record(tokyo, something_of_everything):
    with entered(Scope.of_figures([tokyo.pk])):
        for model in (Enterprise, Case, CaseStep, Consultation, Involvement, ProgramUse, Draft, TouchedMonth):
            assert rows(f'SELECT count(*) FROM "{model._meta.db_table}"') == [(0,)], model.__name__
        assert rows(f'SELECT count(*) FROM "{Unit._meta.db_table}"') != [(0,)]


@pytest.mark.django_db
@pytest.mark.parametrize("model", walled(), ids=lambda model: model.__name__)
def test_without_a_scope_managers_raise(model):
    if model.__name__ in QUIET_MANAGERS:
        return
    with pytest.raises(NoScope):
        list(model.objects.all()[:1])


@pytest.mark.django_db
def test_a_row_cannot_be_put_into_another_hub(tokyo, osaka, coordinator, now):
    """The manager does not stop create(hub=other); the wall does."""
    with pytest.raises(Exception, match="row-level security"), entered(Scope.of_hub(tokyo.pk)):
        Draft.objects.create(hub=osaka, client_id=uuid.uuid4(), owner=coordinator, fields={}, saved_at=now)


@pytest.mark.django_db
def test_a_nested_scope_gives_the_outer_one_back(tokyo, osaka, something_of_everything):
    sql = 'SELECT DISTINCT hub_id FROM "consultations_enterprise"'
    making.make_enterprise(hub=osaka)
    with entered(Scope.of_hub(tokyo.pk)):
        with entered(Scope.of_hub(osaka.pk)):
            assert rows(sql) == [(osaka.pk,)]
        assert rows(sql) == [(tokyo.pk,)]
    assert rows(sql) == []
