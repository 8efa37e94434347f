"""A file becomes records: what is refused, what is written, what is never doubled."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audit.models import Entry
from consultations.models import Assignment, Case, CaseStep, Consultation, Enterprise, TouchedMonth
from exchange import tasks
from exchange.actions import importing
from exchange.models import ImportedRecord, ImportRow, ImportRun
from exchange.queries import job_of
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from jobs import actions as jobs
from jobs.models import Job
from tests import making
from tests.consultations.making_assignments import make_capacity
from tests.consultations.making_outcomes import make_desk
from tests.exchange.making import HEADINGS, csv_upload, row, xlsx_upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_queue")]
IMPORTS = "/hubs/tokyo/imports/"


@pytest.fixture
def desk(client, chief):
    client.force_login(chief)
    return client


def upload(client, file, *, kind="consultations", source="旧システム"):
    return client.post(IMPORTS, {"kind": kind, "source": source, "file": file})


def uploaded(client, file, **options) -> ImportRun:
    answer = upload(client, file, **options)
    assert answer.status_code == 302, answer.content.decode()
    return run_of(client, int(answer["Location"].split("/")[4]))


def run_of(client, pk: int) -> ImportRun:
    with entered(Scope.of_hub(13)):
        return ImportRun.objects.select_related("hub").get(pk=pk)


def form_values(client, run: ImportRun) -> dict[str, str]:
    form = client.get(f"{IMPORTS}{run.pk}/mapping/").context["form"]
    return {name: form.initial[name] for name in form.fields}


def checked(client, file, **options) -> ImportRun:
    """Uploaded, mapped as guessed, and held against the rules."""
    run = uploaded(client, file, **options)
    answer = client.post(f"{IMPORTS}{run.pk}/mapping/", form_values(client, run))
    assert answer.status_code == 302, answer.context["form"].errors
    work(run)
    return run_of(client, run.pk)


def committed(client, file, **options) -> ImportRun:
    run = checked(client, file, **options)
    client.post(f"{IMPORTS}{run.pk}/committing/")
    work(run)
    return run_of(client, run.pk)


def work(run: ImportRun) -> None:
    with entered(Scope.of_hub(13)):
        job = job_of(run)
    (tasks.check if job.kind == "exchange.check" else tasks.commit)(job_id=job.pk)


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    return run.good_count, run.bad_count, run.known_count, run.made_count


def made() -> tuple[int, int, int]:
    with entered(Scope.of_hub(13)):
        return Enterprise.objects.count(), Case.objects.count(), Consultation.objects.count()


def problems(run: ImportRun) -> dict[int, list[list[str]]]:
    with entered(Scope.of_hub(13)):
        return {row.number: row.problems for row in ImportRow.objects.filter(run=run, state="bad")}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp932"])
def test_a_csv_becomes_enterprises_cases_and_consultations(desk, tokyo, chief, encoding):
    run = committed(desk, csv_upload([row(number) for number in range(6)], encoding=encoding))
    assert (run.state, counts(run)) == ("done", (0, 0, 0, 6))
    assert made() == (2, 2, 6)
    with entered(Scope.of_hub(tokyo.pk)):
        first = Consultation.objects.select_related("case", "enterprise", "lead").order_by("pk")[0]
        assert (first.held_on, first.minutes, first.method) == (dt.date(2026, 10, 1), 60, "visit_to_hub")
        assert first.themes == ["channels", "digital"]
        assert (first.enterprise.name, first.enterprise.phone) == ("㈱いろは商店0", "0310000000")
        assert (first.case.title, first.case.category, first.case.state) == ("販路の見直し", "sales", "active")
        assert first.case.number == "2026-13-00001"
        assert first.lead == chief
        assert CaseStep.objects.filter(case=first.case).values_list("move", flat=True).get() == "start"
        assert TouchedMonth.objects.filter(month=dt.date(2026, 10, 1)).exists()
        assert Enterprise.objects.matching("いろは商店0").count() == 1
    assert desk.get("/hubs/tokyo/consultations/", {"q": "県外 販売先"}).context["page"].objects != []
    assert len(desk.get("/hubs/tokyo/cases/", {"q": "販路"}).context["page"].objects) == 2


def test_a_dry_run_writes_nothing(desk, tokyo):
    run = checked(desk, csv_upload([row(0)]))
    assert (run.state, counts(run)) == ("checked", (1, 0, 0, 0))
    assert made() == (0, 0, 0)


def test_xlsx_with_real_dates_and_numbers(desk, tokyo):
    cells = dict(zip(HEADINGS, row(0), strict=True)) | {"相談日": dt.date(2026, 10, 2), "相談時間": 45.0}
    run = committed(desk, xlsx_upload([list(cells.values())]))
    assert run.made_count == 1
    with entered(Scope.of_hub(tokyo.pk)):
        assert Consultation.objects.values_list("held_on", "minutes").get() == (dt.date(2026, 10, 2), 45)


BROKEN = [
    ({"相談日": "令和99年1月1日"}, "相談日"), ({"相談日": "2026-02-30"}, "相談日"), ({"相談日": "2100-01-01"}, "相談日"),
    ({"相談日": "2013-01-01"}, "相談日"), ({"相談時間": "9999"}, "相談時間"), ({"相談方法": "念力"}, "相談方法"),
    ({"相談細目": "販路開拓、占い"}, "相談細目"), ({"相談内容": ""}, "相談内容"), ({"相談内容": "あ\x07"}, "相談内容"),
    ({"相談内容": "長" * 8001}, "相談内容"), ({"法人番号": "1234567890123"}, "法人番号"), ({"電話番号": "123"}, "電話番号"),
    ({"件名": ""}, "件名"), ({"相談区分": "その他の何か"}, "相談区分"), ({"担当者": "山野 知らない"}, "担当者"),
    ({"事業者名": ""}, "事業者名"), ({"電話番号": ""}, "事業者名"), ({"相談番号": "あ" * 121}, "相談番号"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "heading"), BROKEN, ids=[f"{next(iter(c))}{n}" for n, (c, _) in enumerate(BROKEN)])
def test_a_broken_row_never_stops_the_good_ones_nor_slips_in(desk, tokyo, changed, heading):
    run = committed(desk, csv_upload([row(0), row(3, **changed), row(6)]))
    assert counts(run) == (0, 1, 0, 2)
    assert made()[2] == 2
    ((number, found),) = problems(run).items()
    assert number == 3
    assert heading in [one for one, _message in found]


def test_a_theme_whose_time_is_over_is_refused(desk, tokyo):
    from directory.models import Code

    Code.objects.create(
        kind="theme", code="bubble", label_ja="泡", label_en="Bubble", valid_from=dt.date(2014, 4, 1),
        valid_to=dt.date(2020, 3, 31),
    )  # fmt: skip
    run = checked(desk, csv_upload([row(0, 相談細目="泡"), row(3, 相談細目="泡", 相談日="2019-05-01")]))
    assert list(problems(run)) == [2]
    assert counts(run)[0] == 1


def test_the_error_sheets_hold_row_column_and_message_and_run_nothing(desk, tokyo):
    run = checked(desk, csv_upload([row(0), row(3, 相談日="いつか", 相談内容='=HYPERLINK("http://evil.example")')]))
    answer = desk.get(f"{IMPORTS}{run.pk}/sheet/", {"format": "csv"})
    (told,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert (told["行"], told["誤りのある列"]) == ("3", "相談日")
    assert "日付として読めません" in told["誤りの内容"]
    assert told["相談内容"].startswith("'=")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(desk.get(f"{IMPORTS}{run.pk}/sheet/").streaming_content)))
    _head, cells = book.worksheets[0].iter_rows()
    assert cells[0].value == 3
    assert all(cell.data_type != "f" for cell in cells)


def test_the_mended_sheet_of_errors_can_be_taken_in_as_it_is(desk, tokyo):
    run = committed(desk, csv_upload([row(0), row(3, 相談日="いつか")]))
    sheet = desk.get(f"{IMPORTS}{run.pk}/sheet/", {"format": "csv"}).content.decode("utf-8-sig")
    mended = SimpleUploadedFile("直した.csv", sheet.replace("いつか", "2026-10-01").encode("utf-8-sig"))
    again = committed(desk, mended)
    assert counts(again) == (0, 0, 1, 1)
    assert made() == (2, 2, 2)


def test_the_same_numbers_again_make_nothing(desk, tokyo):
    committed(desk, csv_upload([row(0), row(1)]))
    with_more = committed(desk, csv_upload([row(0), row(1), row(2)]))
    assert counts(with_more) == (0, 0, 2, 1)
    assert made() == (1, 1, 3)


def test_without_numbers_the_same_row_is_the_same_row(desk, tokyo):
    rows = [row(0, 相談番号=""), row(1, 相談番号=""), row(0, 相談番号="")]
    run = committed(desk, csv_upload(rows))
    assert counts(run) == (0, 1, 0, 2)
    again = committed(desk, csv_upload([*rows[:2], row(2, 相談番号="")]))
    assert counts(again) == (0, 0, 2, 1)


def test_a_number_twice_in_one_file_is_refused_the_second_time(desk, tokyo):
    run = committed(desk, csv_upload([row(0), row(3, 相談番号="K-00000")]))
    assert counts(run) == (0, 1, 0, 1)


def test_the_very_same_file_is_not_taken_twice(desk, tokyo):
    run = committed(desk, csv_upload([row(0)]))
    assert upload(desk, csv_upload([row(0)]))["Location"] == f"{IMPORTS}{run.pk}/"


def test_an_enterprise_is_known_by_name_and_telephone_and_never_by_its_name_alone(desk, tokyo):
    known = making.make_enterprise(hub=tokyo, name="株式会社いろは商店０", phone="0310000000")
    twin = making.make_enterprise(hub=tokyo, name="株式会社いろは商店1", phone="0311112222")
    run = committed(desk, csv_upload([row(0), row(3)]))
    assert run.made_count == 2
    with entered(Scope.of_hub(tokyo.pk)):
        first, second = Consultation.objects.order_by("pk")
        assert first.enterprise_id == known.pk
        assert second.enterprise_id not in (known.pk, twin.pk)


def test_an_enterprise_is_known_by_its_number_if_the_name_agrees(desk, tokyo):
    number = making.make_corporate_number()
    known = making.make_enterprise(hub=tokyo, name="株式会社いろは商店0", corporate_number=number)
    run = committed(desk, csv_upload([row(0, 法人番号=number), row(3, 法人番号=number)]))
    assert counts(run) == (0, 1, 0, 1)
    assert "株式会社いろは商店0" in str(problems(run))
    with entered(Scope.of_hub(tokyo.pk)):
        assert Consultation.objects.get().enterprise_id == known.pk


def test_another_hubs_enterprise_is_nobody(desk, tokyo, osaka):
    making.make_enterprise(hub=osaka, name="株式会社いろは商店0", phone="0310000000")
    committed(desk, csv_upload([row(0)]))
    assert made() == (1, 1, 1)


def test_a_consultation_may_name_a_case_of_the_hub(desk, tokyo):
    case = making.make_case(hub=tokyo, state="received", title="前からの案件")
    headings = (*HEADINGS, "案件番号")
    blank = {"事業者名": "", "フリガナ": "", "電話番号": "", "件名": "", "相談区分": ""}
    rows = [[*row(0, **blank), case.number], [*row(3, **blank), "2026-13-99999"]]
    run = committed(desk, csv_upload(rows, headings=headings))
    assert counts(run) == (0, 1, 0, 1)
    with entered(Scope.of_hub(tokyo.pk)):
        assert Consultation.objects.get().case_id == case.pk
        case.refresh_from_db()
        assert case.state == "active"


def test_enterprises_then_cases_then_consultations_by_the_other_systems_numbers(desk, tokyo):
    enterprises = csv_upload(
        [["E1", "株式会社はな", "法人"], ["E2", "はな", "創業予定者"]], headings=["番号", "名称", "区分"]
    )
    assert committed(desk, enterprises, kind="enterprises").made_count == 2
    cases = csv_upload(
        [["C1", "E1", "販路", "売上拡大", "R8.9.1"], ["C2", "E9", "販路", "売上拡大", "R8.9.1"]],
        headings=["番号", "事業者ID", "件名", "相談区分", "受付日"],
    )
    run = committed(desk, cases, kind="cases")
    assert counts(run) == (0, 1, 0, 1)
    headings = ["番号", "案件ID", "相談日", "相談時間", "相談方法", "相談細目", "相談内容", "助言内容"]
    sessions = csv_upload([["K1", "C1", "R8.10.1", "30", "phone", "channels", "内容", "助言"]], headings=headings)
    assert committed(desk, sessions).made_count == 1
    with entered(Scope.of_hub(tokyo.pk)):
        held = Consultation.objects.select_related("case", "enterprise").get()
        assert (held.case.title, held.enterprise.name, held.case.received_on) == (
            "販路",
            "株式会社はな",
            dt.date(2026, 9, 1),
        )
        assert ImportedRecord.objects.count() == 4


def test_an_enterprise_that_is_registered_already_is_refused_as_on_the_page(desk, tokyo):
    number = making.make_corporate_number()
    making.make_enterprise(hub=tokyo, name="株式会社はな", corporate_number=number)
    file = csv_upload([["株式会社はな", number]], headings=["名称", "法人番号"])
    run = committed(desk, file, kind="enterprises")
    assert counts(run) == (0, 1, 0, 0)


def test_what_changed_between_the_dry_run_and_the_commit_is_seen(desk, tokyo):
    number = making.make_corporate_number()
    run = checked(desk, csv_upload([row(0, 法人番号=number), row(3)]))
    making.make_enterprise(hub=tokyo, name="株式会社別の会社", corporate_number=number)
    desk.post(f"{IMPORTS}{run.pk}/committing/")
    work(run)
    assert counts(run_of(desk, run.pk)) == (0, 1, 0, 1)


def test_a_row_that_the_database_refuses_holds_up_no_other(desk, tokyo, monkeypatch):
    """Whatever the forms let through: a minute too long, planted behind the forms' back."""
    from exchange import checking

    judge = checking.Checker.judge

    def lenient(self, number, cells, *more):
        verdict = judge(self, number, cells, *more)
        if number == 3:
            object.__setattr__(verdict.plan.session, "minutes", 2000)
        return verdict

    monkeypatch.setattr(checking.Checker, "judge", lenient)
    run = committed(desk, csv_upload([row(0), row(3), row(6), row(9)]))
    assert counts(run) == (0, 1, 0, 3)
    assert made() == (3, 3, 3)


