"""Saying how far a long work is, from within its transaction: over a connection of its own."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connections
from django.utils.translation import gettext_noop

from jobs.actions import Progress

PAUSE = 2.0  # seconds between two signs of life
MESSAGE = gettext_noop("行を書き出しています")


class Telling:
    """Turns rows into percent. Raises what the job says, Superseded first of all, at the next sign of life."""

    def __init__(self, progress: Progress, pool: ThreadPoolExecutor) -> None:
        self.progress, self.pool = progress, pool
        self.whole, self.last = 0, time.monotonic()
        self.pending: Future[None] | None = None

    def expect(self, whole: int) -> None:
        """How many rows there will be."""
        self.whole = whole

    def reached(self, count: int) -> None:
        """So many rows of all."""
        self._tell(95 * count // max(1, self.whole))

    def reached_half(self, count: int) -> None:
        """So many rows, and as many steps again to come."""
        self._tell(30 * count // max(1, self.whole))

    def reached_second_half(self, count: int) -> None:
        """So many rows of what was copied before."""
        self._tell(30 + 65 * count // max(1, self.whole))

    def _tell(self, percent: int) -> None:
        if time.monotonic() - self.last < PAUSE:
            return
        if self.pending is not None:
            if not self.pending.done():
                return
            self.pending.result()
        self.last = time.monotonic()
        self.pending = self.pool.submit(self.progress, min(99, percent), MESSAGE)


@contextlib.contextmanager
def telling(progress: Progress) -> Iterator[Telling]:
    """For the time of one work; the connection is closed afterwards."""
    with ThreadPoolExecutor(1, thread_name_prefix="telling") as pool:
        try:
            yield Telling(progress, pool)
        finally:
            pool.submit(connections.close_all).result()
