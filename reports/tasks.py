"""Reports are made in the background: Excel takes seconds."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from hubs.tenancy import Scope
from jobs import actions as jobs
from jobs.models import Job
from reports.actions import compositions, months
from reports.actions import editions as actions
from reports.queries.compositions import KIND as COMPOSITION
from reports.queries.editions import KIND


@shared_task(name=KIND, soft_time_limit=600)
def make_edition(*, job_id: int) -> None:
    """Make what a job asks for. The job belongs to no hub; the figures' scope is entered when they are read."""
    jobs.perform(job_id=job_id, scope=Scope(), make=_made, clock=timezone.now)


@shared_task(name=COMPOSITION, soft_time_limit=600)
def make_composition(*, job_id: int) -> None:
    """Make the PDF of headquarters' own report."""
    jobs.perform(job_id=job_id, scope=Scope(), make=_made_composition, clock=timezone.now)


@shared_task(name="reports.open_months")
def open_months() -> None:
    """A month that is over waits for the hubs from its first day on."""
    months.open_months(today=timezone.localdate())


def _made(job: Job, progress: jobs.Progress) -> jobs.Product:
    return actions.make_edition(job=job, progress=progress, clock=timezone.now)


def _made_composition(job: Job, progress: jobs.Progress) -> jobs.Product:
    return compositions.make_paper(job=job, progress=progress, clock=timezone.now)