def test_a_value_that_the_database_cannot_hold_holds_up_no_other(desk, tokyo, monkeypatch):
    """The same for a number too large for its column: not a broken rule, but a broken value."""
    from exchange import checking

    judge = checking.Checker.judge

    def lenient(self, number, cells, *more):
        verdict = judge(self, number, cells, *more)
        if number == 3:
            object.__setattr__(verdict.plan.session, "minutes", 10**9)
        return verdict

    monkeypatch.setattr(checking.Checker, "judge", lenient)
    run = committed(desk, csv_upload([row(0), row(3), row(6), row(9)]))
    assert counts(run) == (0, 1, 0, 3)
    assert made() == (3, 3, 3)


@pytest.mark.parametrize("spoilt", [1, 6])  # among the rows of the preview, and behind them
def test_a_nul_in_a_row_is_shown_and_stops_no_other(desk, tokyo, spoilt):
    rows = [row(3 * number) for number in range(8)]
    rows[spoilt] = row(3 * spoilt, 相談内容="前\0後")
    run = committed(desk, csv_upload(rows))
    assert counts(run) == (0, 1, 0, 7)
    assert made() == (7, 7, 7)
    (((heading, message),),) = problems(run).values()
    assert (heading, "「␀」" in message) == ("相談内容", True)
    sheet = desk.get(f"{IMPORTS}{run.pk}/sheet/", {"format": "csv"}).content.decode("utf-8-sig")
    assert "前␀後" in sheet


