"""Recall of the labelled set: which share of the relevant past cases stands among the first so many suggested."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from consultations.models import Case, Consultation, Enterprise
from consultations.models.sessions import search_columns
from consultations.queries import similar
from consultations.queries.similar import Asked, similar_cases
from foundation.text import fold, grams
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from tests.consultations.labelled import DISTRACTORS, Situation, situations
from tests.consultations.making_outcomes import learn_words
from tests.making import MOMENT, staff_of
from yorozu.demo.businesses import TRADES
from yorozu.demo.notes import STYLES, Story, Words
from yorozu.demo.stories import BY_CATEGORY, TOPICS

Ranking = Callable[[Asked], Sequence[int]]  # the cases that a way of ranking suggests, best first
LAST = date(2026, 11, 10)


class World:
    """A hub with the labelled notes and the distractors, each a case of its own."""

    def __init__(self, hub: Hub) -> None:
        self.hub, self.staff, self.rng = hub, staff_of(hub), Random("labelled")  # noqa: S311  (by a fixed chance)
        self.situations = situations()
        self.themes = sorted({theme for situation in self.situations for theme in situation.themes})
        self.rows: list[tuple[Case, Consultation]] = []
        for situation in self.situations:
            for content, advice in situation.notes:
                self._add(*self._as_ticked(situation), content, advice)
        for number in range(DISTRACTORS):
            self._add(*self._distractor(number))
        self._save()
        self.found: dict[tuple[str, int, bool], list[int]] = {}
        self.relevant: dict[int, set[int]] = {}
        cases = iter([case.pk for case, _ in self.rows])
        for number, situation in enumerate(self.situations):
            self.relevant[number] = {next(cases) for _ in situation.notes}

    def _as_ticked(self, situation: Situation) -> tuple[str, list[str]]:
        """Themes and category as other people ticked them: one left out, one of another kind added."""
        rng, themes = self.rng, list(situation.themes)
        if len(themes) > 1 and rng.random() < 0.4:
            themes = themes[:1]
        if rng.random() < 0.45:
            themes.append(rng.choice(self.themes))
        category = situation.category if rng.random() < 0.9 else rng.choice(["sales", "turnaround", "other"])
        return category, list(dict.fromkeys(themes))

    def _distractor(self, number: int) -> tuple[str, list[str], str, str]:
        rng = Random(f"distractor {number}")  # noqa: S311
        category = rng.choice(list(BY_CATEGORY))
        topic, second = TOPICS[rng.choice(list(BY_CATEGORY[category]))], TOPICS[rng.choice(list(TOPICS))]
        trade = rng.choice(TRADES)
        words = Words(rng, trade, town="中央区", specialties=("地元の野菜",), site="店舗")
        note = Story(rng, topic, second, words, "代表者").note(1, 11, rng.choice(STYLES), brief=False)
        also = [] if rng.random() < 0.4 else rng.choice((topic.themes[1:2], second.themes[:1]))
        return category, list(dict.fromkeys(topic.themes[:1] + also)), note.content, note.advice

    def _add(self, category: str, themes: list[str], content: str, advice: str) -> None:
        n, by = len(self.rows), self.staff
        day = LAST - timedelta(days=self.rng.randrange(500))
        stamp: dict[str, Any] = {"created_at": MOMENT, "created_by": by, "updated_at": MOMENT}
        enterprise = Enterprise(hub=self.hub, kind="corporation", name=f"会社{n}", search_key=f"会社{n}", **stamp)
        case = Case(
            hub=self.hub, enterprise=enterprise, number=f"2025-13-{n:05d}", title=f"案件{n}", category=category,
            received_on=day, reception="phone", state="active", lead=by, **stamp,
        )  # fmt: skip
        session = Consultation(
            hub=self.hub, client_id=uuid.UUID(int=self.rng.getrandbits(128), version=4), case=case,
            enterprise=enterprise, held_on=day, minutes=60, method="visit_to_hub", lead=by, themes=themes,
            content=content, advice=advice, updated_by=by, **stamp,
        )  # fmt: skip
        session.search_text, session.search_grams = search_columns(session)
        self.rows.append((case, session))

    def _save(self) -> None:
        with entered(Scope.of_hub(self.hub.pk)):
            Enterprise.objects.bulk_create(case.enterprise for case, _ in self.rows)
            for case, session in self.rows:
                case.enterprise_id = session.enterprise_id = case.enterprise.pk
            Case.objects.bulk_create(case for case, _ in self.rows)
            for case, session in self.rows:
                session.case_id = case.pk
            Consultation.objects.bulk_create(session for _, session in self.rows)
        learn_words(self.hub)

    def recall(self, ranking: Ranking, at: int, *, half: int | None = None, themes: bool = True) -> float:
        """The mean over the situations; of every second one, if `half` is 0 or 1."""
        chosen = [n for n in self.relevant if half is None or n % 2 == half]
        shares = []
        for number in chosen:
            key = ranking.__name__, number, themes
            if key not in self.found:
                self.found[key] = list(ranking(asked(self.situations[number], themes=themes)))[:10]
            found = set(self.found[key][:at])
            shares.append(len(found & self.relevant[number]) / len(self.relevant[number]))
        return sum(shares) / len(shares)

    # ---- ways of ranking

    def ours(self, asked: Asked) -> list[int]:
        with entered(Scope.of_hub(self.hub.pk)):
            return [one.case.pk for one in similar_cases(hub=self.hub, asked=asked, at_most=10)]

    def text_alone(self, asked: Asked) -> list[int]:
        """As ours, without the codes."""
        with entered(Scope.of_hub(self.hub.pk)):
            scores = similar._alike(self.hub, Asked(asked.text))
            cases = dict(Consultation.objects.filter(pk__in=[pk for pk, _ in scores]).values_list("pk", "case_id"))
        return [cases[pk] for pk, _ in scores]

    def pairs_alone(self, asked: Asked) -> list[int]:
        """The simplest comparison of texts: how many pairs two notes share (Dice), each pair worth the same."""
        ours = set(grams(fold(asked.text)))

        def dice(session: Consultation) -> float:
            theirs = set(session.search_grams)
            return 2 * len(ours & theirs) / (len(ours) + len(theirs))

        return self._by(dice)

    def themes_alone(self, asked: Asked) -> list[int]:
        """What a filter by theme shows: most themes in common first, then the newest."""
        return self._by(lambda session: (len({*asked.themes} & {*session.themes}), session.held_on, session.pk))

    def _by(self, key: Callable[[Consultation], Any]) -> list[int]:
        ranked = sorted(self.rows, key=lambda row: key(row[1]), reverse=True)
        return [case.pk for case, _ in ranked]


def asked(situation: Situation, *, themes: bool) -> Asked:
    """What the page sends when the trouble is written and, as the page goes, the themes are ticked before it."""
    return Asked(situation.asked, situation.themes if themes else (), situation.category, situation.industry)


def table(world: World) -> str:
    """The figures, as docs/ and the release note quote them."""
    ways: dict[str, Ranking] = {
        "ours": world.ours, "text alone, weighted": world.text_alone, "pairs alone": world.pairs_alone,
        "themes alone": world.themes_alone,
    }  # fmt: skip
    lines = [f"{len(world.situations)} situations, {len(world.rows)} notes; recall@5 @10, the held-out half @5 @10"]
    for name, way in ways.items():
        figures = [world.recall(way, at, half=half) for half in (None, 1) for at in (5, 10)]
        lines.append(f"{name:22}" + "".join(f"{figure:7.2f}" for figure in figures))
    without = [world.recall(world.ours, at, half=half, themes=False) for half in (None, 1) for at in (5, 10)]
    return "\n".join([*lines, f"{'ours, no theme ticked':22}" + "".join(f"{figure:7.2f}" for figure in without)])
