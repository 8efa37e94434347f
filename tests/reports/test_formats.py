"""Excel, PDF and CSV say the same as the facts, and nothing that the agency must not see."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from hubs.tenancy import HUB_IDS, Scope, entered
from metrics.indicators import INDICATORS
from metrics.models import Count, Fact
from reports.excel import write_excel
from reports.flat import COLUMNS, write_csv
from reports.pdf import write_pdf
from tests.metrics.declaring import declared, next_version
from tests.reports.conftest import OCTOBER, SECRET_NAME, content_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def shelf() -> dict[str, Any]:
    """What `book` and `pdf` made of the same story once need not be made again."""
    return {}


@pytest.fixture
def book(nation, shelf):
    """The national edition as a workbook."""
    return shelf.get("book") or shelf.setdefault("book", book_of(nation))


@pytest.fixture
def pdf(nation, shelf) -> str:
    """The text of the national edition's PDF."""
    return shelf.get("pdf") or shelf.setdefault("pdf", text_of_pdf(nation))


def book_of(content):
    return openpyxl.load_workbook(write_excel(content))


def rows_of(content, encoding: str = "utf-8") -> list[dict[str, str]]:
    text = write_csv(content, encoding=encoding).file.read().decode("utf-8-sig" if encoding == "utf-8" else encoding)
    return list(csv.DictReader(io.StringIO(text, newline="")))


def text_of_pdf(content) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(write_pdf(content)).pages)


def table_of(sheet, head: int) -> dict[str, list]:
    """The rows below a head, by their first cell."""
    rows = sheet.iter_rows(min_row=head + 1, values_only=True)
    return {row[0]: list(row[1:]) for row in rows if row[0] is not None}


def test_the_content_is_the_facts(nation):
    november = {line.code: line for line in nation.summaries[0].lines}
    assert (november["consultations"].month.now, november["consultations"].month.before) == (4, 1)
    assert (november["consultations"].year.now, november["visitors"].year.now) == (5, 3)
    assert november["visitors"].month.now == 3
    assert november["consultations"].month.percent == 300.0
    with entered(Scope.of_figures(HUB_IDS)):
        facts = Fact.objects.filter(month=nation.month.first, level="nation", span__in=("month", "ytd"), value__gt=0)
        told = {(f.indicator, f.code, f.span): f.value for f in facts}
    spans = {"月": "month", "年度累計": "ytd"}
    flat = {(f.indicator, f.code, spans[f.span]): f.value for f in nation.facts if f.level == "全国" and f.value}
    assert flat == told


def test_a_year_that_was_never_counted_is_nothing_to_compare_with(counted, now):
    """Not a zero, though the definitions reach back to the programme's first month."""
    known = content_of("nation", now)
    assert (known.focus.lines[0].month.before, known.focus.lines[0].year.before) == (1, 1)
    assert next(month for month, _values in known.trend) == OCTOBER.year_before()
    Count.objects.filter(month__lt=OCTOBER.fiscal_year.first).delete()
    unknown = content_of("nation", now)
    assert (unknown.focus.lines[0].month.before, unknown.focus.lines[0].year.before) == (None, None)
    assert next(month for month, _values in unknown.trend) == OCTOBER.fiscal_year.months[0]


def test_the_report_is_of_the_definitions_of_its_month(counted, now):
    later = next_version("minutes", since=OCTOBER.next(), definition="あとの定義です。")
    with declared(later):
        told = {i.code: i for i in content_of("nation", now).totals}
    assert (told["minutes"].version, str(told["minutes"].definition)) != (2, "あとの定義です。")
    with declared(next_version("minutes", since=OCTOBER, definition="10月からの定義です。")):
        sheet = book_of(content_of("nation", now))["定義"]
    row = next(row for row in sheet.iter_rows(min_row=5, values_only=True) if row[0] == "minutes")
    assert row[4:] == ("10月からの定義です。", "2", "2026年10月")


def test_every_indicator_is_told_and_defined_in_each_format(nation, book, pdf):
    labels = {str(indicator.label) for indicator in INDICATORS}
    defined = {row[1] for row in book["定義"].iter_rows(min_row=5, values_only=True)}
    assert labels <= defined
    squeezed = "".join(pdf.split())
    assert [label for label in labels if "".join(label.split()) not in squeezed] == []
    assert {row["指標"] for row in rows_of(nation)} >= {str(indicator.label) for indicator in INDICATORS.totals()}


def test_the_three_formats_agree_for_every_hub(nation, book, pdf):
    sheet = book["拠点別"]
    in_excel = {row[0]: list(row[3:-1]) for row in sheet.iter_rows(min_row=5, values_only=True)}
    totals = [indicator.code for indicator in INDICATORS.totals()]
    in_csv: dict[str, list[int]] = {}
    for row in rows_of(nation):
        if row["階層"] == "拠点" and row["期間"] == "月" and row["指標コード"] in totals:
            in_csv.setdefault(row["地域コード"], []).append(int(row["値"]))
    assert len(in_csv) == 47
    assert {code: values for code, values in in_excel.items() if code != "00"} == in_csv
    words = pdf.split()
    for code in ("13", "27"):
        figures = [f"{value:,}" for value in in_csv[code]]
        assert any(words[n + 1 : n + 1 + len(figures)] == figures for n in range(len(words))), code


def test_breakdowns_agree_in_excel_and_csv(nation, book):
    sheet = book["内訳2 細目別 相談対応件数"]
    in_excel = {row[0]: row[2] for row in sheet.iter_rows(min_row=6, values_only=True) if row[2]}
    in_csv = {
        row["内訳コード"]: int(row["値"])
        for row in rows_of(nation)
        if row["階層"] == "全国" and row["期間"] == "月" and row["指標コード"] == "consultations_by_theme"
    }
    assert in_excel == in_csv == {"channels": 4, "digital": 2}