def test_a_nul_in_a_heading_or_beside_what_is_taken_refuses_nothing(desk, tokyo):
    headings = [*HEADINGS, "備\0考"]
    run = committed(desk, csv_upload([[*row(0), "\0"], [*row(3), ""]], headings=headings))
    assert run.headings[-1] == "備␀考"
    assert counts(run) == (0, 0, 0, 2)


@pytest.mark.parametrize("part", ["check", "commit"])
def test_a_work_that_ended_before_its_job_did_makes_only_its_sheet(desk, tokyo, part):
    """Its worker died between the last row and the job's end: the next attempt does no row again."""
    if part == "check":
        run = uploaded(desk, csv_upload([row(0), row(3, 相談日="いつか")]))
        desk.post(f"{IMPORTS}{run.pk}/mapping/", form_values(desk, run))
    else:
        run = checked(desk, csv_upload([row(0), row(3, 相談日="いつか")]))
        desk.post(f"{IMPORTS}{run.pk}/committing/")
    die_before_the_end(run, part)
    ended = {"check": ("checked", (1, 1, 0, 0)), "commit": ("done", (0, 1, 0, 1))}[part]
    assert (run_of(desk, run.pk).state, counts(run_of(desk, run.pk))) == ended
    work(run)
    with entered(Scope.of_hub(13)):
        job = job_of(run)
        told = Entry.objects.filter(hub_id=13, action={"check": "import.checked", "commit": "import.committed"}[part])
        assert told.count() == 1
    assert (job.state, job.attempt, job.message) == ("done", 2, "")
    assert (run_of(desk, run.pk).state, counts(run_of(desk, run.pk))) == ended
    assert made() == {"check": (0, 0, 0), "commit": (1, 1, 1)}[part]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(desk.get(f"{IMPORTS}{run.pk}/sheet/").streaming_content)))
    assert book.worksheets[0].max_row == {"check": 2, "commit": 3}[part]


