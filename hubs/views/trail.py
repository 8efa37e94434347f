"""The audit trail: a hub's own for its chief, everybody's for headquarters. Looking at it is logged too."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User
from audit.choices import ACTIONS, named, parts_of
from audit.models import Entry
from foundation.paging import page_of, read_moment, read_place
from foundation.periods import midnight
from hubs.access import Permission
from hubs.doors import Door, Reach, looked_at
from hubs.forms import TrailFilter
from hubs.models import Hub, RecordOpening

PAGE_SIZE = 100
OPENINGS_SHOWN = 20


@dataclass(frozen=True)
class Shown:
    """A line of the trail in the reader's words."""

    entry: Entry
    action: str
    subject: str
    hub: str
    detail: list[tuple[str, str]]


class HubTrail(Door):
    """GET /hubs/tokyo/trail/: this hub's lines, and who of headquarters opened its records and why."""

    reach: ClassVar[Reach] = Reach.HUB_RECORDS
    permission: ClassVar[str | None] = Permission.VIEW_HUB_TRAIL

    def get(self, request: HttpRequest) -> HttpResponse:
        openings = RecordOpening.objects.filter(hub=self.hub).select_related("user").order_by("-opened_at")
        rows = Entry.objects.filter(hub_id=self.hub.pk)
        page = trail_page(request, rows, {self.hub.pk: str(self.hub)}, typed=True)
        page |= {"hub": self.hub, "openings": list(openings[:OPENINGS_SHOWN])}
        return render(request, "audit/trail_hub.html", page, status=page["status"])


class NationTrail(Door):
    """GET /nation/trail/: every line there is, but not what hubs typed to find their clients."""

    reach: ClassVar[Reach] = Reach.NATION_TRAIL
    permission: ClassVar[str | None] = Permission.VIEW_TRAIL

    def get(self, request: HttpRequest) -> HttpResponse:
        hubs = {hub.pk: str(hub) for hub in Hub.objects.all()}
        page = trail_page(request, Entry.objects.all(), hubs)
        return render(request, "audit/trail_nation.html", page, status=page["status"])


def trail_page(request: HttpRequest, rows: Any, hubs: dict[int, str], *, typed: bool = False) -> dict[str, Any]:
    """The filters and one page of what they leave: nothing, if they cannot be read. Notes that it was looked at, and
    with which filters. `typed`: whether the words that people searched with are shown."""
    filters = TrailFilter(request.GET, actions=sorted(ACTIONS.items(), key=lambda pair: str(pair[1])))
    found = narrow(rows, filters.cleaned_data) if filters.is_valid() else rows.none()
    found = found.newest_first().behind(read_place(request.GET, read_moment))
    page = page_of(
        list(found[: PAGE_SIZE + 1]), size=PAGE_SIZE, query=request.GET, place_of=lambda entry: (entry.at, entry.pk)
    )
    used = [f"{name}={text[:100]}" for name, text in request.GET.items() if text and name in filters.fields]
    looked_at(request, "trail.viewed", filters=", ".join(used))
    lines = [_shown(entry, hubs, typed=typed) for entry in page.objects]
    return {"filters": filters, "page": page, "lines": lines, "status": 200 if filters.is_valid() else 400}


def narrow(rows: Any, chosen: dict[str, Any]) -> Any:
    """What the filters leave of the trail. Days are days in Japan, both included."""
    found = rows
    if chosen.get("action"):
        found = found.filter(action=chosen["action"])
    if chosen.get("person"):
        found = _by(found, chosen["person"].lower())
    if chosen.get("since"):
        found = found.since(midnight(chosen["since"]))
    if chosen.get("until"):
        found = found.before(midnight(chosen["until"] + dt.timedelta(days=1)))
    if chosen.get("subject"):
        found = found.about(*chosen["subject"].rpartition(":")[::2])
    return found


def _by(rows: Any, email: str) -> Any:
    """By number where the person still has an account: that column has an index."""
    person = User.objects.filter(email=email).first()
    return rows.filter(actor_id=person.pk) if person is not None else rows.filter(actor=email)


def _shown(entry: Entry, hubs: dict[int, str], *, typed: bool) -> Shown:
    hub = hubs.get(entry.hub_id or 0, "")
    return Shown(entry, named(entry.action), _kind(entry.subject_type), hub, parts_of(entry.detail, typed=typed))


def _kind(label: str) -> str:
    try:
        return str(apps.get_model(label)._meta.verbose_name) if label else ""
    except (LookupError, ValueError):
        return label
