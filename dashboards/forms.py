"""What a window shows: month, span, indicator, order. All of it lives in the URL."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import Http404, QueryDict

from foundation.errors import Unreadable
from foundation.periods import Month
from metrics.indicators import FIRST_MONTH, INDICATORS, Definitions, Indicator
from metrics.models import Span


@dataclass(frozen=True)
class Choice:
    """What was asked for, or the usual."""

    month: Month
    span: Span
    indicator: Indicator
    order: str
    code: str

    @property
    def defined(self) -> Definitions:
        """The indicators of the month."""
        return INDICATORS.at(self.month)


def read_choice(query: QueryDict, today: dt.date) -> Choice:
    """The choice in a URL. Raises Http404 for what does not exist: another address, another page."""
    latest = Month.of(today)
    try:
        month = Month.parse(str(query["month"])) if query.get("month") else latest
        span = Span(query.get("span") or Span.MONTH)
        code, defined = query.get("indicator") or "consultations", INDICATORS.at(month)
        indicator = defined[code] if code in defined else INDICATORS[code]
    except (Unreadable, ValueError, KeyError) as problem:
        raise Http404 from problem
    if not FIRST_MONTH <= month <= latest:
        raise Http404
    return Choice(month, span, indicator, query.get("order", ""), query.get("code", "")[:40])


def months_to_choose(latest: Month, count: int = 25) -> list[Month]:
    """The newest months first."""
    return [latest.plus(-n) for n in range(count)]


def read_span(query: QueryDict) -> Span:
    """Month, quarter or year, as an address says. Raises Http404."""
    try:
        return Span(query.get("span") or Span.MONTH)
    except ValueError as problem:
        raise Http404 from problem


def read_month(query: QueryDict, today: dt.date) -> Month:
    """The month in an address, or the last one that is over: a running month says little beside others. Raises
    Http404."""
    latest = Month.of(today)
    try:
        month = Month.parse(str(query["month"])) if query.get("month") else latest.previous()
    except Unreadable as problem:
        raise Http404 from problem
    if not FIRST_MONTH <= month <= latest:
        raise Http404
    return month
