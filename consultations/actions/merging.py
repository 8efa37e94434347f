"""Making two records of one enterprise one, and parting them again: fully, weeks later, whatever was added meanwhile.

Nothing is deleted. Everything that belongs to the loser is moved, row by row into the ledger; the loser leads to the
survivor. Undoing moves back what the ledger names and what was written since about the cases that go back.

Several merges into one survivor lie upon each other, and may be undone in any order. A field that a later one has
changed again is the later one's: undoing the earlier leaves it, and what the later one found becomes what the earlier
one had found.

Locks: first both enterprises, in the order of their numbers, then the cases; whoever undoes holds the merges before
them, in the order of their numbers. Whoever logs a consultation holds its
case, whoever opens a case its enterprise, so that each waits for the other and nothing is written about somebody who
has just vanished.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, ForeignKey, Model, Q, QuerySet

from accounts.models import User
from audit import trail
from consultations.actions.duplicates import keep_keys
from consultations.actions.refusals import Anonymised, Edited, NumberTaken
from consultations.actions.standing import refuse_anonymised
from consultations.choices import CaseState, PairState
from consultations.models import Case, Consultation, Enterprise, LikelyPair, Merge, MergedRow
from consultations.queries.merges import Holder, figures_of_merging, holders, moving

# What may be chosen from either side. What is derived (search key, size, identity) follows; a version is its own.
CHOSEN = (
    "kind", "name", "kana", "corporate_number", "legal_form", "legal_form_position", "trade_name", "representative",
    "representative_kana", "representative_post", "postal_code", "prefecture", "municipality_code", "municipality",
    "address", "phone", "email", "url", "industry", "employees", "capital_yen", "established_on", "founding_stage",
    "accounts_on", "sales_yen", "profit_yen", "labor_yen", "depreciation_yen", "memberships", "survey_opt_out",
)  # fmt: skip

_FOLLOWS = {"industry_revision": "industry"}  # goes where the other goes


class NotMergeable(Exception):
    """One of them is no record of its own any more: merged into another one, or anonymised."""


class UndoLaterFirst(Exception):
    """The survivor was itself merged into another enterprise since: that merge must be undone before this one."""

    def __init__(self, later: Merge) -> None:
        super().__init__("a later merge stands in the way")
        self.later = later


class Undecided(Exception):
    """Fields that were edited since the merge: for each somebody must say whether to keep what stands."""

    def __init__(self, names: list[str]) -> None:
        super().__init__("edited since")
        self.names = names


@dataclass(frozen=True)
class Side:
    """One of two enterprises, as whoever compared them saw it."""

    enterprise: Enterprise
    version: int


@transaction.atomic
def merge(*, survivor: Side, loser: Side, take: Iterable[str], by: User, at: dt.datetime, note: str = "") -> Merge:
    """Make the loser part of the survivor. `take` names the fields that the survivor takes over from the loser.
    Raises Edited when either has changed since it was compared, NotMergeable."""
    winner, lost = _locked(survivor, loser)
    taken = set(take)
    if not _is_own(winner) or not _is_own(lost):
        raise NotMergeable
    figures = figures_of_merging(survivor=winner, loser=lost)
    fields = _changes(winner, lost, taken)
    done = Merge.objects.create(
        hub_id=winner.hub_id, survivor=winner, loser=lost, merged_at=at, merged_by=by, note=note, fields=fields,
        gave_up={"corporate_number": lost.corporate_number}, figures=figures,
    )  # fmt: skip
    moved = sum(_move(done, holder, lost, winner) for holder in moving())
    lost.corporate_number, lost.merged_into = "", winner
    _save(lost, at)
    _put(winner, {name: change["became"] for name, change in fields.items()})
    _save(winner, at)
    keep_keys(hub=winner.hub, enterprises=[winner, lost])
    _close_pair(done, by, at)
    trail.record(
        "enterprise.merged", by=by, at=at, on=winner,
        merged=lost.pk, rows=moved, fields=sorted(fields), months=_months(figures),
    )  # fmt: skip
    return done


@transaction.atomic
def undo(*, merge: Merge, version: int, restore: Mapping[str, bool], by: User, at: dt.datetime) -> Merge:
    """Part two enterprises that were made one. `version`: of the survivor, as it was seen. `restore` says of each field
    that was edited since whether it goes back to what it was before the merge.

    Raises Edited, UndoLaterFirst, NotMergeable, Undecided, NumberTaken. Undone by somebody else a moment ago: returns
    that merge."""
    done, *later = _with_later(merge)
    if done.undone_at is not None:
        return done
    winner, lost = _locked(Side(done.survivor, version), Side(done.loser, done.loser.version))
    if winner.merged_into_id is not None:
        raise UndoLaterFirst(Merge.objects.standing().get(hub_id=done.hub_id, loser=winner))
    if not _is_own(winner) or lost.anonymised_at is not None:
        raise NotMergeable
    edited = edited_since(done, winner, later)
    if undecided := [name for name in edited if name not in restore]:
        raise Undecided(undecided)
    kept = [name for name in edited if not restore[name]]
    figures = _move_back(done, winner, lost)
    _put(winner, _given_back(done, later, kept))
    lost.merged_into = None
    lost.corporate_number = done.gave_up.get("corporate_number", "")
    if lost.corporate_number in _numbers_of(winner, later):
        lost.corporate_number = ""  # it stays with the survivor, as decided
    _save_both(winner, lost, at)
    keep_keys(hub=winner.hub, enterprises=[winner, lost])
    done.undone_at, done.undone_by, done.kept, done.undone_figures = at, by, kept, figures
    done.save(update_fields=["undone_at", "undone_by", "kept", "undone_figures"])
    pairs = LikelyPair.objects.filter(hub_id=done.hub_id, state=PairState.MERGED).between(winner.pk, lost.pk)
    pairs.update(state=PairState.OPEN, decided_at=None, decided_by=None)
    trail.record("enterprise.unmerged", by=by, at=at, on=winner, merged=lost.pk, kept=kept, months=_months(figures))
    return done


def later_than(merge: Merge) -> QuerySet[Merge]:
    """The standing merges into the same survivor that came after one, oldest first."""
    rows = Merge.objects.filter(hub_id=merge.hub_id, survivor_id=merge.survivor_id, pk__gt=merge.pk)
    return rows.standing().order_by("pk")


def edited_since(merge: Merge, survivor: Enterprise, later: Iterable[Merge]) -> dict[str, Any]:
    """The fields that a merge changed and that a person has changed again, with what they made of them. What a later
    merge made of them is no edit."""
    stands = {name: _plain(survivor, name) for name in merge.fields if name not in _FOLLOWS}
    for name in stands:
        if (over := _upon(later, name)) is not None:
            stands[name] = over.fields[name]["was"]
    return {name: value for name, value in stands.items() if value != merge.fields[name]["became"]}


def _changes(winner: Enterprise, lost: Enterprise, taken: set[str]) -> dict[str, Any]:
    """What a merge makes of the survivor's fields. What goes together is noted together."""
    together = [(*(each for each, leader in _FOLLOWS.items() if leader == name), name) for name in CHOSEN]
    differing = [
        group
        for group in together
        if group[-1] in taken and any(_plain(winner, name) != _plain(lost, name) for name in group)
    ]
    return {name: {"was": _plain(winner, name), "became": _plain(lost, name)} for group in differing for name in group}


