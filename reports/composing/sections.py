"""The kinds of blocks. A further kind is one class here, listed in KINDS."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from foundation.periods import japanese_day
from metrics.corrections import Correction
from metrics.indicators import INDICATORS, PROGRAMS, UNSTATED, Indicator
from metrics.models import Level, Span
from metrics.queries import Place
from reports.choices import BlockKind, MonthState
from reports.composing.kinds import (
    AGAINST,
    COUNT,
    DETAIL,
    DIVIDED,
    MONTHS,
    NATION,
    ORDER,
    PLACE,
    SPAN,
    TERMS,
    TOTAL,
    YES,
    Chart,
    Kind,
    Lists,
    Said,
    Table,
    Wanted,
)
from reports.contents import NOTHING
from reports.models import MonthlyReport
from reports.pdf import number, percent
from reports.workflow import WAITING_FOR_HUB

if TYPE_CHECKING:
    from reports.composing.reading import Reading

Options = Mapping[str, str]
MOST_CORRECTIONS = 300
SPAN_NAMES = {Span.MONTH: "当月", Span.YEAR_TO_DATE: "年度累計"}
COMPARED = ("当月", "前年同月", "増減率", "年度累計", "前年同期", "増減率")
NOTHING_BEFORE = f"前年の集計がないものは「{NOTHING}」。"


class Words(Kind):
    kind = BlockKind.WORDS
    explanation = _("見出しと文章だけの部分です。")

    def tell(self, options: Options, reading: Reading) -> Said:
        return Said("")


class Totals(Kind):
    kind = BlockKind.TOTALS
    explanation = _("すべての活動指標を、1つの地域について並べます。")
    options = (PLACE, AGAINST)

    def wants(self, options: Options, lists: Lists, wanted: Wanted) -> None:
        wanted.of([lists.place(options["place"])], wanted.defined.totals())

    def tell(self, options: Options, reading: Reading) -> Said:
        against = options["against"] == YES
        place = reading.lists.place(options["place"])
        rows = [
            (str(one.label), str(one.unit), *_figures(reading, place, one, against=against))
            for one in reading.defined.totals()
        ]
        table = Table(("指標", "単位", *_columns(against)), tuple(rows), texts=2)
        heading = f"活動実績({reading.lists.name_of(options['place'])})"
        return Said(heading, NOTHING_BEFORE if against else "", table)


class Trend(Kind):
    kind = BlockKind.TREND
    explanation = _("1つの指標の月ごとの推移を棒グラフにします。")
    options = (TOTAL, PLACE, MONTHS)

    def wants(self, options: Options, lists: Lists, wanted: Wanted) -> None:
        if options["indicator"] in wanted.defined:
            wanted.trend(lists.place(options["place"]), options["indicator"])

    def tell(self, options: Options, reading: Reading) -> Said:
        if options["indicator"] not in reading.defined:
            return _unknown(options["indicator"])
        indicator = reading.defined[options["indicator"]]
        found = reading.trend(reading.lists.place(options["place"]), indicator, int(options["months"]))
        points = tuple((f"{str(m.year)[2:]}/{m.number}", value, number(value)) for m, value in found)
        heading = f"{indicator.label}の推移({reading.lists.name_of(options['place'])})"
        return Said(heading, chart=Chart("月", str(indicator.unit), points))


class Breakdown(Kind):
    kind = BlockKind.BREAKDOWN
    explanation = _("1つの指標を区分ごとに分けた表です。")
    options = (DIVIDED, PLACE, AGAINST)

    def wants(self, options: Options, lists: Lists, wanted: Wanted) -> None:
        if options["indicator"] in wanted.defined:
            indicator = wanted.defined[options["indicator"]]
            wanted.of([lists.place(options["place"])], [indicator, indicator.of])

    def tell(self, options: Options, reading: Reading) -> Said:
        if options["indicator"] not in reading.defined:
            return _unknown(options["indicator"])
        indicator, place = reading.defined[options["indicator"]], reading.lists.place(options["place"])
        against = options["against"] == YES
        total = reading.defined[indicator.of]
        whole = reading.compared(place, total, Span.MONTH).now
        rows = [("計", *_shared(reading, place, total, "", whole, against=against))]
        for code, label in reading.labels.of(indicator).items():
            row = _shared(reading, place, indicator, code, whole, against=against)
            if not (_may_be_left_out(indicator, code) and _ZEROS.issuperset(row)):
                rows.append((label, *row))
        assert indicator.breakdown is not None
        overlaps = "1件が複数の項目に数えられることがあり、構成比の合計は100%を超えることがあります。"
        heading = f"{indicator.label}({reading.lists.name_of(options['place'])}、{indicator.unit})"
        columns = _columns(against)
        table = Table((str(indicator.breakdown.label), columns[0], "構成比", *columns[1:]), tuple(rows), sums=1)
        return Said(heading, overlaps if indicator.breakdown.overlaps else "", table)


class Bureaus(Kind):
    kind = BlockKind.BUREAUS
    explanation = _("全国と9つの局の活動指標を並べます。")
    options = (SPAN,)

    def wants(self, options: Options, lists: Lists, wanted: Wanted) -> None:
        wanted.of([Place.nation(), *map(Place.of_bureau, lists.bureaus)], wanted.defined.totals())

    def tell(self, options: Options, reading: Reading) -> Said:
        span = Span(options["span"])
        places = [("全国", Place.nation()), *((one.name, Place.of_bureau(one)) for one in reading.lists.bureaus)]
        rows = tuple(
            (name, *(number(reading.compared(place, one, span).now) for one in reading.defined.totals()))
            for name, place in places
        )
        head = ("経済産業局", *(f"{one.label}({one.unit})" for one in reading.defined.totals()))
        note = "者を単位とする指標は局ごとに数え直すため、合計が全国に一致しません。"
        return Said(f"経済産業局別({SPAN_NAMES[span]})", note, Table(head, rows, sums=1))


class Hubs(Kind):
    kind = BlockKind.HUBS
    explanation = _("1つの指標の多い順、または少ない順に拠点を並べます。")
    options = (TOTAL, SPAN, ORDER, COUNT)

    def wants(self, options: Options, lists: Lists, wanted: Wanted) -> None:
        if options["indicator"] in wanted.defined:
            wanted.of([Place.nation(), *map(Place.of_hub, lists.hubs)], [options["indicator"]])

    def tell(self, options: Options, reading: Reading) -> Said:
        if options["indicator"] not in reading.defined:
            return _unknown(options["indicator"])
        indicator, span, most = reading.defined[options["indicator"]], Span(options["span"]), options["order"] == "most"
        found = [(hub, reading.compared(Place.of_hub(hub), indicator, span)) for hub in reading.lists.hubs]
        found.sort(key=lambda one: (-one[1].now if most else one[1].now, one[0].pk))
        rows = []
        for hub, figure in found[: int(options["count"])]:
            rank = 1 + sum(other.now > figure.now if most else other.now < figure.now for _hub, other in found)
            rows.append((str(rank), hub.prefecture.name, number(figure.now), number(figure.before), percent(figure)))
        nation = reading.compared(Place.nation(), indicator, span)
        whole = ("―", "全国", number(nation.now), number(nation.before), percent(nation))
        before = "前年同月" if span == Span.MONTH else "前年同期"
        table = Table(("順位", "拠点", SPAN_NAMES[span], before, "増減率"), (whole, *rows), texts=2, sums=1)
        order = "多い順" if most else "少ない順"
        heading = f"{indicator.label}の拠点順位({SPAN_NAMES[span]}、{order}、{indicator.unit})"
        return Said(heading, NOTHING_BEFORE, table)


class Corrections(Kind):
    kind = BlockKind.CORRECTIONS
    explanation = _("この月とともに伝える、締め後の訂正です。")
    options = (DETAIL,)

    def tell(self, options: Options, reading: Reading) -> Said:
        found = reading.corrections
        if options["detail"] == NATION:
            found = [one for one in found if one.place.level == Level.NATION]
        if not found:
            return Said("訂正", "この月とともに伝える訂正はありません。")
        rows = tuple(_correction(one, reading) for one in found[:MOST_CORRECTIONS])
        left = len(found) - len(rows)
        note = "締めた月の値が、その後の記録の修正で変わったものです。" + (f"ほかに{left}件あります。" if left else "")
        head = ("対象月", "版", "地域", "指標", "内訳", "訂正前", "訂正後", "差")
        return Said("訂正", note, Table(head, rows, texts=5))


class Attention(Kind):
    kind = BlockKind.ATTENTION
    explanation = _("月次報告の提出や確認が遅れた拠点を、理由とともに挙げます。")

    def tell(self, options: Options, reading: Reading) -> Said:
        rows = tuple(_standings(reading))
        if not rows:
            return Said("月次報告に注意が必要な拠点", "期限に遅れた拠点や、確認されていない拠点はありません。")
        head = ("拠点", "状態", "最初の提出日", "理由")
        return Said("月次報告に注意が必要な拠点", "差戻し後の再提出は遅れに数えません。", Table(head, rows, texts=4))


class Definitions(Kind):
    kind = BlockKind.DEFINITIONS
    explanation = _("この月の集計に使った指標の定義です。")
    options = (TERMS,)

    def tell(self, options: Options, reading: Reading) -> Said:
        wanted = [one for one in reading.definitions() if options["terms"] == "all" or not one["of"]]
        rows = tuple((one["label"], one["unit"], f"第{one['version']}版", one["definition"]) for one in wanted)
        return Said("指標の定義", table=Table(("指標", "単位", "定義の版", "定義"), rows, texts=4))


KINDS: dict[BlockKind, Kind] = {
    kind.kind: kind
    for kind in (Words(), Totals(), Trend(), Breakdown(), Bureaus(), Hubs(), Corrections(), Attention(), Definitions())
}


# ---- parts of what they say
def _unknown(code: str) -> Said:
    """A month before the indicator began, or after it ended."""
    return Said(str(INDICATORS[code].label), "この月には、この指標がありません。")


_ZEROS = frozenset({"0", "0.0%", "±0.0%", NOTHING})


def _may_be_left_out(indicator: Indicator, code: str) -> bool:
    """A programme that nobody used, or that nothing was left unstated, need not be told. Zeros of the national code
    lists stay: that there was none is a statement."""
    of_programs = indicator.breakdown is not None and indicator.breakdown.codes == PROGRAMS
    return of_programs or code == UNSTATED


def _columns(against: bool) -> tuple[str, ...]:
    return COMPARED if against else (COMPARED[0], COMPARED[3])


def _figures(reading: Reading, place: Place, indicator: Indicator, code: str = "", *, against: bool) -> list[str]:
    found = [reading.compared(place, indicator, span, code) for span in (Span.MONTH, Span.YEAR_TO_DATE)]
    if not against:
        return [number(one.now) for one in found]
    return [cell for one in found for cell in (number(one.now), number(one.before), percent(one))]


def _shared(reading: Reading, place: Place, indicator: Indicator, code: str, whole: int, *, against: bool) -> list[str]:
    """With its share of the whole month behind the month's figure."""
    first, *rest = _figures(reading, place, indicator, code, against=against)
    now = reading.compared(place, indicator, Span.MONTH, code).now
    return [first, f"{now * 100 / whole:.1f}%" if whole else NOTHING, *rest]


