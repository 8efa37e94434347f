"""Counting in the background. The beat table is in yorozu/celery.py."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from metrics import actions


@shared_task(name="metrics.recount_touched")
def recount_touched() -> None:
    """Count what has changed. Enters the nation's scope itself."""
    actions.recount_touched(at=timezone.now())
