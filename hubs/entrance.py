"""The door that every request comes through: who asks, may they, and what exists for them.

A view names its `reach` and its `permission` (hubs.doors). The entrance checks both, enters the scope inside
one transaction (read-only for GET), runs the view and renders its page within it, and writes down
afterwards what was looked at. Views of third parties stand in OTHER_DOORS. A URL without a door is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.adapter import address_of
from accounts.second_factor import has_second_factor
from audit import trail
from hubs import access
from hubs.doors import Reach, asked_by_script
from hubs.models import Hub
from hubs.tenancy import HUB_IDS, Scope, become, entered

# Refusals whose page shows what stands in the database: a form with errors, somebody else's edit.
SHOWING = frozenset({400, 409, 422})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

# Views that are not ours, by the first part of their path. `None`: they guard themselves and see no hub's row.
OTHER_DOORS: dict[str, Reach] = {
    "accounts": Reach.SELF_GUARDED,  # django-allauth
    "admin": Reach.ADMINISTRATION,
    "i18n": Reach.SELF_GUARDED,  # Django's language switch
    "static": Reach.SELF_GUARDED,
}


class NoDoor(RuntimeError):
    """A URL without a decision about who may open it."""


class Entrance:
    """Middleware. Stands last, so that CSRF, sessions and messages have done their part."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.looks = []  # type: ignore[attr-defined]
        with trail.coming_from(address_of(request)):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: list, kwargs: dict
    ) -> HttpResponseBase | None:
        """Run the view inside its scope, or turn the visitor away."""
        view_class = getattr(view, "view_class", None) or getattr(view, "cls", None)
        reach = getattr(view_class, "reach", None) or other_door(request.path_info)
        permission = getattr(view_class, "permission", None)
        if reach is Reach.SELF_GUARDED:
            return None
        if reach is Reach.PUBLIC:
            with entered(Scope(), read_only=request.method in SAFE):
                return _seen(request, Scope(), view, args, kwargs)
        if reach is Reach.LINK:
            return _by_link(request, view, args, kwargs)
        user = request.user
        if not user.is_authenticated:
            return _unknown(request, view_class)
        # One transaction: first only to ask who this is, then in the scope that follows from it.
        with entered(Scope(user_id=user.pk), read_only=request.method in SAFE):
            access.learn(user)
            hub = _hub(user, kwargs)
            if hub is not None and reach is Reach.HUB_RECORDS:
                access.learn_openings(user, hub, timezone.now())
            request.hub = hub  # type: ignore[attr-defined]
            if refusal := _second_factor(request, view_class) or _refusal(request, hub, permission, reach):
                return refusal
            scope = scope_for(reach, user, hub)
            with become(scope):
                response = _seen(request, scope, view, args, kwargs)
        _write_down_looks(request, response)
        return response


def other_door(path: str) -> Reach:
    """The reach of a view that is not ours. Raises NoDoor."""
    try:
        return OTHER_DOORS[path.strip("/").split("/", 1)[0]]
    except KeyError:
        raise NoDoor(f"{path} names no reach") from None


def scope_for(reach: Reach, user: Any, hub: Hub | None) -> Scope:
    """What exists for a user behind a door."""
    match reach:
        case Reach.HUB_RECORDS:
            assert hub is not None
            return Scope.of_hub(hub.pk, user_id=user.pk)
        case Reach.HUB_FIGURES:
            assert hub is not None
            return Scope.of_figures([hub.pk], user_id=user.pk)
        case Reach.NATION_FIGURES:
            return Scope.of_figures(access.figure_hub_ids(user), user_id=user.pk)
        case Reach.ADMINISTRATION:
            return Scope.of_figures(HUB_IDS, user_id=user.pk)
        case Reach.NATION_TRAIL:
            return Scope(frozenset(HUB_IDS), frozenset(HUB_IDS), user.pk)
        case _:
            return Scope(user_id=user.pk)


