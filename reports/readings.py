"""Reading what reports say: once for any number of editions, from facts only, within a figures scope.

A closed month is read from its freeze; a month that is open, from the live count.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.utils import timezone, translation

from foundation.periods import Month
from hubs.models import Bureau, Hub
from metrics.indicators import INDICATORS, PROGRAMS, UNSTATED, Indicator
from metrics.models import Count, Freeze, FrozenHub, Level, Span
from metrics.queries import Figures, Labels, Place, Told, counted_at, figures, figures_of
from plans.queries import targets
from reports.choices import PackageKind
from reports.contents import (
    TREND_MONTHS,
    BreakdownTable,
    Compared,
    CorrectionLine,
    Definition,
    FlatFact,
    Line,
    MonthlyContent,
    MonthsTable,
    NotCounted,
    PlaceRow,
    Stamp,
)
from reports.corrected import read_corrections
from reports.editions import Edition
from reports.models import ReportingMonth

SOMEWHERE = "全国のいずれかの拠点の訂正"  # what a hub or a bureau is told of the reason for a figure of the nation
MONTHLY = ("consultations", "visitors")  # what a year's report tells of every hub by month


def read_content(*, edition: Edition, month: Month, at: dt.datetime) -> MonthlyContent:
    """Read one edition of a month, in a figures scope that holds its hubs. Raises NotCounted, NoScope."""
    reading = Reading(month=month, hubs=edition.hubs(), bureaus=edition.bureaus(), freezes=newest_freezes(month))
    return reading.content(edition, at=at)


def newest_freezes(month: Month) -> list[Freeze]:
    """The newest versions of the months that a report of a month may tell of."""
    first = month.year_before().fiscal_year.first
    return list(Freeze.objects.filter(month__range=(first, month.first)).newest_of_each_month())


class Reading:
    """Everything that the editions of some hubs say of a month. `freezes`: the version of each closed month that is
    told; `carried`: those whose corrections are listed, by default all that the month's package carries. Raises
    NotCounted, NoScope."""

    def __init__(
        self,
        *,
        month: Month,
        hubs: list[Hub],
        bureaus: list[Bureau],
        freezes: Iterable[Freeze],
        carried: Collection[Freeze] | None = None,
        kind: PackageKind = PackageKind.MONTH,
    ) -> None:
        self.month, self.hubs, self.bureaus, self.kind = month, hubs, bureaus, kind
        self.freezes = {one.as_month: one for one in freezes}
        self.freeze = self.freezes.get(month)
        counted = self.freeze.made_at if self.freeze else counted_at(month)
        if counted is None:
            raise NotCounted(str(month))
        self.counted_at = counted
        with translation.override("ja"):
            self._read(carried)

    def content(self, edition: Edition, *, at: dt.datetime) -> MonthlyContent:
        """What an edition says."""
        with translation.override("ja"):
            return _Telling(self, edition).content(at)

    def of(self, month: Month, span: Span, indicators: Iterable[Indicator] | None = None) -> Figures:
        """The figures of all places in one month."""
        chosen = self.indicators if indicators is None else indicators
        freeze = self.freezes.get(month)
        if freeze is not None:
            return figures_of(freeze, places=self.places, span=span, indicators=chosen)
        return figures(places=self.places, months=[month], span=span, indicators=chosen, told=Told.LIVE)

    # ---- inside
    def _read(self, carried: Collection[Freeze] | None) -> None:
        before = self.month.year_before()
        self.places = [Place.nation(), *map(Place.of_bureau, self.bureaus), *map(Place.of_hub, self.hubs)]
        self.definitions = definitions_of(self.month, self.freeze)
        self.indicators = _indicators(self.month, self.freeze)
        names = Labels()
        self.labels = {indicator.code: names.of(indicator) for indicator in self.indicators}
        self.words = [_Words.of(indicator) for indicator in self.indicators]
        self.now = {span: self.of(self.month, span) for span in (Span.MONTH, Span.YEAR_TO_DATE)}
        self.before = {span: self.of(before, span) for span in (Span.MONTH, Span.YEAR_TO_DATE)}
        self.counted_from = {Span.MONTH: self._first_counted(before, before),
                             Span.YEAR_TO_DATE: self._first_counted(before.fiscal_year.months[0], before)}  # fmt: skip
        totals = [one for one in self.indicators if one.breakdown is None]
        self.trend = {month: self.of(month, Span.MONTH, totals) for month in self._trend_months()}
        self.by_month = self._by_month() if self.kind == PackageKind.YEAR else {}
        self.stamp, self.targets = _stamp(self.freeze), targets(year=self.month.fiscal_year)
        self.corrections: tuple[CorrectionLine, ...] = ()
        if self.freeze is not None:
            if carried is None:
                carried = list(Freeze.objects.filter(carried_in=self.month.first, version__gt=1))
            self.corrections = read_corrections(
                carried=carried, hubs=self.hubs, bureaus=self.bureaus, labels=self.labels
            )

    def _trend_months(self) -> list[Month]:
        """From the first month that was counted: before it a zero would say what nobody knows."""
        latest = [self.month.plus(n - TREND_MONTHS + 1) for n in range(TREND_MONTHS)]
        counted = Count.objects.filter(month__range=(latest[0].first, self.month.first)).order_by("month").first()
        known = [month for month in self.freezes if month >= latest[0]]
        first = min([*known, *([Month.of(counted.month)] if counted else [])])
        return [month for month in latest if month >= first]

    def _by_month(self) -> dict[Month, Figures]:
        """Of the year's months that have been counted."""
        months = self.month.fiscal_year.months_through(self.month)
        counted = Count.objects.filter(month__in=[month.first for month in months]).values_list("month", flat=True)
        known = {Month.of(day) for day in counted} | self.freezes.keys()
        return {month: self.of(month, Span.MONTH) for month in months if month in known}

    def _first_counted(self, first: Month, last: Month) -> Month | None:
        """`first` if any month from it to `last` has been counted: only then is a zero of that time a statement."""
        if any(first <= month <= last for month in self.freezes):
            return first
        return first if Count.objects.filter(month__range=(first.first, last.first)).exists() else None


