"""What waits for somebody at their hub: one statement for their own work, one for what waits for a chief.

Each room says what waits (its QuerySets); here the answers are put under one another, so that a desk costs the same
however many rooms have something to say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import CharField, DateField, F, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Left, NullIf, TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking.models import Booking
from booking.queries import todays_bookings
from consultations.choices import AsOf, ReviewState
from consultations.models import Case, Draft, FollowUp, LikelyPair, Review
from foundation.subqueries import CountOf
from hubs.access import Permission
from hubs.models import Hub
from referrals.models import Referral
from reports.models import ReportingMonth
from sharing.models import SharingRequest

SHOWN = 60  # of each kind
HEADING = 80  # characters of a draft
SOON = dt.timedelta(days=7)

CASE, FOLLOW_UP, RETURNED, DRAFT, REFERRAL = "case", "follow_up", "returned", "draft", "referral"


@dataclass(frozen=True)
class Duty:
    """One thing to do: what, by when, about what, for whom. `ref` is what its address needs."""

    what: str
    ref: str
    on: dt.date
    heading: str
    text: str
    client: str

    def days_over(self, today: dt.date) -> int:
        """How many days late; not above 0 for what is not due yet."""
        return (today - self.on).days

    @property
    def point(self) -> str:
        """Of a follow-up: after how long."""
        return str(AsOf(self.text).label)


@dataclass(frozen=True)
class Waiting:
    """How much of one kind waits for whoever leads the hub, and where to see to it."""

    label: str | Promise
    url_name: str
    number: int


@dataclass(frozen=True)
class Desk:
    """Everything that waits for one person. `waiting`: only for whom it is to see to."""

    today: dt.date
    duties: Sequence[Duty]
    waiting: Sequence[Waiting]
    bookings: Sequence[Booking]

    @cached_property
    def overdue(self) -> list[Duty]:
        """What is late, the latest due first: what one can still save stands on top."""
        return [duty for duty in reversed(self._actions) if duty.on < self.today]

    @cached_property
    def due_today(self) -> list[Duty]:
        return [duty for duty in self._actions if duty.on == self.today]

    @cached_property
    def soon(self) -> list[Duty]:
        """Within a week."""
        return [duty for duty in self._actions if duty.on > self.today]

    @cached_property
    def returned(self) -> list[Duty]:
        """Notes that the chief gave back."""
        return self._of(RETURNED)

    @cached_property
    def unanswered(self) -> list[Duty]:
        """Referrals without a word since they were sent, the longest waiting first."""
        return self._of(REFERRAL)

    @cached_property
    def drafts(self) -> list[Duty]:
        return list(reversed(self._of(DRAFT)))

    @cached_property
    def _actions(self) -> list[Duty]:
        return self._of(CASE, FOLLOW_UP)

    def _of(self, *kinds: str) -> list[Duty]:
        return [duty for duty in self.duties if duty.what in kinds]


def desk_of(*, hub: Hub, user: Any, today: dt.date) -> Desk:
    """What waits for somebody at a hub on a day. In the hub's scope."""
    parts = [
        _due_cases(hub, user, today), _follow_ups(hub, user, today), _returned(hub, user), _drafts(hub, user),
        _unanswered(hub, user),
    ]  # fmt: skip
    first, *others = parts
    duties = [Duty(*row) for row in first.union(*others, all=True).order_by("row_on", "row_ref")]
    return Desk(today, duties, _waiting(hub, user, today), todays_bookings(hub=hub, coordinator=user, day=today))


def _row(rows: QuerySet[Any], what: str, **columns: Any) -> QuerySet[Any, tuple[Any, ...]]:
    """Rows of any kind in the columns of a Duty, at most SHOWN."""
    named = {"row_what": Value(what, CharField())}
    named |= {f"row_{name}": Cast(column, CharField()) for name, column in columns.items() if name != "on"}  # type: ignore[misc]
    named["row_on"] = Cast(columns["on"], DateField())  # type: ignore[assignment]
    order = ("row_what", "row_ref", "row_on", "row_heading", "row_text", "row_client")
    return rows.annotate(**named).values_list(*order)[:SHOWN]


