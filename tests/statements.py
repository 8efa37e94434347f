"""Counting the SQL statements of a request as production would run them."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

# Inside a test's own transaction scopes are nested: savepoints, and settings put back. A server has neither.
_ONLY_IN_TESTS = (
    "SAVEPOINT",
    "set_config('yorozu.records', '', true), set_config('yorozu.figures', '', true), set_config('yorozu.user', '', true)",
)


def statements_of(client: Any, path: str, **query: Any) -> list[str]:
    """The statements that a GET of a page runs. The page must answer 200."""
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(path, query)
    assert answer.status_code == 200, (path, answer.status_code)
    return [row["sql"] for row in caught if not any(mark in row["sql"] for mark in _ONLY_IN_TESTS)]
