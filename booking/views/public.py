"""What strangers may do: ask a hub for a consultation, and see or cancel their own booking by its link."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.adapter import address_of
from booking import actions, emails
from booking.choices import BookingMove
from booking.forms import RequestForm
from booking.models import Booking
from booking.queries import PublicSlot, public_slots
from booking.workflow import BOOKING
from foundation.errors import MoveRefused
from foundation.limits import too_often
from hubs.doors import Door, LinkDoor, Reach, looked_at
from hubs.models import Hub
from hubs.tenancy import Scope, entered, hash_of

REQUESTS_AN_HOUR = 5  # of one network address at one hub: an office shares one
HOUR = 3600
SLOTS_SECONDS = 60  # for so long the free times of a hub are not asked for again


class Request(Door):
    """GET and POST /book/<hub>/: ask for a consultation. Only times are shown, never who or how many."""

    reach: ClassVar[Reach] = Reach.PUBLIC

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        hub = _hub(slug)
        beginning = {"client_id": uuid.uuid4()}
        return self.page(hub, RequestForm(slots=_slots(hub), initial=beginning))

    def post(self, request: HttpRequest, slug: str) -> HttpResponseBase:
        hub = _hub(slug)
        form = RequestForm(request.POST, slots=_slots(hub))
        if not form.is_valid():
            return self.page(hub, form, status=422)
        if not _may_ask(request, hub):
            told = _(
                "同じ接続元からの申込みが続いているため、受け付けられません。1時間ほど後にやり直すか、拠点にお電話ください。"
            )
            form.add_error(None, told)
            return self.page(hub, form, status=429)
        token = actions.ask(hub=hub, at=timezone.now(), **form.values())
        messages.success(request, _("お申込みを受け付けました。拠点からの連絡をお待ちください。"))
        return redirect("book:own", token=token)

    def page(self, hub: Hub, form: RequestForm, status: int = 200) -> HttpResponse:
        return render(self.request, "booking/public_request.html", {"hub": hub, "form": form}, status=status)


class Own(LinkDoor):
    """GET /bookings/<token>/: the client's own booking."""

    def opened(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = Booking.by_link.filter(token_hash=hash_of(kwargs["token"])).select_related("hub", "place")
        found = rows.first()
        if found is None:
            self.count_refusal()
            looked_at(request, "booking.link_refused")
            return render(request, "booking/public_refused.html", status=404)
        looked_at(request, "booking.link_opened", on=found)
        return super().opened(request, *args, booking=found, **kwargs)

    def get(self, request: HttpRequest, token: str, booking: Booking) -> HttpResponse:
        context = {
            "booking": booking, "token": token, "when": emails.when_in_words(booking),
            "may_cancel": _may_cancel(booking),
        }  # fmt: skip
        return render(request, "booking/public_booking.html", context)


class OwnCancellation(Own):
    """POST /bookings/<token>/cancellation/: the client does not come."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, token: str, booking: Booking) -> HttpResponseBase:
        if not _may_cancel(booking):
            messages.error(request, _("この予約は取り消せません。拠点にお電話ください。"))
            return redirect("book:own", token=token)
        with entered(Scope.of_hub(booking.hub_id)):  # the booking is theirs: what hangs on it is the hub's
            try:
                reason = _("お客様による取消")
                actions.cancel(booking=booking, version=booking.version, reason=reason, by=None, at=timezone.now())
            except (actions.Edited, MoveRefused):
                messages.error(request, _("予約の内容が変わりました。確かめてから、やり直してください。"))
            else:
                messages.success(request, _("予約を取り消しました。"))
        return redirect("book:own", token=token)


def _hub(slug: str) -> Hub:
    found = Hub.objects.select_related("prefecture").filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def _slots(hub: Hub) -> list[PublicSlot]:
    key = f"booking:slots:{hub.pk}"
    found = cache.get(key)
    if found is None:
        found = public_slots(hub=hub, at=timezone.now())
        cache.set(key, found, SLOTS_SECONDS)
    return found


def _may_ask(request: HttpRequest, hub: Hub) -> bool:
    """Counts this request. The cache forgets after an hour."""
    key = f"booking:asked:{hub.pk}:{hash_of(str(address_of(request)))[:32]}"
    return not too_often(key, REQUESTS_AN_HOUR, HOUR)


def _may_cancel(booking: Booking) -> bool:
    is_over = booking.starts_at is not None and booking.starts_at <= timezone.now()
    return (booking.state, BookingMove.CANCEL) in BOOKING.moves and not is_over
