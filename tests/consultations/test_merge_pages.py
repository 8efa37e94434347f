"""The pages for duplicates, as people use them."""

from __future__ import annotations

import re

import pytest

from audit.models import Entry
from consultations import actions, tasks
from consultations.models import Consultation, Enterprise, LikelyPair, MatchDue, Merge
from hubs.tenancy import Scope, entered
from tests import making
from tests.consultations.making_twins import PHONE, find, make_twins, merge, undo
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
QUEUE, MERGES = "/hubs/tokyo/duplicates/", "/hubs/tokyo/merges/"
HINTS = "/hubs/tokyo/enterprises/hints/"
MOST_QUERIES = 10


@pytest.fixture
def signed_in(client, coordinator):
    client.force_login(coordinator)
    return client


def compare(one, other) -> str:
    return f"{MERGES}new/?first={one.pk}&second={other.pk}"


def lines(hub, action) -> list[Entry]:
    with entered(Scope.of_hub(hub.pk)):
        return list(Entry.objects.filter(action=action))


def form_of(page, survivor, **fields) -> dict[str, str]:
    """What the comparison would send as it stands, with some changes."""
    form = page.context["form"]
    sent = {name: str(form[name].value() or "") for name in form.fields}
    return sent | {"survivor": str(survivor.pk)} | {name: str(value) for name, value in fields.items()}


# ---- hints


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"new_name": "（株）みらい堂"}, "名称が同じ"),
        ({"new_name": "未来食品", "new_phone": "03-1234-5678"}, "電話番号が同じ"),
        ({"new_name": "みらい"}, "名称が近い"),
        ({"new_corporate_number": "T７ 0104-0100-0001"}, ""),
        ({"new_name": "無関係"}, None),
        ({"new_name": "\x1f", "new_phone": "abc"}, None),
    ],
)
def test_hints_while_a_new_enterprise_is_typed(signed_in, tokyo, coordinator, now, typed, reason):
    with entered(Scope.of_hub(tokyo.pk)):
        row = actions.register_enterprise(
            hub=tokyo, by=coordinator, at=now, kind="corporation", name="株式会社みらい堂", phone=PHONE
        )
    answer = signed_in.get(HINTS, typed)
    page = answer.content.decode()
    assert answer.status_code == 200
    if not reason:
        assert str(row.name) not in page
        assert lines(tokyo, "enterprise.hinted") == []
        return
    assert reason in page
    assert f'name="enterprise" value="{row.pk}"' in page
    assert [line.subject_id for line in lines(tokyo, "enterprise.hinted")] == [str(row.pk)]


def test_a_number_with_a_slip_is_hinted_at(signed_in, tokyo):
    number = "7010401000001"
    making.make_enterprise(hub=tokyo, name="番号商事", corporate_number=number)
    for typed, reason in ((number, "法人番号が同じ"), ("7010401900001", "法人番号が1桁違い")):
        page = signed_in.get(HINTS, {"new_corporate_number": typed}).content.decode()
        assert "番号商事" in page
        assert reason in page


def test_a_hint_that_was_picked_stays_picked(signed_in, tokyo):
    one, _other = make_twins(tokyo)
    find(tokyo)
    page = signed_in.get(HINTS, {"new_name": "みらい堂", "enterprise": one.pk}).content.decode()
    assert f'value="{one.pk}" checked' in page
    assert page.count("checked") == 1


def test_a_hint_stays_when_the_page_comes_back(signed_in, tokyo):
    make_twins(tokyo)
    find(tokyo)
    page = signed_in.post("/hubs/tokyo/consultations/new/", {"enterprise": "new", "new_name": "みらい堂"})
    assert page.status_code == 422
    assert "もしかして" in page.content.decode()


def test_the_enterprise_form_hints_at_others_and_never_at_itself(signed_in, tokyo):
    one, other = make_twins(tokyo)
    find(tokyo)
    page = signed_in.get(HINTS, {"of": one.pk, "name": one.name, "municipality": "東京都千代田区"}).content.decode()
    assert "名称と市区町村が同じ" in page
    assert f"second={other.pk}" in page
    assert f"second={one.pk}" not in page


def test_hints_know_nothing_of_another_hub(client, osaka_coordinator, tokyo):
    make_twins(tokyo)
    find(tokyo)
    client.force_login(osaka_coordinator)
    assert client.get(HINTS, {"new_name": "みらい堂"}).status_code == 404
    assert "みらい堂" not in client.get(HINTS.replace("tokyo", "osaka"), {"new_name": "みらい堂"}).content.decode()


# ---- the queue


