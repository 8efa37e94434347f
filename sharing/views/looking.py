"""Looking past the own hub: who else knows a client, and the timeline that joint support opens.

Every look stands in the trails of both hubs. How often a person may look is limited: 法人番号 are public, who is a
client is not.
"""

from __future__ import annotations

from typing import ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from consultations.models import Enterprise
from foundation.errors import Unreadable
from foundation.identifiers import corporate_number
from foundation.limits import within
from foundation.paging import page_of, read_place
from hubs.access import Permission
from hubs.doors import Door, Reach, looked_at
from sharing import queries
from sharing.models import SharingRequest
from sharing.queries import Match

HOUR = 3600
TYPED_AN_HOUR = 30  # a coordinator sees eight clients a day
OPENED_AN_HOUR = 200  # pages of the hub's own clients
SESSIONS = 30
TYPED = ("number", "new_corporate_number", "corporate_number")  # what the field is called on the pages that ask


class SharingDoor(Door):
    """Between hubs: for who works at one. Headquarters, having opened one hub's records, does not look on from there
    into another's."""

    reach: ClassVar[Reach] = Reach.HUB_RECORDS
    permission: ClassVar[str | None] = Permission.ASK_SHARING

    def may_look(self, kind: str, at_most: int) -> bool:
        """Count one more look of this person."""
        now = timezone.now().timestamp()
        if within(f"sharing:{kind}:{self.person.pk}", at_most=at_most, seconds=HOUR, now=now):
            return True
        looked_at(self.request, "sharing.hint_refused", kind=kind)
        return False

    def matches(self, number: str, action: str, *, client: Enterprise | None = None) -> list[Match]:
        """Who else knows the client; noted in each hub's trail. A line that bears the key of a client of ours bears no
        number: the trail stands, and would tell for ever who it was that erasure has made nameless."""
        found = queries.known_elsewhere(hub=self.hub, number=number, today=timezone.localdate())
        if client is not None:
            looked_at(self.request, action, count=len(found), on=client)
        else:
            looked_at(self.request, action, count=len(found), corporate_number=number)
        for match in found:
            looked_at(self.request, action, of=match.hub, corporate_number=number, **{"from": self.hub.slug})  # type: ignore[arg-type]
        return found


def whole_number(text: str) -> str:
    """A 法人番号 as it was typed, or "" while it is none."""
    try:
        return corporate_number(text)
    except Unreadable:
        return ""


class Hint(SharingDoor):
    """GET sharing/hint/?number=: the other hubs that know a client of this 法人番号. A fragment beside the field that
    is typed in, a page of its own without JavaScript."""

    def get(self, request: HttpRequest) -> HttpResponse:
        typed = next((request.GET[name] for name in TYPED if request.GET.get(name)), "")[:40]
        number = whole_number(typed)
        limited = bool(number) and not self.may_look("typed", TYPED_AN_HOUR)
        found = self.matches(number, "sharing.hint_shown") if number and not limited else []
        context = {"typed": typed, "number": number, "matches": found, "limited": limited}
        page = "sharing/_hint.html" if request.headers.get("HX-Request") else "sharing/hint_page.html"
        return render(request, page, context)


class Elsewhere(SharingDoor):
    """GET enterprises/<pk>/elsewhere/: the other hubs that know this client, as masked stubs. A fragment of the
    client's page, a page of its own without JavaScript."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        enterprise = get_object_or_404(Enterprise.objects.filter(hub=self.hub), pk=pk)
        number = enterprise.corporate_number
        limited = bool(number) and not self.may_look("opened", OPENED_AN_HOUR)
        found = self.matches(number, "sharing.stub_shown", client=enterprise) if number and not limited else []
        context = {"enterprise": enterprise, "number": number, "matches": found, "limited": limited}
        page = "sharing/_elsewhere.html" if request.headers.get("HX-Request") else "sharing/elsewhere_page.html"
        return render(request, page, context)


class JointTimeline(SharingDoor):
    """GET shared/<pk>/: what the other hub did with the client, to be read while joint support is in force."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        agreement = get_object_or_404(SharingRequest.objects.asked_by(self.hub).with_people(), pk=pk)
        if not agreement.opens_on(timezone.localdate()):
            raise Http404
        found = queries.joint_timeline(
            hub=self.hub, request=agreement, before=read_place(request.GET), at_most=SESSIONS + 1
        )
        page = page_of(found, size=SESSIONS, query=request.GET, place_of=lambda row: (row.held_on, row.pk))
        for hub in (self.hub, agreement.to_hub):
            looked_at(request, "sharing.timeline_viewed", on=agreement, of=hub, **{"from": self.hub.slug})
        client = queries.client_of(hub=self.hub, request=agreement)
        return render(request, "sharing/joint_timeline.html", {"agreement": agreement, "page": page, "client": client})
