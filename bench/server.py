"""What gunicorn serves while saving is measured: the real application and, in the same process and on the same
database, two views that do nothing but insert one row. /plain/ stands behind Django's own middleware and asks for
somebody who is signed in, as any view of a real site does: it is the limit. /naked/ has no middleware at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.handlers.wsgi import WSGIHandler
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from yorozu.wsgi import application as real_application

DJANGOS_OWN = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


class BenchRow(models.Model):
    """The one row."""

    content = models.TextField()

    class Meta:
        app_label = "bench"
        db_table = "bench_row"
        managed = False

    def __str__(self) -> str:
        return self.content[:20]


def insert(request: HttpRequest) -> HttpResponse:
    """The bare view."""
    BenchRow.objects.create(content=request.POST["content"])
    return HttpResponse(status=302, headers={"Location": "/done/"})


urlpatterns = [path("naked/", insert), path("plain/", login_required(insert))]


class _Beside(WSGIHandler):
    def __init__(self, middleware: list[str]) -> None:
        with override_settings(MIDDLEWARE=middleware):
            super().__init__()

    def _get_response(self, request: HttpRequest) -> HttpResponse:
        request.urlconf = "bench.server"  # type: ignore[attr-defined]
        return super()._get_response(request)


_APPLICATIONS = {"/naked/": _Beside([]), "/plain/": _Beside(DJANGOS_OWN)}


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Choose by the path."""
    return _APPLICATIONS.get(environ["PATH_INFO"], real_application)(environ, start_response)
