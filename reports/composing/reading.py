"""What a composition says: read once, from figures only, and the same for the page, the paper and what is kept.

`read` gives plain values, ready for JSON: what is submitted is this, word for word, with a SHA-256 over it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from typing import Any

from django.utils import timezone, translation

from foundation.periods import Month, japanese_day
from metrics import freezing
from metrics.corrections import Correction, carried_in
from metrics.evidence import canonical
from metrics.indicators import INDICATORS, Indicator
from metrics.models import Count, Freeze, FrozenHub, Span
from metrics.queries import Labels, Place, figures
from reports.choices import BlockKind
from reports.composing.kinds import Lists, Wanted
from reports.composing.sections import KINDS
from reports.composing.texts import parts_of
from reports.contents import Compared
from reports.models import Block, Composition, MonthlyReport, ReportingMonth
from reports.queries.submissions import first_sent

LONGEST_TREND = 25


class Reading:
    """The figures that a composition's blocks ask for, in a few queries whatever their number. Within a scope of all
    figures."""

    def __init__(self, wanted: Wanted, *, lists: Lists, freeze: Freeze | None, today: dt.date) -> None:
        self.month, self.lists, self.freeze, self.today = wanted.month, lists, freeze, today
        self.labels, self.defined = Labels(), wanted.defined
        both = [self.month, self.month.year_before()]
        self._found = {
            span: figures(places=wanted.places, months=both, span=span, indicators=wanted.indicators)
            for span in ([Span.MONTH, Span.YEAR_TO_DATE] if wanted.places else [])
        }
        self._trend = figures(
            places=wanted.trend_places, months=self.months_back(LONGEST_TREND), indicators=wanted.trend_indicators
        ) if wanted.trend_places else None  # fmt: skip
        self._counted = self._months_counted()

    def compared(self, place: Place, indicator: Indicator, span: Span, code: str = "") -> Compared:
        """A figure of the month beside the one a year before; None there where nothing was counted then."""
        found, before = self._found[span], self.month.year_before()
        now = found.value(place, self.month, indicator, code)
        since = before.fiscal_year.months[0] if span == Span.YEAR_TO_DATE else before
        told = INDICATORS.versions(indicator.code)[0].since <= before
        known = told and any(since <= month <= before for month in self._counted)
        return Compared(now, found.value(place, before, indicator, code) if known else None)

    def trend(self, place: Place, indicator: Indicator, count: int) -> list[tuple[Month, int]]:
        """The figures of so many months up to this one, from the first that was counted: before it a zero would say
        what nobody knows."""
        assert self._trend is not None
        first = max(min(self._counted, default=self.month), INDICATORS.versions(indicator.code)[0].since)
        months = [month for month in self.months_back(count) if month >= first]
        return [(month, self._trend.value(place, month, indicator)) for month in months]

    def months_back(self, count: int) -> list[Month]:
        return [self.month.plus(n - count + 1) for n in range(count)]

    @cached_property
    def corrections(self) -> list[Correction]:
        """What the month's package tells about the months before it."""
        return carried_in(self.month)

    @cached_property
    def dates(self) -> ReportingMonth:
        """With 提出期限."""
        return ReportingMonth.objects.filter(pk=self.month.first).first() or ReportingMonth.usual(self.month)

    @cached_property
    def reports(self) -> dict[int, MonthlyReport]:
        """Each hub's month, by hub."""
        return {one.hub_id: one for one in MonthlyReport.objects.of(self.month).select_related("reporting_month")}

    @cached_property
    def first_sent(self) -> dict[int, dt.date]:
        """When each hub first submitted the month, by hub: what 提出期限 is held against."""
        return {hub: sent[self.month] for hub, sent in first_sent([self.month]).items() if self.month in sent}

    @cached_property
    def unconfirmed(self) -> set[int]:
        """The hubs that the closing did not wait for."""
        if self.freeze is None:
            return set()
        return set(FrozenHub.objects.filter(freeze=self.freeze, confirmed=False).values_list("hub_id", flat=True))

    def definitions(self) -> list[dict[str, Any]]:
        """Those that the figures were counted by."""
        return self.freeze.definitions if self.freeze else freezing.definitions_of(self.month)

    def _months_counted(self) -> set[Month]:
        """Of the time that anything here is told of."""
        asked = (self.months_back(LONGEST_TREND)[0].first, self.month.first)
        return {Month.of(day) for day in Count.objects.filter(month__range=asked).values_list("month", flat=True)}


def read(composition: Composition, blocks: Sequence[Block], *, today: dt.date, lists: Lists | None = None) -> dict:
    """What the composition says now: {"title", "month", "version", "standing", "frozen", "sections"}."""
    month, lists, wanted = composition.as_month, lists or Lists(), Wanted(composition.as_month)
    chosen = [(block, KINDS[BlockKind(block.kind)]) for block in blocks]
    for block, kind in chosen:
        kind.wants(kind.complete(block.options), lists, wanted)
    with translation.override("ja"):
        freeze = freezing.newest(month)
        reading = Reading(wanted, lists=lists, freeze=freeze, today=today)
        return {
            "title": composition.title,
            "month": str(month),
            "month_name": f"{month.year}年{month.number}月",
            "fiscal_year": month.fiscal_year.japanese,
            "version": composition.version,
            "version_name": f"第{composition.version}版",
            "standing": _standing(freeze, month, today),
            "frozen": {"version": freeze.version, "sha256": freeze.sha256} if freeze else None,
            "sections": [
                _section(block, kind.tell(kind.complete(block.options), reading)) for block, kind in chosen
            ],
        }  # fmt: skip


def digest(content: dict) -> str:
    """SHA-256 over what a composition says, in its one spelling."""
    return hashlib.sha256(canonical(content)).hexdigest()


def _section(block: Block, said: Any) -> dict[str, Any]:
    """As JSON gives it back: lists, no tuples."""
    return {
        "kind": block.kind,
        "heading": block.heading or said.heading,
        "parts": parts_of(block.text),
        "note": said.note,
        "table": _plain(said.table),
        "chart": _plain(said.chart),
    }


def _plain(value: Any) -> Any:
    if value is None:
        return None
    return {name: _listed(each) for name, each in asdict(value).items()}


def _listed(value: Any) -> Any:
    return [_listed(each) for each in value] if isinstance(value, (list, tuple)) else value


def _standing(freeze: Freeze | None, month: Month, today: dt.date) -> str:
    if freeze is not None:
        how = "訂正後の" if freeze.version > 1 else ""
        return f"{how}確定値(第{freeze.version}版、{japanese_day(timezone.localdate(freeze.made_at))}確定)"
    return "速報値(締め前。今後変わることがあります)" if today > month.last else "月の途中の値(今後増えます)"
