"""Lists and search: the filters of a page, and find-as-you-type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from consultations.choices import CaseState, OutcomeKind
from consultations.models import Case, Consultation, Enterprise, Outcome
from consultations.models.cases import CaseQuerySet
from consultations.models.outcomes import OutcomeQuerySet
from consultations.models.sessions import ConsultationQuerySet
from consultations.queries.quality import lacking
from consultations.workflow import CLOSED
from foundation.errors import Unreadable
from foundation.paging import behind
from foundation.periods import Month
from foundation.text import grams, like_pattern, match_key, search_words
from hubs.models import Hub

SUGGESTIONS = 8


@dataclass(frozen=True)
class Wanted:
    """The filters of a hub's list. Empty fields filter nothing."""

    words: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    method: str = ""
    theme: str = ""
    lead_id: int | None = None
    missing: str = ""


def consultations_wanted(
    *, hub: Hub, wanted: Wanted, before: tuple[dt.date, int] | None, at_most: int
) -> Sequence[Consultation]:
    """The newest consultations of a hub that pass the filters, behind a place. At most so many."""
    if wanted.words and not wanted.missing:
        ids = _found(hub=hub, wanted=wanted, before=before, at_most=at_most)
        if (named := _about_named(hub, wanted.words)) is not None:
            others = _filtered(hub, wanted).filter(named).behind(before).newest_first()
            ids += others.values_list("pk", flat=True)[:at_most]
        rows: ConsultationQuerySet = Consultation.objects.filter(hub=hub, pk__in=ids)
    else:
        rows = _filtered(hub, wanted).behind(before)
    return list(rows.with_people().for_lists().newest_first()[:at_most])


def every_wanted(*, hub: Hub, wanted: Wanted) -> ConsultationQuerySet:
    """All that pass the filters, in no order and without end: for files, which are made by a worker."""
    if wanted.missing or not wanted.words:
        return _filtered(hub, wanted)
    found = RawSQL(_SEARCH, _asked(hub, wanted, None, None))  # noqa: S611  (values are passed apart from the text)
    if (named := _about_named(hub, wanted.words)) is not None:
        others = _filtered(hub, wanted).filter(named).values("pk")
        return Consultation.objects.filter(Q(pk__in=found) | Q(pk__in=others), hub=hub)
    return Consultation.objects.filter(hub=hub, pk__in=found)


MOST_NAMED = 30  # enterprises that a word may name: more, and it is no name


def _about_named(hub: Hub, words: str) -> Q | None:
    """What is about an enterprise that some of the words name, and holds the others: 宮崎旅館 SNS. None where no word
    names anybody, or nothing else is said. For rows with an enterprise and a `search_text`."""
    said = search_words(words)
    if len(said) < 2:
        return None
    naming: dict[int, set[str]] = {}
    for word in said:
        found = enterprises_wanted(hub=hub, words=word, before=None, at_most=MOST_NAMED + 1)
        for enterprise in found if len(found) <= MOST_NAMED else ():
            naming.setdefault(enterprise.pk, set()).add(word)
    about = Q()
    for pk, named in naming.items():
        if rest := [word for word in said if word not in named]:
            one = Q(enterprise_id=pk)
            for word in rest:
                one &= Q(search_text__contains=word)
            about |= one
    return about or None


def _filtered(hub: Hub, wanted: Wanted) -> ConsultationQuerySet:
    rows: ConsultationQuerySet = Consultation.objects.filter(hub=hub).standing()
    rows = rows.filter(held_on__gte=wanted.first) if wanted.first else rows
    rows = rows.filter(held_on__lte=wanted.last) if wanted.last else rows
    rows = rows.filter(method=wanted.method) if wanted.method else rows
    rows = rows.filter(themes__contains=[wanted.theme]) if wanted.theme else rows
    if wanted.missing:
        rows = lacking(rows, wanted.missing)
        for word in search_words(wanted.words):  # few lack something: they are looked through without the index
            rows = rows.filter(search_text__contains=word)
    return rows.filter(lead_id=wanted.lead_id) if wanted.lead_id else rows


_SEARCH = (
    "SELECT id FROM consultations_search(%s, %s::integer[], %s::text[], %s, %s, %s, %s::date, %s::date, %s, %s, %s)"
)


def _found(*, hub: Hub, wanted: Wanted, before: tuple[dt.date, int] | None, at_most: int) -> list[int]:
    """Ids of matching notes, through the one function that can use the index (docs/adr/0003)."""
    return _ids(_SEARCH, _asked(hub, wanted, before, at_most))


def _asked(hub: Hub, wanted: Wanted, before: tuple[dt.date, int] | None, at_most: int | None) -> list[Any]:
    words = search_words(wanted.words)
    day, pk = before or (None, None)
    values: list[Any] = [hub.pk, _pairs(words), [like_pattern(word) for word in words], day, pk, at_most]
    return [*values, wanted.first, wanted.last, wanted.method or None, wanted.lead_id, wanted.theme or None]


