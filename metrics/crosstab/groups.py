"""The rows and columns that an axis makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.utils.translation import gettext as _

from foundation.periods import Month
from foundation.templatetags import shown
from hubs.models import Hub
from metrics.crosstab.axes import BUREAU, HUB, MONTH, QUARTER, Axis, Kind
from metrics.crosstab.question import Question
from metrics.queries import Labels


@dataclass(frozen=True)
class Group:
    """One row or column. `hubs` and `months`: what it is narrowed to; None: whatever the question is about."""

    code: str
    label: str
    hubs: frozenset[int] | None = None
    months: tuple[Month, ...] | None = None


@dataclass(frozen=True)
class Places:
    """The nation's hubs with their bureaus, read once."""

    hubs: Sequence[Hub]

    @classmethod
    def read(cls) -> Places:
        return cls(list(Hub.objects.select_related("prefecture__bureau").order_by("pk")))

    @cached_property
    def by_id(self) -> dict[int, Hub]:
        return {hub.pk: hub for hub in self.hubs}

    @cached_property
    def bureaus(self) -> dict[int, tuple[str, frozenset[int]]]:
        """{bureau: (name, hubs)} in the order of the hubs."""
        found: dict[int, tuple[str, frozenset[int]]] = {}
        for hub in self.hubs:
            bureau = hub.prefecture.bureau
            found[bureau.pk] = (str(bureau), found.get(bureau.pk, ("", frozenset()))[1] | {hub.pk})
        return found


def groups_of(question: Question, axis: Axis, places: Places, labels: Labels) -> list[Group]:
    """In display order: places and times whether or not there is anything, codes expired ones included."""
    if axis.breakdown is not None:
        known = labels.of_breakdown(axis.breakdown)
        kept = question.codes.get(axis.name)
        return [Group(code, label) for code, label in known.items() if kept is None or code in kept]
    if axis.kind is Kind.TIME:
        return _times(question, axis)
    if axis == HUB:
        asked = (hub for hub in places.hubs if hub.pk in question.hubs)
        return [Group(str(hub.pk), str(hub.prefecture), frozenset({hub.pk})) for hub in asked]
    if axis == BUREAU:
        within = ((pk, name, hubs & question.hubs, hubs) for pk, (name, hubs) in places.bureaus.items())
        return [Group(str(pk), _part(name, some, all_), some) for pk, name, some, all_ in within if some]
    if question.axis_of(Kind.PLACE) is not None:
        return [Group("", str(question.measure))]
    return [Group("", _("全国") if question.is_nation else _("選んだ拠点の全体"))]


def _part(name: str, some: frozenset[int], all_: frozenset[int]) -> str:
    return name if some == all_ else _("%(name)s(選んだ拠点)") % {"name": name}


def _start_of_quarter(month: Month) -> Month:
    return month.quarter.months[0]


def _april(month: Month) -> Month:
    return month.fiscal_year.months[0]


def _times(question: Question, axis: Axis) -> list[Group]:
    if axis == MONTH:
        return [Group(str(month), shown.month(month), months=(month,)) for month in question.months]
    if axis == QUARTER:
        return _spans(question, _start_of_quarter, _quarter, 3)
    return _spans(question, _april, lambda april: shown.fiscal_year(april.fiscal_year), 12)


def _spans(
    question: Question, start: Callable[[Month], Month], name: Callable[[Month], str], whole: int
) -> list[Group]:
    found = []
    for first, run in groupby(question.months, key=start):
        months = tuple(run)
        label = name(first)
        if len(months) < whole:
            label = _("%(span)s(%(first)s~%(last)s)") % {
                "span": label, "first": shown.month(months[0]), "last": shown.month(months[-1])
            }  # fmt: skip
        found.append(Group(str(first), label, months=months))
    return found


def _quarter(first: Month) -> str:
    year = shown.fiscal_year(first.fiscal_year)
    return _("%(year)s 第%(number)s四半期") % {"year": year, "number": first.quarter.number}
