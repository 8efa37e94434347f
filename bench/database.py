"""A database of the bench's own: made and migrated by the owner, used as the application's role."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg2
from django.core.management import call_command
from django.db import connection


def create(rows: int) -> str:
    """Make it anew, point Django's connection at it, and name it."""
    name = f"yorozu_bench_{rows}"
    application = connection.settings_dict.copy()
    administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
    parts = psycopg2.extensions.parse_dsn(os.environ["DATABASE_OWNER_URL"])
    connection.close()
    connection.settings_dict |= {"NAME": name, "USER": parts["user"], "PASSWORD": parts["password"]}
    call_command("migrate", verbosity=0)
    connection.close()
    connection.settings_dict |= {"USER": application["USER"], "PASSWORD": application["PASSWORD"]}
    call_command("load_reference", verbosity=0)
    return name


def drop(name: str) -> None:
    """Remove it: at a million rows it holds gigabytes. The connection goes back to where it was."""
    connection.close()
    connection.settings_dict["NAME"] = urlsplit(os.environ["DATABASE_URL"]).path.lstrip("/")
    administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def administer(*statements: str, database: str | None = None) -> None:
    """Run statements as the owner, each on its own."""
    with _session(database) as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def _session(database: str | None) -> Iterator[psycopg2.extensions.cursor]:
    session = psycopg2.connect(os.environ["DATABASE_OWNER_URL"], **({"dbname": database} if database else {}))
    session.autocommit = True
    try:
        with session.cursor() as cursor:
            yield cursor
    finally:
        session.close()


_KEYS = """
    SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint
     WHERE contype = 'f' AND conrelid::regclass::text = ANY (%s)"""
_INDEXES = """
    SELECT indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index
     WHERE indrelid::regclass::text = ANY (%s) AND NOT indisunique"""


@contextmanager
def bulk_loading(name: str, tables: list[str]) -> Iterator[None]:
    """Without row triggers, foreign keys and plain indexes while rows are poured in; all of them stand again
    afterwards. Keys come back unvalidated (the generator keeps them), which no later statement notices."""
    with _session(name) as cursor:
        cursor.execute(_KEYS, [tables])
        keys = cursor.fetchall()
        cursor.execute(_INDEXES, [tables])
        indexes = cursor.fetchall()
        for table, key, _definition in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {key}")
        for index, _definition in indexes:
            cursor.execute(f"DROP INDEX {index}")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        for _index, definition in indexes:
            cursor.execute(definition)
        for table, key, definition in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {key} {definition} NOT VALID")
        for table in tables:
            cursor.execute(f"VACUUM ANALYZE {table}")
