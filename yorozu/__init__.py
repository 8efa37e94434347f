"""Wiring: settings, URLs, Celery, WSGI, the embedded services, the demonstration. Imported by no room."""

from yorozu.celery import app as celery_app

__all__ = ["celery_app"]
