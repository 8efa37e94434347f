"""What a view says about itself: how far it reaches and which right it asks for."""

from __future__ import annotations

from enum import Enum
from typing import Any, ClassVar, cast

from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts.adapter import address_of
from accounts.models import User
from audit.trail import Line
from foundation.limits import is_over, too_often
from hubs.models import Hub

ASKED_A_MINUTE, REFUSED_AN_HOUR = 60, 20  # by one network address, of pages that a link opens


class Reach(Enum):
    """Whose rows exist while a view runs."""

    PUBLIC = "public"  # nobody's
    LINK = "link"  # what the link in the address was made for; its token is the key, nobody need be signed in
    SELF_GUARDED = "self-guarded"  # a third party's view that asks for sign-in itself; nobody's rows
    OWN = "own"  # what belongs to the person who asks
    HUB_RECORDS = "hub records"  # everything of the hub in the URL
    HUB_FIGURES = "hub figures"  # its figures, roster and appointments, no record
    NATION_FIGURES = "nation figures"  # every hub's figures, no record
    NATION_TRAIL = "nation trail"  # every hub's audit trail
    ADMINISTRATION = "administration"  # Django's administration site


class Door(View):
    """Base of every page. Subclasses state `reach` and `permission`; hubs.entrance keeps the door."""

    reach: ClassVar[Reach]
    permission: ClassVar[str | None] = None

    request: HttpRequest

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """An address that is only posted to is opened all the same: after signing in again, by switching the language
        of a refused form, by reloading. Whoever does so means the page above it."""
        if request.method == "GET" and not asked_by_script(request):
            return redirect(page_above(request.path))
        return super().http_method_not_allowed(request, *args, **kwargs)

    @property
    def hub(self) -> Hub:
        """The hub in the URL."""
        return self.request.hub  # type: ignore[attr-defined]

    @property
    def person(self) -> User:
        """Who asks. Signed in: the entrance has seen to it."""
        return cast(User, self.request.user)


def asked_by_script(request: HttpRequest) -> bool:
    """Whether a script asks, and no person looks at the answer as a page."""
    return bool(request.headers.get("HX-Request")) or request.headers.get("X-Requested-With") == "fetch"


def page_above(path: str) -> str:
    """The nearest address above one that can be opened; the front page where there is none."""
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        try:
            view = resolve(path).func
        except Resolver404:
            continue
        if hasattr(getattr(view, "view_class", None), "get"):
            return path
    return "/"


# The link itself is what a form must know; there is no session to ride on, so there is nothing to forge. And a page
# that sends no referrer sends no origin either, which the usual protection asks for.
@method_decorator(csrf_exempt, name="dispatch")
class LinkDoor(Door):
    """Base of pages whose address is their key: nobody tries many, no cache and no other site learns of it."""

    reach: ClassVar[Reach] = Reach.LINK

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        who = address_of(request)
        self.refusals = f"link-refused:{who}"
        if too_often(f"link-asked:{who}", ASKED_A_MINUTE, 60) or is_over(self.refusals, REFUSED_AN_HOUR):
            response: HttpResponseBase = render(request, "429.html", status=429)
        else:
            response = self.opened(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def opened(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer: subclasses first look whether the link opens anything."""
        return super().dispatch(request, *args, **kwargs)

    def count_refusal(self) -> None:
        """The link opened nothing: whoever tries many is stopped."""
        too_often(self.refusals, REFUSED_AN_HOUR, 3600)


def looked_at(
    request: HttpRequest, action: str, *, on: models.Model | None = None, of: Hub | None = None, **detail: Any
) -> None:
    """Note that a client's record was shown, searched or exported. The entrance writes it after the view, into the
    trail of the hub in the URL, or `of` another one whose client it was."""
    hub = of or getattr(request, "hub", None)
    line = Line(action, on=on, hub_id=hub.pk if hub is not None else None, detail=detail)
    request.looks.append(line)  # type: ignore[attr-defined]
