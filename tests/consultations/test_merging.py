"""Making two enterprises one, and parting them again."""

from __future__ import annotations

import threading
import uuid
from datetime import date
from itertools import permutations

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import Entry
from consultations import actions
from consultations.actions import merge_traces, merging, privacy
from consultations.models import Case, Consultation, Enterprise, LikelyPair, Merge, MergedRow
from consultations.models.enterprises import ANONYMISED
from consultations.queries import privacy as retention
from consultations.queries.merges import MOVES, STAYS, figures_of_merging, holders, to_be_moved
from foundation.periods import Month
from hubs.tenancy import Scope, entered
from metrics import actions as metrics
from tests import making
from tests.consultations.making_twins import PHONE, find, make_twins, merge, side, undo
from tests.metrics.plain import counted_months, differences, expected, stored
from tests.waiting import wait_until_somebody_waits

pytestmark = pytest.mark.django_db


@pytest.fixture
def twins(tokyo) -> tuple[Enterprise, Enterprise]:
    """Each with a case and a consultation."""
    one, other = make_twins(tokyo)
    making.make_consultation(hub=tokyo, enterprise=one, held_on=date(2026, 10, 5))
    making.make_consultation(hub=tokyo, enterprise=other, held_on=date(2026, 11, 5))
    return one, other


def everything(hub) -> dict[str, list]:
    """All that a merge may touch, but for editions and moments of change."""
    left_out = {"version", "updated_at", "search_key", "search_text", "search_grams"}
    with entered(Scope.of_hub(hub.pk)):
        found = {}
        for model in (Enterprise, Case, Consultation):
            names = [f.attname for f in model._meta.concrete_fields if f.name not in left_out]
            found[model.__name__] = list(model.objects.order_by("pk").values_list(*names))
        return found


def case_of(enterprise) -> Case:
    with entered(Scope.of_hub(enterprise.hub_id)):
        return Case.objects.get(enterprise=enterprise)


def test_every_table_with_a_foreign_key_to_enterprises_says_what_a_merge_does_with_it():
    unsaid = [
        f"{holder.table}.{holder.field}"
        for holder in holders()
        if getattr(holder.model, "when_merged", {}).get(holder.field) not in (MOVES, STAYS)
    ]
    assert unsaid == [], "say when_merged = {<field>: 'moves' or 'stays'} in the model"


def test_everything_of_the_loser_goes_to_the_survivor(tokyo, twins, coordinator):
    one, other = twins
    with entered(Scope.of_hub(tokyo.pk)):
        assert sorted(count for _label, count in to_be_moved(loser=other, survivor=one)) == [1, 1]
    merge(one, other, by=coordinator)
    with entered(Scope.of_hub(tokyo.pk)):
        assert Case.objects.filter(enterprise=one).count() == Consultation.objects.filter(enterprise=one).count() == 2
        assert list(Enterprise.objects.standing()) == [one]
        assert Enterprise.objects.stands_for(other.pk) == one
        assert not Enterprise.objects.matching("ミライ").filter(pk=other.pk).exists()
        line = Entry.objects.get(action="enterprise.merged")
        assert line.subject_id == str(one.pk)
        assert (line.detail["merged"], line.detail["rows"]) == (other.pk, 2)
        assert "みらい" not in str(line.detail)


def test_undoing_puts_everything_back(tokyo, twins, coordinator):
    one, other = twins
    before = everything(tokyo)
    done = merge(one, other, by=coordinator, take=["name"])
    assert everything(tokyo) != before
    undo(done, by=coordinator)
    assert everything(tokyo) == before
    assert undo(done, by=coordinator).undone_by == coordinator  # twice is once


def test_the_number_of_the_loser_can_be_taken_over_and_is_given_back(tokyo, coordinator):
    one, other = make_twins(tokyo)
    mine, theirs = making.make_corporate_number(), making.make_corporate_number()
    with entered(Scope.of_hub(tokyo.pk)):
        Enterprise.objects.filter(pk=one.pk).update(corporate_number=mine)
        Enterprise.objects.filter(pk=other.pk).update(corporate_number=theirs)
    before = everything(tokyo)
    done = merge(one, other, by=coordinator, take=["corporate_number"])
    with entered(Scope.of_hub(tokyo.pk)):
        numbers = dict(Enterprise.objects.values_list("pk", "corporate_number"))
    assert numbers == {one.pk: theirs, other.pk: ""}
    undo(done, by=coordinator)
    assert everything(tokyo) == before


