"""The nation's public files come in: whole or not at all, and twice as once."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from audit.models import Entry
from directory.actions import BadRows, NotThatFile, import_corporations, import_postal
from directory.actions.postal import town_of
from directory.models import PostalArea, RegisteredCorporation
from foundation.identifiers import municipality_code, with_check_digit
from tests import making
from tests.directory.making import NUMBER, SPANNING, corporation, town, write

pytestmark = pytest.mark.django_db


def bring(path, **options):
    done = import_corporations(path=path, at=making.MOMENT, **options)
    return done.made, done.changed, done.removed


def numbers(count: int) -> list[str]:
    return [with_check_digit(f"99{n:010d}") for n in range(1, count + 1)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("name", ["all.csv", "all.zip"])
def test_every_column_finds_its_place(tmp_path, encoding, name):
    assert bring(write(tmp_path / name, [corporation()], encoding=encoding)) == (1, 0, 0)
    row = RegisteredCorporation.objects.get(pk=NUMBER)
    assert (row.name, row.kana, row.kind) == ("株式会社見本製作所", "ミホンセイサクショ", "301")
    assert (row.prefecture_code, row.municipality, row.street) == (13, "千代田区", "見本町１丁目２番３号")
    assert row.municipality_code == municipality_code("131016")
    assert (row.postal_code, row.closed_on, row.updated_on) == ("1000000", None, date(2026, 4, 1))


def test_quotes_commas_and_line_ends_inside_a_cell_are_text(tmp_path):
    bring(write(tmp_path / "all.csv", [corporation(name='有限会社"見本",商店', street="見本町\n１の２\t３\\４")]))
    row = RegisteredCorporation.objects.get()
    assert row.name == '有限会社"見本",商店'
    assert row.street == "見本町\n１の２\t３\\４"


def test_the_same_file_twice_changes_nothing(tmp_path):
    path = write(tmp_path / "all.csv", [corporation(number) for number in numbers(50)])
    assert bring(path) == (50, 0, 0)
    assert bring(path) == (0, 0, 0)


def test_the_newest_line_stands_and_an_older_file_takes_nothing_back(tmp_path):
    old = write(tmp_path / "old.csv", [corporation(name="旧商号")])
    lines = [
        corporation(name="新商号", updated="2026-06-01", process="11", sequence="2"),
        corporation(name="途中の商号", updated="2026-05-01", process="11", sequence="1"),
        corporation(name="履歴", updated="2026-07-01", latest="0", sequence="3"),
    ]
    assert bring(old) == (1, 0, 0)
    assert bring(write(tmp_path / "new.csv", lines)) == (0, 1, 0)
    assert bring(old) == (0, 0, 0)
    assert RegisteredCorporation.objects.get().name == "新商号"


def test_who_is_taken_off_the_register_is_taken_off_here(tmp_path):
    bring(write(tmp_path / "all.csv", [corporation(number) for number in numbers(2)]))
    gone = corporation(numbers(2)[0], process="99", updated="2026-05-01")
    assert bring(write(tmp_path / "day.csv", [gone])) == (0, 0, 1)
    assert RegisteredCorporation.objects.get().number == numbers(2)[1]


BAD = {
    "28 columns instead of 30": corporation()[:28],
    "not a 法人番号": corporation("1234567890123"),
    "no name": corporation(name=" "),
    "not a date": corporation(updated="2026-02-30"),
    "not a 都道府県コード": corporation(prefecture_code="48"),
    "not a 市区町村コード": corporation(city_code="1O1"),
    "not a 郵便番号": corporation(postal="10000"),
    "not a 承継先法人番号": corporation(successor="123"),
    "not a 一連番号": corporation(sequence="x"),
}


@pytest.mark.parametrize("reason", BAD)
def test_a_bad_row_is_told_by_its_line_and_nothing_is_loaded(tmp_path, reason):
    path = write(tmp_path / "all.csv", [*(corporation(number) for number in numbers(3)), BAD[reason]])
    with pytest.raises(BadRows) as refused:
        bring(path)
    (bad,) = refused.value.read.bad
    assert bad.line == 4
    assert reason in bad.reason
    assert not RegisteredCorporation.objects.exists()
    assert bring(path, skip_bad=True) == (3, 0, 0)


def test_letters_that_cannot_be_read_are_a_bad_row(tmp_path):
    path = write(tmp_path / "all.csv", [corporation(number) for number in numbers(400)])  # past what tells the encoding
    path.write_bytes(path.read_bytes() + ",".join(corporation(name="X")).encode("cp932").replace(b"X", b"\x81\xff"))
    with pytest.raises(BadRows) as refused:
        bring(path)
    assert [row.line for row in refused.value.read.bad] == [401]


@pytest.mark.parametrize("content", [b"", b'"1","2', b"\x00\x01\x02"])
def test_what_is_no_such_file_is_refused(tmp_path, content):
    path = tmp_path / "all.csv"
    path.write_bytes(content)
    with pytest.raises((NotThatFile, BadRows)):
        bring(path)
    with pytest.raises(NotThatFile):
        bring(tmp_path / "missing.csv")


def test_the_command_tells_lines_and_goes_on_with_the_next_file(tmp_path, capsys):
    bad = write(tmp_path / "bad.csv", [corporation(), corporation("1")])
    good = write(tmp_path / "good.csv", [corporation()])
    with pytest.raises(CommandError, match="1 of 2 files"):
        call_command("import_corporations", str(bad), str(good))
    told = capsys.readouterr()
    assert f"{bad}:2: not a 法人番号" in told.err
    assert f"{good}: 1 rows; 1 new, 0 changed, 0 removed" in told.out
    assert Entry.objects.filter(action="reference.imported", detail__kind="corporations").count() == 1


def test_a_postcode_may_have_two_prefectures_and_many_towns(tmp_path):
    lines = [*SPANNING, town("1000004", "13101", "東京都", "千代田区", "大手町（次のビルを除く）"),
             town("1000004", "13101", "東京都", "千代田区", "大手町（その他）")]  # fmt: skip
    path = write(tmp_path / "utf_ken_all.csv", lines, quoted=False)
    done = import_postal(path=path, at=making.MOMENT)
    assert (done.read.rows, done.made) == (4, 3)
    found = [(area.prefecture_code, area.municipality, area.town) for area in PostalArea.objects.coded("4980000")]
    assert found == [(23, "弥富市", ""), (24, "桑名郡木曽岬町", "")]
    assert PostalArea.objects.get(postal_code="1000004").town == "大手町"
    again = import_postal(path=path, at=making.MOMENT)
    assert (again.made, again.changed, again.removed) == (0, 0, 0)


def test_a_town_that_is_gone_is_removed_but_a_file_cut_off_empties_nothing(tmp_path):
    rows = [town(f"10000{n:02d}", "13101", "東京都", "千代田区", f"見本{n}町") for n in range(10)]
    import_postal(path=write(tmp_path / "all.csv", rows), at=making.MOMENT)
    done = import_postal(path=write(tmp_path / "next.csv", rows[:9]), at=making.MOMENT)
    assert (done.made, done.changed, done.removed) == (0, 0, 1)
    with pytest.raises(NotThatFile):
        import_postal(path=write(tmp_path / "cut.csv", rows[:3]), at=making.MOMENT)
    assert PostalArea.objects.count() == 9
    call_command("import_postal", str(tmp_path / "cut.csv"), "--may-shrink")
    assert PostalArea.objects.count() == 3


def test_a_bad_town_is_told_by_its_line(tmp_path):
    with pytest.raises(BadRows) as refused:
        import_postal(
            path=write(tmp_path / "all.csv", [*SPANNING, town("498000", "23235", "愛", "弥", "")]), at=making.MOMENT
        )
    assert [(row.line, "郵便番号" in row.reason) for row in refused.value.read.bad] == [(3, True)]
    assert not PostalArea.objects.exists()


@pytest.mark.parametrize(
    ("written", "town"),
    [("以下に掲載がない場合", ""), ("見本町の次に番地がくる場合", ""), ("見本村一円", ""), ("一円", "一円"),
     ("大手町（１～１９丁目）", "大手町"), ("銀座", "銀座")],
)  # fmt: skip
def test_a_remark_is_no_town(written, town):
    assert town_of(written) == town
