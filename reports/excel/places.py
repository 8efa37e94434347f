"""The sheets of the nation, the bureaus and the hubs."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from metrics.models import Level
from reports.contents import MonthlyContent
from reports.excel import charts
from reports.excel.charts import Cells
from reports.excel.shown import (
    COMPARED_LOOKS,
    compared,
    compared_heads,
    month_name,
    place_looks,
    total_labels,
    totals,
)
from reports.paper import Pages


def add_nation(pages: Pages, content: MonthlyContent) -> None:
    """The totals of the nation, and of the bureau or hub whose edition it is; the trend, with a chart."""
    sheet = pages.add("実績" if content.edition.level is Level.HUB else "全国")
    pages.top(sheet, f"{content.summaries[0].name}の活動実績  {content.period}", content.span_note)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 10)
    sheet.set_column(2, 11, 12)
    row = 3
    for summary in content.summaries:
        if row > 3:
            pages.text(sheet, row - 1, 0, summary.name, "heading")
        for column, label in enumerate(("指標", "単位", *compared_heads(content))):
            pages.text(sheet, row, column, label, "head")
        for line in summary.lines:
            row += 1
            pages.cells(sheet, row, 0, (line.label, line.unit, *compared(line)), ("text", "text", *COMPARED_LOOKS))
        row += 3
    sheet.freeze_panes(4, 1)
    sheet.repeat_rows(3)
    _trend(pages, sheet, content, row)


def _trend(pages: Pages, sheet: Worksheet, content: MonthlyContent, top: int) -> None:
    pages.text(sheet, top - 1, 0, f"月別の推移({content.focus.name})", "heading")
    labels = ("月", "", *total_labels(content))
    for column, label in enumerate(labels):
        if column != 1:
            pages.text(sheet, top, column, label, "head")
    sheet.set_row(top, 36)
    for row, (month, values) in enumerate(content.trend, start=top + 1):
        pages.text(sheet, row, 0, month_name(month))
        pages.cells(sheet, row, 2, values, ["number"] * len(values))
    last = top + len(content.trend)
    chart = charts.columns_and_line(
        pages.book,
        sheet,
        "相談対応件数と来訪相談者数",
        Cells(top, top + 1, last, 0, 2),
        Cells(top, top + 1, last, 0, 3),
    )
    sheet.insert_chart(last + 2, 0, chart, {"description": f"{content.focus.name}の月別の相談対応件数と来訪相談者数。"})


def add_bureaus(pages: Pages, content: MonthlyContent) -> None:
    """Every bureau's totals for the month and the year to date."""
    sheet = pages.add("経済産業局別")
    pages.top(
        sheet,
        f"経済産業局別の活動実績  {content.period}",
        "者を単位とする指標は局ごとに数え直すため、合計が全国に一致しません。",
    )
    sheet.set_column(0, 0, 6)
    sheet.set_column(1, 1, 22)
    sheet.set_column(2, 13, 11)
    row, first = 3, content.totals[0].label
    for name, of_year in ((compared_heads(content)[0], False), ("年度累計", True)):
        labels = ("コード", f"経済産業局({name})", *total_labels(content), f"{first}増減率")
        if row == 3:
            pages.head(sheet, row, labels, keep=2)
        else:
            pages.cells(sheet, row, 0, labels, ["head"] * len(labels))
            sheet.set_row(row, 36)
        head = row
        for place in (content.summaries[0], *content.bureaus):
            row += 1
            pages.cells(sheet, row, 0, (place.code, place.name, *totals(place, of_year)), place_looks(place, 2))
        row += 3
    if len(content.bureaus) > 1:
        title = f"経済産業局別の{first}(年度累計)"
        chart = charts.bars(pages.book, sheet, title, Cells(head, head + 2, head + 1 + len(content.bureaus), 1, 2))
        sheet.insert_chart(row, 1, chart, {"description": f"{title}。数値は上の表にあります。"})


def add_hubs(pages: Pages, content: MonthlyContent, name: str, *, of_year: bool) -> None:
    """Every hub's totals, for the month or the year to date."""
    sheet = pages.add(name)
    span = "年度累計" if of_year else compared_heads(content)[0]
    pages.top(
        sheet,
        f"拠点別の活動実績  {content.period}({span})",
        "者を単位とする指標は拠点ごとに数え直すため、合計が全国に一致しません。",
    )
    sheet.set_column(0, 0, 6)
    sheet.set_column(1, 1, 12)
    sheet.set_column(2, 2, 20)
    sheet.set_column(3, 14, 11)
    first = content.totals[0].label
    pages.head(sheet, 3, ("コード", "拠点", "経済産業局", *total_labels(content), f"{first}増減率"), keep=2)
    for row, place in enumerate((*content.summaries, *content.hubs), start=4):
        values = (place.code, place.name, place.bureau, *totals(place, of_year))
        pages.cells(sheet, row, 0, values, place_looks(place, 3))
    begin = 4 + len(content.summaries)
    last = begin + len(content.hubs) - 1
    chart = charts.bars(pages.book, sheet, f"拠点別の{first}({span})", Cells(3, begin, last, 1, 3))
    sheet.insert_chart(last + 2, 1, chart, {"description": f"拠点別の{first}。数値は上の表にあります。"})
