"""What a form lets one choose, and the labels of codes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Subquery
from django.utils.translation import get_language

from consultations.models import Consultation
from directory.choices import CodeKind
from directory.models import Code
from hubs.models import Hub

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
            SELECT 'program', id::text, name, name_en, '', id FROM directory_supportprogram
            UNION ALL
            SELECT 'special_desk', id::text, name, name_en, '', -id FROM consultations_specialdesk
             WHERE (only_in = '{}' OR %(prefecture)s = ANY (only_in))
               AND opened_on <= %(last)s AND coalesce(closed_on >= %(first)s, true)) AS offered
     ORDER BY list, position, value
"""
ORGANIZATIONS, PROGRAMS, DESKS = "organization", "program", "special_desk"


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
    lists, of the organizations near the hub, of the programmes, of the special desks. One statement, because every
    save asks it."""
    days = list(days)
    found: dict[str, list[tuple[str, str, str]]] = {name: [] for name in (*kinds, ORGANIZATIONS, PROGRAMS, DESKS)}
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


def label_of(kind: str, column: str) -> Subquery:
    """The label of the code that a column holds, in the reader's language: a column of the same statement."""
    label = "label_en" if (get_language() or "ja").startswith("en") else "label_ja"
    return Subquery(Code.objects.filter(kind=kind, code=OuterRef(column)).values(label)[:1])


def themes_on(day: dt.date) -> list[tuple[str, str]]:
    """The themes of a day: the national list, without any hub."""
    rows = Code.objects.filter(kind=CodeKind.THEME, valid_from__lte=day).exclude(valid_to__lt=day)
    return [(row.code, row.label) for row in rows.order_by("position", "code")]


def theme_labels(consultation: Consultation) -> list[str]:
    """The labels of a consultation's themes."""
    known = code_labels(CodeKind.THEME)[CodeKind.THEME]
    return [known.get(theme, theme) for theme in consultation.themes]