def _correction(one: Correction, reading: Reading) -> tuple[str, ...]:
    indicator = INDICATORS[one.indicator]
    code = reading.labels.of(indicator).get(one.code, one.code) if one.code else "計"
    sign = "+" if one.difference > 0 else "▲"
    return (
        f"{one.month.year}年{one.month.number}月", f"第{one.version}版", reading.lists.name_of_place(one.place),
        f"{indicator.label}{one.span.in_brackets}", code, number(one.before),
        number(one.after), f"{sign}{abs(one.difference):,}",
    )  # fmt: skip


def _standings(reading: Reading) -> Iterator[tuple[str, ...]]:
    """The hubs about which something must be said, in their order, with the day of their first submission."""
    for hub in reading.lists.hubs:
        report = reading.reports.get(hub.pk) or MonthlyReport(hub=hub, reporting_month=reading.dates)
        sent = reading.first_sent.get(hub.pk)
        if why := _reasons(report, sent, reading, unconfirmed=hub.pk in reading.unconfirmed):
            state = str(MonthState(report.state).label)
            yield hub.prefecture.name, state, japanese_day(sent) if sent else NOTHING, "、".join(why)


def _reasons(report: MonthlyReport, sent: dt.date | None, reading: Reading, *, unconfirmed: bool) -> list[str]:
    due_on, why = reading.dates.due_on, []
    if unconfirmed:
        why.append("確認されないまま締めた")
    if report.state in WAITING_FOR_HUB and not report.is_owed:
        why.append("締めた月を再開している")
    elif report.state == MonthState.RETURNED:
        why.append("差し戻したあと再提出がない")
    elif report.is_late(reading.today):
        why.append("提出期限を過ぎても提出がない")
    if sent and sent > due_on:
        why.append(f"提出期限({japanese_day(due_on)})のあとに提出した")
    return why
