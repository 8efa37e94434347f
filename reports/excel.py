"""The monthly report as .xlsx: what an official opens, prints on A4 and works on.

Codes are text cells, figures are numbers, nothing is a formula. `paper` knows the paper, the functions below it
what stands on it.
"""

from __future__ import annotations

import io
from typing import IO, Any

import xlsxwriter
from django.utils import timezone
from xlsxwriter.worksheet import Worksheet

from foundation.periods import Month, japanese_day
from foundation.spreadsheets import Cell
from reports.contents import BreakdownTable, Compared, Line, MonthlyContent, PlaceRow
from reports.flat import COLUMNS
from reports.paper import FONT, Pages, sum_look


def write_excel(content: MonthlyContent) -> IO[bytes]:
    """The report as an open .xlsx file, at its beginning."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {"title": content.title, "subject": content.edition.title, "author": "よろず支援拠点全国本部",
         "category": "月次報告", "created": timezone.make_naive(content.made_at)}
    )  # fmt: skip
    pages = Pages(book, title=content.title, edition=content.edition.title, made=_clock(content.made_at))
    contents = pages.add("表紙", landscape=False)
    _nation(pages, content)
    _bureaus(pages, content)
    _hubs(pages, content, "拠点別", "当月", of_year=False)
    _hubs(pages, content, "拠点別(年度累計)", "年度累計", of_year=True)
    for number, table in enumerate(content.breakdowns, start=1):
        _breakdown(pages, content, number, table)
    _definitions(pages, content)
    _facts(pages, content)
    _cover(pages, contents, content)
    book.close()
    out.seek(0)
    return out


COMPARED = ("当月", "前年同月", "増減率", "年度累計", "前年同期", "増減率")
COMPARED_LOOKS = ("number", "number", "percent") * 2


def _nation(pages: Pages, content: MonthlyContent) -> None:
    sheet = pages.add("全国")
    pages.top(sheet, f"全国の活動実績  {_month(content.month)}", content.span_note)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 10)
    sheet.set_column(2, 11, 12)
    row = 3
    for summary in content.summaries:
        if row > 3:
            pages.text(sheet, row - 1, 0, summary.name, "heading")
        for column, label in enumerate(("指標", "単位", *COMPARED)):
            pages.text(sheet, row, column, label, "head")
        for line in summary.lines:
            row += 1
            pages.cells(sheet, row, 0, (line.label, line.unit, *_compared(line)), ("text", "text", *COMPARED_LOOKS))
        row += 3
    sheet.freeze_panes(4, 1)
    sheet.repeat_rows(3)
    _trend(pages, sheet, content, row)


def _trend(pages: Pages, sheet: Worksheet, content: MonthlyContent, top: int) -> None:
    pages.text(sheet, top - 1, 0, f"月別の推移({content.focus.name})", "heading")
    labels = ("月", "", *(f"{indicator.label}({indicator.unit})" for indicator in content.totals))
    for column, label in enumerate(labels):
        if column != 1:
            pages.text(sheet, top, column, label, "head")
    sheet.set_row(top, 36)
    for row, (month, values) in enumerate(content.trend, start=top + 1):
        pages.text(sheet, row, 0, _month(month))
        pages.cells(sheet, row, 2, values, ["number"] * len(values))
    last = top + len(content.trend)
    chart = pages.book.add_chart({"type": "column"})
    line = pages.book.add_chart({"type": "line"})
    for one, column, colour in ((chart, 2, "#7096F8"), (line, 3, "#00118F")):
        look = {"fill": {"color": colour}} if one is chart else {"line": {"color": colour, "width": 2.25}}
        one.add_series({"name": [sheet.name, top, column], "categories": [sheet.name, top + 1, 0, last, 0],
                        "values": [sheet.name, top + 1, column, last, column], **look})  # fmt: skip
    chart.combine(line)
    chart.set_title({"name": "相談対応件数と来訪相談者数", "name_font": {"name": FONT, "size": 12}})
    chart.set_legend({"position": "bottom", "font": {"name": FONT}})
    chart.set_y_axis(
        {"num_format": "#,##0", "min": 0, "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}}
    )
    chart.set_size({"width": 1000, "height": 340})
    sheet.insert_chart(last + 2, 0, chart, {"description": f"{content.focus.name}の月別の相談対応件数と来訪相談者数。"})


def _bureaus(pages: Pages, content: MonthlyContent) -> None:
    sheet = pages.add("経済産業局別")
    pages.top(
        sheet,
        f"経済産業局別の活動実績  {_month(content.month)}",
        "者を単位とする指標は局ごとに数え直すため、合計が全国に一致しません。",
    )
    sheet.set_column(0, 0, 6)
    sheet.set_column(1, 1, 22)
    sheet.set_column(2, 13, 11)
    row = 3
    for name, of_year in (("当月", False), ("年度累計", True)):
        labels = ("コード", f"経済産業局({name})", *_total_labels(content), f"{content.totals[0].label}増減率")
        if row == 3:
            pages.head(sheet, row, labels, keep=2)
        else:
            pages.cells(sheet, row, 0, labels, ["head"] * len(labels))
            sheet.set_row(row, 36)
        for place in (content.summaries[0], *content.bureaus):
            row += 1
            pages.cells(sheet, row, 0, (place.code, place.name, *_totals(place, of_year)), _place_looks(place, 2))
        row += 3


def _hubs(pages: Pages, content: MonthlyContent, name: str, span: str, *, of_year: bool) -> None:
    sheet = pages.add(name)
    pages.top(
        sheet,
        f"拠点別の活動実績  {_month(content.month)}({span})",
        "者を単位とする指標は拠点ごとに数え直すため、合計が全国に一致しません。",
    )
    sheet.set_column(0, 0, 6)
    sheet.set_column(1, 1, 12)
    sheet.set_column(2, 2, 20)
    sheet.set_column(3, 14, 11)
    pages.head(
        sheet, 3, ("コード", "拠点", "経済産業局", *_total_labels(content), f"{content.totals[0].label}増減率"), keep=2
    )
    for row, place in enumerate((*content.summaries, *content.hubs), start=4):
        values = (place.code, place.name, place.bureau, *_totals(place, of_year))
        pages.cells(sheet, row, 0, values, _place_looks(place, 3))


def _breakdown(pages: Pages, content: MonthlyContent, number: int, table: BreakdownTable) -> None:
    sheet = pages.add(f"内訳{number} {table.indicator.label}")
    note = "1件が複数の項目に数えられることがあり、構成比の合計は100%を超えることがあります。" if table.overlaps else ""
    pages.top(sheet, f"{table.indicator.label}  {_month(content.month)}({content.focus.name})", note)
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 36)
    sheet.set_column(2, 9, 11)
    pages.head(sheet, 3, ("コード", table.by, "当月", "構成比", *COMPARED[1:4], "構成比", *COMPARED[4:]), keep=2)
    looks = ("text", "text", *("number", "share", "number", "percent") * 2)
    for row, line in enumerate((table.total, *table.lines), start=4):
        is_total = line is table.total
        values = (line.code, "計" if is_total else line.label, *_shared(line, table.total))
        pages.cells(sheet, row, 0, values, looks if not is_total else [sum_look(look) for look in looks])


def _definitions(pages: Pages, content: MonthlyContent) -> None:
    sheet = pages.add("定義")
    pages.top(sheet, "指標の定義", "この報告に含まれるすべての指標について、数え方を示します。")
    for column, width in enumerate((30, 28, 7, 16, 84, 6, 11)):
        sheet.set_column(column, column, width)
    pages.head(sheet, 3, ("コード", "指標", "単位", "合計の可否", "定義", "版", "適用開始"))
    breakdowns = (table.indicator for table in content.breakdowns)
    for row, one in enumerate((*content.totals, *breakdowns), start=4):
        adds = "合計できる" if one.additive else "合計できない"
        texts = (str(one.label), str(one.unit), adds, str(one.definition))
        values = (one.code, *texts, str(one.version), _month(one.since))
        pages.cells(sheet, row, 0, values, ["long"] * len(values))
        sheet.set_row(row, 17 * max(1, -(-len(str(one.definition)) // 42)) + 4)


def _facts(pages: Pages, content: MonthlyContent) -> None:
    sheet = pages.add("データ")
    for column, width in enumerate((9, 11, 10, 20, 30, 28, 18, 28, 10, 6, 10)):
        sheet.set_column(column, column, width)
    pages.head(sheet, 0, COLUMNS)
    looks = ["text"] * 8 + ["number", "text", "text"]
    for row, fact in enumerate(content.facts, start=1):
        pages.cells(sheet, row, 0, fact, looks)
    sheet.autofilter(0, 0, max(1, len(content.facts)), len(COLUMNS) - 1)


def _cover(pages: Pages, sheet: Worksheet, content: MonthlyContent) -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 3, 18)
    pages.text(sheet, 2, 0, content.title, "title")
    pages.text(sheet, 3, 0, content.edition.title, "subtitle")
    facts = (
        ("対象月", f"{content.month.japanese}({_month(content.month)})"),
        ("年度", content.month.fiscal_year.japanese),
        ("対象期間", f"{japanese_day(content.month.first)}から{japanese_day(content.month.last)}まで"),
        ("集計日時", _clock(content.counted_at)), ("作成日時", _clock(content.made_at)),
        ("状態", content.standing),
    )  # fmt: skip
    for row, (label, value) in enumerate(facts, start=5):
        pages.text(sheet, row, 0, label, "head")
        sheet.merge_range(row, 1, row, 3, "", pages.looks["text"])
        pages.text(sheet, row, 1, value)
    for column, label in enumerate((f"主な指標({content.focus.name})", "当月", "前年同月", "増減率")):
        pages.text(sheet, 12, column, label, "head")
    for row, line in enumerate(content.focus.lines, start=13):
        pages.cells(sheet, row, 0, (f"{line.label}({line.unit})", *_one(line.month)), ("text", *COMPARED_LOOKS[:3]))
    row = 14 + len(content.focus.lines)
    pages.text(sheet, row, 0, "目次", "heading")
    for other in pages.sheets[1:]:
        row += 1
        sheet.write_url(row, 0, f"internal:'{other.name}'!A1", pages.looks["link"], other.name)
    pages.text(
        sheet,
        row + 2,
        0,
        "事業者の名称や相談の内容は含まれていません。数え方は「定義」のシートを参照してください。",
        "note",
    )
    sheet.activate()


# ---- how values are shown
def _compared(line: Line) -> tuple[Cell, ...]:
    return (*_one(line.month), *_one(line.year))


def _one(figure: Compared) -> tuple[Cell, ...]:
    return figure.now, figure.before, None if figure.percent is None else figure.percent / 100


def _shared(line: Line, total: Line) -> tuple[Cell, ...]:
    month, year = _one(line.month), _one(line.year)
    return (month[0], _share(line.month, total.month), *month[1:], year[0], _share(line.year, total.year), *year[1:])


def _share(part: Compared, whole: Compared) -> float | None:
    return part.now / whole.now if whole.now else None


def _total_labels(content: MonthlyContent) -> list[str]:
    return [f"{indicator.label}({indicator.unit})" for indicator in content.totals]


def _totals(place: PlaceRow, of_year: bool) -> tuple[Cell, ...]:
    """The totals, and how the first of them has changed."""
    found = [line.year if of_year else line.month for line in place.lines]
    return (*(one.now for one in found), _one(found[0])[2])


def _place_looks(place: PlaceRow, texts: int) -> list[str]:
    looks = ["text"] * texts + ["number"] * len(place.lines) + ["percent"]
    return looks if place.level == "hub" or (place.level == "bureau" and texts == 2) else [sum_look(x) for x in looks]


def _month(month: Month) -> str:
    return f"{month.year}年{month.number}月"


def _clock(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
