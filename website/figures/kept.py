"""What the public reads is made once and kept ready until something is published: a reader costs one look into the
cache and no question to the database, whoever they are."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import parse_http_date_safe

from reports import publishing

PREFIX = "/figures/"
KEPT_SECONDS = 24 * 3600  # an upper bound: publishing begins a new edition
KEPT_HEADERS = ("Content-Type", "Content-Disposition", "Last-Modified", "Access-Control-Allow-Origin")
FRESH = "public, max-age=300"


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
        if answer is None:
            response = self.get_response(request)
            if response.status_code != 200:
                return response
            answer = Answer.of(response)
            with contextlib.suppress(Exception):  # without the cache it is made again
                cache.set(key, answer, KEPT_SECONDS)
        return answer.to(request)


def _key(request: HttpRequest) -> str:
    """By the address alone: what is behind a question mark changes nothing. "" where the cache cannot be reached."""
    with contextlib.suppress(Exception):
        return f"figures:{publishing.edition()}:{hashlib.sha256(request.path_info.encode()).hexdigest()}"
    return ""


def _found(key: str) -> Answer | None:
    with contextlib.suppress(Exception):
        return cache.get(key) if key else None
    return None
