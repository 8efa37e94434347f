"""Counting: what has been touched, or whole months. Safe to run twice, at once, or to be killed in the middle:
one transaction holds the ledger, the facts and the list of what is done."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Collection, Iterable, Mapping, Set

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from consultations.models import Case, Consultation, Outcome, TouchedMonth
from foundation.periods import Month
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics import counting
from metrics.indicators import Way
from metrics.models import Count
from referrals.models import Referral, ReferralWork

_LOCK = 20140401  # any number that nobody else locks; the programme's first day

_TAKE = "DELETE FROM consultations_touchedmonth RETURNING month, hub_id"


def recount_touched(*, at: dt.datetime) -> list[Month]:
    """Count the hub-months that have changed since the last time, and what follows from them. Returns the
    months that had changed. If another worker is at it, it will see to them: returns nothing."""
    with entered(Scope.nationwide()):
        if not TouchedMonth.objects.exists() or not _locked():
            return []
        touched = _take_touched()
        if touched:
            _count(touched, _counted_after(min(touched)), at=at)
        return sorted(touched)


def recount(months: Iterable[Month], *, at: dt.datetime) -> list[Month]:
    """Count whole months anew, and the quarter and year to date of the months behind them. Months before them in
    the same year that were never counted are counted too, as the year needs them. Returns what was counted."""
    with entered(Scope.nationwide()):
        _lock()
        wanted = set(months)
        wanted |= {m for month in wanted for m in _uncounted_before(month)}
        if wanted:
            _count({month: frozenset(HUB_IDS) for month in wanted}, _counted_after(min(wanted)), at=at)
        return sorted(wanted)


def recount_years(*, at: dt.datetime) -> list[Month]:
    """Count this fiscal year and the one before anew. Returns what was counted."""
    today = Month.of(timezone.localdate(at))
    with entered(Scope.nationwide()):
        months = [m for m in months_with_records() if m.fiscal_year.year >= today.fiscal_year.year - 1]
    return recount_by_year(months, at=at)


def recount_by_year(months: Iterable[Month], *, at: dt.datetime) -> list[Month]:
    """Count whole months anew, each fiscal year in a transaction of its own: month by month the same year would be
    read again for each, and all of them at once would hold up what is recorded meanwhile. Returns what was counted."""
    years: dict[int, list[Month]] = {}
    for month in sorted(set(months)):
        years.setdefault(month.fiscal_year.year, []).append(month)
    return [counted for year in years.values() for counted in recount(year, at=at)]


def months_with_records() -> list[Month]:
    """Every month that has a consultation, an ended case, an outcome, a referral or a figure. In the nation's scope."""
    return sorted(
        {Month.of(day) for day in Consultation.objects.dates("held_on", "month")}
        | {Month.of(day) for day in Case.objects.filter(closed_on__isnull=False).dates("closed_on", "month")}
        | {Month.of(day) for day in Outcome.objects.confirmed().dates("measured_on", "month")}
        | {Month.of(day) for day in Referral.objects.filter(sent_on__isnull=False).dates("sent_on", "month")}
        | {Month.of(day) for day in Referral.objects.filter(answered_on__isnull=False).dates("answered_on", "month")}
        | {Month.of(day) for day in ReferralWork.objects.standing().dates("worked_on", "month")}
        | {Month.of(day) for day in Count.objects.values_list("month", flat=True)}
    )


def _count(touched: Mapping[Month, Set[int]], after: Collection[Month], *, at: dt.datetime) -> None:
    """`after`: months counted before that lie behind the first touched one. Their own records are as they were, but
    whoever came earlier is no longer new in them, and their quarter and year to date hold the touched months."""
    began = time.perf_counter()
    for month, hubs in sorted(touched.items()):
        counting.count_hubs(month, hubs)
    counting.sum_places(sorted(touched))
    affected = sorted({*touched, *after})
    years, quarters = {month.fiscal_year for month in touched}, {month.quarter for month in touched}
    ytd = [month for month in affected if month.fiscal_year in years]
    qtd = [month for month in affected if month.quarter in quarters]
    for year in sorted(years):
        of_year = [[month for month in some if month.fiscal_year == year] for some in (sorted(touched), ytd, qtd)]
        counting.count_visitors(year, months=of_year[0], ytd=of_year[1], qtd=of_year[2])
    counting.count_new(affected)
    if qtd == affected:  # as it is all day long: the newest month
        counting.sum_months(Way.ADD, Way.FIRST, ytd=affected, qtd=affected)
    else:
        counting.sum_months(Way.ADD, ytd=ytd, qtd=qtd)
        counting.sum_months(Way.FIRST, ytd=affected, qtd=affected)
    spent = round((time.perf_counter() - began) * 1000)
    Count.objects.bulk_create(
        [Count(month=month.first, counted_at=at, milliseconds=spent) for month in affected],
        update_conflicts=True, unique_fields=["month"], update_fields=["counted_at", "milliseconds"],
    )  # fmt: skip


def _take_touched() -> dict[Month, frozenset[int]]:
    """What has changed, taken off the list: what is touched while we count stays on it for the next time."""
    found: dict[Month, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE)
        for day, hub_id in cursor.fetchall():
            found.setdefault(Month.of(day), set()).add(hub_id)
    return {month: frozenset(hubs) for month, hubs in found.items()}


def _counted_after(first: Month) -> list[Month]:
    return [Month.of(day) for day in Count.objects.filter(month__gt=first.first).values_list("month", flat=True)]


def _uncounted_before(month: Month) -> list[Month]:
    counted = set(Count.objects.filter(month__lt=month.first).values_list("month", flat=True))
    earlier = [m for m in month.fiscal_year.months_through(month.previous()) if m.first not in counted]
    return [m for m in earlier if _has_records(m)]


def _has_records(month: Month) -> bool:
    closed = Case.objects.filter(closed_on__range=(month.first, month.last))
    outcomes = Outcome.objects.confirmed().filter(measured_on__range=(month.first, month.last))
    days = (month.first, month.last)
    handed_on = Referral.objects.filter(Q(sent_on__range=days) | Q(answered_on__range=days))
    worked = ReferralWork.objects.standing().done_between(*days)
    found = (Consultation.objects.held_in(month), closed, outcomes, handed_on, worked)
    return any(rows.exists() for rows in found)


def _locked() -> bool:
    return _ask("SELECT pg_try_advisory_xact_lock(%s)")


def _lock() -> None:
    _ask("SELECT pg_advisory_xact_lock(%s)")


def _ask(sql: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [_LOCK])
        return bool(cursor.fetchone()[0])
