"""Headquarters composes its own monthly report and submits it to the agency."""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import io
import re
from zoneinfo import ZoneInfo

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from pypdf import PdfReader

from foundation.periods import Month
from hubs.models import Bureau
from hubs.tenancy import HUB_IDS, Scope, entered
from jobs.models import Job
from letters.models import Letter
from metrics import actions as metrics
from metrics.indicators import INDICATORS
from metrics.models import Span
from metrics.queries import Place, figures_of
from reports import tasks
from reports.actions import compositions as actions
from reports.actions import months
from reports.choices import BlockKind
from reports.composing.kinds import WrongOption
from reports.composing.paper import write_paper
from reports.composing.reading import digest, read
from reports.composing.sections import KINDS
from reports.composing.texts import parts_of
from reports.contents import NotCounted
from reports.models import Block, Composition, MonthlyReport, Paper
from reports.pdf import number
from reports.queries import compositions as queries
from tests import making
from tests.reports.conftest import OCTOBER
from tests.reports.test_closing import close
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
NOVEMBER_21 = dt.datetime(2026, 11, 21, 9, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
NASTY = (
    '#panic("x") $1$ *太字* \\ "引用" <b>太</b> <script>alert(1)</script> =1+1 {{ user }} {% load x %} &amp; @x [y](z)'
)


@pytest.fixture(autouse=True)
def _sent_to_nobody(monkeypatch):
    """The tests do the worker's part themselves."""
    monkeypatch.setattr("jobs.actions.current_app.send_task", lambda *_, **__: None)


@pytest.fixture
def closed(counted, headquarters, now):
    """October, counted and closed."""
    return close(OCTOBER, by=headquarters, at=now)


@pytest.fixture
def draft(counted, headquarters, now) -> Composition:
    with entered(Scope.of_figures(HUB_IDS)):
        return actions.start(month=OCTOBER, title="10月の報告", source=None, by=headquarters, at=now)


@pytest.fixture
def as_headquarters(client, headquarters):
    client.force_login(headquarters)
    return client


def save(draft, *pieces, by, at=NOVEMBER_21, revision=None, title="10月の報告"):
    with entered(Scope.of_figures(HUB_IDS)):
        return actions.save(
            composition=draft, revision=revision or draft.revision, title=title, pieces=pieces, by=by, at=at
        )


def said(composition, at=NOVEMBER_21) -> dict:
    with entered(Scope.of_figures(HUB_IDS)):
        return read(composition, list(composition.blocks.in_order()), today=at.date())


def submit(draft, *, by, at=NOVEMBER_21) -> Composition:
    with entered(Scope.of_figures(HUB_IDS)):
        draft.refresh_from_db()
        shown = digest(read(draft, list(draft.blocks.in_order()), today=at.date()))
        return actions.submit(composition=draft, revision=draft.revision, sha256=shown, by=by, at=at)


def make_papers() -> None:
    for job in Job.objects.filter(kind=queries.KIND, state="queued").order_by("pk"):
        tasks.make_composition(job_id=job.pk)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def table_of(content: dict, kind: BlockKind) -> list[list[str]]:
    return next(one for one in content["sections"] if one["kind"] == kind)["table"]["rows"]


# ---- what it says
def test_a_first_report_has_one_block_of_every_kind(draft):
    assert {block.kind for block in draft.blocks.in_order()} == set(BlockKind)
    assert set(KINDS) == set(BlockKind)
    content = said(draft)
    assert content["standing"].startswith("速報値")
    assert [one["heading"] for one in content["sections"]] == [
        "", "活動実績(全国)", "相談対応件数の推移(全国)", "細目別 相談対応件数(全国、件)", "経済産業局別(当月)",
        "相談対応件数の拠点順位(当月、多い順、件)", "訂正", "月次報告に注意が必要な拠点", "指標の定義",
    ]  # fmt: skip


def test_its_figures_are_the_frozen_ones_on_the_page_and_on_paper(closed, draft, as_headquarters):
    content = said(draft)
    assert content["frozen"] == {"version": 1, "sha256": closed.sha256}
    with entered(Scope.of_figures(HUB_IDS)):
        month, year = (
            figures_of(closed, places=[Place.nation()], span=span) for span in (Span.MONTH, Span.YEAR_TO_DATE)
        )
        bureaus = figures_of(closed, places=map(Place.of_bureau, Bureau.objects.all().order_by("pk")))
        for one, row in zip(INDICATORS.at(OCTOBER).totals(), table_of(content, BlockKind.TOTALS), strict=True):
            assert row[:2] == [str(one.label), str(one.unit)]
            assert (row[2], row[5]) == (
                number(month.value(Place.nation(), OCTOBER, one)), number(year.value(Place.nation(), OCTOBER, one))
            )  # fmt: skip
        kanto = next(row for row in table_of(content, BlockKind.BUREAUS) if row[0] == "関東経済産業局")
        place = Place.of_bureau(Bureau.objects.get(slug="kanto"))
        assert kanto[1:] == [number(bureaus.value(place, OCTOBER, one)) for one in INDICATORS.at(OCTOBER).totals()]
    page = html.unescape(as_headquarters.get(f"/reports/compositions/{draft.pk}/").content.decode())
    paper = "".join(text_of(write_paper(content, at=NOVEMBER_21)).split())
    for section in content["sections"]:
        for row in (section["table"] or {"rows": []})["rows"]:
            for cell in row:
                assert f">{cell}<" in page, cell
            assert "".join("".join(row).split()) in paper, row


def test_figures_that_change_after_closing_change_nothing_until_they_are_a_correction(
    closed, draft, tokyo, headquarters
):
    before = said(draft)
    making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 20))
    metrics.recount([OCTOBER], at=NOVEMBER_21)
    assert said(draft) == before


