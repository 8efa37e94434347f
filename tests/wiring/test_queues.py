"""Whatever is put into a queue is taken out of it again: on one machine, on a server, and as the papers say."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from yorozu.local import PROJECT, _commands

QUEUES = sorted({route["queue"] for route in settings.CELERY_TASK_ROUTES.values()})


@pytest.mark.parametrize("queue", QUEUES)
def test_each_queue_has_its_worker(queue):
    commands = _commands("8000", Path("/nowhere")).values()
    assert any(["--queues", queue] == command[i : i + 2] for command in commands for i in range(len(command)))
    assert f'"--queues", "{queue}"' in (PROJECT / "docker-compose.yml").read_text()
    assert f"--queues {queue}" in (PROJECT / "docs" / "deploy.md").read_text()
