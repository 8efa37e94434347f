"""The monthly report as PDF: A4, Japanese, tagged and archivable (PDF/A-2a). Typst sets what stands in
typst/monthly.typ; the report's texts reach it as JSON values, so that none is ever read as markup."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import IO, Any

import typst
from django.conf import settings
from django.utils import timezone

from foundation.periods import japanese_day
from reports.contents import NOTHING, BreakdownTable, Compared, Line, MonthlyContent, PlaceRow

TEMPLATE = Path(__file__).parent / "typst" / "monthly.typ"
WEIGHTS = ("400Regular", "700Bold")
TILES = ("consultations", "visitors", "new_visitors", "cases_resolved")
AUTHOR = "よろず支援拠点全国本部"


def write_pdf(content: MonthlyContent) -> IO[bytes]:
    """The report as an open PDF file, at its beginning. Raises typst.TypstError if the template is wrong."""
    made = typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        font_paths=[str(settings.PDF_FONTS / weight) for weight in WEIGHTS],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"report": json.dumps(_told(content), ensure_ascii=False)},
        pdf_standards=["a-2a"],
        timestamp=int(content.made_at.timestamp()),
    )
    return io.BytesIO(made)


def _told(content: MonthlyContent) -> dict[str, Any]:
    """The content as texts in the order of the page."""
    month = f"{content.month.year}年{content.month.number}月"
    return {
        "title": content.title, "edition": content.edition.title, "month": month, "author": AUTHOR,
        "made": _clock(content.made_at), "focus": content.focus.name, "meta": _meta(content),
        "tiles": [_tile(line) for line in content.focus.lines if line.code in TILES],
        "span_note": content.span_note,
        "summaries": [{"name": one.name, "rows": list(map(_summary_row, one.lines))} for one in content.summaries],
        "trend": _trend(content), "places": _places(content),
        "breakdowns": list(map(_breakdown, content.breakdowns)), "definitions": _definitions(content),
        "privacy": "この報告は集計値だけから作られ、事業者の名称や相談の内容は含まれていません。",
    }  # fmt: skip


def _meta(content: MonthlyContent) -> list[tuple[str, str]]:
    first, last = japanese_day(content.month.first), japanese_day(content.month.last)
    return [
        ("対象期間", f"{first}〜{last}"), ("年度", content.month.fiscal_year.japanese),
        ("集計日時", _clock(content.counted_at)), ("作成日時", _clock(content.made_at)),
        ("状態", content.standing), ("拠点数", f"{len(content.hubs)}拠点"),
    ]  # fmt: skip


def _tile(line: Line) -> dict[str, str]:
    return {"label": line.label, "value": number(line.month.now), "unit": line.unit, "change": percent(line.month)}


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
    """The tables of bureaus and of hubs, for the month and for the year to date."""
    note = "者を単位とする指標は{}ごとに数え直すため、合計が全国に一致しません。"
    nation = content.summaries[0]
    return [
        {"heading": "経済産業局別", "note": note.format("局"), "fresh": True, "texts": 1, "parts": [
            _part(content, name, [nation, *content.bureaus], 1, of_year) for name, of_year in SPANS]},
        *({"heading": f"拠点別({name})", "note": note.format("拠点"), "fresh": True, "texts": 2, "parts": [
            _part(content, "", [*content.summaries, *content.hubs], len(content.summaries), of_year)]}
          for name, of_year in SPANS),
    ]  # fmt: skip


SPANS = (("当月", False), ("年度累計", True))


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


def _breakdown(table: BreakdownTable) -> dict[str, Any]:
    note = "1件が複数の項目に数えられることがあり、構成比の合計は100%を超えることがあります。" if table.overlaps else ""
    rows = [_shared("計", table.total, table.total), *(_shared(line.label, line, table.total) for line in table.lines)]
    return {"heading": str(table.indicator.label), "by": table.by, "note": note, "rows": rows}


def _shared(label: str, line: Line, total: Line) -> list[str]:
    month = _compared(line.month)
    share = f"{line.month.now * 100 / total.month.now:.1f}%" if total.month.now else NOTHING
    return [label, month[0], share, *month[1:], *_compared(line.year)]


def _definitions(content: MonthlyContent) -> list[list[str]]:
    every = (*content.totals, *(table.indicator for table in content.breakdowns))
    adds = {True: "できる", False: "できない"}
    return [[str(one.label), str(one.unit), adds[one.additive], str(one.definition)] for one in every]


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
