"""Celery and the whole beat table."""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import heartbeat_sent, worker_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yorozu.settings")

app = Celery("yorozu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "metrics: recount what has changed": {"task": "metrics.recount_touched", "schedule": 15.0},
    "metrics: recount two years every night": {
        "task": "metrics.recount_years",
        "schedule": crontab(hour="3", minute="10"),
    },
    "jobs: send lost jobs again": {"task": "jobs.send_lost_again", "schedule": 30.0},
    "jobs: remove expired results": {"task": "jobs.remove_expired", "schedule": 3600.0},
}

HEARTBEAT_SECONDS = 30


@worker_ready.connect
@heartbeat_sent.connect
def note_heartbeat(**_: object) -> None:
    """Every two seconds, from the worker's own heart: /readyz looks for it."""
    from django.core.cache import cache

    from jobs.queries import WORKER_HEARTBEAT

    cache.set(WORKER_HEARTBEAT, 1, HEARTBEAT_SECONDS)


@worker_init.connect
def refuse_unsafe_worker(**_: object) -> None:
    """A worker that could see everything is as dangerous as a web server that could."""
    from django.core.exceptions import ImproperlyConfigured

    from yorozu.safety import refuse_unsafe_start

    try:
        refuse_unsafe_start()
    except ImproperlyConfigured as problem:
        raise SystemExit(str(problem)) from problem  # anything less Celery logs and carries on
