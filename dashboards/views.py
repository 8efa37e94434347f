"""What waits for oneself, the hub at a glance, the nation at a glance, and the records behind a figure."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from consultations.models import Case, Consultation, Enterprise, Outcome
from dashboards import queries
from dashboards.forms import Choice, months_to_choose, read_choice
from foundation.periods import Month
from hubs.access import Permission, may_look_behind
from hubs.doors import Door, Reach, looked_at
from hubs.models import Hub
from metrics.models import Freeze, Span
from metrics.queries import Place, counted_at, labels_of
from metrics.records import frozen_behind, records_behind
from referrals.models import Referral, ReferralWork

RECORDS_SHOWN = 500


class Window(Door):
    """A page that shows figures of a chosen month."""

    @property
    def choice(self) -> Choice:
        return read_choice(self.request.GET, timezone.localdate())

    def around(self, choice: Choice) -> dict[str, Any]:
        """What every window needs."""
        return {
            "choice": choice,
            "months": months_to_choose(Month.of(timezone.localdate())),
            "spans": Span,
            "counted_at": counted_at(choice.month),
            "is_running": choice.month == Month.of(timezone.localdate()),
        }


class HubHome(Window):
    """GET /hubs/<hub>/: the hub's figures of a month or of the year to date."""

    reach: ClassVar[Reach] = Reach.HUB_FIGURES
    permission: ClassVar[str | None] = Permission.VIEW_HUB

    def get(self, request: HttpRequest) -> HttpResponse:
        choice, place = self.choice, Place.of_hub(self.hub)
        found = queries.with_year_before([place], choice.month, choice.span)
        context = self.around(choice) | {
            "hub": self.hub,
            "totals": queries.totals_of(found, place, choice.month),
            "divisions": queries.divisions_of(found, place, choice.month),
            "trend": queries.trend_of(place, choice.month, choice.indicator),
            "may_open": may_look_behind(request.user, self.hub),
            "may_log": request.user.has_perm(Permission.LOG_CONSULTATION, self.hub),
        }
        return render(request, "dashboards/hub_home.html", context)


class MyDesk(Door):
    """GET /hubs/<hub>/desk/: what waits for whoever asks. Where a coordinator's day begins."""

    reach: ClassVar[Reach] = Reach.HUB_RECORDS
    permission: ClassVar[str | None] = Permission.LOG_CONSULTATION

    def get(self, request: HttpRequest) -> HttpResponse:
        desk = queries.desk_of(hub=self.hub, user=request.user, today=timezone.localdate())
        looked_at(request, "desk.viewed", rows=len(desk.duties))
        return render(request, "dashboards/my_desk.html", {"hub": self.hub, "desk": desk})


class NationMonth(Window):
    """GET /nation/: all hubs side by side."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.VIEW_NATION

    def get(self, request: HttpRequest) -> HttpResponse:
        choice, nation = self.choice, Place.nation()
        hubs = self.hubs()
        places = [nation, *(Place.of_hub(hub) for hub in hubs)]
        found = queries.with_year_before(places, choice.month, choice.span, choice.defined.totals())
        rows = queries.side_by_side(hubs, found, choice.month, self.total(choice))
        context = self.around(choice) | {
            "totals": queries.totals_of(found, nation, choice.month),
            "rows": queries.sorted_rows(rows, choice.order),
            "tiles": rows,
            "columns": choice.defined.totals(),
            "trend": queries.trend_of(nation, choice.month, self.total(choice)),
        }
        return render(request, "dashboards/nation_month.html", context)

    def hubs(self) -> list[Hub]:
        """Those whose figures this person may see."""
        scope = self.request.scope  # type: ignore[attr-defined]
        return list(Hub.objects.select_related("prefecture").filter(pk__in=scope.figures).order_by("pk"))

    def total(self, choice: Choice) -> Any:
        if choice.indicator.breakdown is not None:
            raise Http404
        return choice.indicator


class NationDivisions(NationMonth):
    """GET /nation/breakdowns/: the nation's figures by theme, method, industry …"""

    def get(self, request: HttpRequest) -> HttpResponse:
        choice, nation = self.choice, Place.nation()
        found = queries.with_year_before([nation], choice.month, choice.span)
        context = self.around(choice) | {"divisions": queries.divisions_of(found, nation, choice.month)}
        return render(request, "dashboards/nation_divisions.html", context)