def die_before_the_end(run: ImportRun, part: str) -> None:
    """The whole first attempt, but for handing in what it made; and no sign of life after it."""
    make = {"check": importing.make_check, "commit": importing.make_commit}[part]
    with entered(Scope.of_hub(13)):
        job = jobs.start(job_id=job_of(run).pk, at=timezone.now())
    make(job=job, progress=lambda *_: None, clock=timezone.now).file.close()
    with entered(Scope.of_hub(13)):
        Job.objects.filter(pk=job.pk).update(expected_by=timezone.now() - jobs.SILENCE)


@pytest.mark.parametrize("killed", [False, True])
def test_a_case_comes_on_the_day_of_its_first_session_however_the_file_is_sorted(desk, tokyo, killed):
    newest_first = [row(0, 相談日="2026-10-01"), row(1, 相談日="2026-05-01"), row(2, 相談日="2026-02-10"), row(3)]
    run = checked(desk, csv_upload(newest_first))
    desk.post(f"{IMPORTS}{run.pk}/committing/")
    if killed:
        die_before_the_end(run, "commit")
    work(run)
    assert counts(run_of(desk, run.pk)) == (0, 0, 0, 4)
    with entered(Scope.of_hub(tokyo.pk)):
        case = Case.objects.get(enterprise__name="㈱いろは商店0")
        assert (case.received_on, case.number) == (dt.date(2026, 2, 10), "2025-13-00001")
        assert Consultation.objects.filter(case=case).count() == 3
        assert Case.objects.exclude(pk=case.pk).get().received_on == dt.date(2026, 10, 1)


