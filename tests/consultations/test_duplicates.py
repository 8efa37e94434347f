"""Likely pairs: what makes one, what never does, and how they are looked up."""

from __future__ import annotations

import pytest
from django.db import connection

from consultations import actions
from consultations.actions import duplicates
from consultations.models import Enterprise, LikelyPair, MatchDue, MatchKey
from consultations.models.duplicates import place_key
from consultations.queries import duplicates as queries
from foundation.identifiers import corporate_number, with_check_digit
from hubs.tenancy import Scope, entered
from tests import making
from tests.consultations.making_twins import PHONE, find, make_twins, merge, undo

pytestmark = pytest.mark.django_db


def reasons(pairs: list[LikelyPair]) -> list[list[str]]:
    return [pair.reasons for pair in pairs]


def change(enterprise: Enterprise, **fields: object) -> None:
    with entered(Scope.of_hub(enterprise.hub_id)):
        row = Enterprise.objects.get(pk=enterprise.pk)
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()


def test_two_of_one_name_and_town_are_a_pair_however_they_are_written(tokyo):
    making.make_enterprise(hub=tokyo, name="株式会社みらい堂", municipality="千代田区")
    making.make_enterprise(hub=tokyo, name="ミライ堂 ㈱", municipality="東京都 千代田区")
    assert reasons(find(tokyo)) == [["name_and_place"]]


def test_a_name_alone_is_never_a_pair(tokyo):
    making.make_enterprise(hub=tokyo, name="株式会社アシスト", municipality="千代田区")
    making.make_enterprise(hub=tokyo, name="株式会社アシスト", municipality="港区")
    making.make_enterprise(hub=tokyo, name="株式会社アシスト")
    making.make_enterprise(hub=tokyo, name="アシスト", trade_name="アシスト")
    assert find(tokyo) == []


@pytest.mark.parametrize("shared", [{"phone": PHONE}, {"email": "info@mirai.example"}])
def test_a_telephone_or_a_mail_address_makes_a_pair(tokyo, shared):
    making.make_enterprise(hub=tokyo, name="みらい堂", **shared)
    making.make_enterprise(hub=tokyo, name="別名商店", **dict(shared.items()))
    assert reasons(find(tokyo)) == [list(shared)]


def test_a_trade_name_is_a_name(tokyo):
    making.make_enterprise(hub=tokyo, name="山田 花子", trade_name="はなや", municipality="港区")
    making.make_enterprise(hub=tokyo, name="ハナヤ", municipality="港区")
    assert reasons(find(tokyo)) == [["name_and_place"]]


def slip() -> tuple[str, str]:
    """A 法人番号 and the same with 9 for 0, which its check digit does not notice."""
    number = with_check_digit("010401000001")
    slipped = number[:-2] + "9" + number[-1]
    assert corporate_number(slipped) == slipped
    return number, slipped


def test_a_number_with_one_other_digit_makes_a_pair_of_two_with_one_name(tokyo):
    number, slipped = slip()
    making.make_enterprise(hub=tokyo, name="株式会社アシスト", corporate_number=number)
    making.make_enterprise(hub=tokyo, name="アシスト", corporate_number=slipped)
    making.make_enterprise(
        hub=tokyo, name="隣の会社", corporate_number=number[:-1] + ("9" if number[-1] == "0" else "0")
    )
    assert reasons(find(tokyo)) == [["number_slip", "name"]]


def test_the_numbers_of_neighbours_make_no_pair(tokyo):
    number, slipped = slip()
    making.make_enterprise(hub=tokyo, name="甲商事", corporate_number=number)
    making.make_enterprise(hub=tokyo, name="乙工業", corporate_number=slipped)
    assert find(tokyo) == []


def test_one_with_and_one_without_a_number_are_a_pair_two_numbers_need_more(tokyo):
    one, other = make_twins(tokyo, phone="")
    change(one, corporate_number=making.make_corporate_number())
    assert reasons(find(tokyo)) == [["name_and_place"]]
    change(other, corporate_number=making.make_corporate_number())
    assert find(tokyo) == []
    change(one, phone=PHONE)
    change(other, phone=PHONE)
    assert reasons(find(tokyo)) == [["name_and_place", "phone", "numbers_differ"]]


def test_a_correction_takes_the_pair_away(tokyo):
    one, _other = make_twins(tokyo)
    assert len(find(tokyo)) == 1
    change(one, phone="", municipality="港区")
    assert find(tokyo) == []


