"""The whole workbook, and its cover."""

from __future__ import annotations

import io
from typing import IO

import xlsxwriter
from django.utils import timezone, translation
from xlsxwriter.worksheet import Worksheet

from foundation.periods import japanese_day
from metrics.models import Level
from reports.contents import MonthlyContent
from reports.excel.places import add_bureaus, add_hubs, add_nation
from reports.excel.shown import COMPARED_LOOKS, clock, compared_heads, one
from reports.excel.tables import (
    add_breakdown,
    add_corrections,
    add_definitions,
    add_facts,
    add_months,
    add_summary,
)
from reports.paper import Pages
from reports.words import summary_of


def write_excel(content: MonthlyContent) -> IO[bytes]:
    """The report as an open .xlsx file, at its beginning."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {"title": content.title, "subject": content.edition.title, "author": "よろず支援拠点全国本部",
         "category": content.kind_name, "created": timezone.make_naive(content.made_at)}
    )  # fmt: skip
    pages = Pages(book, title=content.title, edition=content.edition.title, made=clock(content.made_at))
    with translation.override("ja"):
        _fill(pages, content)
    book.close()
    out.seek(0)
    return out


def _fill(pages: Pages, content: MonthlyContent) -> None:
    cover = pages.add("表紙", landscape=False)
    add_summary(pages, content, summary_of(content))
    add_nation(pages, content)
    if content.edition.level is not Level.HUB:
        add_bureaus(pages, content)
        add_hubs(
            pages, content, f"拠点別({compared_heads(content)[0]})" if content.is_year else "拠点別", of_year=False
        )
        add_hubs(pages, content, "拠点別(年度累計)", of_year=True)
    for number, table in enumerate(content.breakdowns, start=1):
        add_breakdown(pages, content, number, table)
    for number, months in enumerate(content.months, start=1):
        add_months(pages, number, months)
    if content.frozen is not None:
        add_corrections(pages, content)
    add_definitions(pages, content)
    add_facts(pages, content)
    _cover(pages, cover, content)


def _cover(pages: Pages, sheet: Worksheet, content: MonthlyContent) -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 3, 18)
    pages.text(sheet, 2, 0, content.title, "title")
    pages.text(sheet, 3, 0, content.edition.title, "subtitle")
    row = 4
    for label, value in _told(content):
        row += 1
        pages.text(sheet, row, 0, label, "head")
        sheet.merge_range(row, 1, row, 3, "", pages.looks["text"])
        pages.text(sheet, row, 1, value)
    row += 2
    heads = compared_heads(content)[3:] if content.is_year else compared_heads(content)[:3]
    for column, label in enumerate((f"主な指標({content.focus.name})", *heads)):
        pages.text(sheet, row, column, label, "head")
    for line in content.focus.lines:
        row += 1
        figure = line.year if content.is_year else line.month
        pages.cells(sheet, row, 0, (f"{line.label}({line.unit})", *one(figure)), ("text", *COMPARED_LOOKS[:3]))
    row += 2
    pages.text(sheet, row, 0, "目次", "heading")
    for other in pages.sheets[1:]:
        row += 1
        sheet.write_url(row, 0, f"internal:'{other.name}'!A1", pages.looks["link"], other.name)
    closing = "事業者の名称や相談の内容は含まれていません。数え方は「定義」のシートを参照してください。"
    pages.text(sheet, row + 2, 0, closing, "note")
    sheet.activate()


def _told(content: MonthlyContent) -> list[tuple[str, str]]:
    """What the cover says of the report itself."""
    told = [
        ("対象月", f"{content.month.japanese}({content.month.year}年{content.month.number}月)")
        if not content.is_year else ("対象年度", content.period),
        ("年度", content.month.fiscal_year.japanese),
        ("対象期間", f"{japanese_day(content.first_day)}から{japanese_day(content.month.last)}まで"),
        ("集計日時", clock(content.counted_at)), ("作成日時", clock(content.made_at)), ("状態", content.standing),
    ]  # fmt: skip
    return [*told, ("確定値のSHA-256", content.frozen.sha256)] if content.frozen else told
