"""The front page and the pages for when something is wrong."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions as accounts
from accounts.choices import TokenScope
from accounts.tokens import digest_of, fresh_secret
from foundation.periods import midnight
from hubs import access
from hubs.choices import Role
from hubs.doors import Door, Reach
from hubs.models import Hub
from metrics.indicators import INDICATORS
from website.forms import TokenForm


class Home(Door):
    """GET /: what this is, for visitors; for people who are signed in, the way to their desk."""

    reach: ClassVar[Reach] = Reach.PUBLIC

    def get(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect(desk_of(request.user))
        return render(
            request, "website/home.html", {"prefectures": Hub.objects.select_related("prefecture").order_by("pk")}
        )


def desk_of(user: Any) -> str:
    """Where somebody begins: desk, hub, the agency's page, the nation, the administration, or why there is nothing."""
    hub = access.own_hub(user)
    if hub is not None:
        works_there = user.has_perm(access.Permission.LOG_CONSULTATION, hub)
        return reverse("hubs:desk" if works_there else "hubs:home", args=[hub.slug])
    if Role.AGENCY in access.roles_of(user):
        return reverse("agency:home")
    if user.has_perm(access.Permission.VIEW_NATION):
        return reverse("nation:month")
    if user.has_perm(access.Permission.VIEW_HUB):
        return reverse("website:my_hubs")
    if user.has_perm(access.Permission.ADMINISTER):
        return reverse("admin:index")
    return reverse("website:no_role")


class NoRole(Door):
    """GET /no-role/: signed in, but no role today."""

    reach: ClassVar[Reach] = Reach.OWN

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "website/no_role.html", status=403)


class MyHubs(Door):
    """GET /my-hubs/: for advisors and evaluators with several hubs."""

    reach: ClassVar[Reach] = Reach.OWN

    def get(self, request: HttpRequest) -> HttpResponse:
        hubs = [m.hub for m in access.memberships_of(request.user) if m.hub is not None]
        return render(request, "website/my_hubs.html", {"hubs": sorted(set(hubs), key=lambda hub: hub.pk)})


class Definitions(Door):
    """GET /definitions/: every indicator as it is counted, and as it was. Public."""

    reach: ClassVar[Reach] = Reach.PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "website/definitions.html", {"definitions": INDICATORS.histories()})


class TokenList(Door):
    """GET /tokens/: the keys of one's programs. POST: a new one, whose secret this answer shows and nothing keeps."""

    reach: ClassVar[Reach] = Reach.OWN
    permission: ClassVar[str | None] = access.Permission.USE_API

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        secret, values = fresh_secret(), form.cleaned_data
        try:
            token = accounts.issue_token(
                user=self.person, name=values["name"], scopes=values["scopes"], digest=digest_of(secret),
                beginning=secret[:10], expires_at=midnight(values["expires_on"] + dt.timedelta(days=1)),
                at=timezone.now(),
            )  # fmt: skip
        except accounts.TooManyTokens:
            form.add_error(
                None,
                _("有効なトークンは1人%(count)d個までです。使わないものを取り消してから発行してください。")
                % {"count": accounts.TOKENS_EACH},
            )
            return self.page(form, status=409)
        return self.page(self.form(), secret=secret, made=token)

    def form(self, *args: Any) -> TokenForm:
        return TokenForm(*args, user=self.person, today=timezone.localdate())

    def page(self, form: TokenForm, *, status: int = 200, **more: Any) -> HttpResponse:
        tokens = list(self.person.tokens.newest_first()[:50])
        context = {"form": form, "tokens": tokens, "labels": dict(TokenScope.choices), "now": timezone.now()}
        return render(self.request, "website/token_list.html", context | more, status=status)


class TokenRevocation(Door):
    """POST /tokens/<pk>/revocation/: the token opens nothing any more."""

    reach: ClassVar[Reach] = Reach.OWN
    permission: ClassVar[str | None] = access.Permission.USE_API
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        token = get_object_or_404(self.person.tokens, pk=pk)
        accounts.revoke_token(token=token, by=self.person, at=timezone.now())
        messages.success(request, _("トークンを取り消しました。"))
        return redirect("website:tokens")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _problem(request, 400, str(exception or ""))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _problem(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _problem(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _problem(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _problem(request, 403, csrf=True)


def _problem(request: HttpRequest, code: int, message: str = "", *, csrf: bool = False) -> HttpResponse:
    if request.path_info.startswith("/api/"):  # programs read JSON, also where no view was reached
        return JsonResponse({"detail": message or HTTPStatus(code).phrase}, status=code)
    # No context processor here: the request may be half made, and a 500 must not fail again.
    page = {"code": code, "message": message, "csrf": csrf, "request": request}
    return HttpResponse(render_to_string("website/problem.html", page), status=code)
