"""Finding likely pairs by increments, and deciding about them.

An enterprise that changes is looked up by its own keys, each behind an index; nobody ever compares all with all. A key
that more than CROWD enterprises of a hub share (the telephone of a 商工会, an agent's mail address) says nothing about
any of them: it is marked as common, and makes no pair.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

from django.db import connection, transaction
from django.db.models import Q

from accounts.models import User
from audit import trail
from consultations.choices import KeyKind, PairState
from consultations.models import Enterprise, LikelyPair, MatchDue, MatchKey
from consultations.models.duplicates import Key, Verdict, keys_of, verdict
from consultations.queries import duplicates as queries
from consultations.queries.duplicates import CROWD
from foundation.identifiers import differ_in_one_digit, with_one_other_digit
from hubs.models import Hub

AT_ONCE = 200  # enterprises per transaction
_LOCK = 20140403  # with the hub's number: one search per hub at a time

_TAKE = """
    DELETE FROM consultations_matchdue WHERE id IN (
        SELECT id FROM consultations_matchdue WHERE hub_id = %s ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
    RETURNING enterprise_pk
"""
Pair = tuple[int, int]


class AlreadyDecided(Exception):
    """Somebody else decided about this pair in between."""


def keep_keys(*, hub: Hub, enterprises: Iterable[Enterprise]) -> set[Key]:
    """Make what some enterprises are found by agree with what they are. Returns the keys that went or came."""
    wanted = {row.pk: keys_of(row) for row in enterprises}
    held: dict[int, dict[Key, int]] = defaultdict(dict)
    for row in MatchKey.objects.filter(hub=hub, enterprise_id__in=list(wanted)):
        held[row.enterprise_id][Key(row.kind, row.value)] = row.pk
    gone = [(key, row) for pk in wanted for key, row in held[pk].items() if key not in wanted[pk]]
    new = [(pk, key) for pk, keys in wanted.items() for key in sorted(keys) if key not in held[pk]]
    if gone:
        MatchKey.objects.filter(hub=hub, pk__in=[row for _, row in gone]).delete()
    if new:
        rows = [MatchKey(hub=hub, enterprise_id=pk, kind=key.kind, value=key.value) for pk, key in new]
        MatchKey.objects.bulk_create(rows, ignore_conflicts=True)
    return {key for key, _ in gone} | {key for _, key in new}


def find_pairs(*, hub: Hub, at: dt.datetime, at_most: int = AT_ONCE) -> int:
    """Look up the next enterprises that have changed since the last time. Returns how many there were: 0 when nothing
    is due, or when another worker is at it. Killed in the middle, everything is due as before."""
    with transaction.atomic():
        if not _alone(hub):
            return 0
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, [hub.pk, at_most])
            due = {row[0] for row in cursor.fetchall()}
        if due:
            look_up(hub=hub, ids=due, at=at)
        return len(due)


def look_up(*, hub: Hub, ids: set[int], at: dt.datetime) -> None:
    """Bring the pairs of some enterprises up to date."""
    search = _Search(hub, ids)
    wanted = search.verdicts()
    standing = {(pair.first_id, pair.second_id): pair for pair in search.standing}
    decided = {both for both, pair in standing.items() if pair.state != PairState.OPEN} | search.dismissed_for_kin()
    gone = [pair.pk for both, pair in standing.items() if pair.state == PairState.OPEN and both not in wanted]
    if gone:
        LikelyPair.objects.open().filter(hub=hub, pk__in=gone).delete()
    for both, found in wanted.items():
        pair = standing.get(both)
        if pair is not None and both not in decided and [pair.reasons, pair.score] != list(found):
            changes = {"reasons": found.reasons, "score": found.score, "found_at": at}
            LikelyPair.objects.open().filter(hub=hub, pk=pair.pk).update(**changes)
    LikelyPair.objects.bulk_create(
        [
            LikelyPair(hub=hub, first_id=first, second_id=second, reasons=found.reasons, score=found.score, found_at=at)
            for (first, second), found in sorted(wanted.items())
            if (first, second) not in standing and (first, second) not in decided
        ],
        ignore_conflicts=True,
    )


class _Search:
    """What is known around some enterprises of a hub."""

    def __init__(self, hub: Hub, ids: set[int]) -> None:
        self.hub, self.ids = hub, ids
        self.rows: dict[int, Enterprise] = {}
        self._read(ids)
        asked = keep_keys(hub=hub, enterprises=self.rows.values())
        asked |= {key for row in self.rows.values() for key in keys_of(row)}
        self.common: set[Key] = set()
        self.pairs: set[Pair] = set()
        self._share(asked)
        self._slip()
        self.standing = list(LikelyPair.objects.filter(hub=hub).of(ids))
        self.standing += self._open_between_others()
        self.pairs |= {(pair.first_id, pair.second_id) for pair in self.standing}
        self._read({pk for both in self.pairs for pk in both})
        self._learn_common()

    def _read(self, ids: Iterable[int]) -> None:
        missing = set(ids) - self.rows.keys()
        if missing:
            self.rows |= {row.pk: row for row in Enterprise.objects.filter(hub=self.hub, pk__in=missing)}

    def _share(self, asked: set[Key]) -> None:
        """Who shares which key; a key that has become common, or has ceased to be, is told to all who have it."""
        sharing = queries.sharing(hub=self.hub, keys=asked)
        crowded = [key for key, members in sharing.items() if len(members) > CROWD]
        others = [key for key in sharing if len(sharing[key]) <= CROWD]
        self.common |= set(crowded)
        self.newly_common = self._mark(crowded, is_common=True)
        relieved = self._mark(others, is_common=False)
        for key in others:
            members = sharing[key]
            mine = self.ids if key not in relieved else set(members)
            if key.kind != KeyKind.NAME:  # never on the name alone
                self.pairs |= {both for both in combinations(sorted(members), 2) if mine & set(both)}

    def _mark(self, keys: list[Key], *, is_common: bool) -> set[Key]:
        """Those of some keys that were not so before."""
        if not keys:
            return set()
        named = Q()
        for kind in {key.kind for key in keys}:
            named |= Q(kind=kind, value__in=[key.value for key in keys if key.kind == kind])
        rows = MatchKey.objects.filter(named, hub=self.hub, is_common=not is_common)
        changed = {Key(kind, value) for kind, value in rows.values_list("kind", "value").distinct()}
        if changed:
            rows.update(is_common=is_common)
        return changed

    def _slip(self) -> None:
        """Those whose 法人番号 has one other digit."""
        asked = {pk: row.corporate_number for pk, row in self.rows.items() if pk in self.ids and row.corporate_number}
        slips = {slip for number in asked.values() for slip in with_one_other_digit(number)}
        if not slips:
            return
        near = queries.bearing(hub=self.hub, numbers=slips)
        for pk, number in near.items():
            self.pairs |= {_pair(pk, own) for own, held in asked.items() if differ_in_one_digit(number, held)}

    def _open_between_others(self) -> list[LikelyPair]:
        """Open pairs of two who share what has just become common: they may have no other reason."""
        found: dict[int, LikelyPair] = {}
        for key in self.newly_common:
            members = MatchKey.objects.filter(hub=self.hub, kind=key.kind, value=key.value).values("enterprise_id")
            rows = LikelyPair.objects.open().filter(hub=self.hub, first__in=members, second__in=members)
            found |= {pair.pk: pair for pair in rows}
        return [pair for pair in found.values() if not self.ids & {pair.first_id, pair.second_id}]

    def _learn_common(self) -> None:
        rows = MatchKey.objects.filter(hub=self.hub, enterprise_id__in=list(self.rows), is_common=True)
        self.common |= {Key(kind, value) for kind, value in rows.values_list("kind", "value")}

    def verdicts(self) -> dict[Pair, Verdict]:
        """The likely pairs among all that were found."""
        found = {}
        for first, second in self.pairs:
            if first in self.rows and second in self.rows:
                one, other = self.rows[first], self.rows[second]
                said = verdict(one, other, common=self.common) if _both_stand(one, other) else None
                if said is not None:
                    found[(first, second)] = said
        return found

    def dismissed_for_kin(self) -> set[Pair]:
        """What was dismissed for a record that has been merged into one of these is dismissed for it as well."""
        merged = dict(
            Enterprise.objects.filter(hub=self.hub, merged_into_id__in=list(self.rows)).values_list("pk", "merged_into")
        )
        while more := dict(
            Enterprise.objects.filter(hub=self.hub, merged_into_id__in=list(merged))
            .exclude(pk__in=list(merged))
            .values_list("pk", "merged_into")
        ):
            merged |= {pk: merged[into] for pk, into in more.items()}
        if not merged:
            return set()
        rows = LikelyPair.objects.filter(hub=self.hub, state=PairState.DISMISSED).of(merged)
        pairs = [
            (merged.get(pair.first_id, pair.first_id), merged.get(pair.second_id, pair.second_id)) for pair in rows
        ]
        return {_pair(*both) for both in pairs}


@transaction.atomic
def dismiss(*, pair: LikelyPair, by: User, at: dt.datetime, note: str = "") -> None:
    """Two different enterprises after all. It stays so, whatever is found later. Raises AlreadyDecided."""
    _decide(pair, PairState.OPEN, PairState.DISMISSED, by=by, at=at, note=note)
    trail.record("pair.dismissed", by=by, at=at, on=pair, enterprises=[pair.first_id, pair.second_id])


@transaction.atomic
def take_up_again(*, pair: LikelyPair, by: User, at: dt.datetime) -> None:
    """A dismissed pair is open again; what has changed meanwhile is looked up anew. Raises AlreadyDecided."""
    _decide(pair, PairState.DISMISSED, PairState.OPEN, by=None, at=None, note="")
    MatchDue.objects.create(hub_id=pair.hub_id, enterprise_pk=pair.first_id)
    trail.record("pair.taken_up_again", by=by, at=at, on=pair, enterprises=[pair.first_id, pair.second_id])


def _decide(pair: LikelyPair, before: str, after: str, *, by: User | None, at: dt.datetime | None, note: str) -> None:
    changed = LikelyPair.objects.filter(hub_id=pair.hub_id, pk=pair.pk, state=before).update(
        state=after, decided_at=at, decided_by=by, note=note
    )
    if not changed:
        raise AlreadyDecided


def _both_stand(one: Enterprise, other: Enterprise) -> bool:
    return one.merged_into_id is None and other.merged_into_id is None


def _pair(one: int, other: int) -> Pair:
    return min(one, other), max(one, other)


def _alone(hub: Hub) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, hub.pk])
        return bool(cursor.fetchone()[0])
