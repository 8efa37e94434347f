"""Counting in the background. The beat table is in yorozu/celery.py."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from metrics import actions
from metrics.pulse import take_pulse as take


@shared_task(name="metrics.recount_touched")
def recount_touched() -> None:
    """Count what has changed. Enters the nation's scope itself."""
    actions.recount_touched(at=timezone.now())


@shared_task(name="metrics.recount_years")
def recount_years() -> None:
    """Every night, this fiscal year and the one before. Catches what no trigger sees, because it changes what a
    record means and not the record: the kind of a support organization, the parent of an industry."""
    actions.recount_years(at=timezone.now())


@shared_task(name="metrics.take_pulse")
def take_pulse() -> None:
    """Look how fresh every hub's records are. Enters the nation's scope itself."""
    take(at=timezone.now())