def test_no_clients_name_is_in_any_of_them(nation, pdf):
    unpacked = zipfile.ZipFile(write_excel(nation))
    told = "".join(unpacked.read(name).decode("utf-8", "replace") for name in unpacked.namelist())
    told += pdf + write_csv(nation).file.read().decode() + repr(nation)
    for part in (SECRET_NAME, "ひみつの名前", "ヒミツ", "販路開拓の相談", "展示会"):
        assert part not in told


def test_a_figures_scope_holds_no_record_that_could_be_told(counted, tokyo):
    from consultations.models import Consultation, Enterprise

    with entered(Scope.of_figures(HUB_IDS)):
        assert not Consultation.objects.exists()
        assert not Enterprise.objects.exists()
        assert Fact.objects.filter(hub=tokyo).exists()


def test_what_looks_like_a_formula_is_text(nation, book):
    sheet = book["内訳11 制度別 支援制度の紹介件数"]
    cell = next(cell for row in sheet.iter_rows(min_row=5) for cell in row if str(cell.value).startswith("=HYPERLINK"))
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert all(cell.data_type != "f" for one in book for row in one.iter_rows() for cell in row)
    named = [row["内訳"] for row in rows_of(nation) if "HYPERLINK" in row["内訳"]]
    assert named
    assert all(name.startswith("'=") for name in named)


def test_codes_are_text_and_figures_are_numbers(book):
    row = next(row for row in book["拠点別"].iter_rows(min_row=5) if row[0].value == "01")
    assert row[0].data_type == "s"
    assert row[0].number_format == "@"
    assert {cell.data_type for cell in row[3:13]} == {"n"}
    assert row[3].number_format == "#,##0"
    data = next(book["データ"].iter_rows(min_row=2))
    assert [cell.data_type for cell in data] == ["s"] * 8 + ["n", "s", "s"]


def test_every_sheet_prints_on_a4(book):
    for sheet in book:
        assert sheet.page_setup.paperSize == 9, sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert "ページ" in sheet.oddFooter.center.text
        if sheet.title != "表紙":
            assert sheet.freeze_panes, sheet.title
            assert sheet.print_title_rows, sheet.title


def test_the_national_sheet_has_a_native_chart(nation):
    names = zipfile.ZipFile(write_excel(nation)).namelist()
    assert "xl/charts/chart1.xml" in names


def test_the_sheets_stand_in_the_order_of_reading(book):
    names = book.sheetnames
    assert names[:6] == ["表紙", "概要", "全国", "経済産業局別", "拠点別", "拠点別(年度累計)"]
    assert names[-2:] == ["定義", "データ"]
    assert sum(name.startswith("内訳") for name in names) == len(INDICATORS.breakdowns())


def test_the_pdf_is_japanese_a4_with_numbered_pages_and_archivable(nation, pdf):
    reader = PdfReader(write_pdf(nation))
    box = reader.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (595, 842)
    assert reader.trailer["/Root"]["/Lang"] == "ja"
    assert "pdfaid" in reader.xmp_metadata.stream.get_data().decode()
    assert reader.metadata.title == "よろず支援拠点 月次報告 2026年10月 全国版"
    assert f"2 / {len(reader.pages)}" in reader.pages[1].extract_text()
    assert "髙補助金𠮷" in "".join(pdf.split())


def test_markup_in_a_label_is_shown_not_run(counted, now):
    from directory.models import SupportProgram

    SupportProgram.objects.filter(name__startswith="=HYPERLINK").update(name='#panic("x") $1$ *太字* \\ "引用" <b>')
    assert '#panic("x") $1$ *太字*' in " ".join(text_of_pdf(content_of("nation", now)).split())


def test_csv_is_utf8_with_bom_and_crlf_by_default(nation):
    raw = write_csv(nation).file.read()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\n") == raw.count(b"\r\n") == len(nation.facts) + 1
    assert tuple(rows_of(nation)[0]) == COLUMNS


def test_cp932_says_what_it_cannot_hold(nation):
    flat = write_csv(nation, encoding="cp932")
    assert flat.lost == ("𠮷",)
    assert "髙補助金〓" in flat.file.read().decode("cp932")


def test_a_bureaus_edition_holds_the_nation_and_its_own_hubs_only(counted, now):
    kanto = content_of("kanto", now)
    assert [row.name for row in kanto.summaries] == ["全国", "関東経済産業局"]
    assert [row.name for row in kanto.bureaus] == ["関東経済産業局"]
    assert {row.bureau for row in kanto.hubs} == {"関東経済産業局"}
    told = "".join("".join(row.values()) for row in rows_of(kanto)) + "".join(text_of_pdf(kanto).split())
    assert "大阪" not in told
    assert "東京都" in told
    assert kanto.focus.lines[0].month.now == 3


def test_what_was_never_counted_is_a_dash_not_a_zero(counted, now):
    from metrics.models import Count

    Count.objects.filter(month__lt="2026-01-01").delete()
    content = content_of("nation", now)
    line = content.summaries[0].lines[0]
    assert (line.month.before, line.month.percent, line.year.before) == (None, None, None)
    assert table_of(book_of(content)["全国"], 4)["相談対応件数"][2] == "―"
    assert "―" in text_of_pdf(content)


def test_a_month_that_is_not_over_says_so(counted, now):
    from datetime import timedelta

    assert "速報値" in content_of("nation", now).standing
    assert "月の途中" in content_of("nation", now - timedelta(days=25)).standing
