"""The hubs' months up to the last one: the old ones checked, the newest in every state that it can be in."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.models import User
from foundation.periods import FiscalYear, Month, midnight
from hubs.models import Hub
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics.indicators import INDICATORS
from metrics.queries import Place, figures
from reports.choices import MonthMove, MonthState
from reports.models import Explanation, MonthlyReport, MonthStep, ReportingMonth
from reports.queries.months import Confirmed, jumps_of
from yorozu.demo.accounts import address

NEWEST = (MonthState.ACCEPTED, MonthState.SUBMITTED, MonthState.DRAFTING, MonthState.RETURNED)
MOVES = {
    MonthState.DRAFTING: (),
    MonthState.SUBMITTED: (MonthMove.SUBMIT,),
    MonthState.RETURNED: (MonthMove.SUBMIT, MonthMove.RETURN),
    MonthState.ACCEPTED: (MonthMove.SUBMIT, MonthMove.ACCEPT),
}
AFTER = {
    MonthMove.SUBMIT: MonthState.SUBMITTED,
    MonthMove.RETURN: MonthState.RETURNED,
    MonthMove.ACCEPT: MonthState.ACCEPTED,
}
REASONS = (
    "商工会との合同相談会を開いたため。",
    "夏季休業のため。",
    "補助金の公募期間と重なったため。",
    "年度末の決算期のため。",
)


def load_months(*, at: dt.datetime) -> None:
    """For every hub and month of this fiscal year and the one before that is over. They must have been counted."""
    last = Month.of(timezone.localdate(at)).previous()
    year = FiscalYear.of(last.first)
    months = [*FiscalYear(year.year - 1).months, *year.months_through(last)]
    ReportingMonth.objects.bulk_create(ReportingMonth.usual(month) for month in months)
    people = {user.email: user for user in User.objects.filter(email__startswith="chief.")}
    checker = User.objects.get(email=address("hq"))
    with entered(Scope.of_figures(HUB_IDS)):
        hubs = list(Hub.objects.order_by("pk"))
        found = figures(
            places=map(Place.of_hub, hubs), months=[months[0].previous(), *months], indicators=INDICATORS.totals()
        )
        for hub in hubs:
            chief = people[address(f"chief.{hub.code}")]
            for month in months:
                place, before = Place.of_hub(hub), month.previous()
                told = [
                    Confirmed(i, found.value(place, month, i), found.value(place, before, i))
                    for i in INDICATORS.at(month).totals()
                ]
                state = NEWEST[hub.pk % len(NEWEST)] if month == last else MonthState.ACCEPTED
                _tell(hub, month, state, told, chief, checker)


def _tell(hub: Hub, month: Month, state: MonthState, told: list[Confirmed], chief: User, checker: User) -> None:
    sent = midnight(month.next().first) + dt.timedelta(days=3 + hub.pk % 8, hours=10)
    moves = MOVES[state]
    report = MonthlyReport(hub=hub, reporting_month_id=month.first, state=state, version=1 + len(moves))
    if moves:
        report.submitted_at, report.submitted_by, report.is_zero = sent, chief, told[0].now == 0
    if state == MonthState.ACCEPTED:
        report.accepted_at, report.accepted_by = sent + dt.timedelta(days=1), checker
    report.save()
    MonthStep.objects.bulk_create(
        MonthStep(
            hub=hub, report=report, move=move, state=AFTER[move], at=sent + dt.timedelta(days=number),
            by=checker if number else chief,
            note="相談件数と延べ時間の関係を確かめてください。" if move == MonthMove.RETURN else "",
        )
        for number, move in enumerate(moves)
    )  # fmt: skip
    if moves:
        Explanation.objects.bulk_create(
            Explanation(
                hub=hub, report=report, indicator=jump.indicator.code, text=REASONS[month.number % len(REASONS)]
            )
            for jump in jumps_of(told)
        )
