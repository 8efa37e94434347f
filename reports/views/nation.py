"""All hubs' months: who has reported, what wants a look, several accepted at once, and the two dates of a month."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from foundation.periods import Month
from hubs.access import Permission, figure_hub_ids, holds_nationally
from hubs.doors import Door, Reach
from hubs.models import Hub
from reports.actions import dates, months
from reports.choices import MonthState
from reports.forms import DatesForm
from reports.queries import oversight
from reports.queries.months import reporting_month
from reports.views.editions import read_month
from reports.views.months import SHOWN, read_version


class NationDoor(Door):
    """A page about all hubs; for a bureau, about its own."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.WATCH_MONTHS

    def standings(self, month: Month) -> list[oversight.HubStanding]:
        hubs = Hub.objects.filter(pk__in=figure_hub_ids(self.person)).select_related("prefecture__bureau")
        return oversight.standings(list(hubs.order_by("pk")), month, today=timezone.localdate())

    def back(self, month: Month) -> HttpResponseBase:
        return redirect(f"{reverse('nation_months:list')}?{urlencode({'month': str(month)})}")


class NationMonths(NationDoor):
    """GET /nation/months/?month=2026-10: how far every hub is, what wants a look first; `?state=` narrows it. Rates of
    the month and of the twelve months up to it, by hub and bureau."""

    def get(self, request: HttpRequest) -> HttpResponse:
        newest = Month.of(timezone.localdate()).previous()
        month = read_month(request.GET["month"]) if request.GET.get("month") else newest
        every, state = self.standings(month), request.GET.get("state", "")
        reporting, on_time = oversight.rates(every)
        context = {
            "month": month, "months": [newest.plus(-n) for n in range(SHOWN)], "state": state,
            "states": [(oversight.LOOK, _("確認したい点がある")), (oversight.LATE, _("期限超過")), *MonthState.choices],
            "rows": oversight.most_urgent_first(row for row in every if row.passes(state)),
            "reporting": reporting, "on_time": on_time, "bureaus": oversight.bureau_rates(every),
            "dates": every[0].report.reporting_month if every else reporting_month(month),
            "here": reverse("nation_months:list"), "today": timezone.localdate(),
            "may_check": holds_nationally(request.user, Permission.CHECK_MONTHS),
        }  # fmt: skip
        return render(request, "reports/month_nation.html", context)


class Acceptances(NationDoor):
    """POST /nation/months/2026-10/acceptances/: accept the chosen hubs of which nothing strikes the eye. Each choice
    names a hub and the version that was seen: tokyo:2."""

    permission: ClassVar[str | None] = Permission.CHECK_MONTHS
    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]

    def post(self, request: HttpRequest, month: str) -> HttpResponseBase:
        wanted = read_month(month)
        chosen = (choice.partition(":") for choice in request.POST.getlist("chosen")[:100])
        versions = {slug: read_version(version) for slug, _colon, version in chosen}
        accepted, left = months.accept_ready(
            rows=self.standings(wanted), versions=versions, by=self.person, at=timezone.now()
        )
        if accepted:
            messages.success(request, _("%d拠点を確認済みにしました。") % len(accepted))
        if left:
            names = "、".join(str(hub) for hub in left)
            messages.error(request, _("次の拠点は状態か集計値が変わったため、そのままにしました: %s") % names)
        return self.back(wanted)


class Dates(NationDoor):
    """GET and POST /nation/months/2026-10/dates/: 提出期限 and 締め日; of a closed month only to be read."""

    permission: ClassVar[str | None] = Permission.CHECK_MONTHS

    def get(self, request: HttpRequest, month: str) -> HttpResponse:
        row = reporting_month(wanted := self.open_month(month))
        shown = {
            "due_on": row.due_on,
            "closes_on": row.closes_on,
            "seen_due": row.due_on,
            "seen_closing": row.closes_on,
        }
        return self.page(wanted, DatesForm(month=wanted, initial=shown))

    def post(self, request: HttpRequest, month: str) -> HttpResponseBase:
        wanted = self.open_month(month)
        form = DatesForm(request.POST, month=wanted)
        if not form.is_valid():
            return self.page(wanted, form, status=422)
        values = form.cleaned_data
        try:
            dates.set_dates(
                month=wanted, due_on=values["due_on"], closes_on=values["closes_on"], seen=form.seen(), by=self.person,
                at=timezone.now(),
            )  # fmt: skip
        except dates.AlreadyClosed:
            return self.page(wanted, form, status=409)
        except months.Moved:
            form.add_error(None, _("ほかの人が先に日付を変えました。ページを開き直してください。"))
            return self.page(wanted, form, status=409)
        messages.success(request, _("提出期限と締め日を決めました。変わったときは、チーフに連絡します。"))
        return self.back(wanted)

    def open_month(self, text: str) -> Month:
        """Not one that lies far ahead: it would be the newest that is known, and the beat opens those before it."""
        month = read_month(text)
        if Month.of(timezone.localdate()) < month:
            raise Http404
        return month

    def page(self, month: Month, form: DatesForm, status: int = 200) -> HttpResponse:
        context = {"month": month, "form": form, "dates": reporting_month(month)}
        return render(self.request, "reports/month_dates.html", context, status=status)