def test_a_number_that_somebody_else_bears_meanwhile_is_told(tokyo, coordinator):
    one, other = make_twins(tokyo)
    number = making.make_corporate_number()
    with entered(Scope.of_hub(tokyo.pk)):
        Enterprise.objects.filter(pk=other.pk).update(corporate_number=number)
    done = merge(one, other, by=coordinator)
    making.make_enterprise(hub=tokyo, corporate_number=number)
    with pytest.raises(actions.NumberTaken), transaction.atomic():
        undo(done, by=coordinator)


def test_what_was_written_since_about_a_moved_case_goes_back_with_it(tokyo, twins, coordinator):
    one, other = twins
    theirs, own = case_of(other), case_of(one)
    done = merge(one, other, by=coordinator)
    with entered(Scope.of_hub(tokyo.pk)):
        moved_case, own_case = Case.objects.get(pk=theirs.pk), Case.objects.get(pk=own.pk)
    later = making.make_consultation(hub=tokyo, case=moved_case, held_on=date(2026, 11, 19))
    stays = making.make_consultation(hub=tokyo, case=own_case, held_on=date(2026, 11, 19))
    new_case = making.make_case(hub=tokyo, enterprise=one)
    undo(done, by=coordinator)
    with entered(Scope.of_hub(tokyo.pk)):
        assert Consultation.objects.get(pk=later.pk).enterprise_id == other.pk
        assert Consultation.objects.get(pk=stays.pk).enterprise_id == one.pk
        assert Case.objects.get(pk=new_case.pk).enterprise_id == one.pk


def test_a_field_that_was_edited_since_asks_what_to_do(tokyo, twins, coordinator, now):
    one, other = twins
    with entered(Scope.of_hub(tokyo.pk)):
        Enterprise.objects.filter(pk=other.pk).update(email="new@mirai.example", representative="堂本 光")
    done = merge(one, other, by=coordinator, take=["email", "representative"])
    with entered(Scope.of_hub(tokyo.pk)):
        current = Enterprise.objects.get(pk=one.pk)
        actions.revise_enterprise(
            enterprise=current, version=current.version, by=coordinator, at=now, email="newest@mirai.example"
        )
    with pytest.raises(merging.Undecided) as asked, transaction.atomic():
        undo(done, by=coordinator)
    assert asked.value.names == ["email"]
    after = undo(done, by=coordinator, restore={"email": False})
    assert after.kept == ["email"]
    with entered(Scope.of_hub(tokyo.pk)):
        survivor = Enterprise.objects.get(pk=one.pk)
    assert (survivor.email, survivor.representative) == ("newest@mirai.example", "")


def test_merges_in_a_row_are_undone_from_the_last_one(tokyo, coordinator):
    first, second, third = (making.make_enterprise(hub=tokyo, phone=PHONE) for _ in range(3))
    for row in (first, second, third):
        making.make_consultation(hub=tokyo, enterprise=row)
    before = everything(tokyo)
    one = merge(second, first, by=coordinator)
    two = merge(third, second, by=coordinator)
    with entered(Scope.of_hub(tokyo.pk)):
        assert Enterprise.objects.stands_for(first.pk) == third
        assert Consultation.objects.filter(enterprise=third).count() == 3
    with pytest.raises(merging.UndoLaterFirst) as refused, transaction.atomic():
        undo(one, by=coordinator)
    assert refused.value.later == two
    undo(two, by=coordinator)
    undo(one, by=coordinator)
    assert everything(tokyo) == before


# ---- several merges into one survivor

FIELDS = ("corporate_number", "email", "industry", "employees")
SIDES = st.tuples(
    st.sampled_from(["", "a@b.example", "c@d.example"]), st.sampled_from(["", "09", "E"]),
    st.sampled_from([None, 3, 40]),
)  # fmt: skip
STEP = st.tuples(SIDES, st.sets(st.sampled_from(FIELDS)))


def bears(enterprise, *names) -> tuple:
    with entered(Scope.of_hub(enterprise.hub_id)):
        return Enterprise.objects.values_list(*names).get(pk=enterprise.pk)


