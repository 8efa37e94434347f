"""What hubs and the nation mean to reach in the last fiscal year and in this one: near to what can be reached, some too
much."""

from __future__ import annotations

import datetime as dt
from random import Random

from django.utils import timezone

from accounts.models import User
from foundation.periods import FiscalYear, Month, midnight
from hubs.models import Hub
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics.indicators import INDICATORS, Indicator
from metrics.models import Span
from metrics.queries import Figures, Place, figures
from plans.models import Target
from yorozu.demo.accounts import address

AIMED_AT = tuple(INDICATORS[code] for code in ("consultations", "visitors", "cases_resolved", "referrals"))
SET_ON = (4, 10)  # month and day on which a year's targets were set


def set_targets(*, at: dt.datetime) -> None:
    """Of every hub and of the nation. The months must have been counted."""
    this = FiscalYear.of(timezone.localdate(at))
    people = {user.email: user for user in User.objects.filter(email__startswith="chief.")}
    with entered(Scope.of_figures(HUB_IDS)):
        hubs = list(Hub.objects.order_by("pk"))
        places = [Place.nation(), *map(Place.of_hub, hubs)]
        before = FiscalYear(this.year - 1).months[-1]
        found = figures(places=places, months=[before], span=Span.YEAR_TO_DATE, indicators=AIMED_AT)
        people_of: dict[int | None, User] = {hub.pk: people[address(f"chief.{hub.code}")] for hub in hubs}
        people_of[None] = User.objects.get(email=address("hq"))
        Target.objects.bulk_create(
            _target(place, indicator, year, _aim(found, place, before, indicator, year), people_of[place.hub_id])
            for year in (FiscalYear(this.year - 1), this)
            for place in places
            for indicator in AIMED_AT
        )


def _target(place: Place, indicator: Indicator, year: FiscalYear, value: int, by: User) -> Target:
    at = midnight(dt.date(year.year, *SET_ON)) + dt.timedelta(hours=14)
    return Target(
        hub_id=place.hub_id, fiscal_year=year.year, indicator=indicator.code, value=value, set_by=by, set_at=at
    )


def _aim(found: Figures, place: Place, before: Month, indicator: Indicator, year: FiscalYear) -> int:
    """Round, and for this year a little more than what was reached last year."""
    chance = Random(f"target {place.hub_id} {indicator.code} {year.year}")
    wanted = found.value(place, before, indicator) * chance.uniform(0.95, 1.12)
    step = 100 if wanted > 3000 else 10 if wanted > 100 else 1
    return round(wanted / step) * step