def test_the_day_that_a_file_states_for_a_case_stands(desk, tokyo):
    headings = [*HEADINGS, "受付日"]
    rows = [[*row(0), "2026-09-20"], [*row(1, 相談日="2026-09-25"), "2026-09-18"], [*row(2), "1999-01-01"]]
    run = committed(desk, csv_upload(rows, headings=headings))
    assert counts(run) == (0, 0, 0, 3)
    with entered(Scope.of_hub(tokyo.pk)):
        assert Case.objects.get().received_on == dt.date(2026, 9, 18)


def test_a_title_joins_the_case_that_was_there_on_the_day_and_none_that_had_ended(desk, tokyo):
    client = making.make_enterprise(hub=tokyo, name="㈱いろは商店0", phone="0310000000")
    old = making.make_case(
        hub=tokyo, enterprise=client, title="販路の見直し", received_on=dt.date(2016, 4, 1), state="solved",
        resolution="solved", closed_on=dt.date(2018, 3, 1), number="2016-13-00001",
    )  # fmt: skip
    rows = [row(0, 相談日="2017-06-01"), row(1, 相談日="2026-10-02"), row(2, 相談日="2026-10-01")]
    run = committed(desk, csv_upload(rows))
    assert counts(run) == (0, 0, 0, 3)
    with entered(Scope.of_hub(tokyo.pk)):
        assert list(Consultation.objects.filter(case=old).values_list("held_on", flat=True)) == [dt.date(2017, 6, 1)]
        new = Case.objects.exclude(pk=old.pk).get()
        assert (new.received_on, new.consultations.count()) == (dt.date(2026, 10, 1), 2)
    committed(desk, csv_upload([row(9, 事業者名="㈱いろは商店0", 電話番号="03-1000-0000", 相談日="2026-11-01")]))
    with entered(Scope.of_hub(tokyo.pk)):
        assert new.consultations.count() == 3, "an open case goes on"