def numbered(hub, count, **fields) -> list[Enterprise]:
    """Enterprises with a number and an address each."""
    return [
        making.make_enterprise(
            hub=hub, corporate_number=making.make_corporate_number(), email=f"{name}@mirai.example", **fields
        )
        for name in "abcd"[:count]
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_three_merges_into_one_survivor_are_undone_in_any_order(tokyo, coordinator, order):
    survivor, *losers = numbered(tokyo, 4)
    before = everything(tokyo)
    merges = [merge(survivor, loser, by=coordinator, take=["corporate_number", "email"]) for loser in losers]
    for number in order:
        undo(merges[number], by=coordinator)
    assert everything(tokyo) == before


def test_undoing_an_earlier_merge_leaves_what_a_later_one_brought(tokyo, coordinator):
    survivor, second, third = numbered(tokyo, 3)
    one = merge(survivor, second, by=coordinator, take=["email"])
    two = merge(survivor, third, by=coordinator, take=["email"])
    undo(one, by=coordinator)
    assert bears(survivor, "email") == ("c@mirai.example",)
    undo(two, by=coordinator)
    assert bears(survivor, "email") == ("a@mirai.example",)


@given(own=SIDES, steps=st.lists(STEP, min_size=2, max_size=4), order=st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_undone_the_rest_stands_as_if_it_had_never_been(tokyo, coordinator, own, steps, order):
    with transaction.atomic():
        survivor, *losers = (
            making.make_enterprise(
                hub=tokyo, corporate_number=making.make_corporate_number(), email=email, industry=industry,
                employees=employees,
            )
            for email, industry, employees in (own, *(values for values, _take in steps))
        )  # fmt: skip
        before, beginning = everything(tokyo), dict(zip(FIELDS, bears(survivor, *FIELDS), strict=True))
        brought = [dict(zip(FIELDS, bears(loser, *FIELDS), strict=True)) for loser in losers]
        takes = [take for _values, take in steps]
        standing = {}
        for number, (loser, take) in enumerate(zip(losers, takes, strict=True)):
            done = merge(survivor, loser, by=coordinator, take=take)
            standing[number] = done, set(done.fields)  # what was the same already was not taken
        for number in order.sample(sorted(standing), len(standing)):
            undo(standing.pop(number)[0], by=coordinator)
            wanted = dict(beginning)
            for left, (_done, taken) in standing.items():
                wanted |= {name: brought[left][name] for name in taken if name in FIELDS}
            assert bears(survivor, *FIELDS) == tuple(wanted.values())
        assert everything(tokyo) == before
        transaction.set_rollback(True)


def test_an_edit_between_two_merges_is_asked_about_and_kept_below_the_later_one(tokyo, coordinator, now):
    survivor, second, third = numbered(tokyo, 3)
    one = merge(survivor, second, by=coordinator, take=["email"])
    with entered(Scope.of_hub(tokyo.pk)):
        current = Enterprise.objects.get(pk=survivor.pk)
        actions.revise_enterprise(
            enterprise=current, version=current.version, by=coordinator, at=now, email="edited@mirai.example"
        )
    two = merge(survivor, third, by=coordinator, take=["email"])
    with pytest.raises(merging.Undecided), transaction.atomic():
        undo(one, by=coordinator)
    undo(one, by=coordinator, restore={"email": False})
    assert bears(survivor, "email") == ("c@mirai.example",)
    undo(two, by=coordinator)
    assert bears(survivor, "email") == ("edited@mirai.example",)


def test_a_number_that_the_survivor_was_given_by_hand_stays_with_it_below_a_later_merge(tokyo, coordinator, now):
    survivor, second, third = numbered(tokyo, 3)
    (number,) = bears(second, "corporate_number")
    one = merge(survivor, second, by=coordinator)
    with entered(Scope.of_hub(tokyo.pk)):
        current = Enterprise.objects.get(pk=survivor.pk)
        actions.revise_enterprise(
            enterprise=current, version=current.version, by=coordinator, at=now, corporate_number=number
        )
    two = merge(survivor, third, by=coordinator, take=["corporate_number"])
    undo(one, by=coordinator)
    undo(two, by=coordinator)
    assert (bears(survivor, "corporate_number"), bears(second, "corporate_number")) == ((number,), ("",))


def test_the_industrys_revision_goes_where_the_industry_goes(tokyo, coordinator):
    survivor, second, third = (
        making.make_enterprise(hub=tokyo, industry=code, industry_revision=revision)
        for code, revision in (("A", "13"), ("B", "14"), ("C", "14"))
    )
    before = everything(tokyo)
    one = merge(survivor, second, by=coordinator, take=["industry"])
    two = merge(survivor, third, by=coordinator, take=["industry"])
    undo(one, by=coordinator)
    assert bears(survivor, "industry", "industry_revision") == ("C", "14")
    undo(two, by=coordinator)
    assert everything(tokyo) == before


@pytest.mark.django_db(transaction=True)
def test_two_merges_that_are_undone_at_the_same_moment_do_not_wait_in_a_ring(tokyo, coordinator):
    survivor, *losers = numbered(tokyo, 3)
    merges = [merge(survivor, loser, by=coordinator, take=["email"]) for loser in losers]
    results: list[object] = []

    def deed(done) -> None:
        try:
            results.append(undo(done, by=coordinator))
        except actions.Edited:
            results.append(undo(done, by=coordinator))  # seen anew, as the page shows it

    threads = [elsewhere(lambda done=done: deed(done)) for done in merges]
    [thread.join() for thread in threads]
    assert len(results) == 2
    assert bears(survivor, "email") == ("a@mirai.example",)


def test_who_is_merged_already_cannot_be_merged_again(tokyo, twins, coordinator):
    one, other = twins
    merge(one, other, by=coordinator)
    third = making.make_enterprise(hub=tokyo)
    for pair in ((third, other), (other, third)):
        with pytest.raises(merging.NotMergeable), transaction.atomic():
            merge(*pair, by=coordinator)


def test_a_change_after_the_comparison_stops_the_merge(tokyo, twins, coordinator, now):
    one, other = twins
    with entered(Scope.of_hub(tokyo.pk)):
        seen = side(one), side(other)
        actions.revise_enterprise(enterprise=other, version=1, by=coordinator, at=now, phone="")
        with pytest.raises(actions.Edited):
            merging.merge(survivor=seen[0], loser=seen[1], take=[], by=coordinator, at=now)


def test_a_pair_is_closed_by_the_merge_and_open_after_its_undoing(tokyo, twins, coordinator):
    (pair,) = find(tokyo)
    done = merge(*twins, by=coordinator)
    assert find(tokyo) == []
    with entered(Scope.of_hub(tokyo.pk)):
        assert LikelyPair.objects.get().state == "merged"
    undo(done, by=coordinator)
    assert find(tokyo) == [pair]


# ---- figures


def test_the_figures_are_those_of_a_plain_recount_after_merging_and_after_undoing(
    tokyo, osaka, twins, coordinator, now
):
    one, other = twins
    number = making.make_corporate_number()
    with entered(Scope.of_hub(tokyo.pk)):
        Enterprise.objects.filter(pk=other.pk).update(corporate_number=number, industry="09")
    making.make_consultation(hub=osaka, enterprise=making.make_enterprise(hub=osaka, corporate_number=number))
    making.make_consultation(hub=tokyo, case=case_of(one), held_on=date(2026, 11, 3))
    making.make_consultation(hub=tokyo, held_on=date(2026, 10, 3))
    metrics.recount([Month(2026, 10), Month(2026, 11)], at=now)
    apart = stored()
    assert differences(apart, expected(counted_months())) == {}

    done = merge(one, other, by=coordinator, take=["corporate_number"])
    metrics.recount_touched(at=now)
    together = stored()
    assert differences(together, expected(counted_months())) == {}
    moved = differences(apart, together)
    visitors = {
        str(key.month): value
        for key, value in moved.items()
        if key[:2] == ("hub 13", "month") and key[3:] == ("visitors", "")
    }
    assert visitors == {"2026-11": (2, 1)}
    assert told(done.figures, "visitors") == {"2026-11": (2, 1)}
    assert told(done.figures, "new_visitors") == {"2026-11": (1, 0)}
    assert {"year": 2026, "visitors": [3, 2]} in done.figures

    undone = undo(done, by=coordinator)
    metrics.recount_touched(at=now)
    assert differences(stored(), apart) == {}
    assert told(undone.undone_figures, "visitors") == {"2026-11": (1, 2)}


def told(figures, name) -> dict[str, tuple[int, int]]:
    return {row["month"]: tuple(row[name]) for row in figures if "month" in row}


def test_what_does_not_count_moves_no_figure(tokyo, coordinator):
    one, other = make_twins(tokyo)
    making.make_consultation(hub=tokyo, enterprise=one)
    making.make_consultation(hub=tokyo, enterprise=other, not_counted="duplicate")
    with entered(Scope.of_hub(tokyo.pk)):
        assert figures_of_merging(survivor=one, loser=other) == []
    assert merge(one, other, by=coordinator).figures == []


# ---- at the same time


@pytest.fixture
def committed_twins(transactional_db, tokyo) -> tuple[Enterprise, Enterprise]:
    one, other = make_twins(tokyo)
    making.make_consultation(hub=tokyo, enterprise=one)
    making.make_consultation(hub=tokyo, enterprise=other)
    return one, other


def elsewhere(deed) -> threading.Thread:
    """Begin something over another connection."""

    def run() -> None:
        try:
            deed()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def a_session(on=date(2026, 11, 19)) -> actions.Session:
    return actions.Session(on, 30, "phone", ["channels"], "売り先が減った。", "商談会を勧めた。")


@pytest.mark.django_db(transaction=True)
def test_a_consultation_that_is_being_logged_is_waited_for_and_goes_along(tokyo, committed_twins, coordinator, now):
    one, other = committed_twins
    case, results = case_of(other), []
    with entered(Scope.of_hub(tokyo.pk)):
        actions.log_consultation(case=case, client_id=uuid.uuid4(), session=a_session(), by=coordinator, at=now)
        thread = elsewhere(lambda: results.append(merge(one, other, by=coordinator)))
        wait_until_somebody_waits()
    thread.join()
    assert len(results) == 1
    with entered(Scope.of_hub(tokyo.pk)):
        assert Consultation.objects.filter(enterprise=one).count() == 3
        assert not Consultation.objects.filter(enterprise=other).exists()


@pytest.mark.django_db(transaction=True)
def test_a_consultation_logged_during_the_merge_is_the_survivors(tokyo, committed_twins, coordinator, now):
    one, other = committed_twins
    case = case_of(other)

    def log() -> None:
        with entered(Scope.of_hub(tokyo.pk)):
            actions.log_consultation(case=case, client_id=uuid.uuid4(), session=a_session(), by=coordinator, at=now)
            fields = {"title": "新しい相談", "category": "sales", "reception": "phone"}
            actions.open_case(enterprise=other, by=coordinator, at=now, received_on=date(2026, 11, 19), **fields)

    with entered(Scope.of_hub(tokyo.pk)):
        merging.merge(survivor=side(one), loser=side(other), take=[], by=coordinator, at=now)
        thread = elsewhere(log)
        wait_until_somebody_waits()
    thread.join()
    with entered(Scope.of_hub(tokyo.pk)):
        assert Consultation.objects.filter(enterprise=one).count() == Case.objects.filter(enterprise=one).count() == 3
        assert not Case.objects.filter(enterprise=other).exists()


@pytest.mark.django_db(transaction=True)
def test_two_people_who_merge_the_same_two_make_one_merge(tokyo, committed_twins, coordinator, now):
    one, other = committed_twins
    with entered(Scope.of_hub(tokyo.pk)):
        sides = side(one), side(other)
    results: list[object] = []

    def deed(first, second) -> None:
        try:
            with entered(Scope.of_hub(tokyo.pk)):
                results.append(merging.merge(survivor=first, loser=second, take=[], by=coordinator, at=now))
        except actions.Edited as refused:
            results.append(refused)

    threads = [elsewhere(lambda: deed(*sides)), elsewhere(lambda: deed(*sides[::-1]))]
    [thread.join() for thread in threads]
    assert sorted(type(result).__name__ for result in results) == ["Edited", "Merge"]
    with entered(Scope.of_hub(tokyo.pk)):
        assert Merge.objects.count() == 1
        assert MergedRow.objects.count() == 2


# ---- personal data


def test_whoever_is_anonymised_takes_along_what_was_merged_into_them(tokyo, twins, coordinator, now):
    one, other = twins
    done = merge(one, other, by=coordinator, take=["name"])
    with entered(Scope.of_hub(tokyo.pk)):
        told = str(list(merge_traces.held(Enterprise.objects.get(pk=one.pk))))
        assert "ミライ堂" in told
        privacy.anonymise(enterprise=one, ground="request", by=coordinator, at=now)
        assert set(Enterprise.objects.values_list("name", "phone")) == {(ANONYMISED, "")}
        assert Merge.objects.get().fields == {}
        with pytest.raises(merging.NotMergeable):
            undo(done, by=coordinator)


def test_one_that_was_merged_is_not_due_on_its_own(tokyo, coordinator, now):
    long_ago = now.replace(year=2015)
    one, other = make_twins(tokyo, created_at=long_ago)
    making.make_consultation(hub=tokyo, enterprise=one)
    with entered(Scope.of_hub(tokyo.pk)):
        assert list(retention.due(tokyo.pk, on=now.date())) == [other]
    merge(one, other, by=coordinator)
    with entered(Scope.of_hub(tokyo.pk)):
        assert list(retention.due(tokyo.pk, on=now.date())) == []
