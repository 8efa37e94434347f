"""The records behind a figure of a hub: the length of the list equals the figure (minutes: its sum does).

A second writing of what metrics.counting says in SQL; tests/metrics holds the two together.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from consultations.models import Case, Consultation, Enterprise, Involvement, Outcome, ProgramUse
from directory.choices import CodeKind
from directory.models import Code
from foundation.periods import Month
from hubs.models import Hub
from metrics.indicators import INDICATORS, UNSTATED, Indicator, Source, Way
from metrics.models import Span
from referrals.choices import ReferralState
from referrals.models import Referral, ReferralWork

_KINDS = {
    "referrals": "referral",
    "cooperations": "cooperation",
    "programs_introduced": "introduced",
    "programs_used": "used",
}


def records_behind(
    *, hub: Hub, indicator: Indicator | str, code: str = "", month: Month, span: Span = Span.MONTH
) -> QuerySet[Any]:
    """What a hub's figure counts, unordered, within the hub's records scope: Consultation rows; Enterprise rows for
    者; Case rows for ended cases; Outcome rows, which know their case; Referral and ReferralWork rows; Involvement and
    ProgramUse rows, which know their consultation, for 紹介, 連携 and programmes. `code` names an entry of a
    breakdown. Of an unknown code: nothing."""
    indicator = INDICATORS[indicator] if isinstance(indicator, str) else indicator
    first = month.fiscal_year.first if span == Span.YEAR_TO_DATE else month.first
    counted = indicator.counted
    if counted.way is not Way.ADD:
        return _enterprises(hub, first, month.last, first_ever=counted.way is Way.FIRST)
    match counted.source:
        case Source.CLOSED_CASES:
            return _cases(hub, indicator, code, first, month.last)
        case Source.OUTCOMES:
            outcomes = Outcome.objects.confirmed().filter(hub=hub, measured_on__range=(first, month.last))
            return outcomes.filter(kind=code) if indicator.breakdown else outcomes
        case Source.SENT_REFERRALS | Source.ANSWERED_REFERRALS | Source.PARTNER_WORKS:
            return _handed_on(hub, indicator, code, first, month.last)
        case Source.DESKS:
            return _sessions(hub).held_between(first, month.last).filter(case__special_desk_id=_number(code))
        case Source.INVOLVEMENTS:
            rows = Involvement.objects.filter(**_of_sessions(hub, indicator, first, month.last))
            return rows.filter(organization__kind=code) if indicator.breakdown else rows
        case Source.PROGRAM_USES:
            rows = ProgramUse.objects.filter(**_of_sessions(hub, indicator, first, month.last))
            return rows.filter(program_id=_number(code)) if indicator.breakdown else rows
        case _:
            rows = _sessions(hub).held_between(first, month.last)
            return rows.filter(_session_has(counted.by, code)) if counted.by else rows


def _sessions(hub: Hub) -> Any:
    return Consultation.objects.filter(hub=hub).counted()


def _of_sessions(hub: Hub, indicator: Indicator, first: dt.date, last: dt.date) -> dict[str, Any]:
    held = {"consultation__held_on__range": (first, last)}
    counts = {"consultation__deleted_at__isnull": True, "consultation__not_counted": ""}
    return {"hub": hub, "kind": _KINDS[indicator.of or indicator.code]} | held | counts


def _enterprises(hub: Hub, first: dt.date, last: dt.date, *, first_ever: bool) -> QuerySet[Enterprise]:
    sessions = _sessions(hub).filter(enterprise=OuterRef("pk"))
    rows = Enterprise.objects.filter(Exists(sessions.held_between(first, last)), hub=hub)
    return rows.exclude(Exists(sessions.filter(held_on__lt=first))) if first_ever else rows


def _cases(hub: Hub, indicator: Indicator, code: str, first: dt.date, last: dt.date) -> QuerySet[Case]:
    rows = Case.objects.filter(hub=hub, closed_on__range=(first, last))
    if indicator.code == "cases_resolved":
        return rows.filter(resolution__in=["solved", "partly"])
    return rows.filter(resolution=code) if indicator.breakdown else rows


def _handed_on(hub: Hub, indicator: Indicator, code: str, first: dt.date, last: dt.date) -> QuerySet[Any]:
    rows: QuerySet[Any]
    if indicator.counted.source is Source.PARTNER_WORKS:
        rows = ReferralWork.objects.standing().done_between(first, last).filter(hub=hub)
        rows = rows.exclude(referral__state=ReferralState.CANCELLED)
        return rows.filter(referral__organization__kind=code) if indicator.breakdown else rows
    day = "sent_on" if indicator.counted.source is Source.SENT_REFERRALS else "answered_on"
    rows = Referral.objects.filter(hub=hub, **{f"{day}__range": (first, last)}).exclude(state=ReferralState.CANCELLED)
    return rows.filter(organization__kind=code) if indicator.breakdown else rows


def _session_has(column: str, code: str) -> Q:
    left_open = code == UNSTATED
    match column:
        case "theme":
            return Q(themes=[]) if left_open else Q(themes__contains=[code])
        case "introducer":
            return Q(case__introduced_by="" if left_open else code)
        case "unit":
            return Q(unit__isnull=True) if left_open else Q(unit__kind=code)
        case "industry":
            return _in_industry(code)
        case "category":
            return Q(case__category=code)
        case _:
            return Q(**{column: code})


def _in_industry(code: str) -> Q:
    """A 大分類 together with its 中分類; what no code list knows is left open."""
    known = Code.objects.of(CodeKind.INDUSTRY).order_by()
    if code == UNSTATED:
        return ~Q(enterprise__industry__in=list(known.values_list("code", flat=True)))
    below = known.filter(Q(parent=code) | Q(code=code, parent=""))
    return Q(enterprise__industry__in=list(below.values_list("code", flat=True)))


def _number(code: str) -> int:
    return int(code) if code.isascii() and code.isdigit() and len(code) < 19 else 0
