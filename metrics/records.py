"""The records behind a figure of a hub: the length of the list equals the figure (minutes: its sum does).

A second writing of what metrics.counting says in SQL; tests/metrics holds the two together.
"""

from __future__ import annotations

import datetime as dt
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from consultations.models import Case, Consultation, Enterprise, Involvement, Outcome, ProgramUse
from directory.choices import CodeKind
from directory.models import Code
from foundation.periods import Month
from hubs.models import Hub
from metrics import freezing
from metrics.evidence import keys_behind
from metrics.indicators import INDICATORS, UNSTATED, Indicator, Source, Way
from metrics.models import Freeze, Span
from referrals.choices import ReferralState
from referrals.models import Referral, ReferralWork

# Where a source's rows have what the statements of metrics.counting call by these names.
_DAY = {
    Source.CLOSED_CASES: "closed_on",
    Source.OUTCOMES: "measured_on",
    Source.SENT_REFERRALS: "sent_on",
    Source.ANSWERED_REFERRALS: "answered_on",
    Source.PARTNER_WORKS: "worked_on",
    Source.INVOLVEMENTS: "consultation__held_on",
    Source.PROGRAM_USES: "consultation__held_on",
}
_COLUMNS = {
    (Source.INVOLVEMENTS, "organization_kind"): "organization__kind",
    (Source.SENT_REFERRALS, "organization_kind"): "organization__kind",
    (Source.ANSWERED_REFERRALS, "organization_kind"): "organization__kind",
    (Source.PARTNER_WORKS, "organization_kind"): "referral__organization__kind",
}
_SESSIONS = (Source.CONSULTATIONS, Source.THEMES, Source.DESKS)


def records_behind(
    *, hub: Hub, indicator: Indicator | str, code: str = "", month: Month, span: Span = Span.MONTH
) -> QuerySet[Any]:
    """What a hub's figure counts, unordered, within the hub's records scope: Consultation rows; Enterprise rows for
    者; Case rows for ended cases; Outcome rows, which know their case; Referral and ReferralWork rows; Involvement and
    ProgramUse rows, which know their consultation, for 紹介, 連携 and programmes. `code` names an entry of a
    breakdown. Of an unknown code: nothing. Each month's by the definition that holds in it."""
    indicator = INDICATORS[indicator] if isinstance(indicator, str) else indicator
    held = INDICATORS.within(indicator.code, span.start(month), month) if _holds(indicator, month) else []
    pieces = [_piece(one, code, first.first, last.last) for one, first, last in held]
    if indicator.counted.way is not Way.ADD:
        return _enterprises(hub, indicator, pieces, span.start(month).first)
    return _rows(indicator.counted.source, hub).filter(reduce(or_, pieces, Q(pk__in=[])))


def frozen_behind(
    *, hub: Hub, indicator: Indicator | str, code: str = "", month: Month
) -> tuple[Freeze, set[int]] | None:
    """The newest version of a closed month, and the keys of the rows that the hub's figure counts in it; None while the
    month is open or the indicator was not counted then. Within the hub's records scope."""
    frozen = freezing.newest(month)
    wanted = indicator if isinstance(indicator, str) else indicator.code
    definitions = {one["code"]: one for one in frozen.definitions} if frozen else {}
    if frozen is None or wanted not in definitions:
        return None
    return frozen, keys_behind(freezing.rows_of(frozen, hub.pk), definitions[wanted], code)


def _holds(indicator: Indicator, month: Month) -> bool:
    return indicator.code in INDICATORS.at(month)


def _piece(indicator: Indicator, code: str, first: dt.date, last: dt.date) -> Q:
    """What a definition counts between two days, while it holds."""
    counted = indicator.counted
    wanted = Q(**{f"{_DAY.get(counted.source, 'held_on')}__range": (first, last)})
    if counted.only:
        named = reduce(or_, (_has(counted.source, counted.only.column, value) for value in counted.only.values))
        wanted &= ~named if counted.only.but else named
    return wanted & _has(counted.source, counted.by, code) if counted.by else wanted


def _rows(source: Source, hub: Hub) -> QuerySet[Any]:
    """The rows of a source at a hub that count at all."""
    standing = {"consultation__deleted_at__isnull": True, "consultation__not_counted": ""}
    rows: QuerySet[Any]
    match source:
        case Source.CLOSED_CASES:
            rows = Case.objects.all()
        case Source.OUTCOMES:
            rows = Outcome.objects.confirmed()
        case Source.SENT_REFERRALS | Source.ANSWERED_REFERRALS:
            rows = Referral.objects.exclude(state=ReferralState.CANCELLED)
        case Source.PARTNER_WORKS:
            rows = ReferralWork.objects.standing().exclude(referral__state=ReferralState.CANCELLED)
        case Source.INVOLVEMENTS:
            rows = Involvement.objects.filter(**standing)
        case Source.PROGRAM_USES:
            rows = ProgramUse.objects.filter(**standing)
        case _:
            rows = Consultation.objects.counted()
    return rows.filter(hub=hub)


def _enterprises(hub: Hub, indicator: Indicator, pieces: list[Q], first: dt.date) -> QuerySet[Enterprise]:
    sessions = _rows(Source.CONSULTATIONS, hub).filter(enterprise=OuterRef("pk"))
    met = reduce(or_, pieces, Q(pk__in=[]))
    rows = Enterprise.objects.filter(Exists(sessions.filter(met)), hub=hub)
    if indicator.counted.way is not Way.FIRST:
        return rows
    return rows.exclude(Exists(sessions.filter(_before(indicator.code, first))))


def _before(code: str, day: dt.date) -> Q:
    """What an indicator counted before a day, if the oldest definition had held since ever."""
    oldest = INDICATORS.versions(code)[0]
    held = INDICATORS.within(code, oldest.since, Month.of(day).previous())
    pieces = [_piece(one, "", first.first, last.last) for one, first, last in held]
    return reduce(or_, pieces, _piece(oldest, "", dt.date.min, min(oldest.since.first, day) - dt.timedelta(days=1)))


def _has(source: Source, column: str, code: str) -> Q:
    if source in _SESSIONS:
        return _session_has(column, code)
    name = _COLUMNS.get((source, column), column)
    return Q(**{name: _number(code) if name == "program" else code})


def _session_has(column: str, code: str) -> Q:
    left_open = code == UNSTATED
    match column:
        case "theme":
            return Q(themes=[]) if left_open else Q(themes__contains=[code])
        case "special_desk":
            return Q(case__special_desk_id=_number(code))
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
