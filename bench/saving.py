"""Saving a consultation, whole request, against bare Django views that insert one row under the same server
(bench.server): gunicorn in a process of its own, one client on one connection, turn by turn."""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from django.utils import timezone

from bench.database import administer
from bench.measures import NotThere, address_of, p95, some_cases
from bench.world import _prose
from directory.models import SupportOrganization, SupportProgram
from hubs.models import Hub

RUNS = 150


def measure(name: str, signed_in: Client, hub: Hub) -> dict[str, float]:
    """Milliseconds of all three. Raises NotThere."""
    administer("CREATE TABLE bench_row (id bigserial PRIMARY KEY, content text NOT NULL)", database=name)
    address = address_of("consultations:new", hub.slug)
    cases = some_cases(hub)
    addresses = {"save": address, "plain": "/plain/", "naked": "/naked/"}
    times: dict[str, list[float]] = {which: [] for which in addresses}
    with _served(name) as port:
        line = http.client.HTTPConnection("127.0.0.1", port)
        token = _get_new_csrf_string()
        headers = _headers(signed_in, token)
        for run in range(RUNS + 20):
            case = cases[run % len(cases)]
            fields = _fields(case.pk, case.enterprise_id) | {"csrfmiddlewaretoken": token}
            for which, target in addresses.items():
                times[which].append(_post(line, target, fields, headers))
    kept = {which: found[20:] for which, found in times.items()}  # the first ones warm the server
    return {which: p95(found) for which, found in kept.items()} | {
        f"{which}, median": statistics.median(found) for which, found in kept.items()
    }


def _fields(case: int, enterprise: int) -> dict[str, object]:
    """What a coordinator would send: a note of ordinary length, an organization, a programme."""
    return {
        "client_id": uuid.uuid4(), "enterprise": enterprise, "case": case, "held_on": timezone.localdate().isoformat(),
        "method": "visit_to_hub", "minutes": 60, "themes": ["channels", "digital"], "content": _prose(160),
        "advice": _prose(100), "next_step": "次回までに試算表を用意する。",
        "introduced": list(SupportProgram.objects.values_list("pk", flat=True)[:1]),
        "referred": list(SupportOrganization.objects.filter(prefecture_id=13).values_list("pk", flat=True)[:1]),
    }  # fmt: skip


def _headers(signed_in: Client, token: str) -> dict[str, str]:
    session = signed_in.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={token}"
    return {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}


def _post(line: http.client.HTTPConnection, address: str, fields: dict[str, object], headers: dict[str, str]) -> float:
    body = urlencode(fields, doseq=True)
    began = time.perf_counter()
    line.request("POST", address, body, headers)
    response = line.getresponse()
    text = response.read()
    took = (time.perf_counter() - began) * 1000
    if response.status != 302 or response.getheader("Location", "").startswith("/accounts/"):
        raise NotThere(f"{address} answered {response.status} {text[:2000].decode(errors='replace')}")
    return took


@contextmanager
def _served(name: str) -> Iterator[int]:
    """gunicorn as `make run` starts it, with one worker, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    command = [sys.executable, "-m", "gunicorn", "bench.server:application", "--bind", f"127.0.0.1:{port}",
               "--workers", "1", "--threads", "4", "--log-level", "error"]  # fmt: skip
    server = subprocess.Popen(command, env=os.environ | {"DATABASE_URL": url})
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()
