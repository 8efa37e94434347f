"""Two at once: to know that the other one stands before a lock that this connection holds."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

_WAITING = """
    SELECT count(*) FROM pg_locks
     WHERE NOT granted AND locktype LIKE %s AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"""


def wait_until_somebody_waits(lock: str = "%") -> None:
    """Until another session waits for this one. `lock`: for which kind of lock, as pg_locks names it."""
    pause = threading.Event()
    for _ in range(300):
        with connection.cursor() as cursor:
            cursor.execute(_WAITING, [lock])
            if cursor.fetchone()[0]:
                return
        pause.wait(0.05)
    pytest.fail("nobody waited")