def test_a_special_desk_is_taken_by_its_name_while_it_is_open(desk, tokyo, osaka):
    named = make_desk(name="物価高に関する特別相談窓口", opened_on=dt.date(2026, 9, 20))
    make_desk(name="大阪の特別相談窓口", only_in=[osaka.pk])
    headings = [*HEADINGS, "特別相談窓口"]
    given = [
        (row(0), named.name), (row(3), ""), (row(6, 相談日="2026-09-01"), named.name), (row(9), "ない窓口"),
        (row(12), "大阪の特別相談窓口"), (row(15), named.name), (row(16, 相談日="2026-09-19"), named.name),
    ]  # fmt: skip
    run = checked(desk, csv_upload([[*cells, name] for cells, name in given], headings=headings))
    # the last two: their case came before the desk was there, as a later row tells
    assert counts(run) == (2, 5, 0, 0)
    found = problems(run)
    assert list(found) == [4, 5, 6, 7, 8]
    assert {heading for rows in found.values() for heading, _message in rows} == {"特別相談窓口"}
    desk.post(f"{IMPORTS}{run.pk}/committing/")
    work(run)
    assert counts(run_of(desk, run.pk)) == (0, 5, 0, 2)
    with entered(Scope.of_hub(tokyo.pk)):
        assert set(Case.objects.values_list("special_desk", flat=True)) == {named.pk, None}


def test_a_case_of_a_file_of_cases_may_name_its_special_desk(desk, tokyo):
    named = make_desk(opened_on=dt.date(2026, 9, 20))
    headings = ["案件番号", "事業者名", "電話番号", "件名", "相談区分", "受付日", "特別相談窓口"]
    rows = [
        ["C1", "㈱はな", "03-1111-2222", "販路", "売上拡大", "2026-10-01", named.name],
        ["C2", "㈱はな", "03-1111-2222", "資金", "売上拡大", "2026-09-01", named.name],
    ]
    run = committed(desk, csv_upload(rows, headings=headings), kind="cases")
    assert counts(run) == (0, 1, 0, 1)
    with entered(Scope.of_hub(tokyo.pk)):
        assert Case.objects.get().special_desk == named


def test_the_mapping_is_remembered_for_the_source(desk, tokyo):
    headings = ["ア", "イ", "区分"]
    run = uploaded(desk, csv_upload([["E1", "株式会社はな", "法人"]], headings=headings), kind="enterprises")
    values = form_values(desk, run)
    form = desk.get(f"{IMPORTS}{run.pk}/mapping/").context["form"]
    names = {column.key: name for name, column in form.by_name.items()}
    refused = desk.post(f"{IMPORTS}{run.pk}/mapping/", values)
    assert refused.status_code == 422  # a name is needed
    wanted = values | {names["enterprise.name"]: "1", names["id"]: "0"}
    assert desk.post(f"{IMPORTS}{run.pk}/mapping/", wanted).status_code == 302
    again = uploaded(desk, csv_upload([["E2", "株式会社とり", "法人"]], headings=headings), kind="enterprises")
    assert again.mapping == {"id": 0, "enterprise.name": 1, "enterprise.kind": 2}
    doubled = form_values(desk, again) | {names["enterprise.kana"]: "1"}
    assert desk.post(f"{IMPORTS}{again.pk}/mapping/", doubled).status_code == 422


