"""Reads: who else knows a client, the timeline that joint support opens, and who has looked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat, Left, TruncDate
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from consultations.choices import CaseState, Method
from consultations.models import Enterprise
from consultations.queries import code_labels
from consultations.queries.timelines import About, Row, Source, words_of
from directory.choices import CodeKind
from hubs.access import Permission
from hubs.models import Hub, Prefecture
from sharing.choices import SharingKind, SharingMove
from sharing.models import HandedOver, SharingRequest, SharingRequestQuerySet, SharingStep

LOOKS = ("sharing.timeline_viewed", "sharing.hint_shown", "sharing.stub_shown")


@dataclass(frozen=True)
class Match:
    """A client of another hub: all that may be seen of one. `live` is the request between the two hubs."""

    hub: Hub
    name: str
    place: str
    live: SharingRequest | None = None
    opens: bool = False  # whether the timeline may be read today


OUTGOING = "outgoing"


def requests_in(*, hub: Hub, box: str) -> SharingRequestQuerySet:
    """What a hub asks, or else what it is asked; newest first."""
    rows = SharingRequest.objects
    found: SharingRequestQuerySet = rows.asked_by(hub) if box == OUTGOING else rows.asked_of(hub)
    return found.newest_first()


@dataclass(frozen=True)
class JointSession:
    """One session of another hub, as joint support shows it."""

    pk: int
    held_on: dt.date
    minutes: int
    method: str
    lead: str
    themes: list[str]
    content: str
    advice: str
    next_step: str
    case: str
    case_state: str


def known_elsewhere(*, hub: Hub, number: str, today: dt.date | None = None) -> list[Match]:
    """The other hubs that have a client of this 法人番号. Nothing but a whole, valid number finds any."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hub_id, name, prefecture_id, municipality FROM sharing_known_elsewhere(%s, %s)", [hub.pk, number]
        )
        rows = cursor.fetchall()
    if not rows:
        return []
    hubs = Hub.objects.select_related("prefecture").in_bulk([row[0] for row in rows])
    prefectures = Prefecture.objects.in_bulk([row[2] for row in rows if row[2] is not None])
    asked = SharingRequest.objects.asked_by(hub).about(number).live()
    live = {request.to_hub_id: request for request in asked}
    return [
        Match(
            hubs[hub_id], name, f"{prefectures.get(prefecture, '')}{municipality}", live.get(hub_id),
            opens=today is not None and hub_id in live and live[hub_id].opens_on(today),
        )
        for hub_id, name, prefecture, municipality in rows
    ]  # fmt: skip


def client_of(*, hub: Hub, request: SharingRequest) -> str:
    """The client's name as this hub may know it: from its own records, or by the number from the other's; "" where
    neither has it any more."""
    own = Enterprise.objects.filter(request.its_client, hub=hub).first() if request.its_client else None
    if own is not None:
        return own.name
    matches = known_elsewhere(hub=hub, number=request.corporate_number)
    return next((match.name for match in matches if match.hub.pk == request.to_hub_id), "")


def joint_timeline(
    *, hub: Hub, request: SharingRequest, before: tuple[dt.date, int] | None, at_most: int
) -> Sequence[JointSession]:
    """The other hub's sessions with the client, newest first, while joint support is in force; else none. The database
    decides, by its own clock."""
    day, pk = before or (None, None)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM sharing_joint_timeline(%s, %s, %s, %s, %s)", [hub.pk, request.pk, day, pk, at_most]
        )
        rows = cursor.fetchall()
    people = dict(User.objects.filter(pk__in={row[4] for row in rows}).values_list("pk", "name"))
    labels = code_labels(CodeKind.THEME)[CodeKind.THEME]
    return [
        JointSession(
            pk=row[0], held_on=row[1], minutes=row[2], method=str(Method(row[3]).label), lead=people.get(row[4], ""),
            themes=[labels.get(theme, theme) for theme in row[5]], content=row[6], advice=row[7], next_step=row[8],
            case=f"{row[9]} {row[10]}", case_state=str(CaseState(row[11]).label),
        )
        for row in rows
    ]  # fmt: skip


def looks_at(*, hub: Hub, request: SharingRequest, at_most: int) -> Sequence[Entry]:
    """Who has read the client's timeline through this agreement, newest first, out of the hub's own trail."""
    lines = Entry.objects.filter(hub_id=hub.pk, action=LOOKS[0])
    return list(lines.about("sharing.sharingrequest", str(request.pk)).newest_first()[:at_most])


# ---- what a client's or a case's timeline shows, in either hub
def _steps(about: About) -> QuerySet[SharingStep] | None:
    """Of the requests about a client, who is known by the number alone."""
    if about.enterprise is None or not about.enterprise.corporate_number:
        return None
    mine = Q(hub=about.hub) | Q(to_hub=about.hub)
    return SharingStep.objects.filter(mine, request__corporate_number=about.enterprise.corporate_number)


def _handed_over(about: About) -> QuerySet[HandedOver] | None:
    """Where a case came from, or went."""
    if about.case is None:
        return None
    came, went = Q(hub=about.hub, received_case=about.case), Q(to_hub=about.hub, given_number=about.case.number)
    return HandedOver.objects.filter(came | went)


def _page(hub: Hub, row: Row) -> str:
    return reverse("sharing:request", args=[hub.slug, row.leads_to])


_BETWEEN = Concat("hub__name", Value(" → "), "to_hub__name")
_kind, _move = words_of(SharingKind), words_of(SharingMove)
MOMENTS = (
    Source(
        "sharing", 10, _steps, {
            "day": TruncDate("at"), "leads_to": F("request_id"), "code": F("request__kind"), "detail": F("move"),
            "words": F("note"), "more": _BETWEEN,
        },
        label=lambda row: _kind(row.code), said=lambda row: _move(row.detail), url=_page, is_move=True,
        permission=Permission.ASK_SHARING,
    ),
    Source(
        "handed_over", 11, _handed_over, {
            "day": TruncDate("released_at"), "leads_to": F("request_id"), "words": Left("summary", 200),
            "more": _BETWEEN,
        },
        label=lambda _row: _kind(SharingKind.TRANSFER), url=_page, is_move=True, permission=Permission.ASK_SHARING,
    ),
)  # fmt: skip
