"""Files as hubs bring them."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

HEADINGS = (
    "相談番号", "事業者名", "フリガナ", "法人番号", "電話番号", "件名", "相談区分", "相談日", "相談時間", "相談方法", "相談細目",
    "相談内容", "助言内容", "担当者",
)  # fmt: skip


def row(number: int, **changed: str) -> list[str]:
    """One consultation as an old system writes it; three in a row are of one client and its one case."""
    client = number // 3
    cells = {
        "相談番号": f"K-{number:05d}", "事業者名": f"㈱いろは商店{client}", "フリガナ": "イロハ",
        "電話番号": f"03-{client // 10000 + 1000:04d}-{client % 10000:04d}", "件名": "販路の見直し", "相談区分": "売上拡大",
        "相談日": "令和8年10月1日", "相談時間": "６０", "相談方法": "来訪", "相談細目": "販路開拓、IT・DX",
        "相談内容": f"{number}回目。県外の販売先が減っている。", "助言内容": "商談会への出展を勧めた。",
    }  # fmt: skip
    return [(cells | changed).get(heading, "") for heading in HEADINGS]


def csv_bytes(rows: list[list[str]], *, headings: Any = HEADINGS, encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue().encode(encoding)


def csv_upload(rows: list[list[str]], name: str = "相談.csv", **options: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, csv_bytes(rows, **options), content_type="text/csv")


def xlsx_upload(rows: list[list[Any]], name: str = "相談.xlsx", headings: Any = HEADINGS) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    sheet = book.active
    for cells in (headings, *rows):
        sheet.append(list(cells))
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile(name, out.getvalue())
