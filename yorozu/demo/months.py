"""The hubs' months up to the last one: the old ones checked, the newest in every state that it can be in."""

from __future__ import annotations

import datetime as dt
import uuid

from django.utils import timezone

from accounts.models import User
from consultations.models import Consultation
from foundation.periods import FiscalYear, Month, midnight
from hubs.models import Hub
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics.actions import recount_touched
from metrics.indicators import INDICATORS
from metrics.queries import Place, figures
from reports.actions import closing
from reports.choices import MonthMove, MonthState
from reports.models import Explanation, MonthlyReport, MonthStep, Remark, ReportingMonth
from reports.queries.months import Confirmed, jumps_of, told_by
from reports.workflow import MONTH
from yorozu.demo.accounts import address

# The newest month, hub by hub: checked, submitted, waiting, returned, submitted again with replies.
NEWEST: tuple[tuple[MonthMove, ...], ...] = (
    (MonthMove.SUBMIT, MonthMove.ACCEPT),
    (MonthMove.SUBMIT,),
    (),
    (MonthMove.SUBMIT, MonthMove.RETURN),
    (MonthMove.SUBMIT,),
    (MonthMove.SUBMIT, MonthMove.RETURN, MonthMove.SUBMIT),
    (MonthMove.SUBMIT, MonthMove.ACCEPT),
    (MonthMove.SUBMIT,),
    (MonthMove.SUBMIT, MonthMove.RETURN),
    (MonthMove.SUBMIT,),
)
CHECKED = (MonthMove.SUBMIT, MonthMove.ACCEPT)
ALWAYS_LATE, NEVER_SENT = 9, 23  # every so manieth hub is late each month; every so manieth hub-month was never sent
NOTE = "相談件数と延べ時間の関係を確かめてください。"
ASKED = {"minutes": "相談件数に比べて長すぎませんか。", "referrals": "先月から減った事情を教えてください。"}
ANSWERED = {"minutes": "現地支援が多かったためで、記録どおりです。"}
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
                _tell(hub, month, _moves(hub, month, last), told, chief, checker)


def _moves(hub: Hub, month: Month, last: Month) -> tuple[MonthMove, ...]:
    if month == last:
        return NEWEST[hub.pk % len(NEWEST)]
    return () if (hub.pk * 12 + month.number) % NEVER_SENT == 0 else CHECKED


def _sent_at(hub: Hub, month: Month) -> dt.datetime:
    """In time; a few hubs never, and each now and then, a few days late."""
    late = hub.pk % ALWAYS_LATE == 0 or (hub.pk + month.number) % ALWAYS_LATE == 0
    days = 11 + hub.pk % 4 if late else 2 + (hub.pk + month.number) % 8
    return midnight(month.next().first) + dt.timedelta(days=days, hours=10)


def _tell(
    hub: Hub, month: Month, moves: tuple[MonthMove, ...], told: list[Confirmed], chief: User, checker: User
) -> None:  # fmt: skip
    state, steps, sent = MonthState.DRAFTING, [], _sent_at(hub, month)
    report = MonthlyReport(hub=hub, reporting_month_id=month.first, version=1 + len(moves))
    for number, move in enumerate(moves):
        state, at = MonthState(MONTH.after(state, move)), sent + dt.timedelta(days=number)
        steps.append(MonthStep(
            hub=hub, move=move, state=state, at=at, by=chief if move == MonthMove.SUBMIT else checker,
            note=NOTE if move == MonthMove.RETURN else "",
        ))  # fmt: skip
        if move == MonthMove.SUBMIT:
            report.submitted_at, report.submitted_by, report.is_zero = at, chief, told[0].now == 0
            report.submitted_figures = told_by(told) | _miscounted(hub, told)
        if move == MonthMove.ACCEPT:
            report.accepted_at, report.accepted_by = at, checker
    report.state = state
    report.save()
    for step in steps:
        step.report = report
    MonthStep.objects.bulk_create(steps)
    _ask(report, steps, chief)
    _explain(report, told if moves else [])


def _miscounted(hub: Hub, told: list[Confirmed]) -> dict[str, int]:
    """A few hubs have gone on typing after they submitted."""
    return {told[0].indicator.code: told[0].now - 2} if hub.pk % 11 == 2 and told[0].now > 2 else {}


def _ask(report: MonthlyReport, steps: list[MonthStep], chief: User) -> None:
    """What headquarters asked at each return, and what was answered when the month came again."""
    for number, step in enumerate(steps):
        if step.move == MonthMove.RETURN:
            later = steps[number + 1] if number + 1 < len(steps) else None
            Remark.objects.bulk_create(_remark(report, step, code, later, chief) for code in ASKED)


def _remark(report: MonthlyReport, step: MonthStep, code: str, later: MonthStep | None, chief: User) -> Remark:
    remark = Remark(hub_id=report.hub_id, report=report, indicator=code, text=ASKED[code], at=step.at, by=step.by)
    if later is not None and code in ANSWERED:
        remark.reply, remark.replied_at, remark.replied_by = ANSWERED[code], later.at, chief
    return remark


def _explain(report: MonthlyReport, told: list[Confirmed]) -> None:
    reason = REASONS[report.month.number % len(REASONS)]
    Explanation.objects.bulk_create(
        Explanation(hub_id=report.hub_id, report=report, indicator=jump.indicator.code, text=reason)
        for jump in jumps_of(told)
    )


CLOSED_MONTHS = 5  # before the newest one that is over, which the hubs are still working on
LATE_HUBS = (13, 27)


def close_months(*, at: dt.datetime) -> int:
    """The months before the newest, closed and published as headquarters does it; then two hubs remember a session,
    which waits as a correction for the next closing. Returns how many were remembered."""
    last = Month.of(timezone.localdate(at)).previous()
    checker = User.objects.get(email=address("hq"))
    for month in (last.plus(-n) for n in range(CLOSED_MONTHS, 0, -1)):
        closed_at = midnight(month.next().first) + dt.timedelta(days=19, hours=16)
        closing.close_month(month=month, note="提出のない拠点に確かめたうえで締めます。", by=checker, at=closed_at)
        closing.publish(month=month, by=checker, at=closed_at + dt.timedelta(days=5))
    remembered = 0
    for hub_id in LATE_HUBS:
        with entered(Scope.of_hub(hub_id)):
            remembered += _remember(hub_id, last.previous(), at)
    recount_touched(at=at)
    return remembered


def _remember(hub_id: int, month: Month, at: dt.datetime) -> int:
    session = Consultation.objects.filter(hub_id=hub_id).counted().held_in(month).order_by("pk").first()
    if session is None:
        return 0
    session.pk, session.client_id = None, uuid.uuid5(uuid.NAMESPACE_OID, f"late {hub_id}")
    session.content = f"手帳を見返して記録。{session.content}"
    session.created_at = session.updated_at = at
    session.save(force_insert=True)
    return 1
