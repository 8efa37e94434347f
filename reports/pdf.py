"""The report as PDF: A4, Japanese, tagged and archivable (PDF/A-2a). Typst sets what stands in
typst/monthly.typ; the report's texts reach it as JSON values, so that none is ever read as markup."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils import timezone, translation

from foundation.periods import japanese_day
from metrics.models import Level
from reports.contents import (
    NOTHING,
    BreakdownTable,
    Compared,
    CorrectionLine,
    Line,
    MonthlyContent,
    MonthsTable,
    PlaceRow,
)
from reports.typesetting import typeset
from reports.words import summary_of

TEMPLATE = Path(__file__).parent / "typst" / "monthly.typ"
WEIGHTS = ("400Regular", "700Bold")
TILES = ("consultations", "visitors", "new_visitors", "cases_resolved")
AUTHOR = "よろず支援拠点全国本部"
LISTED = 300  # corrections on paper; the data have all of them
BARS = 12  # of a chart of a breakdown
CHARTED = ("consultations_by_category", "consultations_by_theme", "consultations_by_method", "outcomes_by_kind")


def write_pdf(content: MonthlyContent) -> IO[bytes]:
    """The report as an open PDF file, at its beginning. Raises CannotTypeset."""
    with translation.override("ja"):
        told = _told(content)
    return io.BytesIO(printed(TEMPLATE, told, at=content.made_at))


def printed(template: Path, told: dict[str, Any], *, at: dt.datetime) -> bytes:
    """What `told` says, set by a template in our own letters, as if made `at`. Raises CannotTypeset."""
    fonts = [settings.PDF_FONTS / weight for weight in WEIGHTS]
    return typeset(template=template, report=told, fonts=fonts, timestamp=int(at.timestamp()), home=settings.BASE_DIR)


def _told(content: MonthlyContent) -> dict[str, Any]:
    """The content as texts in the order of the page."""
    month, of_month = content.period, f"{content.month.number}月"
    now, before = (of_month, f"前年{of_month}") if content.is_year else ("当月", "前年同月")
    return {
        "title": content.title, "edition": content.edition.title, "kind": content.kind_name, "month": month,
        "author": AUTHOR, "made": _clock(content.made_at), "focus": content.focus.name, "meta": _meta(content),
        "tiles": [_tile(content, line) for line in content.focus.lines if line.code in TILES],
        "tile_note": "前年同期比" if content.is_year else "前年同月比",
        "heads": [now, before, "増減率", "年度累計", "前年同期", "増減率"],
        "passages": [passage._asdict() for passage in summary_of(content)],
        "span_note": content.span_note,
        "summaries": [{"name": one.name, "rows": list(map(_summary_row, one.lines))} for one in content.summaries],
        "trend": _trend(content), "places": _places(content), "chart": _chart_of_hubs(content),
        "months": list(map(_months, content.months)),
        "breakdowns": [_breakdown(content, table) for table in content.breakdowns],
        "corrections": _corrections(content), "definitions": _definitions(content),
        "privacy": "この報告は集計値だけから作られ、事業者の名称や相談の内容は含まれていません。",
    }  # fmt: skip


def _meta(content: MonthlyContent) -> list[tuple[str, str]]:
    first, last = japanese_day(content.first_day), japanese_day(content.month.last)
    told = [
        ("対象期間", f"{first}〜{last}"), ("年度", content.month.fiscal_year.japanese),
        ("集計日時", _clock(content.counted_at)), ("作成日時", _clock(content.made_at)),
        ("状態", content.standing), ("拠点数", f"{len(content.hubs)}拠点"),
    ]  # fmt: skip
    return [*told, ("SHA-256", content.frozen.sha256)] if content.frozen else told


def _tile(content: MonthlyContent, line: Line) -> dict[str, str]:
    figure = line.year if content.is_year else line.month
    return {"label": line.label, "value": number(figure.now), "unit": line.unit, "change": percent(figure)}


def _summary_row(line: Line) -> list[str]:
    return [line.label, line.unit, *_compared(line.month), *_compared(line.year)]


def _compared(figure: Compared) -> list[str]:
    return [number(figure.now), number(figure.before), percent(figure)]


def _trend(content: MonthlyContent) -> dict[str, Any]:
    points = [
        {"label": f"{str(month.year)[2:]}/{month.number}", "value": values[0], "text": number(values[0]),
         "now": month == content.month}
        for month, values in content.trend
    ]  # fmt: skip
    heading = f"{content.totals[0].label}の推移({content.focus.name}、{content.totals[0].unit})"
    told = "、".join(f"{month.year}年{month.number}月{number(values[0])}" for month, values in content.trend)
    return {"heading": heading, "points": points, "alt": f"{heading}: {told}"}


def _places(content: MonthlyContent) -> list[dict[str, Any]]:
    """The tables of bureaus and of hubs, for the month and for the year to date. A hub's edition has neither."""
    if content.edition.level is Level.HUB:
        return []
    note = "者を単位とする指標は{}ごとに数え直すため、合計が全国に一致しません。"
    nation = content.summaries[0]
    spans = [(f"{content.month.number}月" if content.is_year else "当月", False), ("年度累計", True)]
    return [
        {"heading": "経済産業局別", "note": note.format("局"), "fresh": True, "texts": 1, "parts": [
            _part(content, name, [nation, *content.bureaus], 1, of_year) for name, of_year in spans]},
        *({"heading": f"拠点別({name})", "note": note.format("拠点"), "fresh": True, "texts": 2, "parts": [
            _part(content, "", [*content.summaries, *content.hubs], len(content.summaries), of_year)]}
          for name, of_year in spans),
    ]  # fmt: skip


