"""Migrations go forward, back to nothing and forward again, in a database of their own."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg2
import pytest
from django.conf import settings

from tests.conftest import administer


@pytest.fixture
def scratch(worker_id):
    """A database with nothing in it, and a function that runs manage.py there as the owner."""
    owner = os.environ["DATABASE_OWNER_URL"]
    name = f"test_yorozu_{os.environ.get('TEST_DATABASE', 'main')}_scratch_{worker_id}"
    administer(owner, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
    url = owner.rsplit("/", 1)[0] + f"/{name}"

    def manage(*arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "manage.py", *arguments],
            cwd=settings.BASE_DIR, env=os.environ | {"DATABASE_URL": url}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"

    yield url, manage
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
    url, manage = scratch
    manage("migrate", "--verbosity", "0")
    there = schema(url)
    assert len(there) > 100
    for room in ("reports", "metrics", "consultations", "jobs", "directory", "hubs", "audit", "accounts"):
        if (settings.BASE_DIR / room / "migrations").exists():
            manage("migrate", room, "zero", "--verbosity", "0")
    left = [row for row in schema(url) if row[0] != "constraint" and row[1].split("_")[0] in ROOMS]
    assert left == []
    manage("migrate", "--verbosity", "0")
    assert schema(url) == there


ROOMS = {"reports", "metrics", "consultations", "jobs", "directory", "hubs", "audit", "accounts"}
