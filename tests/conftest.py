"""The test bench: one migrated template database per run, cloned per worker; tests sign in as the
application's role, never as a superuser, so that row-level security is tested by every test."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg2
import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections
from django.test import TransactionTestCase, override_settings
from xdist.scheduler import LoadScopeScheduling

from hubs.models import Hub
from hubs.tenancy import Scope, entered
from tests import making

TOKYO_TIME = ZoneInfo("Asia/Tokyo")


class ByRoom(LoadScopeScheduling):
    """A module goes to one worker; the browser tests go to one together, since they share one running system.
    (xdist's own way, loadgroup, does nothing under pytest 9.2: it renames tests, which pytest no longer lets it.)"""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/e2e" if nodeid.startswith("tests/e2e/") else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """How tests are spread over workers (-n)."""
    return ByRoom(config, log)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.fixture, worker_id: str) -> Iterator[None]:
    """Migrate as the owner, load the reference lists as the application, hand the connection to the tests."""
    name = f"test_yorozu_{os.environ.get('TEST_DATABASE', 'main')}_{worker_id}"
    owner = os.environ["DATABASE_OWNER_URL"]
    with django_db_blocker.unblock():
        drop_database(owner, name)
        administer(owner, f'CREATE DATABASE "{name}"')
        application = connection.settings_dict.copy()
        parts = psycopg2.extensions.parse_dsn(owner)
        connection.close()
        connection.settings_dict |= {"NAME": name, "USER": parts["user"], "PASSWORD": parts["password"]}
        call_command("migrate", verbosity=0)
        connection.close()
        connection.settings_dict |= {"USER": application["USER"], "PASSWORD": application["PASSWORD"]}
        call_command("load_reference", verbosity=0)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        drop_database(owner, name)


def drop_database(url: str, name: str) -> None:
    """Whoever is still in it. Autovacuum is nobody's to end by force: it is waited for."""
    pause = threading.Event()
    for _ in range(30):
        try:
            return administer(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        except psycopg2.errors.InsufficientPrivilege:
            pause.wait(1)
    return administer(url, f'DROP DATABASE IF EXISTS "{name}"')


def administer(url: str, *statements: str) -> None:
    """Run statements that no transaction may hold."""
    session = psycopg2.connect(url)
    session.autocommit = True
    with contextlib.closing(session), session.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


# What load_reference put there; everything else goes after a test that committed.
_KEPT = (
    "django_migrations", "django_content_type", "auth_permission", "hubs_bureau", "hubs_prefecture", "hubs_hub",
    "hubs_implementingbody", "hubs_unit", "hubs_feedefault", "directory_code", "directory_supportorganization",
    "directory_supportprogram", "consultations_identitykey",
)  # fmt: skip


def clean_slate(_test: object) -> None:
    """Instead of Django's flush, which the application's role may not do: empty the tables as their owner."""
    parts = psycopg2.extensions.parse_dsn(os.environ["DATABASE_OWNER_URL"]) | {
        "dbname": connection.settings_dict["NAME"]
    }
    emptied = [f'"{table}"' for table in connection.introspection.table_names() if table not in _KEPT]
    administer(
        psycopg2.extensions.make_dsn(**parts),
        "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only",
        f"TRUNCATE {', '.join(emptied)} RESTART IDENTITY",
        "ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_append_only",
    )


TransactionTestCase._fixture_teardown = clean_slate  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """gw0, gw1 … under xdist; main without."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(autouse=True)
def _own_cache(_own_redis_database: None) -> None:
    """Each worker has its own part of Redis, empty at each test: sessions, rate limits, heartbeats."""
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def _own_redis_database(worker_id: str) -> Iterator[None]:
    from django.conf import settings

    # 0 is the queue's. override_settings tells the cache as well, which may have been opened before.
    number = 1 if worker_id == "main" else 2 + int(worker_id.removeprefix("gw"))
    location = settings.REDIS_URL.rsplit("/", 1)[0] + f"/{number}"
    with override_settings(CACHES={name: one | {"LOCATION": location} for name, one in settings.CACHES.items()}):
        yield


@pytest.fixture
def now() -> datetime:
    """The moment that tests pass in."""
    return datetime(2026, 11, 20, 10, 0, tzinfo=TOKYO_TIME)


@pytest.fixture
def today() -> date:
    return date(2026, 11, 20)


@pytest.fixture
def tokyo(db: None) -> Hub:
    return Hub.objects.select_related("prefecture").get(slug="tokyo")


@pytest.fixture
def osaka(db: None) -> Hub:
    return Hub.objects.select_related("prefecture").get(slug="osaka")


@pytest.fixture
def in_tokyo(tokyo: Hub) -> Iterator[Hub]:
    """Within the scope of Tokyo's hub."""
    with entered(Scope.of_hub(tokyo.pk)):
        yield tokyo


@pytest.fixture
def coordinator(tokyo: Hub):
    """A coordinator of Tokyo."""
    return making.make_person("coordinator", hub=tokyo, name="佐藤 花子")


@pytest.fixture
def chief(tokyo: Hub):
    """The chief of Tokyo."""
    return making.make_person("chief", hub=tokyo, name="鈴木 一郎")


@pytest.fixture
def osaka_coordinator(osaka: Hub):
    return making.make_person("coordinator", hub=osaka, name="西村 誠")


@pytest.fixture
def headquarters(db: None):
    """Somebody at headquarters, with a second factor."""
    return making.make_person("headquarters", second_factor=True, name="全国 太郎")


@pytest.fixture
def agency(db: None):
    return making.make_person("agency", second_factor=True, name="中小 企子")
