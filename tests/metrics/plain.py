"""The figures once more, in plain Python, written from domain.md §4 and from nothing else: slow and obvious."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from consultations.models import Case, Consultation, Involvement, Outcome, ProgramUse
from directory.models import Code
from foundation.periods import Month
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from metrics.models import Count, Fact
from referrals.models import Referral, ReferralWork


class Key(NamedTuple):
    place: str  # "hub 13", "bureau 3", "nation"
    span: str
    month: Month
    indicator: str
    code: str


def stored() -> dict[Key, int]:
    """What the facts say."""
    with entered(Scope.nationwide()):
        return {
            Key(_place(fact), fact.span, Month.of(fact.month), fact.indicator, fact.code): fact.value
            for fact in Fact.objects.all()
        }


def _place(fact: Fact) -> str:
    number = fact.hub_id or fact.bureau_id
    return f"{fact.level} {number}" if number else fact.level


def counted_months() -> list[Month]:
    return [Month.of(count.month) for count in Count.objects.order_by("month")]


class Change(NamedTuple):
    """What the test of changed definitions agrees upon: from a day on, 相談対応件数 and 者 are without online ones, which
    have a count of their own; 成果件数 is given up after another."""

    on: dt.date
    last: dt.date


def expected(months: Iterable[Month], change: Change | None = None) -> dict[Key, int]:
    """What the facts should say of these months, and of the quarter and the year up to each."""
    with entered(Scope.nationwide()):
        world = _World(change)
    figures: dict[Key, int] = {}
    for month in months:
        quarter = month.first.replace(month=(month.number - 1) // 3 * 3 + 1)  # begins in April, July, October, January
        for span, first in (("month", month.first), ("qtd", quarter), ("ytd", month.fiscal_year.first)):
            for place, hubs in world.places.items():
                for (indicator, code), value in world.count(hubs, first, month.last).items():
                    if change and month.first > change.last and indicator in ("outcomes", "outcomes_by_kind"):
                        continue
                    figures[Key(place, span, month, indicator, code)] = value
    return {key: value for key, value in figures.items() if value}


class _World:
    def __init__(self, change: Change | None = None) -> None:
        self.change = change
        sessions = Consultation.objects.select_related("case", "enterprise", "unit")
        self.sessions = [c for c in sessions if c.deleted_at is None and not c.not_counted]
        self.cases = list(Case.objects.all())
        self.involvements = list(Involvement.objects.select_related("organization"))
        self.uses = list(ProgramUse.objects.all())
        self.outcomes = [o for o in Outcome.objects.all() if o.confirmed_on and o.deleted_at is None]
        referrals = Referral.objects.select_related("organization")
        self.referrals = {r.pk: r for r in referrals if r.state != "cancelled"}
        self.works = [w for w in ReferralWork.objects.all() if w.struck_at is None]
        self.parents = {code.code: code.parent or code.code for code in Code.objects.filter(kind="industry")}
        hubs = list(Hub.objects.select_related("prefecture"))
        self.places = {f"hub {hub.pk}": {hub.pk} for hub in hubs} | {"nation": {hub.pk for hub in hubs}}
        for hub in hubs:
            self.places.setdefault(f"bureau {hub.prefecture.bureau_id}", set()).add(hub.pk)

    def count(self, hubs: set[int], first: Any, last: Any) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        here = [c for c in self.sessions if c.hub_id in hubs]
        held = [c for c in here if first <= c.held_on <= last]
        met = {who(c) for c in held if not self._left_out(c)}
        found["visitors", ""] = len(met)
        before = {who(c) for c in here if c.held_on < first and not self._left_out(c)}
        found["new_visitors", ""] = len(met - before)
        for session in held:
            self._count_session(found, session)
        for case in self.cases:
            if case.hub_id in hubs and case.closed_on and first <= case.closed_on <= last:
                found["cases_closed", ""] += 1
                found["cases_closed_by_resolution", case.resolution] += 1
                found["cases_resolved", ""] += case.resolution in ("solved", "partly")
        for outcome in self.outcomes:
            if outcome.hub_id in hubs and first <= outcome.measured_on <= last:
                found["outcomes", ""] += 1
                found["outcomes_by_kind", outcome.kind] += 1
        self._count_handed_on(found, hubs, first, last)
        return found

    def _left_out(self, session: Consultation) -> bool:
        return self.change is not None and session.held_on >= self.change.on and session.method == "online"

    def _count_handed_on(self, found: Counter[tuple[str, str]], hubs: set[int], first: Any, last: Any) -> None:
        for referral in (r for r in self.referrals.values() if r.hub_id in hubs):
            for name, day in (("referrals_sent", referral.sent_on), ("referrals_answered", referral.answered_on)):
                if day and first <= day <= last:
                    found[name, ""] += 1
                    found[f"{name}_by_organization", referral.organization.kind] += 1
        for work in self.works:
            if work.hub_id in hubs and first <= work.worked_on <= last and work.referral_id in self.referrals:
                found["partner_works", ""] += 1
                found["partner_work_times", ""] += work.times
                kind = self.referrals[work.referral_id].organization.kind
                found["partner_works_by_organization", kind] += 1

    def _count_session(self, found: Counter[tuple[str, str]], session: Consultation) -> None:
        found["online" if self._left_out(session) else "consultations", ""] += 1
        found["minutes", ""] += session.minutes
        found["consultations_by_category", session.case.category] += 1
        found["consultations_by_method", session.method] += 1
        if session.case.special_desk_id is not None:
            found["consultations_by_special_desk", str(session.case.special_desk_id)] += 1
        found["consultations_by_introducer", session.case.introduced_by or "unstated"] += 1
        found["consultations_by_unit", session.unit.kind if session.unit else "unstated"] += 1
        found["consultations_by_industry", self.parents.get(session.enterprise.industry, "unstated")] += 1
        for theme in set(session.themes) or {"unstated"}:
            found["consultations_by_theme", theme] += 1
        for involvement in (i for i in self.involvements if i.consultation_id == session.pk):
            name = {"referral": "referrals", "cooperation": "cooperations"}[involvement.kind]
            found[name, ""] += 1
            found[f"{name}_by_organization", involvement.organization.kind] += 1
        for use in (u for u in self.uses if u.consultation_id == session.pk):
            name = {"used": "programs_used", "introduced": "programs_introduced"}[use.kind]
            found[name, ""] += 1
            found[f"{name}_by_program", str(use.program_id)] += 1


def who(session: Consultation) -> str:
    """The identity of an enterprise across hubs: its 法人番号 where there is one, else the hub's own record."""
    enterprise = session.enterprise
    return enterprise.corporate_number or f"record {enterprise.pk}"


def differences(left: dict[Key, int], right: dict[Key, int]) -> dict[Key, tuple[int, int]]:
    """{key: (left, right)} where the two are not equal: what a failing test should print."""
    ask: Callable[[dict[Key, int], Key], int] = lambda figures, key: figures.get(key, 0)  # noqa: E731
    return {k: (ask(left, k), ask(right, k)) for k in left.keys() | right.keys() if ask(left, k) != ask(right, k)}
