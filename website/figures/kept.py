"""What the public reads is made once and kept ready until something is published: a reader costs one look into the
cache and no question to the database, whoever they are.

After a publication nothing is ready, and everybody comes at once. Then one request makes an answer, in whichever
process; who asks for the same one waits a few seconds for it, since making it a second time would only slow the
first. Making and waiting take a thread, and coordinators write their notes with the same threads: so a process gives
two of its four to answers that are not ready, and any further reader is told at once to come again in two seconds,
which browsers do by themselves. What is ready is never refused."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import parse_http_date_safe

from reports import publishing
from reports.publishing import cache

PREFIX = "/figures/"
KEPT_SECONDS = 24 * 3600  # an upper bound: publishing begins a new edition
KEPT_HEADERS = ("Content-Type", "Content-Disposition", "Last-Modified", "Access-Control-Allow-Origin")
FRESH = "public, max-age=300"
MAKING_SECONDS = 20  # whoever began to make an answer and did not come back is not waited for any longer
WAIT_SECONDS, LOOK_SECONDS = 4, 0.1
COME_AGAIN_SECONDS = 2
PLACES = threading.BoundedSemaphore(2)  # of a process's threads (Dockerfile: 4), for answers that are not ready


@dataclass(frozen=True)
class Answer:
    """A page or file as it is kept: packed, and with the headers that belong to it. It is the same for everybody."""

    packed: bytes
    headers: dict[str, str]
    etag: str

    @classmethod
    def of(cls, response: HttpResponse) -> Answer:
        headers = {name: response[name] for name in KEPT_HEADERS if name in response}
        digest = hashlib.sha256(response.content).hexdigest()
        return cls(gzip.compress(response.content, mtime=0), headers, f'W/"{digest[:32]}"')

    def to(self, request: HttpRequest) -> HttpResponse:
        """As this reader asks for it: packed or not, or only that they have it already."""
        is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
        content = self.packed if is_packed else gzip.decompress(self.packed)
        headers = self.headers | {"ETag": self.etag, "Cache-Control": FRESH, "Vary": "Accept-Encoding"}
        headers |= {"Content-Language": "ja", "Content-Length": str(len(content))}
        if is_packed:
            headers["Content-Encoding"] = "gzip"
        response = HttpResponse(content, headers=headers)
        modified = parse_http_date_safe(headers["Last-Modified"]) if "Last-Modified" in headers else None
        found = get_conditional_response(request, etag=self.etag, last_modified=modified, response=response)
        return cast(HttpResponse, found)  # given a response, it answers one


class Kept:
    """Middleware. Stands before sessions and sign-in: no cookie is read and none is set."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX) or request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        key = _key(request)
        answer = _found(key)
        if answer is not None:
            return answer.to(request)
        if not PLACES.acquire(blocking=False):
            return _come_again()
        try:
            return self._made_once(request, key)
        finally:
            PLACES.release()

    def _made_once(self, request: HttpRequest, key: str) -> HttpResponse:
        """Made here, or by whoever began before."""
        until = time.monotonic() + WAIT_SECONDS
        while not _is_ours(key):
            if time.monotonic() > until:
                return _come_again()
            time.sleep(LOOK_SECONDS)
            if (answer := _found(key)) is not None:
                return answer.to(request)
        began = time.monotonic()
        try:
            if (answer := _found(key)) is not None:  # ready since we first looked
                return answer.to(request)
            response = self.get_response(request)
            if response.status_code != 200:
                return response
            answer = Answer.of(response)
            with contextlib.suppress(Exception):  # without the cache it is made again
                cache.set(key, answer, KEPT_SECONDS)
            return answer.to(request)
        finally:
            if time.monotonic() - began < MAKING_SECONDS:  # later it may be somebody else's
                with contextlib.suppress(Exception):
                    cache.delete(_making(key))


def _key(request: HttpRequest) -> str:
    """By the address alone: what is behind a question mark changes nothing. "" where the cache cannot be reached."""
    with contextlib.suppress(Exception):
        return f"figures:{publishing.edition()}:{hashlib.sha256(request.path_info.encode()).hexdigest()}"
    return ""


def _found(key: str) -> Answer | None:
    with contextlib.suppress(Exception):
        return cache.get(key) if key else None
    return None


def _making(key: str) -> str:
    return f"{key}:making"


def _is_ours(key: str) -> bool:
    """Whether nobody else makes this answer: then we do. Without the cache nobody can know, and everybody does."""
    with contextlib.suppress(Exception):
        return not key or bool(cache.add(_making(key), 1, MAKING_SECONDS))
    return True


def _come_again() -> HttpResponse:
    with translation.override("ja"):
        content = render_to_string("website/figures_later.html", {"seconds": COME_AGAIN_SECONDS})
    again = str(COME_AGAIN_SECONDS)
    headers = {"Retry-After": again, "Refresh": again, "Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"}
    return HttpResponse(content, status=503, headers=headers)