def _holds(request: HttpRequest, permission: str, hub: Hub | None, reach: Reach | None) -> bool:
    user: Any = request.user
    if reach in (Reach.NATION_FIGURES, Reach.NATION_TRAIL):
        return access.holds_nationally(user, permission)
    if hub is not None and reach is Reach.HUB_RECORDS and request.method not in SAFE:
        return user.has_perm(permission, hub) and not access.reads_by_opening(user, hub)
    return user.has_perm(permission, hub)


def _hub(user: Any, kwargs: dict[str, Any]) -> Hub | None:
    slug = kwargs.pop("hub", None)
    if slug is None:
        return None
    for membership in access.memberships_of(user):
        if membership.hub is not None and membership.hub.slug == slug:
            return membership.hub
    hub = Hub.objects.select_related("prefecture").filter(slug=slug).first()
    if hub is None:
        raise Http404
    return hub


def _refusal(
    request: HttpRequest, hub: Hub | None, permission: str | None, reach: Reach | None
) -> HttpResponseBase | None:
    """Turn away who may not. None for who may; an answer for who has something to do first."""
    user = request.user
    if hub is not None and not access.permissions_of(user, hub):
        raise Http404  # a stranger is not told that it exists
    if permission is not None and not _holds(request, permission, hub, reach):
        return _without_right(request, hub, permission)
    if reach is Reach.ADMINISTRATION and not user.has_perm(access.Permission.ADMINISTER):
        raise Http404
    return None


def _seen(
    request: HttpRequest, scope: Scope, view: Callable[..., HttpResponseBase], args: list, kwargs: dict
) -> HttpResponseBase:
    """Run the view and render its page while the scope holds."""
    request.scope = scope  # type: ignore[attr-defined]
    response = view(request, *args, **kwargs)
    if hasattr(response, "render") and callable(response.render):
        response = response.render()
    if response.status_code >= 400:
        transaction.set_rollback(True)  # refused means that nothing of it was kept
    return response


def _by_link(request: HttpRequest, view: Callable[..., HttpResponseBase], args: list, kwargs: dict) -> HttpResponseBase:
    """Whoever has the link. What was seen, and every refusal, is written down."""
    scope = Scope.of_link(kwargs["token"])
    with entered(scope, read_only=request.method in SAFE):
        response = _seen(request, scope, view, args, kwargs)
    if request.looks:  # type: ignore[attr-defined]
        _write_down(request, by=None)
    return response


def _write_down_looks(request: HttpRequest, response: HttpResponseBase) -> None:
    """What was looked at, unless it was refused."""
    if request.looks and (response.status_code < 400 or response.status_code in SHOWING):  # type: ignore[attr-defined]
        _write_down(request, by=request.user)


def _write_down(request: HttpRequest, *, by: Any) -> None:
    """In a transaction of its own: the page's was read-only. The trail lets anybody add, so no scope is needed."""
    with transaction.atomic():
        trail.write(request.looks, by=by, at=timezone.now())  # type: ignore[attr-defined]


def _unknown(request: HttpRequest, view_class: Any) -> HttpResponseBase:
    if getattr(view_class, "is_api", False):
        return JsonResponse({"detail": "Authentication credentials were not provided."}, status=401)
    if asked_by_script(request):
        return HttpResponse(status=401)
    return redirect_to_login(request.get_full_path())


def _second_factor(request: HttpRequest, view_class: Any) -> HttpResponseBase | None:
    user = request.user
    if not access.needs_second_factor(user) or has_second_factor(user):
        return None
    if getattr(view_class, "is_api", False):
        return JsonResponse({"detail": "A second factor is required."}, status=403)
    return redirect("mfa_index")


def _without_right(request: HttpRequest, hub: Hub | None, permission: str) -> HttpResponseBase:
    """Headquarters may open records with a reason; everybody else is refused."""
    may_open = hub is not None and permission == access.Permission.VIEW_RECORDS
    if may_open and request.user.has_perm(access.Permission.OPEN_RECORDS, hub):
        target = reverse("hubs:opening", args=[hub.slug])  # type: ignore[union-attr]
        if request.method in SAFE and not request.path_info.startswith("/api/"):  # a program cannot write a reason
            return redirect(f"{target}?{urlencode({'next': request.get_full_path()})}")
    raise PermissionDenied
