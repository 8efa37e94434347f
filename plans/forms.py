"""A year's targets, one field a total; and which year a page is about."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import Http404, QueryDict

from foundation.fields import WholeNumberField
from foundation.periods import FiscalYear
from metrics.indicators import FIRST_MONTH, INDICATORS
from plans.models import HIGHEST

YEARS_AHEAD = 1  # next year's plan is written in March


class TargetsForm(forms.Form):
    """Empty: no target."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for indicator in INDICATORS.totals():
            self.fields[indicator.code] = WholeNumberField(
                label=f"{indicator.label} ({indicator.unit})", min_value=0, max_value=HIGHEST, required=False
            )


def read_year(query: QueryDict, today: dt.date) -> FiscalYear:
    """The year in an address, or the current one. Raises Http404 for one that no page is about."""
    text = str(query.get("year") or FiscalYear.of(today).year)
    years = years_to_choose(today)
    found = [year for year in years if str(year) == text]
    if not found:
        raise Http404
    return found[0]


def years_to_choose(today: dt.date) -> list[FiscalYear]:
    """The newest first."""
    newest = FiscalYear.of(today).year + YEARS_AHEAD
    return [FiscalYear(year) for year in range(newest, FIRST_MONTH.fiscal_year.year - 1, -1)]