def test_a_dismissed_pair_stays_dismissed_whatever_is_found_later(tokyo, coordinator, now):
    one, other = make_twins(tokyo)
    (pair,) = find(tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        duplicates.dismiss(pair=pair, by=coordinator, at=now, note="親子の別会社")
    change(one, email="a@mirai.example")
    change(other, email="a@mirai.example")
    assert find(tokyo) == []
    change(one, phone="", email="", municipality="")
    assert find(tokyo) == []
    change(one, phone=PHONE)
    assert find(tokyo) == []


def test_what_was_dismissed_is_dismissed_for_whoever_it_is_merged_into(tokyo, coordinator, now):
    one, other = make_twins(tokyo, municipality="")
    (pair,) = find(tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        duplicates.dismiss(pair=pair, by=coordinator, at=now)
    third = making.make_enterprise(hub=tokyo, name="みらい堂本店")
    done = merge(third, one, by=coordinator, take=["phone"])
    assert find(tokyo) == []
    undo(done, by=coordinator)
    assert find(tokyo) == []
    assert other.merged_into_id is None


def test_a_dismissed_pair_can_be_taken_up_again(tokyo, coordinator, now):
    make_twins(tokyo)
    (pair,) = find(tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        duplicates.dismiss(pair=pair, by=coordinator, at=now)
        with pytest.raises(duplicates.AlreadyDecided):
            duplicates.dismiss(pair=pair, by=coordinator, at=now)
        duplicates.take_up_again(pair=pair, by=coordinator, at=now)
    assert len(find(tokyo)) == 1


def test_a_telephone_that_many_share_says_nothing(tokyo):
    for number in range(duplicates.CROWD):
        making.make_enterprise(hub=tokyo, name=f"会員{number}", phone=PHONE)
    assert len(find(tokyo)) == duplicates.CROWD * (duplicates.CROWD - 1) // 2
    last = making.make_enterprise(hub=tokyo, name="もう一社", phone=PHONE)
    assert find(tokyo) == []
    with entered(Scope.of_hub(tokyo.pk)):
        assert MatchKey.objects.filter(is_common=True).count() == duplicates.CROWD + 1
    change(last, phone="")
    assert len(find(tokyo)) == duplicates.CROWD * (duplicates.CROWD - 1) // 2


def test_what_else_two_of_a_crowd_share_still_makes_them_a_pair(tokyo):
    for number in range(duplicates.CROWD + 5):
        making.make_enterprise(hub=tokyo, name=f"会員{number}", phone=PHONE)
    make_twins(tokyo, phone=PHONE)
    assert reasons(find(tokyo)) == [["name_and_place"]]


def test_what_has_not_changed_is_not_looked_up_again(tokyo, now):
    one, other = make_twins(tokyo)
    find(tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        assert not MatchDue.objects.exists()
        Enterprise.objects.filter(pk=one.pk).update(representative="代表 太郎", version=7)
        assert not MatchDue.objects.exists()
        Enterprise.objects.filter(pk__in=[one.pk, other.pk]).update(phone="0398765432")
        assert MatchDue.objects.count() == 2
        assert duplicates.find_pairs(hub=tokyo, at=now) == 2


def test_another_hubs_twin_makes_no_pair(tokyo, osaka):
    making.make_enterprise(hub=tokyo, phone=PHONE)
    making.make_enterprise(hub=osaka, phone=PHONE)
    assert find(tokyo) == find(osaka) == []


def test_keys_stand_as_soon_as_somebody_is_registered(tokyo, coordinator, now, in_tokyo):
    fields = {"kind": "corporation", "name": "みらい堂"}
    row = actions.register_enterprise(hub=tokyo, by=coordinator, at=now, phone=PHONE, **fields)
    assert set(MatchKey.objects.values_list("kind", flat=True)) == {"name", "phone"}
    actions.revise_enterprise(enterprise=row, version=1, by=coordinator, at=now, phone="")
    assert set(MatchKey.objects.values_list("kind", flat=True)) == {"name"}


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("千代田区", "千代田区"),
        ("東京都千代田区", "千代田区"),
        ("京都府 京都市", "京都市"),
        ("京都市", "京都市"),
        ("", ""),
    ],
)
def test_a_town_is_the_same_with_and_without_its_prefecture(typed, key):
    assert place_key(typed) == key


def test_looking_up_one_reads_its_own_keys_only(tokyo):
    for number in range(300):
        making.make_enterprise(hub=tokyo, name=f"会社{number}", phone=f"03{number:08d}")
    find(tokyo)
    with entered(Scope.of_hub(tokyo.pk)), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows lie in a page or two; a hub's do not
        asked = {"kinds": ["phone"], "values": ["0300000007"], "hub": tokyo.pk, "most": 21}
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF) {queries.SHARING}", asked)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    conditions = [line for line in plan.splitlines() if "Index Cond" in line]
    assert any(all(part in line for part in ("hub_id", "kind", "value")) for line in conditions), plan
    assert "Rows Removed" not in plan, plan