def test_files_that_are_none_are_refused_beside_the_field(desk, tokyo):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    for name, content in (
        ("a.xlsx", bomb.getvalue()), ("a.xlsx", b"PK\x03\x04rubbish"), ("a.exe", b"MZ"), ("a.csv", b""),
        ("a.csv", b"\xff\xfe\x00\x01\x81"), ("a.xls", b"\xd0\xcf\x11\xe0"),
    ):  # fmt: skip
        answer = upload(desk, SimpleUploadedFile(name, content))
        assert answer.status_code == 422, (name, content[:10])


def test_too_many_rows_are_told_by_the_dry_run(desk, tokyo, monkeypatch):
    monkeypatch.setattr("exchange.sheets.MOST_ROWS", 10)
    run = checked(desk, csv_upload([row(number) for number in range(12)]))
    with entered(Scope.of_hub(13)):
        job = job_of(run)
    assert job.state == "failed"
    assert "行が多すぎます" in desk.get(f"{IMPORTS}{run.pk}/").content.decode()


def test_the_trail_names_every_record_and_no_client(desk, tokyo, chief):
    run = committed(desk, csv_upload([row(0), row(3)]))
    with entered(Scope.of_hub(tokyo.pk)):
        entries = list(Entry.objects.filter(hub_id=tokyo.pk))
    by_action = [entry.action for entry in entries]
    for action, count in (("enterprise.registered", 2), ("case.opened", 2), ("consultation.logged", 2),
                          ("import.uploaded", 1), ("import.checked", 1), ("import.committed", 1)):  # fmt: skip
        assert by_action.count(action) == count, action
    assert "いろは" not in str([entry.detail for entry in entries])
    committed_line = next(entry for entry in entries if entry.action == "import.committed")
    assert (committed_line.detail, committed_line.actor_id) == ({"made": 2, "bad": 0}, chief.pk)
    assert run.made_count == 2


def test_only_the_chief_takes_files_in_and_only_at_the_own_hub(desk, client, tokyo, coordinator, osaka):
    run = checked(desk, csv_upload([row(0)]))
    client.force_login(coordinator)
    assert client.get(IMPORTS).status_code == 403
    client.force_login(making.make_person("chief", hub=osaka))
    for path in ("", "mapping/", "sheet/?format=csv", "progress/"):
        assert client.get(f"{IMPORTS}{run.pk}/{path}").status_code == 404
        assert client.get(f"/hubs/osaka/imports/{run.pk}/{path}").status_code == 404
    assert client.post(f"/hubs/osaka/imports/{run.pk}/committing/").status_code == 404


def test_files_and_rows_go_after_their_time_and_records_stay(desk, tokyo):
    run = committed(desk, csv_upload([row(0)]))
    with entered(Scope.of_hub(13)):
        ImportRun.objects.filter(pk=run.pk).update(uploaded_at=run.uploaded_at - dt.timedelta(days=91))
    tasks.wipe_old()
    with entered(Scope.of_hub(13)):
        assert ImportRow.objects.count() == 0
        assert ImportedRecord.objects.count() == 2 - 1
    assert made() == (1, 1, 1)
    assert desk.get(f"{IMPORTS}{run.pk}/").status_code == 200
    assert not run.file.storage.exists(run.file.name)


def test_an_erasure_reaches_the_rows_of_the_file(desk, tokyo, chief, now):
    from consultations.actions import privacy

    run = committed(desk, csv_upload([row(0), row(1), row(3)]))
    with entered(Scope.of_hub(tokyo.pk)):
        enterprise = Enterprise.objects.order_by("pk")[0]
        counts = privacy.anonymise(enterprise=enterprise, ground="retention", by=chief, at=now)
        assert counts["imported_rows"] == 2
        assert [bool(one.cells) for one in ImportRow.objects.filter(run=run).order_by("number")] == [False, False, True]


# ---- caps


def test_history_fills_nobodys_week_and_an_open_case_of_this_week_counts_without_being_refused(desk, chief):
    make_capacity(hub=Hub.objects.get(pk=13), coordinator=chief, cap=0)
    today = timezone.localdate().isoformat()
    committed(desk, csv_upload([row(0), row(3, 相談日=today)]))
    with entered(Scope.of_hub(13)):
        assert Case.objects.count() == 2
        (given,) = Assignment.objects.select_related("case")
    assert (given.coordinator, given.route, given.on) == (chief, "own", timezone.localdate())
    assert given.case.received_on == timezone.localdate()
