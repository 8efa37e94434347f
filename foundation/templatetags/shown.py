"""How values are shown: Japanese dates, fiscal years, figures. Built into every template."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from foundation.periods import FiscalYear, Month, japanese_day

register = template.Library()


def _english() -> bool:
    return (get_language() or "ja").startswith("en")


@register.filter
def day(value: dt.date | None) -> str:
    """令和8年4月1日; 1 Apr 2026 in English."""
    if value is None:
        return ""
    return f"{value.day} {value:%b %Y}" if _english() else japanese_day(value)


@register.filter
def moment(at: dt.datetime | None) -> str:
    """令和8年4月1日 9:05, in Japan's time; 1 Apr 2026 9:05 in English."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{day(local.date())} {local.hour}:{local:%M}"


@register.filter
def month(value: Month) -> str:
    """2026年4月; April 2026 in English."""
    return f"{value.first:%B %Y}" if _english() else f"{value.year}年{value.number}月"


@register.filter
def fiscal_year(value: FiscalYear) -> str:
    """令和8年度(2026年度); FY2026 in English."""
    return f"FY{value.year}" if _english() else value.japanese


@register.filter
def signed_percent(value: float | None) -> str:
    """+12.3%, −4.0%, or a dash where there is nothing to compare with."""
    if value is None:
        return "—"
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}{abs(value):.1f}%"


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: object) -> str:
    """The query string of this page with some parameters changed; empty ones are dropped."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return query.urlencode()


@register.filter
def unlocalized(value: object) -> str:
    """An identifier as it is, without thousands separators."""
    return str(value)
