"""What one asks about jobs as a whole, and what a page shows of one."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache

from jobs.choices import JobState
from jobs.models import Job

WORKER_HEARTBEAT = "worker-heartbeat"  # yorozu.celery keeps it warm


def worker_is_alive() -> bool:
    """Whether any worker has shown itself within half a minute. If not, jobs wait."""
    return bool(cache.get(WORKER_HEARTBEAT))


def waits_in_vain(job: Job) -> bool:
    """Whether it waits for a worker, and there is none."""
    return job.state == JobState.QUEUED and not worker_is_alive()


def progress_of(job: Job) -> dict[str, Any]:
    """What a page's progress shows besides the job. `seen` is another one whenever something has changed."""
    in_vain = waits_in_vain(job)
    return {"waits_in_vain": in_vain, "seen": f"{job.state}-{job.attempt}-{job.percent}-{in_vain}"}