def _chart_of_hubs(content: MonthlyContent) -> dict[str, Any]:
    """The hubs' first total as bars, the largest first."""
    found = [(row.name, (row.lines[0].year if content.is_year else row.lines[0].month).now) for row in content.hubs]
    ordered = sorted(found, key=lambda one: -one[1])
    heading = f"拠点別の{content.totals[0].label}({'年度累計' if content.is_year else '当月'}、多い順)"
    return _bars(heading, ordered if content.edition.level is not Level.HUB and len(ordered) > 1 else [])


def _bars(heading: str, found: list[tuple[str, int]]) -> dict[str, Any]:
    told = "、".join(f"{name}{number(value)}" for name, value in found)
    bars = [{"label": name, "value": value, "text": number(value)} for name, value in found]
    return {"heading": heading, "alt": f"{heading}: {told}", "bars": bars}


def _months(table: MonthsTable) -> dict[str, Any]:
    rows = [[name, *(number(value) for value in values)] for _code, name, values in table.rows]
    return {
        "heading": table.heading,
        "head": [table.by, *(f"{m.number}月" for m in table.months), "累計"],
        "rows": rows,
    }


def _corrections(content: MonthlyContent) -> dict[str, Any] | None:
    """None while the month is open: then there is nothing that could have been told otherwise."""
    if content.frozen is None:
        return None
    rows = list(map(_correction, content.corrections[:LISTED]))
    more = len(content.corrections) - len(rows)
    note = f"ほか{more}件は、Excelの「訂正」とデータに示します。" if more > 0 else ""
    return {"rows": rows, "note": note if rows else "この報告で訂正する、公表済みの月の数値はありません。"}


def _correction(one: CorrectionLine) -> list[str]:
    month = f"{one.month.year % 100:02d}年{one.month.number}月"
    sign = "+" if one.difference > 0 else "▲"
    told = [number(one.before), number(one.after), f"{sign}{abs(one.difference):,}"]
    return [month, f"第{one.version}版", one.place, one.what, *told, one.reason]


def _part(content: MonthlyContent, name: str, rows: list[PlaceRow], sums: int, of_year: bool) -> dict[str, Any]:
    """One table; with the hubs' codes where it has no name of its own."""
    first = content.totals[0].label
    names = ["経済産業局"] if name else ["コード", "拠点"]
    labels = [f"{indicator.label}({indicator.unit})" for indicator in content.totals]
    told = [_place_row(row, of_year, with_code=not name) for row in rows]
    widths = [3 + max(6, *(len(row[column]) for row in told)) for column in range(len(names), len(told[0]))]
    return {"name": name, "head": [*names, *labels, f"{first}増減率"], "sums": sums, "rows": told, "widths": widths}


def _place_row(row: PlaceRow, of_year: bool, *, with_code: bool) -> list[str]:
    found = [line.year if of_year else line.month for line in row.lines]
    code = [row.code if row.level == "hub" else ""] if with_code else []
    return [*code, row.name, *(number(one.now) for one in found), percent(found[0])]


def _breakdown(content: MonthlyContent, table: BreakdownTable) -> dict[str, Any]:
    note = "1件が複数の項目に数えられることがあり、構成比の合計は100%を超えることがあります。" if table.overlaps else ""
    rows = [_shared("計", table.total, table.total), *(_shared(line.label, line, table.total) for line in table.lines)]
    chart = _bars("", [])
    if table.indicator.code in CHARTED:
        found = [(line.label, (line.year if content.is_year else line.month).now) for line in table.lines]
        ordered = sorted((one for one in found if one[1]), key=lambda one: -one[1])[:BARS]
        chart = _bars(f"{table.indicator.label}({'年度累計' if content.is_year else '当月'})", ordered)
    return {"heading": str(table.indicator.label), "by": table.by, "note": note, "rows": rows, "chart": chart}


def _shared(label: str, line: Line, total: Line) -> list[str]:
    month = _compared(line.month)
    share = f"{line.month.now * 100 / total.month.now:.1f}%" if total.month.now else NOTHING
    return [label, month[0], share, *month[1:], *_compared(line.year)]


def _definitions(content: MonthlyContent) -> list[list[str]]:
    adds = {True: "できる", False: "できない"}
    return [[one.label, one.unit, adds[one.adds], one.text, f"第{one.version}版"] for one in content.definitions]


def number(value: int | None) -> str:
    """12,345; a dash where nothing was counted."""
    return NOTHING if value is None else f"{value:,}"


def percent(figure: Compared) -> str:
    """+12.3%, ▲4.0%, ±0.0%; a dash where there is nothing to compare with."""
    if figure.percent is None:
        return NOTHING
    sign = "+" if figure.percent > 0 else "▲" if figure.percent < 0 else "±"
    return f"{sign}{abs(figure.percent):.1f}%"


def _clock(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