class Records(Window):
    """GET /hubs/<hub>/figures/records/: what a figure of the hub counts. As many rows as the figure says."""

    reach: ClassVar[Reach] = Reach.HUB_RECORDS
    permission: ClassVar[str | None] = Permission.VIEW_RECORDS

    def get(self, request: HttpRequest) -> HttpResponse:
        choice = self.choice
        rows = records_behind(
            hub=self.hub, indicator=choice.indicator, code=choice.code, month=choice.month, span=choice.span
        )
        told = self.told(choice)
        if told is not None:
            rows = rows.model.objects.filter(hub=self.hub, pk__in=told[1])
        count = rows.count()
        looked_at(request, "figure.opened", indicator=choice.indicator.code, month=str(choice.month), rows=count)
        label = labels_of(choice.indicator).get(choice.code, "") if choice.code else ""
        context = self.around(choice) | {"hub": self.hub, "rows": listed(rows), "count": count, "code_label": label}
        if told is not None:
            context |= {"frozen": told[0], "gone": len(told[1]) - count}
        elif choice.span != Span.MONTH:
            context["is_closed"] = Freeze.objects.of(choice.month).exists()
        return render(request, "dashboards/figure_records.html", context | {"most": RECORDS_SHOWN})

    def told(self, choice: Choice) -> tuple[Freeze, set[int]] | None:
        """What a figure of a closed month counted when it was frozen; None for spans and for open months."""
        if choice.span != Span.MONTH:
            return None
        return frozen_behind(hub=self.hub, indicator=choice.indicator, code=choice.code, month=choice.month)


def listed(rows: Any) -> list[dict[str, Any]]:
    """Rows of any kind as the page shows them: when, what, whose."""
    model = rows.model
    if model is Enterprise:
        found = rows.order_by("name", "pk")[:RECORDS_SHOWN]
        return [{"on": None, "enterprise": row, "about": row} for row in found]
    if model is Case:
        found = rows.select_related("enterprise").order_by("-closed_on", "-pk")[:RECORDS_SHOWN]
        return [{"on": row.closed_on, "enterprise": row.enterprise, "about": row} for row in found]
    if model is Outcome:
        found = rows.select_related("case__enterprise").newest_first()[:RECORDS_SHOWN]
        return [{"on": row.measured_on, "enterprise": row.case.enterprise, "about": _what(row)} for row in found]
    if model is Consultation:
        found = rows.for_lists().select_related("enterprise", "case").newest_first()[:RECORDS_SHOWN]
        return [{"on": row.held_on, "enterprise": row.enterprise, "about": row.case, "session": row} for row in found]
    if model in (Referral, ReferralWork):
        return listed_referrals(rows)
    return listed_parts(rows)


def listed_referrals(rows: Any) -> list[dict[str, Any]]:
    """What was asked of other agencies, and what they did."""
    if rows.model is Referral:
        sent = rows.select_related("enterprise", "organization").order_by("-sent_on", "-pk")[:RECORDS_SHOWN]
        return [{"on": row.sent_on, "enterprise": row.enterprise, "about": row.organization} for row in sent]
    related = ("referral__enterprise", "referral__organization")
    works = rows.select_related(*related).order_by("-worked_on", "-pk")[:RECORDS_SHOWN]
    return [
        {"on": row.worked_on, "enterprise": row.referral.enterprise, "about": row.referral.organization}
        for row in works
    ]


def _what(outcome: Outcome) -> str:
    """An outcome in one line."""
    return f"{outcome.get_kind_display()} {outcome.get_trend_display()} ({outcome.get_as_of_display()}) {outcome.case}"


def listed_parts(rows: Any) -> list[dict[str, Any]]:
    """Organizations or programmes: each with the consultation that it belongs to."""
    other = "organization" if hasattr(rows.model, "organization") else "program"
    related = ("consultation__enterprise", other)
    found = rows.select_related(*related).order_by("-consultation__held_on", "-pk")[:RECORDS_SHOWN]
    return [
        {
            "on": row.consultation.held_on,
            "enterprise": row.consultation.enterprise,
            "about": getattr(row, other),
            "session": row.consultation,
        }
        for row in found
    ]
