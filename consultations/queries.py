"""Reads that span models: search, find-as-you-type, the lists of choices of a form, a timeline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language

from consultations.models import Case, CaseStep, Consultation, Enterprise
from consultations.models.sessions import ConsultationQuerySet
from directory.choices import CodeKind
from directory.models import Code
from foundation.text import grams, like_pattern, search_words
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


def consultations_wanted(
    *, hub: Hub, wanted: Wanted, before: tuple[dt.date, int] | None, at_most: int
) -> Sequence[Consultation]:
    """The newest consultations of a hub that pass the filters, behind a place. At most so many."""
    if wanted.words:
        ids = _found(hub=hub, wanted=wanted, before=before, at_most=at_most)
        rows: ConsultationQuerySet = Consultation.objects.filter(hub=hub, pk__in=ids)
    else:
        rows = _filtered(hub, wanted).behind(before)
    return list(rows.with_people().for_lists().newest_first()[:at_most])


def _filtered(hub: Hub, wanted: Wanted) -> ConsultationQuerySet:
    rows: ConsultationQuerySet = Consultation.objects.filter(hub=hub).standing()
    rows = rows.filter(held_on__gte=wanted.first) if wanted.first else rows
    rows = rows.filter(held_on__lte=wanted.last) if wanted.last else rows
    rows = rows.filter(method=wanted.method) if wanted.method else rows
    rows = rows.filter(themes__contains=[wanted.theme]) if wanted.theme else rows
    return rows.filter(lead_id=wanted.lead_id) if wanted.lead_id else rows


def _found(*, hub: Hub, wanted: Wanted, before: tuple[dt.date, int] | None, at_most: int) -> list[int]:
    """Ids of matching notes, through the one function that can use the index (docs/adr/0003)."""
    words = search_words(wanted.words)
    pairs = sorted({pair for word in words for pair in grams(word)})
    day, pk = before or (None, None)
    values: list[Any] = [hub.pk, pairs, [like_pattern(word) for word in words], day, pk, at_most]
    values += [wanted.first, wanted.last, wanted.method or None, wanted.lead_id, wanted.theme or None]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM consultations_search("
            "%s, %s::integer[], %s::text[], %s, %s, %s, %s::date, %s::date, %s, %s, %s)",
            values,
        )
        return [row[0] for row in cursor.fetchall()]


def enterprises_like(*, hub: Hub, query: str, at_most: int = SUGGESTIONS) -> Sequence[Enterprise]:
    """The hub's enterprises that match what is being typed, most recently touched first."""
    if len("".join(search_words(query))) < 2:
        return []
    return list(Enterprise.objects.filter(hub=hub).matching(query).order_by("-updated_at", "-pk")[:at_most])


_OFFERED = """
    SELECT list, value, CASE WHEN %(english)s THEN label_en ELSE label_ja END, parent
      FROM (SELECT kind AS list, code AS value, label_ja, label_en, parent, position FROM directory_code
             WHERE kind = ANY (%(kinds)s) AND (valid_from <= %(last)s AND coalesce(valid_to >= %(first)s, true)
                                               OR code = ANY (%(held)s))
            UNION ALL
            SELECT 'organization', id::text, name, name, '', row_number() OVER (ORDER BY kind, name)
              FROM directory_supportorganization
             WHERE is_active AND prefecture_id = %(prefecture)s OR id = ANY (%(organizations)s)
            UNION ALL
            SELECT 'program', id::text, name, name_en, '', id FROM directory_supportprogram) AS offered
     ORDER BY list, position, value
"""
ORGANIZATIONS, PROGRAMS = "organization", "program"


@dataclass(frozen=True)
class Held:
    """What a record holds already. It stays to be chosen, though its time be over: correcting a typing slip in an
    old note must not take its themes and referrals away."""

    codes: Sequence[str] = ()
    organizations: Sequence[int] = ()


def offered(
    *, hub: Hub, days: Iterable[dt.date], kinds: Iterable[str], held: Held
) -> dict[str, list[tuple[str, str, str]]]:
    """What a form lets one choose on some days, in the reader's language: (value, label, parent) rows of code
    lists, of the organizations near the hub, of the programmes. One statement, because every save asks it."""
    days = list(days)
    found: dict[str, list[tuple[str, str, str]]] = {name: [] for name in (*kinds, ORGANIZATIONS, PROGRAMS)}
    asked: dict[str, Any] = {"kinds": list(kinds), "prefecture": hub.prefecture_id}
    asked |= {
        "first": min(days),
        "last": max(days),
        "held": list(held.codes),
        "organizations": list(held.organizations),
    }
    with connection.cursor() as cursor:
        cursor.execute(_OFFERED, asked | {"english": (get_language() or "ja").startswith("en")})
        for name, *row in cursor.fetchall():
            found[name].append(tuple(row))
    return found


def code_labels(*kinds: str) -> dict[str, dict[str, str]]:
    """Code → label in the reader's language for whole lists, old entries included. One query."""
    found: dict[str, dict[str, str]] = {kind: {} for kind in kinds}
    for code in Code.objects.filter(kind__in=kinds).order_by("position", "code"):
        found[code.kind][code.code] = code.label
    return found


def theme_labels(consultation: Consultation) -> list[str]:
    """The labels of a consultation's themes."""
    known = code_labels(CodeKind.THEME)[CodeKind.THEME]
    return [known.get(theme, theme) for theme in consultation.themes]


@dataclass(frozen=True)
class Moment:
    """One entry of a timeline: a session or a move of a case."""

    on: dt.date
    consultation: Consultation | None = None
    step: CaseStep | None = None


def timeline(*, hub: Hub, case: Case | None = None, enterprise: Enterprise | None = None, at_most: int) -> list[Moment]:
    """What happened with a case or an enterprise, newest first."""
    sessions = Consultation.objects.filter(hub=hub).standing().with_people().for_lists()
    steps = CaseStep.objects.filter(hub=hub).select_related("case", "by")
    if case is not None:
        sessions, steps = sessions.filter(case=case), steps.filter(case=case)
    else:
        sessions, steps = sessions.filter(enterprise=enterprise), steps.filter(case__enterprise=enterprise)
    moments = [Moment(row.held_on, consultation=row) for row in sessions.newest_first()[:at_most]]
    moments += [Moment(timezone.localtime(row.at).date(), step=row) for row in steps.order_by("-at", "-pk")[:at_most]]
    return sorted(moments, key=lambda moment: moment.on, reverse=True)[:at_most]