class _Telling:
    """How what was read becomes the parts of one edition."""

    def __init__(self, reading: Reading, edition: Edition) -> None:
        self.reading, self.edition, self.month = reading, edition, reading.month
        self.hubs = [hub for hub in reading.hubs if edition.holds(hub)]
        self.bureaus = [
            one for one in reading.bureaus if edition.level is Level.NATION or (edition.level is Level.BUREAU
            and edition.bureau is not None and one.pk == edition.bureau.pk)
        ]  # fmt: skip
        self.totals = tuple(one for one in reading.indicators if one.breakdown is None)
        self.breakdowns = tuple(one for one in reading.indicators if one.breakdown is not None)

    def content(self, at: dt.datetime) -> MonthlyContent:
        bureaus, hubs = tuple(map(self._bureau, self.bureaus)), tuple(map(self._hub, self.hubs))
        nation = self._row(Place.nation(), "00", "全国", "")
        own = {Level.NATION: (), Level.BUREAU: bureaus, Level.HUB: hubs}[self.edition.level]
        return MonthlyContent(
            edition=self.edition,
            month=self.month,
            totals=self.totals,
            summaries=(nation, *own),
            bureaus=bureaus,
            hubs=hubs,
            breakdowns=tuple(map(self._breakdown, self.breakdowns)),
            trend=tuple(self._trend()),
            facts=tuple(self._facts([nation, *bureaus, *hubs])),
            definitions=self.reading.definitions,
            counted_at=self.reading.counted_at,
            made_at=at,
            kind=self.reading.kind,
            frozen=self.reading.stamp,
            corrections=tuple(self._corrections()),
            months=tuple(self._months()),
            targets=tuple(self._targets()),
        )

    def _bureau(self, bureau: Bureau) -> PlaceRow:
        return self._row(Place.of_bureau(bureau), f"{bureau.position:02d}", bureau.name, bureau.name)

    def _hub(self, hub: Hub) -> PlaceRow:
        return self._row(Place.of_hub(hub), hub.code, hub.prefecture.name, hub.prefecture.bureau.name)

    def _row(self, place: Place, code: str, name: str, bureau: str) -> PlaceRow:
        lines = tuple(self._line(place, indicator, "", str(indicator.label)) for indicator in self.totals)
        return PlaceRow(place.level, code, name, bureau, lines)

    def _line(self, place: Place, indicator: Indicator, code: str, label: str) -> Line:
        return Line(
            code=code or indicator.code,
            label=label,
            unit=str(indicator.unit),
            month=self._compared(Span.MONTH, place, indicator, code),
            year=self._compared(Span.YEAR_TO_DATE, place, indicator, code),
        )

    def _compared(self, span: Span, place: Place, indicator: Indicator, code: str) -> Compared:
        now = self.reading.now[span].value(place, self.month, indicator, code)
        first = self.reading.counted_from[span]
        if first is None or INDICATORS.versions(indicator.code)[0].since > self.month.year_before():
            return Compared(now, None)
        return Compared(now, self.reading.before[span].value(place, self.month.year_before(), indicator, code))

    def _breakdown(self, indicator: Indicator) -> BreakdownTable:
        place, total = self.edition.place(), next(one for one in self.totals if one.code == indicator.of)
        labels = self.reading.labels[indicator.code]
        lines = (self._line(place, indicator, code, label) for code, label in labels.items())
        kept = tuple(line for line in lines if not self._is_padding(indicator, line))
        return BreakdownTable(indicator, self._line(place, total, "", str(total.label)), kept)

    @staticmethod
    def _is_padding(indicator: Indicator, line: Line) -> bool:
        """A programme that nobody used, or that nothing was left unstated, need not be told. Zeros of the national
        code lists stay: that there was none is a statement."""
        figures_of = (line.month.now, line.month.before, line.year.now, line.year.before)
        of_programs = indicator.breakdown is not None and indicator.breakdown.codes == PROGRAMS
        return not any(figures_of) and (of_programs or line.code == UNSTATED)

    def _trend(self) -> Iterator[tuple[Month, tuple[int, ...]]]:
        place = self.edition.place()
        for month, found in self.reading.trend.items():
            yield month, tuple(found.value(place, month, indicator) for indicator in self.totals)

    def _facts(self, rows: list[PlaceRow]) -> Iterator[FlatFact]:
        """Every fact of the rows' places; of the breakdowns, those that are not zero. A hub is told of the nation only
        the totals."""
        places = [Place.nation(), *map(Place.of_bureau, self.bureaus), *map(Place.of_hub, self.hubs)]
        spans = [(self.month, found) for found in self.reading.now.values()]
        if self.reading.by_month:
            spans = [*self.reading.by_month.items(), (self.month, self.reading.now[Span.YEAR_TO_DATE])]
        for row, place in zip(rows, places, strict=True):
            totals_only = self.edition.level is Level.HUB and place.level is Level.NATION
            where = (str(row.level.label), row.code, row.name)
            for (indicator, label, unit), (month, found) in itertools.product(self.reading.words, spans):
                if totals_only and indicator.breakdown is not None:
                    continue
                values, span = found.breakdown(place, month, indicator), str(found.span.label)
                for code, name in self.reading.labels[indicator.code].items():
                    if code in values or indicator.breakdown is None:
                        what = (indicator.code, label, code, name if code else "")
                        yield FlatFact(str(month), *where, *what, values.get(code, 0), unit, span)

    def _corrections(self) -> Iterator[CorrectionLine]:
        """What concerns the edition's places. Which hub moved the nation's figures is for the nation's edition."""
        told = {Place.nation(), *map(Place.of_bureau, self.bureaus), *map(Place.of_hub, self.hubs)}
        for one in self.reading.corrections:
            is_entry = self.edition.level is Level.HUB and one.where.level is Level.NATION and one.code_label
            if one.where in told and not is_entry:
                is_all = self.edition.level is Level.NATION or one.where.level is not Level.NATION
                yield one if is_all else one._replace(reason=SOMEWHERE)

    def _targets(self) -> Iterator[tuple[str, int]]:
        for indicator in self.totals:
            value = self.reading.targets.value(self.edition.place(), indicator)
            if value is not None:
                yield indicator.code, value

    def _months(self) -> Iterator[MonthsTable]:
        """Of a year's report: totals, hubs and breakdowns by month."""
        if not self.reading.by_month:
            return
        months, place, name = tuple(self.month.fiscal_year.months), self.edition.place(), self.edition.name
        yield MonthsTable(
            f"月別の実績({name})", "指標", months,
            tuple((one.code, f"{one.label}({one.unit})", self._year_of(place, one, "")) for one in self.totals),
        )  # fmt: skip
        for total in (one for one in self.totals if one.code in MONTHLY and len(self.hubs) > 1):
            rows = tuple(
                (hub.code, hub.prefecture.name, self._year_of(Place.of_hub(hub), total, "")) for hub in self.hubs
            )
            yield MonthsTable(f"拠点別・月別の{total.label}({total.unit})", "拠点", months, rows)
        for indicator in self.breakdowns:
            entries = (
                (c, label, self._year_of(place, indicator, c))
                for c, label in self.reading.labels[indicator.code].items()
            )
            kept = tuple(entry for entry in entries if any(entry[2]))
            if kept:
                assert indicator.breakdown is not None
                yield MonthsTable(f"月別の{indicator.label}({name})", str(indicator.breakdown.label), months, kept)

    def _year_of(self, place: Place, indicator: Indicator, code: str) -> tuple[int | None, ...]:
        by_month = self.reading.by_month
        found = [
            by_month[month].value(place, month, indicator, code) if month in by_month else None
            for month in self.month.fiscal_year.months
        ]
        return (*found, self.reading.now[Span.YEAR_TO_DATE].value(place, self.month, indicator, code))


