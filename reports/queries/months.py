"""How the months stand: a hub's, and all hubs' side by side; what a chief sees before submitting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from consultations.models import Consultation, Draft
from foundation.periods import Month
from hubs.models import Hub
from metrics.indicators import INDICATORS, Indicator
from metrics.queries import Place, Told, change, figures
from reports.models import MonthlyReport, ReportingMonth
from reports.workflow import WAITING_FOR_HUB

JUMP_PERCENT = 30  # beyond it an explanation is compulsory (domain.md §5)
LATE_DAYS = 7  # an entry so many days after its session is late


@dataclass(frozen=True)
class Confirmed:
    """A total of the month beside the month before."""

    indicator: Indicator
    now: int
    before: int

    @property
    def percent(self) -> float | None:
        return change(self.now, self.before)

    @property
    def is_jump(self) -> bool:
        """More than ±30 %, or something out of nothing."""
        if self.before == 0:
            return self.now > 0
        return abs(self.percent or 0) > JUMP_PERCENT


@dataclass(frozen=True)
class Check:
    """Something to look at before the month is submitted, and where."""

    label: Promise
    count: int
    url: str


@dataclass(frozen=True)
class HubStanding:
    """How far a hub's month is."""

    hub: Hub
    report: MonthlyReport
    is_late: bool
    on_time: bool | None
    jumps: int


def reporting_month(month: Month) -> ReportingMonth:
    """With its two dates; the usual ones where headquarters has set none."""
    return ReportingMonth.objects.filter(pk=month.first).first() or ReportingMonth.usual(month)


def report_of(hub: Hub, month: Month) -> MonthlyReport:
    """The hub's month; an unsaved draft where nobody has touched it."""
    found = MonthlyReport.objects.filter(hub=hub).of(month).with_dates().first()
    return found or MonthlyReport(hub=hub, reporting_month=reporting_month(month))


def figures_to_confirm(hub: Hub, month: Month, *, told: Told = Told.LIVE) -> list[Confirmed]:
    """The totals that a chief signs, 相談対応件数 first: as the records count now, or as they were told."""
    place, before = Place.of_hub(hub), month.previous()
    totals = INDICATORS.at(month).totals()
    found = figures(places=[place], months=[month, before], indicators=totals, told=told)
    return [
        Confirmed(indicator, found.value(place, month, indicator), found.value(place, before, indicator))
        for indicator in totals
    ]


def jumps_of(confirmed: Sequence[Confirmed]) -> list[Confirmed]:
    """Those that must be explained."""
    return [figure for figure in confirmed if figure.is_jump]


def checks_of(hub: Hub, month: Month) -> list[Check]:
    """What a good month has none of. In the hub's records scope; one query for the records, one for drafts."""
    rows = Consultation.objects.filter(hub=hub).counted().held_in(month)
    late = Q(day__gt=F("held_on") + dt.timedelta(days=LATE_DAYS))
    found = rows.annotate(day=TruncDate("created_at")).aggregate(
        themeless=Count("pk", filter=Q(themes=[])),
        unknown_industry=Count("pk", filter=Q(enterprise__industry="")),
        late=Count("pk", filter=late),
    )
    drafts = Draft.objects.filter(hub=hub, saved_at__date__range=(month.first, month.last)).count()
    listed = reverse("consultations:consultations", args=[hub.slug])
    span = urlencode({"first": month.first.isoformat(), "last": month.last.isoformat()})
    return [
        Check(_("細目のない相談記録"), found["themeless"], f"{listed}?{span}"),
        Check(_("業種のない事業者の相談記録"), found["unknown_industry"], f"{listed}?{span}"),
        Check(_("相談日から8日以上たって入力された記録"), found["late"], f"{listed}?{span}"),
        Check(_("記録されていない下書き"), drafts, reverse("consultations:new", args=[hub.slug])),
    ]


def standings(hubs: Sequence[Hub], month: Month, *, today: dt.date) -> list[HubStanding]:
    """Every hub's month, in the hubs' order. Three queries."""
    dates = reporting_month(month)
    reports = {report.hub_id: report for report in MonthlyReport.objects.of(month).with_dates()}
    places = {hub.pk: Place.of_hub(hub) for hub in hubs}
    before, totals = month.previous(), INDICATORS.at(month).totals()
    found = figures(places=places.values(), months=[month, before], indicators=totals)

    def standing(hub: Hub) -> HubStanding:
        report = reports.get(hub.pk) or MonthlyReport(hub=hub, reporting_month=dates)
        place = places[hub.pk]
        confirmed = [Confirmed(i, found.value(place, month, i), found.value(place, before, i)) for i in totals]
        sent = report.submitted_at
        on_time = None if sent is None else sent.astimezone().date() <= dates.due_on
        return HubStanding(hub, report, report.is_late(today), on_time, len(jumps_of(confirmed)))

    return [standing(hub) for hub in hubs]


def rates(rows: Sequence[HubStanding]) -> tuple[float, float]:
    """Reporting rate and on-time rate of some hubs, in percent."""
    if not rows:
        return 0.0, 0.0
    sent = [row for row in rows if row.report.state not in WAITING_FOR_HUB]
    on_time = [row for row in sent if row.on_time]
    return len(sent) * 100 / len(rows), len(on_time) * 100 / len(rows)