def _due_cases(hub: Hub, user: Any, today: dt.date) -> QuerySet[Any, tuple[Any, ...]]:
    """Next actions of cases that one leads or helps with, newest due first: an old neglected one must not push
    today's off the desk."""
    rows = Case.objects.filter(hub=hub, closed_on__isnull=True, next_due_on__lte=today + SOON)
    mine = rows.filter(Q(lead=user) | Q(deputy=user)).order_by("-next_due_on", "-pk")
    return _row(
        mine, CASE, ref=F("pk"), on=F("next_due_on"), heading=F("title"), text=F("next_action"),
        client=F("enterprise__name"),
    )  # fmt: skip


def _follow_ups(hub: Hub, user: Any, today: dt.date) -> QuerySet[Any, tuple[Any, ...]]:
    rows = FollowUp.objects.pending().filter(hub=hub, due_on__lte=today + SOON)
    mine = rows.filter(Q(case__lead=user) | Q(case__deputy=user)).order_by("-due_on", "-pk")
    return _row(
        mine, FOLLOW_UP, ref=F("case_id"), on=F("due_on"), heading=F("case__title"), text=F("point"),
        client=F("case__enterprise__name"),
    )  # fmt: skip


def _returned(hub: Hub, user: Any) -> QuerySet[Any, tuple[Any, ...]]:
    rows = Review.objects.filter(hub=hub, state=ReviewState.RETURNED).of_standing_notes()
    mine = rows.filter(Q(consultation__lead=user) | Q(consultation__created_by=user)).order_by("moved_at", "pk")
    return _row(
        mine, RETURNED, ref=F("consultation_id"), on=TruncDate("moved_at"), heading=F("consultation__case__title"),
        text=Value(""), client=F("consultation__enterprise__name"),
    )  # fmt: skip


def _drafts(hub: Hub, user: Any) -> QuerySet[Any, tuple[Any, ...]]:
    mine = Draft.objects.filter(hub=hub, owner=user).order_by("-saved_at", "-pk")
    return _row(
        mine, DRAFT, ref=F("client_id"), on=TruncDate("saved_at"),
        heading=Coalesce(NullIf(Left(KeyTextTransform("content", "fields"), HEADING), Value("")), Value("…")),
        text=Value(""), client=Coalesce(KeyTextTransform("new_name", "fields"), Value("")),
    )  # fmt: skip


def _unanswered(hub: Hub, user: Any) -> QuerySet[Any, tuple[Any, ...]]:
    rows = Referral.objects.filter(hub=hub).unanswered()
    mine = rows.filter(Q(case__lead=user) | Q(case__deputy=user) | Q(created_by=user)).order_by("sent_on", "pk")
    return _row(
        mine, REFERRAL, ref=F("pk"), on=F("sent_on"), heading=F("organization__name"), text=Value(""),
        client=F("enterprise__name"),
    )  # fmt: skip


def _waiting(hub: Hub, user: Any, today: dt.date) -> list[Waiting]:
    """What waits for whoever holds the right to see to it, in one statement."""
    known = {
        "reviews": (
            Permission.REVIEW_NOTES, _("確認待ちの相談記録"), "consultations:reviews",
            Review.objects.filter(hub=hub, state=ReviewState.OPEN).of_standing_notes(),
        ),
        "pairs": (
            Permission.REVIEW_NOTES, _("重複の疑いがある事業者"), "consultations:duplicates",
            LikelyPair.objects.filter(hub=hub).open(),
        ),
        "bookings": (
            Permission.MANAGE_CALENDAR, _("予約の申込み"), "booking:requests",
            Booking.objects.filter(hub=hub).requested(),
        ),
        "months": (
            Permission.CONFIRM_MONTH, _("提出を待つ月次報告"), "months:list",
            ReportingMonth.objects.over(today).waiting_at(hub),
        ),
        "sharing": (
            Permission.ANSWER_SHARING, _("他の拠点からの依頼"), "sharing:requests",
            SharingRequest.objects.asked_of(hub).waiting(),
        ),
    }  # fmt: skip
    mine = {name: entry for name, entry in known.items() if user.has_perm(entry[0], hub)}
    if not mine:
        return []
    columns = {name: CountOf(rows) for name, (*_rest, rows) in mine.items()}
    counts = Hub.objects.filter(pk=hub.pk).values(**columns).get()
    return [Waiting(label, url_name, counts[name]) for name, (_right, label, url_name, _rows) in mine.items()]  # type: ignore[literal-required]
