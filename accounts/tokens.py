"""Programs sign in with a token instead of a session: `Authorization: Bearer yrz_…`, below /api/ only."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from accounts import actions, queries
from accounts.models import ApiToken, User

MARK = "yrz_"  # so that a scanner finds one that was left in a repository
REALM = "Bearer"


def fresh_secret() -> str:
    """A new token's secret: 256 bits, not to be guessed."""
    return MARK + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is kept of it. A plain hash will do: there is nothing to guess in 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Tokens:
    """Middleware. Stands behind Django's authentication and, where a token is shown, overrules it: a program that
    sends both a cookie and a token is the token's owner."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        secret = shown_by(request)
        if secret is None:
            return self.get_response(request)
        token = queries.token_alive(digest=digest_of(secret), at=timezone.now())
        if token is None:
            answer = JsonResponse({"detail": "The token is unknown, expired or revoked."}, status=401)
            answer["WWW-Authenticate"] = f'{REALM} error="invalid_token"'
            return answer
        request.user, request.token = token.user, token  # type: ignore[attr-defined]
        response = self.get_response(request)
        actions.note_token_use(token=token, at=timezone.now())
        return response


def shown_by(request: HttpRequest) -> str | None:
    """The token in a request to the API, if there is one."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if request.path_info.startswith("/api/") and scheme.lower() == "bearer" else None


class ByToken(BaseAuthentication):
    """Tells the API's framework what the middleware found out. First in the list, so that a 401 says `Bearer`."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        token = getattr(request._request, "token", None)
        return (token.user, token) if token is not None else None

    def authenticate_header(self, request: Request) -> str:
        return REALM


class ByTokenDescribed(OpenApiAuthenticationExtension):
    """How the schema describes it."""

    target_class = "accounts.tokens.ByToken"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class ApiRate(SimpleRateThrottle):
    """So many requests a minute for each person, with a session or with whichever of their tokens: a second token is
    not a second allowance. Writing less often than reading. Counted together by all web servers, in Redis."""

    scope = "api"

    def get_rate(self) -> str:
        return settings.API_RATE

    def get_cache_key(self, request: Request, view: Any) -> str:
        return f"api-rate:{self.scope}:user:{request.user.pk or self.get_ident(request)}"


class ApiWriteRate(ApiRate):
    """Of these, requests that change something."""

    scope = "write"

    def get_rate(self) -> str:
        return settings.API_WRITE_RATE

    def allow_request(self, request: Request, view: Any) -> bool:
        return request.method in ("GET", "HEAD", "OPTIONS") or super().allow_request(request, view)
