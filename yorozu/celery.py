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
    "metrics: look how fresh the records are": {"task": "metrics.take_pulse", "schedule": crontab(minute="35")},
    "metrics: recount two years every night": {
        "task": "metrics.recount_years",
        "schedule": crontab(hour="3", minute="10"),
    },
    "consultations: find likely pairs": {"task": "consultations.find_pairs", "schedule": 20.0},
    "consultations: scan waiting files": {"task": "consultations.scan_waiting", "schedule": 60.0},
    "consultations: clear stored files": {
        "task": "consultations.clear_files",
        "schedule": crontab(hour="4", minute="20"),
    },
    "consultations: make due follow-ups": {
        "task": "consultations.make_due_follow_ups",
        "schedule": crontab(hour="5", minute="10"),
    },
    "consultations: count pairs for similar cases": {"task": "consultations.count_grams", "schedule": 900.0},
    "webhooks: tell other systems": {"task": "webhooks.tell", "schedule": 15.0},
    "webhooks: forget old deliveries": {"task": "webhooks.forget_old", "schedule": crontab(hour="4", minute="20")},
    "consultations: anonymise what has been kept long enough": {
        "task": "consultations.anonymise_due",
        "schedule": crontab(hour="2", minute="20"),
    },
    "consultations: forget old drafts": {
        "task": "consultations.forget_old_drafts",
        "schedule": crontab(hour="2", minute="10"),
    },
    "booking: settle those whose consultation is there": {"task": "booking.settle", "schedule": 30.0},
    "booking: remind who comes tomorrow": {"task": "booking.remind", "schedule": crontab(hour="9-20", minute="0")},
    "booking: forget strangers": {"task": "booking.forget_strangers", "schedule": crontab(hour="2", minute="30")},
    "exchange: wipe old imports": {"task": "exchange.wipe_old", "schedule": crontab(hour="2", minute="50")},
    "reports: open the month that is over": {"task": "reports.open_months", "schedule": crontab(minute="0")},
    "reports: end reopenings": {"task": "reports.end_reopenings", "schedule": 60.0},
    "reports: remind of months": {"task": "reports.chase_months", "schedule": crontab(hour="8-17", minute="35")},
    "reports: order what was published, tell subscribers": {"task": "reports.order_packages", "schedule": 60.0},
    "jobs: send lost jobs again": {"task": "jobs.send_lost_again", "schedule": 30.0},
    "jobs: remove expired results": {"task": "jobs.remove_expired", "schedule": 3600.0},
    "letters: send what is due": {"task": "letters.send_due", "schedule": 30.0},
    "referrals: ask again": {"task": "referrals.chase_due", "schedule": crontab(hour="9-17", minute="5")},
    "referrals: tell what was answered": {"task": "referrals.tell_answers", "schedule": 120.0},
    "referrals: close links that ended": {"task": "referrals.end_links", "schedule": crontab(minute="20")},
    "sharing: tell, take in and close what is due": {"task": "sharing.keep_up", "schedule": 300.0},
    "letters: wipe old ones": {"task": "letters.wipe_old", "schedule": crontab(hour="2", minute="40")},
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
