"""What one asks about jobs as a whole."""

from __future__ import annotations

from django.core.cache import cache

WORKER_HEARTBEAT = "worker-heartbeat"  # yorozu.celery keeps it warm


def worker_is_alive() -> bool:
    """Whether any worker has shown itself within half a minute. If not, jobs wait."""
    return bool(cache.get(WORKER_HEARTBEAT))
