"""A hub's endpoints and what they were told."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.paging import behind, page_of, read_moment, read_place
from hubs.access import Permission
from hubs.doors import Door, Reach
from webhooks import actions
from webhooks.choices import Event
from webhooks.forms import EndpointForm
from webhooks.models import Delivery, Endpoint

PAGE_SIZE = 50


class WebhookDoor(Door):
    """A page of this room."""

    reach: ClassVar[Reach] = Reach.HUB_RECORDS
    permission: ClassVar[str | None] = Permission.MANAGE_WEBHOOKS

    def endpoint(self, pk: int) -> Endpoint:
        return get_object_or_404(Endpoint.objects.select_related("hub"), hub=self.hub, pk=pk)


class EndpointList(WebhookDoor):
    """GET: the hub's endpoints. POST: a new one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(EndpointForm())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = EndpointForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        endpoint = actions.register(hub=self.hub, by=self.person, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("通知先を登録しました。署名の鍵を相手のシステムに設定してください。"))
        return redirect(endpoint)

    def page(self, form: EndpointForm, status: int = 200) -> HttpResponse:
        endpoints = Endpoint.objects.filter(hub=self.hub).select_related("hub").order_by("-created_at", "-pk")[:50]
        context = {"hub": self.hub, "form": form, "endpoints": endpoints}
        return render(self.request, "webhooks/endpoint_list.html", context, status=status)


class EndpointPage(WebhookDoor):
    """GET: one endpoint, its secret, and what it was told, newest first."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        endpoint, place = self.endpoint(pk), read_place(request.GET, read_moment)
        rows = behind(Delivery.objects.filter(hub=self.hub, endpoint=endpoint), "made_at", place)
        found = list(rows.newest_first().prefetch_related("tries")[: PAGE_SIZE + 1])
        page = page_of(found, size=PAGE_SIZE, query=request.GET, place_of=lambda row: (row.made_at, row.pk))
        labels = dict(Event.choices)
        context = {
            "hub": self.hub, "endpoint": endpoint, "page": page, "secret": actions.secret_of(endpoint),
            "labels": labels,
            "events": [labels[code] for code in endpoint.events],
        }  # fmt: skip
        return render(request, "webhooks/endpoint_page.html", context)


class EndpointDeed(WebhookDoor):
    """Base: POST does one thing to an endpoint and leads back to it."""

    http_method_names = ["post"]
    done: ClassVar[Any] = ""

    def post(self, request: HttpRequest, pk: int, **more: int) -> HttpResponseBase:
        endpoint = self.endpoint(pk)
        self.do(endpoint, **more)
        messages.success(request, self.said())
        return redirect(endpoint)

    def do(self, endpoint: Endpoint) -> None:
        raise NotImplementedError

    def said(self) -> str:
        raise NotImplementedError


class Switching(EndpointDeed):
    """POST …/switching/ with `active`: stop, or go on."""

    def do(self, endpoint: Endpoint) -> None:
        active = self.request.POST.get("active") == "1"
        actions.switch(endpoint=endpoint, active=active, by=self.person, at=timezone.now())

    def said(self) -> str:
        return _("通知先の有効・無効を切り替えました。")


class SecretRenewal(EndpointDeed):
    """POST …/secret/: a new secret."""

    def do(self, endpoint: Endpoint) -> None:
        actions.renew_secret(endpoint=endpoint, by=self.person, at=timezone.now())

    def said(self) -> str:
        return _("署名の鍵を新しくしました。前の鍵はもう使われません。")


class Ping(EndpointDeed):
    """POST …/pings/: a trial."""

    def do(self, endpoint: Endpoint) -> None:
        actions.send_ping(endpoint=endpoint, by=self.person, at=timezone.now())

    def said(self) -> str:
        return _("試しの通知を送ります。結果は下の記録に出ます。")


class Resending(EndpointDeed):
    """POST …/deliveries/<delivery>/resending/: one that was given up is tried again."""

    def do(self, endpoint: Endpoint, delivery: int) -> None:  # type: ignore[override]
        found = get_object_or_404(endpoint.deliveries, pk=delivery)  # type: ignore[var-annotated]
        actions.send_again(delivery=found, by=self.person, at=timezone.now())

    def said(self) -> str:
        return _("もう一度送ります。")