def test_a_correction_is_listed_with_before_and_after(closed, draft, tokyo, headquarters):
    from reports.actions import closing

    making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 20))
    closing.correct_month(month=OCTOBER, by=headquarters, at=NOVEMBER_21)
    content = said(draft)
    assert content["standing"].startswith("訂正後の確定値(第2版")
    rows = table_of(content, BlockKind.CORRECTIONS)
    assert ["2026年10月", "第2版", "全国", "相談対応件数", "計", "4", "5", "+1"] in rows
    save(draft, actions.Piece(BlockKind.CORRECTIONS, options={"detail": "all"}), by=headquarters)
    assert {row[2] for row in table_of(said(draft), BlockKind.CORRECTIONS)} == {"全国", "関東経済産業局", "東京都"}


def test_hubs_that_were_late_or_never_confirmed_are_named_with_the_reason(counted, draft, tokyo, osaka, headquarters):
    from reports.actions import closing
    from tests.reports.test_closing import accept_everywhere

    late = dt.datetime(2026, 11, 12, 9, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
    accept_everywhere(OCTOBER, by=headquarters, at=late, but=set(HUB_IDS) - {tokyo.pk})
    on_time = dt.datetime(2026, 11, 9, 9, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
    accept_everywhere(OCTOBER, by=headquarters, at=on_time, but={tokyo.pk, osaka.pk})
    closing.close_month(month=OCTOBER, note="大阪は連絡がつかない", by=headquarters, at=NOVEMBER_21)
    assert table_of(said(draft), BlockKind.ATTENTION) == [
        ["東京都", "締め", "令和8年11月12日", "提出期限(令和8年11月10日)のあとに提出した"],
        ["大阪府", "作成中", "―", "確認されないまま締めた、提出期限を過ぎても提出がない"],
    ]


def test_a_hub_that_told_in_time_is_not_late_when_it_comes_again(counted, draft, tokyo, osaka, headquarters):
    """Osaka tells in time, is asked again and tells late; Tokyo took its timely word back, and tells late."""
    said_why = dict.fromkeys([one.code for one in INDICATORS.totals()], "相談会")
    on_time = dt.datetime(2026, 11, 9, 9, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
    for hub in (tokyo, osaka):
        chief = making.staff_of(hub)
        around = {"hub": hub, "month": OCTOBER}
        told = {"explanations": said_why, "zero": True, "by": chief}
        with entered(Scope.of_hub(hub.pk)):
            months.submit(**around, **told, version=1, at=on_time)
            if hub == tokyo:
                months.withdraw(**around, version=2, by=chief, at=on_time)
            else:
                months.send_back(**around, version=2, note="x", remarks={}, by=headquarters, at=on_time)
            months.submit(**around, **told, version=3, at=NOVEMBER_21)
    rows = {row[0]: row[1:] for row in table_of(said(draft), BlockKind.ATTENTION)}
    assert rows["東京都"] == ["提出", "令和8年11月21日", "提出期限(令和8年11月10日)のあとに提出した"]
    assert "大阪府" not in rows


def test_a_reopened_month_is_told_as_such_and_as_nothing_else(closed, draft, tokyo, headquarters):
    rows, told_late = [], "提出期限(令和8年11月10日)のあとに提出した"
    for state in ("reopened", "returned"):
        with entered(Scope.of_figures([tokyo.pk])):
            MonthlyReport.objects.filter(hub=tokyo).update(
                state=state, was_reopened=True, closed_at=None, closed_by=None
            )
        rows += table_of(said(draft), BlockKind.ATTENTION)
    assert [(state, why) for hub, state, _sent, why in rows if hub == "東京都"] == [
        ("再開中", f"締めた月を再開している、{told_late}"), ("差戻", f"締めた月を再開している、{told_late}"),
    ]  # fmt: skip


def test_the_hubs_are_ranked_with_ties(draft, headquarters):
    save(draft, actions.Piece(BlockKind.HUBS, options={"count": "47"}), by=headquarters)
    rows = table_of(said(draft), BlockKind.HUBS)
    assert [row[:3] for row in rows[:4]] == [
        ["―", "全国", "4"],
        ["1", "東京都", "3"],
        ["2", "大阪府", "1"],
        ["3", "北海道", "0"],
    ]
    assert {row[0] for row in rows[3:]} == {"3"}
    save(draft, actions.Piece(BlockKind.HUBS, options={"order": "least", "count": "5"}), by=headquarters, revision=2)
    assert len(table_of(said(draft), BlockKind.HUBS)) == 6


def test_every_place_and_indicator_can_be_chosen(draft, headquarters):
    pieces = [
        actions.Piece(BlockKind.TOTALS, options={"place": "hub:tokyo", "against": "no"}),
        actions.Piece(BlockKind.TREND, options={"place": "bureau:kanto", "months": "25", "indicator": "visitors"}),
        *(
            actions.Piece(BlockKind.BREAKDOWN, options={"indicator": one.code})
            for one in INDICATORS.at(OCTOBER).breakdowns()
        ),
    ]
    save(draft, *pieces, by=headquarters)
    content = said(draft)
    assert content["sections"][0]["heading"] == "活動実績(東京都)"
    assert content["sections"][0]["table"]["rows"][0] == ["相談対応件数", "件", "3", "4"]
    points = content["sections"][1]["chart"]["points"]
    assert (points[0], points[-1]) == (["25/10", 1, "1"], ["26/10", 2, "2"]), "since anything has been counted"
    assert text_of(write_paper(content, at=NOVEMBER_21))


@pytest.mark.parametrize(
    "options", [{"place": "hub:atlantis"}, {"place": "nation; DROP"}, {"against": ["x"]}, {"place": 3}]
)
def test_what_a_kind_does_not_offer_is_refused(draft, headquarters, options):
    with pytest.raises(WrongOption):
        save(draft, actions.Piece(BlockKind.TOTALS, options=options), by=headquarters)
    assert Block.objects.filter(composition=draft).count() == len(BlockKind)


# ---- commentary
def test_commentary_is_paragraphs_and_lists():
    text = "はじめに。\n続き。\n\n次の段落。\n・一つ目\n・二つ目\n1. いち\n２．に\n\n- 三つ目\n3.5%増えた\n-5件"
    assert [(part["kind"], part["lines"]) for part in parts_of(text)] == [
        ("paragraph", ["はじめに。", "続き。"]), ("paragraph", ["次の段落。"]), ("points", ["一つ目", "二つ目"]),
        ("numbers", ["いち", "に"]), ("points", ["三つ目"]), ("paragraph", ["3.5%増えた", "-5件"]),
    ]  # fmt: skip


def test_markup_formulas_and_ten_thousand_letters_come_out_as_text(draft, headquarters, as_headquarters):
    long = NASTY + "\n" + "長" * (10_000 - len(NASTY) - 1)
    save(draft, actions.Piece(BlockKind.WORDS, heading=NASTY[:100], text=long), by=headquarters, title=NASTY[:100])
    page = as_headquarters.get(f"/reports/compositions/{draft.pk}/edit/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    paper = "".join(text_of(write_paper(said(draft), at=NOVEMBER_21)).split())
    assert "".join(NASTY.split()) in paper
    assert paper.count("長") == 10_000 - len(NASTY) - 1


def test_control_characters_are_refused_by_the_form_and_harmless_from_elsewhere(draft, headquarters, as_headquarters):
    bad = "あ\x01い\x1b[31mう\u202eえ\ufeffお"
    answer = post(as_headquarters, draft, [{"kind": "words", "text": bad}])
    assert answer.status_code == 422
    assert "使えない文字" in answer.content.decode()
    assert parts_of(bad) == [{"kind": "paragraph", "lines": ["あい[31mうえお"]}]
    assert post(as_headquarters, draft, [{"kind": "words", "text": "あ" * 10_001}]).status_code == 422


# ---- the editor
def post(client, draft, blocks, more=()):
    data = {"revision": draft.revision, "blocks": len(blocks), "title": draft.title}
    for n, block in enumerate(blocks):
        kind = KINDS[BlockKind(block["kind"])]
        data |= {f"block-{n}-option_{name}": value for name, value in kind.complete({}).items()}
        data |= {f"block-{n}-{name}": value for name, value in block.items()}
    return client.post(f"/reports/compositions/{draft.pk}/edit/", data | dict(more))


def kinds_of(draft) -> list[str]:
    return list(draft.blocks.in_order().values_list("kind", flat=True))


def test_blocks_are_added_moved_and_removed_with_buttons_and_what_was_typed_is_kept(draft, as_headquarters):
    two = [{"kind": "words", "text": "まえがき"}, {"kind": "totals", "heading": "実績", "option_place": "bureau:kanto"}]
    for deed, kinds, shown in (
        ({"do": "down:1"}, ["totals", "words"], "#block-2"),
        ({"do": "up:2"}, ["totals", "words"], "#block-1"),
        ({"do": "up:1"}, ["words", "totals"], "#block-1"),
        ({"do": "down:2"}, ["words", "totals"], "#block-2"),
        ({"do": "remove:1"}, ["totals"], "#block-1"),
        ({"do": "add", "new_kind": "trend"}, ["words", "totals", "trend"], "#block-3"),
        ({"do": "add", "new_kind": "spell"}, ["words", "totals"], ""),
        ({"do": "up:99"}, ["words", "totals"], ""),
        ({}, ["words", "totals"], ""),
    ):
        draft.refresh_from_db()
        answer = post(as_headquarters, draft, two, deed)
        assert answer["Location"] == f"/reports/compositions/{draft.pk}/edit/{shown}", deed
        assert kinds_of(draft) == kinds, deed
    assert list(draft.blocks.in_order().values_list("text", "heading")) == [("まえがき", ""), ("", "実績")]
    assert draft.blocks.get(kind="totals").options == {"place": "bureau:kanto", "against": "yes"}


def test_two_editors_notice_each_other_and_lose_nothing(draft, headquarters, as_headquarters):
    colleague = making.make_person("headquarters", second_factor=True, name="本部 次郎")
    save(draft, actions.Piece(BlockKind.WORDS, text="次郎の文章"), by=colleague)
    answer = post(as_headquarters, draft, [{"kind": "words", "text": "太郎の文章"}])
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "本部 次郎さん" in page
    assert page.count("次郎の文章") == 2, "in the list of what is kept, and in the preview"
    assert "太郎の文章</textarea>" in page
    draft.refresh_from_db()
    assert draft.blocks.get().text == "次郎の文章"
    assert f'name="revision" value="{draft.revision}"' in page, "saving again is a decision, and possible"
    assert post(as_headquarters, draft, [{"kind": "words", "text": "二人の文章"}]).status_code == 302
    assert draft.blocks.get().text == "二人の文章"


def test_what_was_typed_into_a_version_that_was_just_submitted_is_not_lost(draft, headquarters, as_headquarters):
    submit(draft, by=headquarters)
    answer = post(as_headquarters, draft, [{"kind": "words", "text": "間に合わなかった文章"}])
    assert answer.status_code == 409
    assert "すでに提出されたため" in answer.content.decode()
    assert "間に合わなかった文章</textarea>" in answer.content.decode()
    assert as_headquarters.get(f"/reports/compositions/{draft.pk}/edit/").status_code == 302
    assert "作成中" in as_headquarters.get("/reports/compositions/").content.decode(), "its PDF"


def test_a_form_that_is_tampered_with_breaks_nothing(draft, as_headquarters):
    for more in (
        {"blocks": "x"},
        {"blocks": "-1"},
        {"blocks": "41"},
        {"revision": "x"},
        {"revision": 2**70},
        {"title": ""},
    ):
        assert post(as_headquarters, draft, [{"kind": "words"}], more).status_code == 422, more
    assert post(as_headquarters, draft, [{"kind": "words"}], {"block-0-kind": "spell"}).status_code == 422
    assert post(as_headquarters, draft, [{"kind": "totals", "option_place": "x"}]).status_code == 422
    many = [actions.Piece(BlockKind.WORDS)] * (actions.MOST_BLOCKS + 1)
    with pytest.raises(actions.TooMany):
        save(draft, *many, by=draft.made_by)


# ---- submitted
def test_what_is_submitted_is_kept_word_for_word_and_the_agency_is_told_once(closed, draft, headquarters, agency):
    making.make_person("bureau", bureau=Bureau.objects.get(slug="kanto"))
    gone = making.make_person("agency")
    gone.is_active = False
    gone.save()
    content = said(draft)
    done = submit(draft, by=headquarters)
    assert (done.state, done.content, done.sha256, done.freeze) == ("submitted", content, digest(content), closed)
    letter = Letter.objects.get()
    assert letter.to == agency.email
    assert f"/reports/compositions/{done.pk}/" in letter.body
    assert not re.search(r"\d+件", letter.body), "a link, no figure"
    with pytest.raises(actions.Edited):
        submit(draft, by=headquarters)
    assert Letter.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT detail->>'sha256', detail->'frozen'->>'version' FROM audit_entry WHERE action = 'composition.submitted'"
        )
        assert cursor.fetchall() == [(done.sha256, "1")]


def test_its_paper_is_made_once_and_kept_for_good(closed, draft, headquarters, tokyo):
    done = submit(draft, by=headquarters)
    making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 20))
    metrics.recount([OCTOBER], at=NOVEMBER_21)
    make_papers()
    paper = Paper.objects.get(composition=done)
    raw = default_storage.open(paper.file.name).read()
    assert (hashlib.sha256(raw).hexdigest(), len(raw)) == (paper.sha256, paper.bytes)
    assert raw == write_paper(done.content, at=done.submitted_at, sha256=done.sha256), "the same bytes whenever"
    reader = PdfReader(io.BytesIO(raw))
    assert "下書きです" not in text_of(raw)
    assert done.sha256 in text_of(raw)
    assert f"2 / {len(reader.pages)}" in reader.pages[1].extract_text()
    box = reader.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (595, 842)
    assert reader.trailer["/Root"]["/Lang"] == "ja"
    assert "目次" in reader.pages[0].extract_text()
    actions.keep_paper(composition=done, made=b"%PDF-other", at=NOVEMBER_21)
    assert Paper.objects.get().sha256 == paper.sha256


def test_nobody_can_change_what_was_submitted(closed, draft, headquarters):
    done = submit(draft, by=headquarters)
    make_papers()
    block = done.blocks.first()
    for change in (
        lambda: Composition.objects.filter(pk=done.pk).update(title="別"),
        lambda: Composition.objects.filter(pk=done.pk).update(state="drafting"),
        lambda: Block.objects.filter(pk=block.pk).update(text="別"),
        lambda: Block.objects.filter(pk=block.pk).delete(),
        lambda: Block.objects.create(composition=done, position=40, kind="words"),
        lambda: Paper.objects.update(sha256="0" * 64),
        lambda: Paper.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            change()
    for deed in (
        lambda: save(done, by=headquarters),
        lambda: actions.discard(composition=done, revision=done.revision, by=headquarters, at=NOVEMBER_21),
    ):
        with pytest.raises(actions.Edited):
            deed()


def test_the_database_wants_the_content_of_what_is_submitted(draft, headquarters):
    with pytest.raises(IntegrityError), transaction.atomic():
        Composition.objects.filter(pk=draft.pk).update(
            state="submitted", submitted_at=NOVEMBER_21, submitted_by=headquarters
        )


def test_a_further_version_begins_where_the_last_one_ended(closed, draft, headquarters):
    save(draft, actions.Piece(BlockKind.WORDS, text="初版の文章"), by=headquarters)
    with entered(Scope.of_figures(HUB_IDS)), pytest.raises(actions.AlreadyThere):
        actions.start_version(composition=draft, by=headquarters, at=NOVEMBER_21)
    first = submit(draft, by=headquarters)
    with entered(Scope.of_figures(HUB_IDS)):
        second = actions.start_version(composition=first, by=headquarters, at=NOVEMBER_21)
        with pytest.raises(actions.AlreadyThere):
            actions.start_version(composition=first, by=headquarters, at=NOVEMBER_21)
    assert (second.version, second.state, second.blocks.get().text) == (2, "drafting", "初版の文章")
    assert [one.version for one in queries.newest_submitted(OCTOBER)] == [1]
    submit(second, by=headquarters)
    assert [one.version for one in queries.newest_submitted(OCTOBER)] == [2]
    assert [one.version for one in queries.newest_submitted()] == [2]
    assert queries.newest_submitted(Month(2026, 9)) == []


def test_the_next_month_starts_from_the_last_one_with_its_own_figures(
    closed, draft, headquarters, tokyo, as_headquarters
):
    pieces = (
        actions.Piece(BlockKind.TOTALS, options={"place": "hub:tokyo"}, text="10月は増えた"),
        actions.Piece(BlockKind.HUBS),
    )
    save(draft, *pieces, by=headquarters)
    making.make_consultation(hub=tokyo, held_on=dt.date(2026, 11, 2))
    metrics.recount([Month(2026, 11)], at=NOVEMBER_21)
    answer = as_headquarters.post("/reports/compositions/new/", {"month": "2026-11", "title": "11月", "copied": "on"})
    made = Composition.objects.get(month=dt.date(2026, 11, 1))
    assert answer["Location"] == f"/reports/compositions/{made.pk}/edit/"
    assert kinds_of(made) == ["totals", "hubs"]
    assert table_of(said(made), BlockKind.TOTALS)[0][:3] == ["相談対応件数", "件", "1"]
    page = as_headquarters.get(f"/reports/compositions/{made.pk}/submission/").content.decode()
    assert "前の報告と同じままです" in page
    assert "1. 活動指標の表" in page
    again = as_headquarters.post("/reports/compositions/new/", {"month": "2026-11", "title": "11月"})
    assert again.status_code == 422


def test_a_month_that_was_never_counted_has_no_report(headquarters, now):
    with pytest.raises(NotCounted):
        actions.start(month=Month(2020, 1), title="x", source=None, by=headquarters, at=now)


def test_figures_that_change_between_looking_and_submitting_are_shown_again(draft, tokyo, as_headquarters):
    page = as_headquarters.get(f"/reports/compositions/{draft.pk}/submission/").content.decode()
    sha256 = re.search(r'name="sha256" value="(\w{64})"', page)[1]
    making.make_consultation(hub=tokyo, held_on=dt.date(2026, 10, 20))
    metrics.recount([OCTOBER], at=NOVEMBER_21)
    form = {"revision": draft.revision, "sha256": sha256}
    answer = as_headquarters.post(f"/reports/compositions/{draft.pk}/submission/", form)
    assert answer.status_code == 409
    assert "集計値が変わりました" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.is_draft
    form["sha256"] = re.search(r'name="sha256" value="(\w{64})"', answer.content.decode())[1]
    assert as_headquarters.post(f"/reports/compositions/{draft.pk}/submission/", form).status_code == 302
    draft.refresh_from_db()
    assert draft.is_flash, "the month is open: 速報"


def test_an_empty_report_cannot_be_submitted(draft, headquarters):
    save(draft, by=headquarters)
    with pytest.raises(actions.NothingToSay):
        submit(draft, by=headquarters)


# ---- who may
def test_the_agency_sees_what_was_submitted_and_never_a_draft(client, draft, headquarters, agency):
    address = f"/reports/compositions/{draft.pk}/"
    client.force_login(agency)
    assert draft.title not in client.get("/reports/compositions/").content.decode()
    assert client.get(address).status_code == 404
    assert client.get(f"{address}file/").status_code == 404
    for door in ("edit/", "submission/", "paper/", "paper/progress/"):
        assert client.get(address + door).status_code == 403
    for door in ("edit/", "submission/", "versions/", "discarding/", "paper/"):
        assert client.post(address + door).status_code == 403
    assert client.post("/reports/compositions/new/", {"month": "2026-10", "title": "x"}).status_code == 403
    assert draft.title not in client.get("/agency/").content.decode()
    submit(draft, by=headquarters)
    assert client.get(f"{address}file/").status_code == 302, "its PDF is not there yet"
    home = client.get("/agency/").content.decode()
    assert address in home
    assert f"{address}file/" not in home
    make_papers()
    assert f"{address}file/" in client.get("/agency/").content.decode()
    assert draft.title in client.get("/reports/compositions/").content.decode()
    assert "活動実績(全国)" in client.get(address).content.decode()
    answer = client.get(f"{address}file/")
    assert b"".join(answer.streaming_content)[:5] == b"%PDF-"
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor FROM audit_entry WHERE action = 'composition.downloaded' ORDER BY id")
        assert cursor.fetchall() == [(agency.email,)]


def test_a_report_that_tells_of_every_hub_is_not_for_a_bureau(client, draft, headquarters, kanto_official):
    address = f"/reports/compositions/{submit(draft, by=headquarters).pk}/"
    make_papers()
    client.force_login(kanto_official)
    for page in ("/reports/compositions/", address, f"{address}file/"):
        assert client.get(page).status_code == 403, page
    assert "/reports/compositions/" not in client.get("/reports/packages/").content.decode()


def test_a_draft_is_put_on_paper_for_headquarters(draft, as_headquarters):
    address = f"/reports/compositions/{draft.pk}/"
    assert as_headquarters.post(f"{address}paper/")["Location"] == f"{address}paper/"
    assert as_headquarters.post(f"{address}paper/").status_code == 302
    assert Job.objects.filter(kind=queries.KIND).count() == 1, "the same order, once"
    assert "待機中" in as_headquarters.get(f"{address}paper/").content.decode()
    make_papers()
    assert "PDFをダウンロード" in as_headquarters.get(f"{address}paper/progress/").content.decode()
    raw = b"".join(as_headquarters.get(f"{address}file/").streaming_content)
    assert "下書きです" in text_of(raw)
    assert not Paper.objects.exists()


def test_a_discarded_draft_is_gone_and_its_paper_is_not_made(draft, as_headquarters):
    address = f"/reports/compositions/{draft.pk}/"
    as_headquarters.post(f"{address}paper/")
    assert as_headquarters.post(f"{address}discarding/", {"revision": 99}).status_code == 302
    assert Composition.objects.exists()
    assert (
        as_headquarters.post(f"{address}discarding/", {"revision": draft.revision})["Location"]
        == "/reports/compositions/"
    )
    make_papers()
    assert Job.objects.get(kind=queries.KIND).message == "この報告は破棄されました。"
    assert as_headquarters.get(address).status_code == 404
    assert as_headquarters.get(f"/reports/compositions/{2**70}/").status_code == 404


# ---- cost
def test_pages_cost_few_queries_however_many_blocks(closed, draft, headquarters, as_headquarters):
    assert len(statements_of(as_headquarters, "/reports/compositions/")) <= 10
    kinds = [kind for kind in BlockKind for _ in range(4)]
    save(draft, *(actions.Piece(kind) for kind in kinds), by=headquarters)
    few = statements_of(as_headquarters, f"/reports/compositions/{draft.pk}/edit/")
    save(draft, *(actions.Piece(kind) for kind in BlockKind), by=headquarters, revision=2)
    assert len(statements_of(as_headquarters, f"/reports/compositions/{draft.pk}/edit/")) == len(few) <= 20
    submit(draft, by=headquarters)
    assert len(statements_of(as_headquarters, f"/reports/compositions/{draft.pk}/")) <= 10
