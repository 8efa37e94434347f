"""What the tests of this room share."""

from collections.abc import Callable

import pytest
from django.db import transaction


@pytest.fixture
def commits(monkeypatch) -> None:
    """Each test is one transaction that never commits: do at once what waits for its end."""

    def at_once(callback: Callable[[], object], **_options: object) -> None:
        callback()

    monkeypatch.setattr(transaction, "on_commit", at_once)