def test_the_queue_shows_pairs_and_dismisses_them(signed_in, tokyo):
    make_twins(tokyo)
    (pair,) = find(tokyo)
    page = signed_in.get(QUEUE).content.decode()
    assert "ミライ堂" in page
    assert "電話番号が同じ" in page
    signed_in.post(f"{QUEUE}{pair.pk}/dismissal/", {"note": "親子の別会社"})
    assert "ミライ堂" not in signed_in.get(QUEUE).content.decode()
    assert "親子の別会社" in signed_in.get(QUEUE, {"state": "dismissed"}).content.decode()
    assert "先に判断" in signed_in.post(f"{QUEUE}{pair.pk}/dismissal/", follow=True).content.decode()
    assert len(lines(tokyo, "pair.dismissed")) == 1
    assert "親子" not in str(lines(tokyo, "pair.dismissed")[0].detail)
    signed_in.post(f"{QUEUE}{pair.pk}/reopening/")
    assert "ミライ堂" in signed_in.get(QUEUE).content.decode()


def test_the_queue_costs_the_same_queries_however_long_it_is_and_pages_by_score(signed_in, tokyo):
    make_twins(tokyo)
    find(tokyo)
    few = statements_of(signed_in, QUEUE)
    for number in range(35):
        make_twins(tokyo, name=f"双子{number}", phone=f"03{number:08d}")
    make_twins(tokyo, name="三つ子", phone="", email="three@mirai.example", municipality="")
    assert len(find(tokyo)) == 37
    assert len(statements_of(signed_in, QUEUE)) == len(few) <= MOST_QUERIES
    page = signed_in.get(QUEUE).context["page"]
    again = signed_in.get(f"{QUEUE}?{page.next_query}").context["page"]
    seen = [pair.pk for pair in (*page.objects, *again.objects)]
    assert len(seen) == len(set(seen)) == 37
    scores = [pair.score for pair in (*page.objects, *again.objects)]
    assert scores == sorted(scores, reverse=True)
    assert signed_in.get(f"{QUEUE}?after=x_1").status_code == 400


def test_what_many_share_is_said(signed_in, tokyo):
    for number in range(25):
        making.make_enterprise(hub=tokyo, name=f"会員{number}", phone=PHONE)
    find(tokyo)
    assert "20を超える事業者が共有" in signed_in.get(QUEUE).content.decode()


def test_the_worker_finds_pairs(signed_in, tokyo, osaka):
    make_twins(tokyo)
    make_twins(osaka)
    tasks.find_pairs()
    for hub in (tokyo, osaka):
        with entered(Scope.of_hub(hub.pk)):
            assert LikelyPair.objects.count() == 1
            assert not MatchDue.objects.exists()


# ---- comparing, merging, undoing


def test_two_are_compared_merged_and_parted_again(signed_in, tokyo):
    one, other = make_twins(tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        Enterprise.objects.filter(pk=other.pk).update(representative="堂本 光", email="d@mirai.example")
    making.make_consultation(hub=tokyo, enterprise=one)
    record = making.make_consultation(hub=tokyo, enterprise=other)
    find(tokyo)
    page = signed_in.get(compare(one, other))
    text = page.content.decode()
    assert "この統合で変わる集計値" in text
    assert "2 → 1" in text
    assert "異なる" in text
    sent = form_of(page, one, take_representative=other.pk, take_name=one.pk)
    done = signed_in.post(compare(one, other), sent)
    assert re.fullmatch(rf"{MERGES}\d+/", done["Location"])
    shown = signed_in.get(done["Location"]).content.decode()
    assert "堂本 光" in shown
    assert "2 → 1" in shown
    # the loser's pages lead to the survivor
    for path in ("", "edit/"):
        assert signed_in.get(f"/hubs/tokyo/enterprises/{other.pk}/{path}")["Location"].endswith(
            f"/enterprises/{one.pk}/"
        )
    assert "統合元" in signed_in.get(f"/hubs/tokyo/enterprises/{one.pk}/").content.decode()
    assert "ミライ堂" not in signed_in.get("/hubs/tokyo/enterprises/").content.decode()
    assert "㈱ミライ堂" not in signed_in.get("/hubs/tokyo/enterprises/suggestions/?q=ミライ").content.decode()
    assert signed_in.get(MERGES).status_code == 200

    undoing = signed_in.get(f"{done['Location']}undoing/")
    assert undoing.status_code == 200
    again = signed_in.post(f"{done['Location']}undoing/", {"version": undoing.context["form"]["version"].value()})
    assert again["Location"] == done["Location"]
    with entered(Scope.of_hub(tokyo.pk)):
        assert Enterprise.objects.standing().count() == 2
        assert Consultation.objects.get(pk=record.pk).enterprise_id == other.pk
        assert Enterprise.objects.get(pk=one.pk).representative == ""
    assert "取消済み" in signed_in.get(done["Location"]).content.decode()


def test_somebody_elses_edit_is_shown_before_anything_is_merged(signed_in, tokyo, coordinator, now):
    one, other = make_twins(tokyo)
    sent = form_of(signed_in.get(compare(one, other)), one)
    with entered(Scope.of_hub(tokyo.pk)):
        actions.revise_enterprise(enterprise=other, version=1, by=coordinator, at=now, phone="0398765432")
    answer = signed_in.post(compare(one, other), sent)
    assert answer.status_code == 409
    assert "0398765432" in answer.content.decode()
    with entered(Scope.of_hub(tokyo.pk)):
        assert not Merge.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"survivor": "0"}, {"take_name": "999"}, {"first_version": "x"}, {"note": "あ" * 201}]
)
def test_what_cannot_be_is_refused_with_the_page(signed_in, tokyo, changes):
    one, other = make_twins(tokyo)
    sent = form_of(signed_in.get(compare(one, other)), one)
    assert signed_in.post(compare(one, other), sent | changes).status_code == 422


