"""Upkeep of jobs: due minus done, so that running it twice is harmless."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from hubs.tenancy import HUB_IDS, Scope, entered
from jobs import actions
from jobs.models import Job

EVERY_JOB = Scope.of_figures(HUB_IDS)


@shared_task(name="jobs.remove_expired")
def remove_expired() -> None:
    """Delete the files whose time is over, and those that were withdrawn, each in its own transaction."""
    at = timezone.now()
    with entered(EVERY_JOB):
        due, left = list(Job.objects.expired(at)), list(Job.objects.left_behind())
    for job in due:
        with entered(EVERY_JOB):
            actions.expire(job=job, at=at)
    for job in left:
        with entered(EVERY_JOB):
            actions.clear_left_behind(job=job)


@shared_task(name="jobs.send_lost_again")
def send_lost_again() -> None:
    """Send those again whose worker died or whose message was lost."""
    at = timezone.now()
    with entered(EVERY_JOB):
        due = list(Job.objects.overdue(at))
    for job in due:
        with entered(EVERY_JOB):
            actions.send_again(job=job, at=at)
