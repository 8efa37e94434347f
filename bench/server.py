"""What gunicorn serves while saving is measured: the real application, and beside it below /bare/ a Django view
without any middleware that inserts one row. Same server, same process, same database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import path

from yorozu.wsgi import application as real_application

TABLE = "CREATE TABLE bench_row (id bigserial PRIMARY KEY, content text NOT NULL)"


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
    return HttpResponse(status=302, headers={"Location": "/bare/"})


urlpatterns = [path("bare/", insert)]


class _Bare(WSGIHandler):
    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._middleware_chain = self._answer

    def _answer(self, request: HttpRequest) -> HttpResponse:
        request.urlconf = "bench.server"  # type: ignore[attr-defined]
        return self._get_response(request)


_bare = _Bare()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Choose by the path."""
    chosen = _bare if environ["PATH_INFO"].startswith("/bare/") else real_application
    return chosen(environ, start_response)
