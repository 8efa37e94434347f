"""Jobs of this room, and who may see whose."""

from __future__ import annotations

from typing import Any

from exchange.actions.exporting import KIND
from exchange.models import ImportRun
from hubs.access import Permission
from hubs.models import Hub
from jobs.models import Job, JobQuerySet

OVERSEES = Permission.VIEW_HUB_TRAIL  # whoever reads a hub's trail, its chief, sees what its people have exported


def exports_for(user: Any, hub: Hub) -> JobQuerySet:
    """The exports of a hub that somebody may fetch: their own; the chief, everybody's."""
    rows = Job.objects.filter(kind=KIND, hub=hub).with_people()
    return rows if user.has_perm(OVERSEES, hub) else rows.filter(requested_by=user)


def jobs_of(run: ImportRun) -> JobQuerySet:
    """The jobs that have worked on a run."""
    return Job.objects.filter(kind__in=["exchange.check", "exchange.commit"], hub=run.hub_id, parameters__run=run.pk)


def job_of(run: ImportRun) -> Job | None:
    """The job that a run was last worked on by."""
    return jobs_of(run).with_people().newest_first().first()