def _with_later(merge: Merge) -> list[Merge]:
    """A merge as it is now, and those of `later_than`, locked."""
    ids = {merge.pk, *later_than(merge).values_list("pk", flat=True)}
    rows = Merge.objects.select_for_update(of=("self",)).select_related("survivor", "loser", "hub")
    return list(rows.filter(Q(pk=merge.pk) | Q(undone_at__isnull=True), pk__in=ids).order_by("pk"))


def _upon(later: Iterable[Merge], name: str) -> Merge | None:
    """The first of later merges that changed a field, or what goes where it goes, again."""
    leader = _FOLLOWS.get(name, name)
    return next((merge for merge in later if leader in merge.fields), None)


def _given_back(done: Merge, later: list[Merge], kept: Collection[str]) -> dict[str, Any]:
    """What goes back to the survivor; where a later merge lies upon it, that one finds what this one had found."""
    back = {}
    for name, change in done.fields.items():
        if _FOLLOWS.get(name, name) in kept:
            continue
        if (over := _upon(later, name)) is None:
            back[name] = change["was"]
        else:
            over.fields.setdefault(name, {"became": change["became"]})["was"] = change["was"]
    Merge.objects.bulk_update(later, ["fields"])
    return back


def _numbers_of(winner: Enterprise, later: Iterable[Merge]) -> set[str]:
    """The 法人番号 that the survivor bears, and those that it bears again when later merges are undone."""
    numbers = [merge.fields["corporate_number"]["was"] for merge in later if "corporate_number" in merge.fields]
    return {winner.corporate_number, *numbers}


def _locked(*sides: Side) -> list[Enterprise]:
    """Both rows as they are now, locked in the order of their numbers. Raises Edited.

    NO KEY: whoever writes a consultation at this moment checks its foreign key against these rows when it commits,
    and must not wait for us while we wait for its case."""
    ids = [side.enterprise.pk for side in sides]
    rows = Enterprise.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    found = {row.pk: row for row in rows}
    for side in sides:
        if found[side.enterprise.pk].version != side.version:
            raise Edited(found[side.enterprise.pk])
    return [found[pk] for pk in ids]


def _is_own(enterprise: Enterprise) -> bool:
    return enterprise.merged_into_id is None and enterprise.anonymised_at is None


