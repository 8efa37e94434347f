"""Reports are made in the background: Excel takes seconds."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from hubs.models import Hub
from hubs.tenancy import HUB_IDS, Scope, entered
from jobs import actions as jobs
from jobs.models import Job
from reports.actions import chasing, months
from reports.actions import editions as actions
from reports.queries.editions import KIND

log = logging.getLogger("yorozu.reports")


@shared_task(name=KIND, soft_time_limit=600)
def make_edition(*, job_id: int) -> None:
    """Make what a job asks for. The job belongs to no hub; the figures' scope is entered when they are read."""
    jobs.perform(job_id=job_id, scope=Scope(), make=_made, clock=timezone.now)


@shared_task(name="reports.open_months")
def open_months() -> None:
    """A month that is over waits for the hubs from its first day on."""
    months.open_months(today=timezone.localdate())


@shared_task(name="reports.chase_months")
def chase_months() -> None:
    """Remind the hubs that have not submitted, each by itself: one that fails stops nobody else. Then the digest."""
    at = timezone.now()
    for hub in Hub.objects.order_by("pk"):
        try:
            with entered(Scope.of_figures([hub.pk])):
                chasing.remind(hub=hub, at=at)
        except Exception:
            log.exception("hub %s could not be reminded of its month", hub.pk)
    with entered(Scope.of_figures(HUB_IDS)):
        chasing.tell_headquarters(at=at)


def _made(job: Job, progress: jobs.Progress) -> jobs.Product:
    return actions.make_edition(job=job, progress=progress, clock=timezone.now)
