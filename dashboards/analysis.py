"""Pages of analysis: one item of the tender's II.7 at a hub, a bureau, the nation."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from dashboards.forms import months_to_choose, read_month, read_span
from dashboards.queries.analysis import Analysis, Question, sorted_places, twelfths
from foundation.periods import Month
from hubs.access import Permission, may_look_behind
from hubs.doors import Door, Reach
from hubs.models import Bureau, Hub
from metrics.models import Span
from metrics.queries import Place
from metrics.topics import TOPICS
from plans.queries import targets


class AnalysisDoor(Door):
    """What the pages have in common. Addresses: ?month=2026-10&span=month|qtd|ytd&order=value|change|percent."""

    route: ClassVar[str]
    kwargs: dict[str, Any]

    def question(self, topic: str) -> Question:
        """What is asked here. Raises Http404."""
        if topic not in TOPICS:
            raise Http404
        today = timezone.localdate()
        month, span = read_month(self.request.GET, today), read_span(self.request.GET)
        return Question(TOPICS[topic], self.place(), month, span, today, **self.around())

    def place(self) -> Place:
        raise NotImplementedError

    def around(self) -> dict[str, Any]:
        """Hubs and bureaus that stand below the place."""
        return {}

    def get(self, request: HttpRequest, topic: str = "activity", **_parts: Any) -> HttpResponse:
        question = self.question(topic)
        answer = Analysis(question, targets(year=question.month.fiscal_year))
        context = self.chosen(question) | {
            "lines": answer.lines, "outlooks": answer.outlooks, "divisions": answer.divisions, "trend": answer.trend,
            "beside": sorted_places(answer.beside, request.GET.get("order", "")), "totals": answer.totals,
        }  # fmt: skip
        return render(request, "dashboards/analysis_page.html", context | self.named())

    def chosen(self, question: Question) -> dict[str, Any]:
        """What was asked for, and what else could be."""
        today, first = Month.of(question.today), question.topic.at(question.month)[0]
        return {
            "question": question, "topic": question.topic, "month": question.month, "span": question.span,
            "choice": {"indicator": first, "month": question.month, "span": question.span},
            "months": months_to_choose(today), "spans": Span, "is_running": question.month == today,
            "level": question.place.level, "first_month": question.span.start(question.month),
            "twelfths": twelfths(question.span, question.month), "as_of": question.as_of,
            "topics": [(each, reverse(self.route, args=[*self.parts(), slug])) for slug, each in TOPICS.items()],
            "opens": False,
        }  # fmt: skip

    def parts(self) -> list[str]:
        """What names the place in an address."""
        return []

    def named(self) -> dict[str, Any]:
        """The place, as the page calls it."""
        return {}


class HubAnalysis(AnalysisDoor):
    """GET /hubs/tokyo/analysis/outcomes/."""

    reach: ClassVar[Reach] = Reach.HUB_FIGURES
    permission: ClassVar[str | None] = Permission.VIEW_HUB
    route: ClassVar[str] = "hubs:analysis_topic"

    def place(self) -> Place:
        return Place.of_hub(self.hub)

    def parts(self) -> list[str]:
        return [self.hub.slug]

    def named(self) -> dict[str, Any]:
        return {"hub": self.hub, "place_name": str(self.hub), "opens": may_look_behind(self.request.user, self.hub)}


class NationAnalysis(AnalysisDoor):
    """GET /nation/analysis/outcomes/."""

    reach: ClassVar[Reach] = Reach.NATION_FIGURES
    permission: ClassVar[str | None] = Permission.VIEW_NATION
    route: ClassVar[str] = "nation:analysis_topic"

    def place(self) -> Place:
        return Place.nation()

    def around(self) -> dict[str, Any]:
        hubs = list(Hub.objects.select_related("prefecture__bureau").order_by("pk"))
        seen = self.request.scope.figures  # type: ignore[attr-defined]
        members: dict[Bureau, list[Hub]] = {}
        for hub in hubs:
            members.setdefault(hub.prefecture.bureau, []).append(hub)
        # a bureau of one hub is that hub: its figures are for who may see the hub's
        shown = [bureau for bureau, theirs in members.items() if len(theirs) > 1 or theirs[0].pk in seen]
        ordered = sorted(shown, key=lambda bureau: bureau.position)
        return {"hubs": [hub for hub in hubs if hub.pk in seen], "bureaus": ordered}


class BureauAnalysis(NationAnalysis):
    """GET /nation/bureaus/kanto/analysis/outcomes/: a bureau whose hubs one may see."""

    route: ClassVar[str] = "nation:bureau_analysis_topic"
    bureau: Bureau

    def place(self) -> Place:
        return Place.of_bureau(self.bureau)

    def parts(self) -> list[str]:
        return [self.bureau.slug]

    def question(self, topic: str) -> Question:
        around = super().around()
        found = [bureau for bureau in around["bureaus"] if bureau.slug == self.kwargs["bureau"]]
        hubs = [hub for hub in around["hubs"] if found and hub.prefecture.bureau_id == found[0].pk]
        if not hubs:
            raise Http404
        self.bureau, self.below = found[0], around | {"hubs": hubs}
        return super().question(topic)

    def around(self) -> dict[str, Any]:
        return self.below

    def named(self) -> dict[str, Any]:
        return {"bureau": self.bureau, "place_name": str(self.bureau)}