def _move(done: Merge, holder: Holder, lost: Enterprise, winner: Enterprise) -> int:
    """Move what one table holds, and note each row. Returns how many."""
    rows = holder.movable(lost, winner)
    if holder.model is Case:
        list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    ids = sorted(rows.values_list("pk", flat=True))
    if ids:
        line = {"hub_id": done.hub_id, "merge": done, "table": holder.table, "column": holder.field}
        MergedRow.objects.bulk_create([MergedRow(**line, row=pk) for pk in ids], batch_size=2000)
        _give(holder, ids, winner)
    return len(ids)


def _give(holder: Holder, ids: list[int], to: Enterprise) -> None:
    """Rows with editions are of another one from now on: whoever has kept an older one asks in vain whether it still
    holds, and reads it again. Undoing is one more, never the one before once again."""
    changes: dict[str, Any] = {f"{holder.field}_id": to.pk}
    if any(field.name == "version" for field in holder.model._meta.concrete_fields):
        changes["version"] = F("version") + 1
    holder.model._default_manager.filter(pk__in=ids).update(**changes)


def _move_back(done: Merge, winner: Enterprise, lost: Enterprise) -> list[dict[str, Any]]:
    """Move back what the ledger names, and what was added since to what goes back with it. Returns the figures."""
    noted: dict[tuple[str, str], list[int]] = {}
    for table, column, row in MergedRow.objects.filter(hub_id=done.hub_id, merge=done).values_list(
        "table", "column", "row"
    ):
        noted.setdefault((table, column), []).append(row)
    back: dict[type[Model], list[int]] = {Case: [], Consultation: []}
    for holder in holders():
        going = Q(pk__in=noted.get((holder.table, holder.field), []))
        if holder.moves:
            for parent, name in _parents(holder.model):
                going |= Q(**{f"{name}__in": back[parent]})
        rows = holder.rows(winner).filter(going)
        if holder.model is Case:
            list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
        found = sorted(rows.values_list("pk", flat=True))
        if holder.model in back:
            back[holder.model] = found
        if found:
            _give(holder, found, lost)
    return [_turned(row) for row in figures_of_merging(survivor=winner, loser=lost)]


def _parents(model: type[Model]) -> list[tuple[type[Model], str]]:
    """The columns that say which case or consultation a row belongs to."""
    return [
        (field.related_model, field.name)
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.related_model in (Case, Consultation)
    ]


def _turned(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value[::-1] if isinstance(value, list) else value for name, value in row.items()}


def _plain(enterprise: Enterprise, name: str) -> Any:
    """A field's value as JSON keeps it."""
    value = enterprise.serializable_value(name)
    return value.isoformat() if isinstance(value, dt.date) else value


def _put(enterprise: Enterprise, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        field = Enterprise._meta.get_field(name)
        setattr(enterprise, field.attname, field.to_python(value))  # type: ignore[union-attr]


def _save(enterprise: Enterprise, at: dt.datetime) -> None:
    enterprise.version, enterprise.updated_at = enterprise.version + 1, at
    enterprise.save()


def _save_both(winner: Enterprise, lost: Enterprise, at: dt.datetime) -> None:
    """The survivor first: it gives the number back. Raises NumberTaken."""
    try:
        with transaction.atomic():
            _save(winner, at)
            _save(lost, at)
    except IntegrityError as problem:
        if "one_enterprise_per_hub_and_number" in str(problem):
            raise NumberTaken from problem
        raise


def _close_pair(done: Merge, by: User, at: dt.datetime) -> None:
    pairs = LikelyPair.objects.filter(hub_id=done.hub_id).between(done.survivor_id, done.loser_id)
    pairs.update(state=PairState.MERGED, decided_at=at, decided_by=by)


def _months(figures: list[dict[str, Any]]) -> list[str]:
    return [row["month"] for row in figures if "month" in row]


def hold_case(case: Case) -> int:
    """Until this transaction ends, no merge takes this case elsewhere and no erasure empties it. Returns whose it is
    at this moment. Raises Anonymised.

    Of a case that was only received, whoever writes its first consultation moves it as well, and takes the whole lock
    at once: two who both held a part of it would wait for each other for ever."""
    lock = "FOR UPDATE" if case.state == CaseState.RECEIVED else "FOR KEY SHARE"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT enterprise_id FROM consultations_case WHERE id = %s AND hub_id = %s {lock}",  # noqa: S608
            [case.pk, case.hub_id],
        )
        enterprise_id = int(cursor.fetchone()[0])
    refuse_anonymised(hub_id=case.hub_id, enterprise_id=enterprise_id)
    return enterprise_id


def hold_standing(enterprise: Enterprise) -> Enterprise:
    """The enterprise, or the one that it has been merged into; until this transaction ends no merge changes that, and
    no erasure. Raises Anonymised."""
    found = enterprise
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT merged_into_id, anonymised_at FROM consultations_enterprise"
                " WHERE id = %s AND hub_id = %s FOR SHARE",
                [found.pk, found.hub_id],
            )
            into, anonymised_at = cursor.fetchone()
            if anonymised_at is not None:
                raise Anonymised
            if into is None:
                return found
            found = Enterprise.objects.select_related("hub").get(pk=into)
