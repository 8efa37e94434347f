"""/healthz and /readyz: asked every few seconds by whatever runs us, so answered before sessions and pages."""

from __future__ import annotations

from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from jobs.queries import worker_is_alive


class Probes:
    """Middleware. `/healthz`: the process lives. `/readyz`: it can work; otherwise 503 and what cannot."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz":
            return HttpResponse("ok", content_type="text/plain")
        if request.path_info == "/readyz":
            found = {name: check() for name, check in CHECKS.items()}
            return JsonResponse(found, status=200 if set(found.values()) == {"ok"} else 503)
        return self.get_response(request)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # whatever it is, we are not ready
        return "unreachable"
    return "ok"


def _migrations() -> str:
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Exception:  # whatever it is, we are not ready
        return "unknown"
    return "ok" if not missing else f"{len(missing)} to apply"


def _redis() -> str:
    try:
        cache.set("readyz", 1, 5)
    except Exception:  # whatever it is, we are not ready
        return "unreachable"
    return "ok"


def _worker() -> str:
    try:
        return "ok" if worker_is_alive() else "no heartbeat"
    except Exception:  # whatever it is, we are not ready
        return "unknown"


CHECKS = {"database": _database, "migrations": _migrations, "redis": _redis, "worker": _worker}
