"""Similar past cases: what is found, for whom, and what is kept of the text (nothing)."""

from __future__ import annotations

from datetime import date

import pytest

from audit.models import Entry
from consultations.actions import grams
from consultations.models import Draft, GramCount, GramSample
from consultations.queries.similar import Asked, similar_cases, telling
from hubs.tenancy import Scope, entered
from tests import making
from tests.consultations.labelled.recall import World, table
from tests.consultations.making_outcomes import learn_words, make_outcome

SIMILAR = "/hubs/tokyo/similar-cases/"
FRAGMENT = {"HTTP_HX_REQUEST": "true"}
TEXT = "豆腐の製造。スーパーの値下げ要請がきつく、ネット通販で直接売りたい。"


@pytest.fixture
def past(tokyo):
    """Some past cases of Tokyo: one much like TEXT, others not."""
    alike = making.make_consultation(
        hub=tokyo, case=making.make_case(hub=tokyo, title="納豆の直販", state="solved", resolution="solved",
                                         closed_on=date(2026, 11, 15)),
        content="納豆の製造。量販店の値下げ要請が続く。", advice="ネット通販を小さく始めるよう勧めた。",
    )  # fmt: skip
    for trouble in ("採用の応募が来ない。", "資金繰りが苦しく返済できない。", "段取り替えに時間がかかる。"):
        for _ in range(3):
            making.make_consultation(hub=tokyo, content=trouble, advice="話を聞いた。", themes=["recruiting"])
    learn_words(tokyo)
    return alike


def found_for(hub, **asked):
    with entered(Scope.of_hub(hub.pk)):
        return similar_cases(hub=hub, asked=Asked(**asked))


def test_the_case_most_alike_comes_first_with_how_it_went(client, tokyo, coordinator, past):
    make_outcome(case=past.case)
    client.force_login(coordinator)
    answer = client.post(SIMILAR, {"content": TEXT, "themes": ["channels"]}, **FRAGMENT)
    first = answer.context["similar"][0]
    assert first.case == past.case
    page = answer.content.decode()
    for shown in ("納豆の直販", "解決", "ネット通販を小さく始める", "売上増", "販路開拓"):
        assert shown in page
    assert "<html" not in page, "a fragment"


def test_without_javascript_a_button_shows_the_same_on_a_page(client, tokyo, coordinator, past):
    client.force_login(coordinator)
    page = client.post(SIMILAR, {"content": TEXT}).content.decode()
    assert "<html" in page
    assert "納豆の直販" in page


def test_a_few_letters_bring_up_nothing(client, tokyo, coordinator, past):
    client.force_login(coordinator)
    assert client.post(SIMILAR, {"content": "豆腐"}, **FRAGMENT).context["similar"] == []
    assert client.post(SIMILAR, {"content": "", "case": "x", "enterprise": "9" * 30}, **FRAGMENT).status_code == 200


def test_the_case_that_one_is_writing_in_is_not_similar_to_itself(tokyo, past):
    assert past.case_id in [one.case.pk for one in found_for(tokyo, text=TEXT)]
    assert past.case_id not in [one.case.pk for one in found_for(tokyo, text=TEXT, case_id=past.case_id)]


def test_a_deleted_note_is_not_shown(tokyo, past, coordinator):
    with entered(Scope.of_hub(tokyo.pk)):
        type(past).objects.filter(pk=past.pk).update(deleted_at=making.MOMENT, deleted_by=coordinator)
    assert past.case_id not in [one.case.pk for one in found_for(tokyo, text=TEXT)]


def test_nothing_of_the_text_is_kept_and_what_was_shown_is_noted(client, tokyo, coordinator, past):
    client.force_login(coordinator)
    shown = client.post(SIMILAR, {"content": TEXT}, **FRAGMENT).context["similar"]
    with entered(Scope.of_hub(tokyo.pk)):
        line = Entry.objects.get(action="cases.suggested")
        assert Draft.objects.count() == 0
    assert line.detail == {"cases": [one.case.pk for one in shown]}


def test_the_text_is_taken_from_the_body_only(client, tokyo, coordinator, past):
    client.force_login(coordinator)
    assert client.get(SIMILAR, {"content": TEXT}, **FRAGMENT).status_code == 405
    assert client.get(SIMILAR, {"content": TEXT})["Location"] == "/hubs/tokyo/", "no page shows what an address says"


def test_a_cases_page_shows_those_like_it(client, tokyo, coordinator, past):
    session = making.make_consultation(hub=tokyo, content=TEXT, advice="検討する。")
    learn_words(tokyo)
    client.force_login(coordinator)
    page = client.get(f"/hubs/tokyo/cases/{session.case_id}/similar/").content.decode()
    assert "納豆の直販" in page


def test_osaka_finds_none_of_tokyos_cases(client, tokyo, osaka, past, osaka_coordinator):
    making.make_consultation(hub=osaka, content=TEXT)
    learn_words(osaka)
    client.force_login(osaka_coordinator)
    assert client.post(SIMILAR, {"content": TEXT}).status_code == 404
    shown = client.post("/hubs/osaka/similar-cases/", {"content": TEXT}, **FRAGMENT).context["similar"]
    assert {one.case.hub_id for one in shown} == {osaka.pk}
    with entered(Scope.of_hub(osaka.pk)):
        assert similar_cases(hub=tokyo, asked=Asked(TEXT)) == [], "the function keeps the wall itself"


def test_a_hub_whose_words_are_not_counted_yet_is_shown_nothing(tokyo):
    making.make_consultation(hub=tokyo, content=TEXT)
    assert found_for(tokyo, text=TEXT) == []


def test_words_are_counted_once_a_day_and_sooner_where_a_hub_has_just_begun(tokyo, past):
    with entered(Scope.of_hub(tokyo.pk)):
        before = GramSample.objects.get(hub=tokyo)
        assert not grams.count_grams(hub_id=tokyo.pk, at=making.MOMENT)
        assert grams.count_grams(hub_id=tokyo.pk, at=making.MOMENT + grams.ANEW_AFTER)
        counted = dict(GramCount.objects.values_list("gram", "notes"))
    assert before.notes == before.of_notes == 10
    assert counted
    assert min(counted.values()) >= 2, "a pair of one note only has no row"
    for _ in range(12):
        making.make_consultation(hub=tokyo)
    with entered(Scope.of_hub(tokyo.pk)):
        assert grams.count_grams(hub_id=tokyo.pk, at=making.MOMENT + grams.ANEW_AFTER)


def test_only_as_many_pairs_are_looked_up_as_tell_something():
    known = {1: 4_000, 2: 3_000, 3: 10}
    assert telling([1, 2, 3, 4], known, per_note=1) == [4, 3]
    assert telling([1, 2], known, per_note=25) == [2], "never none"


@pytest.mark.django_db
def test_recall_on_the_labelled_set(tokyo):
    """How the set was made is told in tests/consultations/labelled. `pytest -s` prints the table."""
    world = World(tokyo)
    print("\n" + table(world))  # noqa: T201  (pytest -s shows it)
    for simple in (world.themes_alone, world.pairs_alone):
        assert world.recall(world.ours, 5, half=1) > world.recall(simple, 5, half=1) + 0.15
        assert world.recall(world.ours, 10, half=1) > world.recall(simple, 10, half=1) + 0.15
