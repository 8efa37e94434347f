"""Reports are made in the background: Excel takes seconds."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from hubs.tenancy import Scope
from jobs import actions as jobs
from jobs.models import Job
from reports.actions import editions as actions
from reports.actions import months, packages
from reports.queries.editions import KIND
from reports.queries.packages import KIND as PACKAGE


@shared_task(name=KIND, soft_time_limit=600)
def make_edition(*, job_id: int) -> None:
    """Make what a job asks for. The job belongs to no hub; the figures' scope is entered when they are read."""
    jobs.perform(job_id=job_id, scope=Scope(), make=_made, clock=timezone.now)


@shared_task(name=PACKAGE, soft_time_limit=3000)
def make_package(*, job_id: int) -> None:
    """Make what is missing of a package. The figures' scope is entered when they are read."""
    jobs.perform(job_id=job_id, scope=Scope(), make=_package, clock=timezone.now)
    packages.tell_subscribers(at=timezone.now())


@shared_task(name="reports.order_packages")
def order_packages() -> None:
    """What was published gets its package, and whoever wants to know is told: due minus done."""
    packages.order_due(at=timezone.now())
    packages.tell_subscribers(at=timezone.now())


@shared_task(name="reports.open_months")
def open_months() -> None:
    """A month that is over waits for the hubs from its first day on."""
    months.open_months(today=timezone.localdate())


def _made(job: Job, progress: jobs.Progress) -> jobs.Product:
    return actions.make_edition(job=job, progress=progress, clock=timezone.now)


def _package(job: Job, progress: jobs.Progress) -> jobs.Product:
    return packages.make_package(job=job, progress=progress, clock=timezone.now)