class _Words(NamedTuple):
    """An indicator with its texts in the language at hand, looked up once."""

    indicator: Indicator
    label: str
    unit: str

    @classmethod
    def of(cls, indicator: Indicator) -> _Words:
        return cls(indicator, str(indicator.label), str(indicator.unit))


def definitions_of(month: Month, freeze: Freeze | None) -> tuple[Definition, ...]:
    """How each indicator was counted: as frozen with a closed month, as declared for an open one."""
    if freeze is None:
        return tuple(
            Definition(i.code, str(i.label), str(i.unit), i.additive, str(i.definition), i.version, str(i.since))
            for i in INDICATORS.at(month)
        )
    return tuple(
        Definition(d["code"], d["label"], d["unit"], d["way"] == "add", d["definition"], d["version"], d["since"])
        for d in freeze.definitions
    )


def _indicators(month: Month, freeze: Freeze | None) -> tuple[Indicator, ...]:
    """The registry's, in the words that were frozen."""
    if freeze is None:
        return tuple(INDICATORS.at(month))
    return tuple(_as_frozen(told) for told in freeze.definitions if told["code"] in INDICATORS)


def _as_frozen(told: Mapping[str, Any]) -> Indicator:
    one = INDICATORS.versions(told["code"])[told["version"] - 1]
    return dataclasses.replace(one, label=told["label"], unit=told["unit"], definition=told["definition"])


def _stamp(freeze: Freeze | None) -> Stamp | None:
    if freeze is None:
        return None
    row = ReportingMonth.objects.filter(month=freeze.month).first()
    closed_at = row.closed_at if row is not None and row.closed_at is not None else freeze.made_at
    parts = FrozenHub.objects.filter(freeze=freeze, confirmed=False)
    unconfirmed = frozenset(parts.values_list("hub_id", flat=True))
    return Stamp(freeze.version, timezone.localdate(closed_at), freeze.made_at, freeze.sha256, unconfirmed)
