"""How long things take: compiling, pages, saving, search. Each returns milliseconds, one per run."""

from __future__ import annotations

import itertools
import random
import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection
from django.db.models import Count
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from bench import limits
from bench.world import WORDS
from consultations.actions import grams as grams_counting
from consultations.actions.duplicates import find_pairs
from consultations.models import Case, Consultation, Enterprise, LikelyPair
from consultations.queries.similar import Asked, similar_cases
from foundation.periods import Month
from foundation.text import fold, grams, like_pattern
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from metrics import actions
from metrics.models import Fact, Span


class NotThere(Exception):
    """What is to be measured does not exist or does not answer."""


def p95(times: list[float]) -> float:
    """95 of 100 were faster."""
    return statistics.quantiles(times, n=20)[-1]


def timed(work: Callable[[], Any]) -> float:
    """Milliseconds of one run."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def compile_month(month: Month, rounds: int = 5) -> dict[str, float]:
    """A month from nothing, again after nothing changed, and the bare GROUP BYs, turn by turn; medians."""
    found: dict[str, list[float]] = {"compile": [], "again": [], "bare": [], "bare, month only": []}
    for _ in range(rounds):
        with entered(Scope.nationwide()):
            Fact.objects.filter(month=month.first).delete()
        found["compile"].append(timed(lambda: actions.recount([month], at=timezone.now())))
        found["again"].append(timed(lambda: actions.recount([month], at=timezone.now())))
        with entered(Scope.nationwide()):
            found["bare"].append(timed(lambda: limits.bare(month)))
            found["bare, month only"].append(timed(lambda: limits.bare(month, spans=[Span.MONTH])))
    return {name: statistics.median(times) for name, times in found.items()}


def differences(month: Month) -> int:
    """How many figures the bare GROUP BYs and the facts disagree about."""
    with entered(Scope.nationwide()):
        left, right = limits.bare(month), limits.compiled(month)
    return sum(left.get(key, 0) != right.get(key, 0) for key in left.keys() | right.keys())


def searches(hubs: Iterable[Hub], runs: int = 200) -> list[float]:
    """Two-character words of all frequencies, newest fifty, in the database: the SQL function itself."""
    found, draw = [], random.Random(11)
    sql = "SELECT id FROM consultations_search(%s, %s, %s, NULL, NULL, 50)"
    hubs, words = list(hubs), [*WORDS, "量子", "月面"]  # and two that nobody wrote
    for _ in range(runs):
        hub, word = draw.choice(hubs), fold(draw.choice(words))
        with entered(Scope.of_hub(hub.pk), read_only=True), connection.cursor() as cursor:
            found.append(timed(lambda c=cursor, h=hub, w=word: c.execute(sql, [h.pk, grams(w), [like_pattern(w)]])))
    return found


def alike(hubs: Iterable[Hub], runs: int = 60) -> list[float]:
    """Similar past cases for notes as they are being written: counting the hub's words is the nightly task's work and
    not measured, ranking and reading the five best is."""
    draw, hubs = random.Random(12), list(hubs)
    for hub in hubs:
        with entered(Scope.of_hub(hub.pk)):
            grams_counting.count_grams(hub_id=hub.pk, at=timezone.now())
    found = []
    for _ in range(runs):
        hub, words = draw.choice(hubs), draw.sample(WORDS, min(12, len(WORDS)))
        asked = Asked("。".join(words), themes=["channels"], category="sales")
        with entered(Scope.of_hub(hub.pk), read_only=True):
            found.append(timed(lambda h=hub, a=asked: similar_cases(hub=h, asked=a)))
    return found


_TWINS = """
    UPDATE consultations_enterprise e
       SET phone = CASE WHEN one.n <= 80 THEN '0399' || lpad((one.n / 2)::text, 6, '0') ELSE '' END
      FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM consultations_enterprise WHERE hub_id = %s) AS one
     WHERE one.id = e.id
"""


def pairs(hub: Hub, runs: int = 40) -> dict[str, float]:
    """Likely pairs: all of a hub's enterprises once, as after an import (per enterprise); then one that was changed."""
    add = "INSERT INTO consultations_matchdue (hub_id, enterprise_pk) SELECT hub_id, id FROM consultations_enterprise"
    with entered(Scope.of_hub(hub.pk)), connection.cursor() as cursor:
        cursor.execute(_TWINS, [hub.pk])  # as many pairs whatever the size, so that the queue's page is the same work
        cursor.execute(f"{add} WHERE hub_id = %s", [hub.pk])
        known = cursor.rowcount
    whole = timed(lambda: _look_up_all(hub))
    with entered(Scope.of_hub(hub.pk)):
        some = list(
            Enterprise.objects.filter(hub=hub).order_by("pk").values_list("pk", flat=True)[:: max(1, known // runs)]
        )
    times = []
    for pk in some[:runs]:
        with entered(Scope.of_hub(hub.pk)), connection.cursor() as cursor:
            cursor.execute(f"{add} WHERE id = %s", [pk])
        times.append(timed(lambda: _look_up_all(hub)))
    with entered(Scope.of_hub(hub.pk)):
        found = LikelyPair.objects.filter(hub=hub).count()
    return {"enterprises": known, "pairs": found, "each of all": whole / max(known, 1), "one p95": p95(times)}


def _look_up_all(hub: Hub) -> None:
    """What the beat does for a hub."""
    while True:
        with entered(Scope.of_hub(hub.pk)):
            if not find_pairs(hub=hub, at=timezone.now()):
                return


def page(client: Client, addresses: Iterable[str], runs: int = 60) -> tuple[list[float], int]:
    """Milliseconds per request, and the most queries that one took. Raises NotThere."""
    times, most = [], 0
    for address in itertools.islice(itertools.cycle(addresses), runs + 5):
        asked: list[str] = []
        with connection.execute_wrapper(lambda ask, sql, *rest, asked=asked: (asked.append(sql), ask(sql, *rest))[1]):
            began = time.perf_counter()
            response = client.get(address)
            times.append((time.perf_counter() - began) * 1000)
        if response.status_code != 200:
            raise NotThere(f"{address} answered {response.status_code} {response.headers.get('Location', '')}")
        most = max(most, len(asked))
    return times[5:], most  # the first ones warm templates and caches


def address_of(name: str, *arguments: Any) -> str:
    """A URL by name. Raises NotThere."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch as problem:
        raise NotThere(f"there is no page {name} for {arguments}") from problem


def some_cases(hub: Hub, count: int = 20) -> list[Case]:
    """Cases of a hub, of all ages, with their hub."""
    with entered(Scope.of_hub(hub.pk)):
        rows = list(Case.objects.filter(hub=hub).newest_first().values_list("pk", flat=True))
        step = max(1, len(rows) // count)
        return list(Case.objects.filter(pk__in=rows[::step][:count]).select_related("hub"))


def busy_enterprises(hub: Hub, count: int = 20) -> list[int]:
    """Those of a hub with the longest timelines."""
    with entered(Scope.of_hub(hub.pk)):
        rows = Consultation.objects.filter(hub=hub).values("enterprise_id").annotate(n=Count("pk")).order_by("-n")
        return [row["enterprise_id"] for row in rows[:count]]
