"""The sheets of the summary, breakdowns, months, corrections, definitions and data."""

from __future__ import annotations

from foundation.periods import Month
from metrics.models import Span
from reports.contents import BreakdownTable, Definition, MonthlyContent, MonthsTable
from reports.excel import charts
from reports.excel.charts import Cells
from reports.excel.shown import compared_heads, month_name, shared
from reports.flat import COLUMNS
from reports.paper import Pages, sum_look
from reports.words import Passage

CHARTED = 25  # a chart of more bars cannot be read


def add_summary(pages: Pages, content: MonthlyContent, passages: tuple[Passage, ...]) -> None:
    """What the figures say, in words."""
    sheet = pages.add("概要", landscape=False)
    pages.top(
        sheet, f"概要  {content.period}({content.focus.name})", "この概要は、集計値から一定の規則で作成しています。"
    )
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 78)
    pages.head(sheet, 3, ("項目", "内容"))
    sheet.set_row(3, 20)
    for row, passage in enumerate(passages, start=4):
        pages.cells(sheet, row, 0, (passage.heading, passage.text), ["long", "long"])
        sheet.set_row(row, 18 * max(1, -(-len(passage.text) // 36)) + 6)


def add_breakdown(pages: Pages, content: MonthlyContent, number: int, table: BreakdownTable) -> None:
    """A total and what it divides into, with a chart."""
    sheet = pages.add(f"内訳{number} {table.indicator.label}")
    note = "1件が複数の項目に数えられることがあり、構成比の合計は100%を超えることがあります。" if table.overlaps else ""
    pages.top(sheet, f"{table.indicator.label}  {content.period}({content.focus.name})", note)
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 36)
    sheet.set_column(2, 9, 11)
    heads = compared_heads(content)
    pages.head(sheet, 3, ("コード", table.by, heads[0], "構成比", *heads[1:4], "構成比", *heads[4:]), keep=2)
    looks = ("text", "text", *("number", "share", "number", "percent") * 2)
    for row, line in enumerate((table.total, *table.lines), start=4):
        is_total = line is table.total
        values = (line.code, "計" if is_total else line.label, *shared(line, table.total))
        pages.cells(sheet, row, 0, values, looks if not is_total else [sum_look(look) for look in looks])
    if 1 < len(table.lines) <= CHARTED:
        last, now = 4 + len(table.lines), 6 if content.is_year else 2
        title = f"{table.indicator.label}({'年度累計' if content.is_year else heads[0]}と前年)"
        chart = charts.bars(
            pages.book, sheet, title, Cells(3, 5, last, 1, now), Cells(3, 5, last, 1, 8 if content.is_year else 4)
        )
        sheet.insert_chart(last + 2, 1, chart, {"description": f"{title}。数値は上の表にあります。"})


def add_months(pages: Pages, number: int, table: MonthsTable) -> None:
    """Twelve months side by side, with a chart of the first row."""
    sheet = pages.add(f"月別{number} {table.heading}")
    pages.top(sheet, table.heading, "者を単位とする指標は、月の値を合計しても年度累計に一致しません。")
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 30)
    sheet.set_column(2, 14, 9)
    names = [f"{month.year % 100:02d}年{month.number}月" for month in table.months]
    pages.head(sheet, 3, ("コード", table.by, *names, "年度累計"), keep=2)
    looks = ["text", "text", *["number"] * 12, "number_sum"]
    for row, (code, name, values) in enumerate(table.rows, start=4):
        shown = [look if value is not None else "text" for look, value in zip(looks[2:], values, strict=True)]
        pages.cells(sheet, row, 0, (code, name, *values), [*looks[:2], *shown])
    if table.rows and number == 1:
        known = sum(value is not None for value in table.rows[0][2][:12])
        title = f"{table.rows[0][1]}の推移"
        chart = charts.lines(pages.book, sheet, title, 3, 4, known)
        sheet.insert_chart(6 + len(table.rows), 0, chart, {"description": f"{title}。数値は上の表にあります。"})


def add_corrections(pages: Pages, content: MonthlyContent) -> None:
    """Figures of earlier months that are told differently from now on."""
    sheet = pages.add("訂正")
    note = (
        "締めた月の数値のうち、前回の報告から変わったもの。"
        if content.corrections
        else "この報告で訂正する数値はありません。"
    )
    pages.top(sheet, "公表済みの月の訂正", note)
    for column, width in enumerate((11, 6, 20, 44, 10, 10, 9, 6, 60)):
        sheet.set_column(column, column, width)
    pages.head(sheet, 3, ("対象月", "版", "地域", "指標", "訂正前", "訂正後", "差", "単位", "理由"))
    looks = ["text", "number", "text", "text", "number", "number", "number", "text", "long"]
    for row, one in enumerate(content.corrections, start=4):
        figures = (one.before, one.after, one.difference)
        values = (month_name(one.month), one.version, one.place, one.what, *figures, one.unit, one.reason)
        pages.cells(sheet, row, 0, values, looks)


def add_definitions(pages: Pages, content: MonthlyContent) -> None:
    """How every indicator was counted."""
    sheet = pages.add("定義")
    pages.top(sheet, "指標の定義", "この報告に含まれるすべての指標について、数え方を示します。")
    for column, width in enumerate((30, 28, 7, 16, 84, 8, 11)):
        sheet.set_column(column, column, width)
    pages.head(sheet, 3, ("コード", "指標", "単位", "合計の可否", "定義", "定義の版", "適用開始"))
    for row, one in enumerate(content.definitions, start=4):
        pages.cells(sheet, row, 0, _definition(one), ["long"] * 7)
        sheet.set_row(row, 17 * max(1, -(-len(one.text) // 42)) + 4)


def _definition(one: Definition) -> tuple[str, ...]:
    adds = "合計できる" if one.adds else "合計できない"
    month = Month.parse(one.since)
    since = f"{month.year}年{month.number}月"
    return one.code, one.label, one.unit, adds, one.text, str(one.version), since


def add_facts(pages: Pages, content: MonthlyContent) -> None:
    """One fact per row; of a year the year's only: its months are in the CSV."""
    sheet = pages.add("データ")
    for column, width in enumerate((9, 11, 10, 20, 30, 28, 18, 28, 10, 6, 10)):
        sheet.set_column(column, column, width)
    pages.head(sheet, 0, COLUMNS)
    looks = ["text"] * 8 + ["number", "text", "text"]
    year = str(Span.YEAR_TO_DATE.label)
    rows = [fact for fact in content.facts if not content.is_year or fact.span == year]
    for row, fact in enumerate(rows, start=1):
        pages.cells(sheet, row, 0, fact, looks)
    sheet.autofilter(0, 0, max(1, len(rows)), len(COLUMNS) - 1)
