"""What public reference data offer while a client's number or postal code is typed. Fragments."""

from __future__ import annotations

from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from consultations.forms import EnterpriseForm, LoggingForm
from consultations.forms.fills import offers_for
from consultations.views.logging import RecordDoor
from hubs.access import Permission


class ReferenceOffers(RecordDoor):
    """GET enterprises/offers/: who bears the number, which places have the code. Public data, nobody's record."""

    permission: ClassVar[str | None] = Permission.LOG_CONSULTATION
    template: ClassVar[str]

    def get(self, request: HttpRequest) -> HttpResponse:
        prefix = "new_" if any(name.startswith("new_") for name in request.GET) else ""
        context = offers_for(request.GET, LoggingForm if prefix else EnterpriseForm, prefix)
        return render(request, self.template, context)


class RegisteredOffer(ReferenceOffers):
    """GET enterprises/registered/."""

    template = "consultations/_registered_offer.html"


class PostalOffers(ReferenceOffers):
    """GET enterprises/postal-areas/."""

    template = "consultations/_postal_offers.html"
