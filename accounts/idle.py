"""When nobody is there any more, the session ends.

What counts is what a person does. A request with `X-Background: 1` (a draft that saves itself, a progress bar)
is answered but does not make the session live longer: the time of the last other request stands in the session.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

ACTIVE_AT = "active_at"  # seconds since 1970, in the session
PRECISION = 30  # seconds; the session is not written anew at every click, and may end that much earlier


class Idle:
    """Middleware. Stands right after the sessions', before anybody asks who the user is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.get_response(request)
        now = int(time.time())
        if now - request.session.get(ACTIVE_AT, now) >= settings.IDLE_MINUTES * 60:
            request.session.flush()
        elif not is_background(request) and not request.session.is_empty() and is_stale(request, now):
            request.session[ACTIVE_AT] = now
        return kept_by_nobody(request, self.get_response(request))


def is_stale(request: HttpRequest, now: int) -> bool:
    """Whether the time in the session is too old to stand for now."""
    return now - request.session.get(ACTIVE_AT, 0) >= PRECISION


def kept_by_nobody(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Pages of people who are signed in stay in no cache: the next person at this machine sees nothing."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and "Cache-Control" not in response:
        response["Cache-Control"] = "private, no-store"
    return response


def is_background(request: HttpRequest) -> bool:
    """Whether the browser sent this on its own, without anybody doing anything."""
    return request.headers.get("X-Background") == "1"
