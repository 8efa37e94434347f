"""Files go in and out in the background, in a queue of their own: typing never waits for them."""

from __future__ import annotations

from collections.abc import Callable

from celery import shared_task
from django.utils import timezone

from exchange.actions import exporting, importing
from exchange.models import ImportRun
from hubs.tenancy import HUB_IDS, Scope, entered
from jobs import actions as jobs
from jobs.models import Job

Maker = Callable[..., jobs.Product]
LONGEST = 3600


@shared_task(name=exporting.KIND, soft_time_limit=LONGEST)
def export(*, job_id: int) -> None:
    """Make the file that a job asks for."""
    _perform(job_id, exporting.make_export)


def _perform(job_id: int, make: Maker) -> None:
    """A job belongs to its hub; which one that is, only the job tells."""
    with entered(Scope.of_figures(HUB_IDS)):
        hub_id = Job.objects.filter(pk=job_id).values_list("hub_id", flat=True).first()
    if hub_id is not None:
        jobs.perform(
            job_id=job_id, scope=Scope.of_hub(hub_id), clock=timezone.now,
            make=lambda job, progress: make(job=job, progress=progress, clock=timezone.now),
        )  # fmt: skip


@shared_task(name=importing.CHECK, soft_time_limit=LONGEST)
def check(*, job_id: int) -> None:
    """Hold the rows of a file against the rules."""
    _perform(job_id, importing.make_check)


@shared_task(name=importing.COMMIT, soft_time_limit=LONGEST)
def commit(*, job_id: int) -> None:
    """Write the good rows of a file."""
    _perform(job_id, importing.make_commit)


@shared_task(name="exchange.wipe_old")
def wipe_old() -> None:
    """Files and rows of imports whose time is over, hub by hub."""
    at = timezone.now()
    for hub_id in HUB_IDS:
        with entered(Scope.of_hub(hub_id)):
            due = list(ImportRun.objects.filter(wiped_at=None, uploaded_at__lt=at - importing.ROWS_KEPT))
        for run in due:
            with entered(Scope.of_hub(hub_id)):
                importing.wipe(run=run, at=at)