def enterprises_wanted(
    *, hub: Hub, words: str, before: tuple[dt.datetime, int] | None, at_most: int
) -> Sequence[Enterprise]:
    """The hub's enterprises whose name, kana, numbers hold every word, most recently touched first."""
    keys = [match_key(word) or word for word in search_words(words)]
    moment, pk = before or (None, None)
    sql = "SELECT id FROM consultations_search_enterprises(%s, %s::integer[], %s::text[], %s, %s, %s)"
    ids = _ids(sql, [hub.pk, _pairs(keys), [like_pattern(key) for key in keys], moment, pk, at_most])
    return list(Enterprise.objects.filter(hub=hub, pk__in=ids).standing().order_by("-updated_at", "-pk"))


def enterprises_like(*, hub: Hub, query: str, at_most: int = SUGGESTIONS) -> Sequence[Enterprise]:
    """The hub's enterprises that match what is being typed, most recently touched first."""
    if len("".join(search_words(query))) < 2:
        return []
    return enterprises_wanted(hub=hub, words=query, before=None, at_most=at_most)


# ---- cases
OPEN = "open"
IDLE = "idle"  # open, and nothing is planned


@dataclass(frozen=True)
class WantedCases:
    """The filters of a hub's cases. Empty fields filter nothing; `state` may be OPEN or IDLE."""

    words: str = ""
    state: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    lead_id: int | None = None


def cases_in(rows: CaseQuerySet, state: str) -> CaseQuerySet:
    """Those in one state, or in any that is not closed, or of these those with nothing planned, or all."""
    if state == OPEN:
        return rows.open()
    if state == IDLE:
        return rows.open().filter(next_action="", next_due_on__isnull=True)
    return rows.filter(state=state) if state in CaseState.values else rows


def cases_wanted(*, hub: Hub, wanted: WantedCases, before: tuple[dt.date, int] | None, at_most: int) -> Sequence[Case]:
    """The newest cases of a hub that pass the filters, behind a place. At most so many."""
    rows: CaseQuerySet = Case.objects.filter(hub=hub)
    if wanted.state == IDLE:
        rows = _filtered_cases(rows, wanted, before).matching(wanted.words)
    elif wanted.words:
        ids = _found_cases(hub, wanted, before, at_most)
        if (named := _about_named(hub, wanted.words)) is not None:
            others = _filtered_cases(rows, wanted, before).filter(named).newest_first()
            ids += others.values_list("pk", flat=True)[:at_most]
        rows = rows.filter(pk__in=ids)
    else:
        rows = _filtered_cases(rows, wanted, before)
    return list(rows.with_people().defer("search_text").newest_first()[:at_most])


def _filtered_cases(rows: CaseQuerySet, wanted: WantedCases, before: tuple[dt.date, int] | None) -> CaseQuerySet:
    rows = behind(cases_in(rows, wanted.state), "received_on", before)
    rows = rows.filter(received_on__gte=wanted.first) if wanted.first else rows
    rows = rows.filter(received_on__lte=wanted.last) if wanted.last else rows
    return rows.filter(lead_id=wanted.lead_id) if wanted.lead_id else rows


def _found_cases(hub: Hub, wanted: WantedCases, before: tuple[dt.date, int] | None, at_most: int) -> list[int]:
    words = search_words(wanted.words)
    states = [state for state in CaseState.values if state not in CLOSED] if wanted.state == OPEN else [wanted.state]
    day, pk = before or (None, None)
    sql = (
        "SELECT id FROM consultations_search_cases("
        "%s, %s::integer[], %s::text[], %s, %s, %s, %s::text[], %s::date, %s::date, %s)"
    )
    values: list[Any] = [hub.pk, _pairs(words), [like_pattern(word) for word in words], day, pk, at_most]
    known = wanted.state == OPEN or wanted.state in CaseState.values
    return _ids(sql, [*values, states if known else None, wanted.first, wanted.last, wanted.lead_id])


def every_outcome(*, hub: Hub, kind: str, unconfirmed: Month | None = None) -> OutcomeQuerySet:
    """A hub's outcomes, of one kind if it is any, the latest known first; or only those of a month that the client
    has not confirmed."""
    rows: OutcomeQuerySet = Outcome.objects.filter(hub=hub)
    rows = rows.standing().newest_first()
    if unconfirmed is not None:
        rows = rows.filter(confirmed_on__isnull=True, measured_on__range=(unconfirmed.first, unconfirmed.last))
    return rows.filter(kind=kind) if kind in OutcomeKind.values else rows


def unconfirmed_in(text: str) -> Month | None:
    """The month whose unconfirmed outcomes an address asks for (2026-10); None for anything else."""
    try:
        return Month.parse(text)
    except Unreadable:
        return None


def _pairs(words: Sequence[str]) -> list[int]:
    return sorted({pair for word in words for pair in grams(word)})


def _ids(sql: str, values: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]
