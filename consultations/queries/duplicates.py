"""Who may already be in the books, while somebody types; and the queue of likely pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from consultations.choices import Evidence, KeyKind, PairState
from consultations.models import Case, Consultation, Enterprise, LikelyPair, MatchKey
from consultations.models.duplicates import SCORES, Key, LikelyPairQuerySet, keys_of
from consultations.queries.lists import enterprises_like
from foundation.errors import Unreadable
from foundation.identifiers import digits_of, phone_number, with_one_other_digit
from foundation.paging import behind
from foundation.text import has_forbidden, match_key
from hubs.models import Hub

CROWD = 20  # enterprises of one hub that may share a key before it says nothing
MOST_HINTS = 5
_NUMBER_LENGTH = 13
_ALIKE_FROM = 3  # characters of a name; shorter ones are in too many others
_SAME_NUMBER, _ALIKE = _("法人番号が同じ"), _("名称が近い")
_LONGEST = 160

# Who shares a key, for each of some keys: at most one more than a crowd, each by one look into the index. In no order:
# asked for one, the planner may walk all of the hub's enterprises in that order instead.
SHARING = """
    SELECT asked.kind, asked.value, shared.enterprise_id
      FROM unnest(%(kinds)s::varchar[], %(values)s::varchar[]) AS asked (kind, value)
     CROSS JOIN LATERAL (
        SELECT k.enterprise_id FROM consultations_matchkey k
         WHERE k.hub_id = %(hub)s AND k.kind = asked.kind AND k.value = asked.value
         LIMIT %(most)s) AS shared
"""
NUMBERS = """
    SELECT id, corporate_number FROM consultations_enterprise
     WHERE hub_id = %s AND corporate_number = ANY (%s) AND corporate_number <> ''
"""


@dataclass
class Hint:
    """An enterprise that may be the one being typed, and why."""

    enterprise: Enterprise
    reasons: list[Any] = field(default_factory=list)


def sharing(*, hub: Hub, keys: Iterable[Key]) -> dict[Key, list[int]]:
    """The enterprises that share each key, at most one more than a crowd."""
    asked = sorted(keys)
    found: dict[Key, list[int]] = defaultdict(list)
    values = {"kinds": [key.kind for key in asked], "values": [key.value for key in asked]}
    with connection.cursor() as cursor:
        cursor.execute(SHARING, values | {"hub": hub.pk, "most": CROWD + 1})
        for kind, value, pk in cursor.fetchall():
            found[Key(kind, value)].append(pk)
    return found


def bearing(*, hub: Hub, numbers: Iterable[str]) -> dict[int, str]:
    """The enterprises that bear one of some 法人番号."""
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, [hub.pk, list(numbers)])
        return dict(cursor.fetchall())


def as_typed(hub: Hub, sent: Any, prefix: str = "") -> Enterprise:
    """An enterprise as far as it has been typed, unsaved. What cannot be read yet is left empty."""
    typed = {
        name: text if not has_forbidden(text := str(sent.get(prefix + name) or "").strip()[:_LONGEST]) else ""
        for name in ("name", "trade_name", "phone", "email", "corporate_number", "municipality")
    }
    number = digits_of(typed["corporate_number"]).upper().removeprefix("T")
    typed["corporate_number"] = number if len(number) == _NUMBER_LENGTH and number.isascii() else ""
    try:
        typed["phone"] = phone_number(typed["phone"])
    except Unreadable:
        typed["phone"] = ""
    return Enterprise(hub=hub, **typed)


def hints(*, hub: Hub, typed: Enterprise, but: int | None = None) -> list[Hint]:
    """The hub's enterprises that may be the one being typed, likeliest first. `but` is left out: itself."""
    reasons: dict[int, list[Any]] = defaultdict(list)
    weight: dict[int, int] = defaultdict(int)
    if number := typed.corporate_number:
        for pk, held in bearing(hub=hub, numbers=[number, *with_one_other_digit(number)]).items():
            reasons[pk].append(_SAME_NUMBER if held == number else Evidence.NUMBER_SLIP.label)
            weight[pk] += 1000 if held == number else SCORES[Evidence.NUMBER_SLIP]
    for key, members in sharing(hub=hub, keys=keys_of(typed)).items():
        for pk in members if len(members) <= CROWD else ():
            reasons[pk].append(Evidence(key.kind).label)
            weight[pk] += SCORES[Evidence(key.kind)]
    if len(match_key(typed.name)) >= _ALIKE_FROM and len(reasons) < MOST_HINTS:
        for row in enterprises_like(hub=hub, query=typed.name, at_most=MOST_HINTS):
            if row.pk not in reasons:
                reasons[row.pk].append(_ALIKE)
    best = sorted((pk for pk in reasons if pk != but), key=lambda pk: (-weight[pk], pk))[:MOST_HINTS]
    rows = Enterprise.objects.filter(hub=hub).standing().in_bulk(best)
    return [Hint(rows[pk], _told_once(reasons[pk])) for pk in best if pk in rows]


def _told_once(reasons: list[Any]) -> list[Any]:
    """A name with its town says that the name is the same."""
    both = Evidence.NAME_AND_PLACE.label in reasons
    return [reason for reason in reasons if not (both and reason == Evidence.NAME.label)]


def every_pair(*, hub: Hub, state: str) -> LikelyPairQuerySet:
    """The pairs of a hub in one state, likeliest first."""
    rows: LikelyPairQuerySet = LikelyPair.objects.filter(hub=hub, state=queue_of(state))
    return rows.likeliest_first()


def queue_of(state: str) -> str:
    """The state that a page was asked for: those that were dismissed, or else those that are open."""
    return PairState.DISMISSED if state == PairState.DISMISSED else PairState.OPEN


def pairs_wanted(*, hub: Hub, state: str, before: tuple[int, int] | None, at_most: int) -> Sequence[LikelyPair]:
    """The same behind a place. At most so many."""
    return list(behind(every_pair(hub=hub, state=state), "score", before).with_both()[:at_most])


def left_out(*, hub: Hub) -> list[tuple[str, int]]:
    """How many telephone numbers and mail addresses are shared by so many that they make no pair, by kind."""
    rows = MatchKey.objects.filter(hub=hub, is_common=True).exclude(kind=KeyKind.NAME)
    counts: dict[str, set[str]] = defaultdict(set)
    for kind, value in rows.values_list("kind", "value").distinct():
        counts[kind].add(value)
    return [(str(KeyKind(kind).label), len(values)) for kind, values in sorted(counts.items())]


@dataclass(frozen=True)
class Weight:
    """How much there is of an enterprise."""

    cases: int
    consultations: int
    last_held_on: Any


def weight_of(enterprise: Enterprise) -> Weight:
    """Its cases and consultations."""
    held = Consultation.objects.filter(hub_id=enterprise.hub_id, enterprise=enterprise).standing()
    newest = held.order_by("-held_on").values_list("held_on", flat=True).first()
    return Weight(Case.objects.filter(hub_id=enterprise.hub_id, enterprise=enterprise).count(), held.count(), newest)
