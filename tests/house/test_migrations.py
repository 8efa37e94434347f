"""Migrations go forward, back to nothing and forward again, in a database of their own."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg2
import pytest
from django.conf import settings

from tests.conftest import administer

TOP_DOWN = (
    "evaluations",
    "reports",
    "metrics",
    "surveys",
    "exchange",
    "finding",
    "sharing",
    "consultations",
    "directory",
    "jobs",
    "hubs",
    "audit",
    "accounts",
)


@pytest.fixture
def scratch(worker_id):
    """A database with nothing in it, and a function that migrates it."""
    owner = os.environ["DATABASE_OWNER_URL"]
    name = f"test_yorozu_{os.environ.get('TEST_DATABASE', 'main')}_scratch_{worker_id}"
    administer(owner, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
    url = owner.rsplit("/", 1)[0] + f"/{name}"

    def run(*steps: tuple[str, ...]) -> None:
        """`manage.py migrate` once per step, all in one process, as the owner."""
        code = (
            "import django; django.setup()\n"
            "from django.core.management import call_command\n"
            f"for step in {steps!r}: call_command('migrate', *step, verbosity=0, skip_checks=True)"
        )
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code], cwd=settings.BASE_DIR, capture_output=True, text=True,
            env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "yorozu.settings"}, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    yield url, run
    administer(owner, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def schema(url: str) -> list[tuple]:
    """Tables, columns, constraints, policies, functions and triggers: what migrations make."""
    session = psycopg2.connect(url)
    with session.cursor() as cursor:
        cursor.execute(
            """SELECT 'column', table_name || '.' || column_name, data_type FROM information_schema.columns
                 WHERE table_schema = 'public' AND table_name <> 'django_migrations'
               UNION ALL SELECT 'constraint', conrelid::regclass::text || '.' || conname, pg_get_constraintdef(oid)
                 FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 'django_migrations'::regclass
               UNION ALL SELECT 'policy', polrelid::regclass::text || '.' || polname,
                 coalesce(pg_get_expr(polqual, polrelid), '') FROM pg_policy
               UNION ALL SELECT 'function', proname, md5(prosrc) FROM pg_proc p
                 WHERE pronamespace = 'public'::regnamespace
                   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
               UNION ALL SELECT 'trigger', tgrelid::regclass::text || '.' || tgname, ''
                 FROM pg_trigger WHERE NOT tgisinternal
               ORDER BY 1, 2, 3"""
        )
        found = cursor.fetchall()
    session.close()
    return found


def test_migrations_go_there_and_back(scratch):
    url, migrate = scratch
    migrate(())
    there = schema(url)
    assert len(there) > 100
    rooms = [room for room in TOP_DOWN if (settings.BASE_DIR / room / "migrations").exists()]
    migrate(*((room, "zero") for room in rooms))
    left = [row for row in schema(url) if row[0] != "constraint" and row[1].split("_")[0] in TOP_DOWN]
    assert left == []
    migrate(())
    assert schema(url) == there
