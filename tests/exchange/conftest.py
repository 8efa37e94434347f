"""Files of the tests stand apart from everybody's."""

from __future__ import annotations

import pytest
from celery import current_app


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def no_queue(monkeypatch) -> None:
    """Jobs wait: the test does them itself."""
    monkeypatch.setattr(current_app, "send_task", lambda *_, **__: None)