def test_edits_since_the_merge_are_decided_field_by_field(signed_in, tokyo, coordinator, now):
    one, other = make_twins(tokyo, phone="")
    with entered(Scope.of_hub(tokyo.pk)):
        Enterprise.objects.filter(pk=other.pk).update(phone=PHONE)
    done = merge(one, other, by=coordinator, take=["phone"])
    with entered(Scope.of_hub(tokyo.pk)):
        row = Enterprise.objects.get(pk=one.pk)
        actions.revise_enterprise(enterprise=row, version=row.version, by=coordinator, at=now, phone="0398765432")
    url = f"{MERGES}{done.pk}/undoing/"
    page = signed_in.get(url)
    assert "今の値を残す: 0398765432" in page.content.decode()
    version = page.context["form"]["version"].value()
    assert signed_in.post(url, {"version": version}).status_code == 422
    assert signed_in.post(url, {"version": version + 5, "restore_phone": "keep"}).status_code == 409
    assert signed_in.post(url, {"version": version, "restore_phone": "restore"}).status_code == 302
    with entered(Scope.of_hub(tokyo.pk)):
        assert Enterprise.objects.get(pk=one.pk).phone == ""


def test_an_undoing_that_must_wait_for_a_later_one_says_so(signed_in, tokyo, coordinator):
    one, other = make_twins(tokyo)
    third = making.make_enterprise(hub=tokyo)
    done = merge(one, other, by=coordinator)
    later = merge(third, one, by=coordinator)
    page = signed_in.get(f"{MERGES}{done.pk}/undoing/").content.decode()
    assert "先に、後の統合を取り消してください" in page
    assert f"{MERGES}{later.pk}/" in page
    answer = signed_in.post(f"{MERGES}{done.pk}/undoing/", {"version": "3"})
    assert answer.status_code == 409


def test_a_number_that_somebody_else_bears_by_now_is_told_on_the_page(signed_in, tokyo, coordinator):
    one, other = make_twins(tokyo)
    number = making.make_corporate_number()
    with entered(Scope.of_hub(tokyo.pk)):
        Enterprise.objects.filter(pk=other.pk).update(corporate_number=number)
    done = merge(one, other, by=coordinator)
    making.make_enterprise(hub=tokyo, corporate_number=number)
    url = f"{MERGES}{done.pk}/undoing/"
    answer = signed_in.post(url, {"version": signed_in.get(url).context["form"]["version"].value()})
    assert answer.status_code == 409
    assert "今は別の事業者に付いています" in answer.content.decode()


def test_a_page_that_was_opened_before_the_merge_still_records(signed_in, tokyo, coordinator):
    one, other = make_twins(tokyo)
    record = making.make_consultation(hub=tokyo, enterprise=other)
    merge(one, other, by=coordinator)
    sent = {
        "client_id": "11111111-1111-4111-8111-111111111111", "enterprise": str(other.pk), "case": str(record.case_id),
        "held_on": "2026-11-20", "minutes": "30", "method": "phone", "themes": ["channels"], "content": "相談",
        "advice": "助言",
    }  # fmt: skip
    assert signed_in.post("/hubs/tokyo/consultations/new/", sent).status_code == 302
    with entered(Scope.of_hub(tokyo.pk)):
        assert Consultation.objects.filter(enterprise=one).count() == 2
    page = signed_in.get(f"/hubs/tokyo/consultations/new/?enterprise={other.pk}").content.decode()
    assert f'value="{one.pk}" checked' in page


def test_any_two_can_be_looked_for_and_compared(signed_in, tokyo):
    one, other = make_twins(tokyo)
    page = signed_in.get(f"{MERGES}new/", {"first": one.pk, "q": "ミライ"}).content.decode()
    assert f"first={one.pk}&amp;second={other.pk}" in page
    assert f"second={one.pk}" not in page


def test_a_stranger_sees_none_of_it(client, osaka_coordinator, tokyo, osaka, coordinator):
    one, other = make_twins(tokyo)
    (pair,) = find(tokyo)
    mine, _theirs = make_twins(osaka)
    client.force_login(osaka_coordinator)
    here = "/hubs/osaka/"
    assert client.get(QUEUE).status_code == client.get(compare(one, other)).status_code == 404
    assert client.get(f"{here}merges/new/?first={one.pk}&second={other.pk}").status_code == 404
    assert client.post(f"{here}merges/new/?first={mine.pk}&second={other.pk}").status_code == 404
    assert client.post(f"{here}duplicates/{pair.pk}/dismissal/").status_code == 404
    done = merge(one, other, by=coordinator)
    assert client.get(f"{here}merges/{done.pk}/undoing/").status_code == 404
    undo(done, by=coordinator)
