"""Due minus done: bookings whose consultation is there, clients who come tomorrow, strangers to forget."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.db.models import Exists, OuterRef
from django.utils import timezone

from booking import actions
from booking.actions.traces import KEPT
from booking.choices import BookingState
from booking.models import Booking
from booking.queries import bounds
from consultations.models import Consultation
from hubs.tenancy import HUB_IDS, Scope, entered

UNSETTLED = (BookingState.CONFIRMED, BookingState.NO_SHOW)
FORGOTTEN_AT_ONCE = 500  # per hub and night; what is left is due the next night as well
LOOKED_BACK = dt.timedelta(days=60)  # a note that comes later than this is not waited for


@shared_task(name="booking.settle")
def settle() -> None:
    """Bookings whose consultation was recorded meanwhile: attended."""
    at = timezone.now()
    for hub_id in HUB_IDS:
        with entered(Scope.of_hub(hub_id)):
            noted = Consultation.objects.standing().filter(hub=OuterRef("hub"), client_id=OuterRef("client_id"))
            rows = Booking.objects.filter(state__in=UNSETTLED, starts_at__gte=at - LOOKED_BACK)
            for booking in rows.filter(Exists(noted)).order_by("pk"):
                consultation = Consultation.objects.for_lists().get(hub_id=hub_id, client_id=booking.client_id)
                actions.settle(booking=booking, consultation=consultation, at=at)


@shared_task(name="booking.remind")
def remind() -> None:
    """Everybody who comes tomorrow, in Tokyo's days, is told once."""
    at = timezone.now()
    tomorrow = timezone.localtime(at).date() + dt.timedelta(days=1)
    first, end = bounds(tomorrow, tomorrow)
    for hub_id in HUB_IDS:
        with entered(Scope.of_hub(hub_id)):
            rows = Booking.objects.confirmed().beginning_between(first, end).exclude(email="")
            for booking in rows.filter(reminded_at__isnull=True).order_by("pk"):
                actions.remind(booking=booking, at=at)


@shared_task(name="booking.forget_strangers")
def forget_strangers() -> None:
    """Empty what people asked who never became clients, each in a transaction of its own. Clients' bookings go with
    the clients (consultations.anonymise_due)."""
    at = timezone.now()
    for hub_id in HUB_IDS:
        with entered(Scope.of_hub(hub_id)):
            due = list(Booking.objects.strangers_before(at - KEPT).order_by("pk")[:FORGOTTEN_AT_ONCE])
        for booking in due:
            with entered(Scope.of_hub(hub_id)):
                actions.forget_stranger(booking=booking, at=at)
