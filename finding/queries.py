"""One search over a hub's records: enterprises, cases, notes, and the organizations around the hub."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from consultations import queries as records
from directory.models import SupportOrganization
from finding.choices import Found
from foundation.text import search_words
from hubs.models import Hub

COUNTED = 50  # more than this is said as "50 or more": nobody reads them, and counting them all would take long
SHOWN = 5  # of each group, before one goes on to its list
SUGGESTED = 5


@dataclass(frozen=True)
class Sought:
    """Words and filters. Empty fields filter nothing."""

    words: str = ""
    kind: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    state: str = ""
    theme: str = ""
    lead_id: int | None = None

    def concerns(self, kind: str) -> bool:
        """Whether a group can answer: it knows every filter that is set."""
        if self.kind and self.kind != kind:
            return False
        used = {name for name in ("first", "last", "state", "theme", "lead_id") if getattr(self, name)}
        return used <= _KNOWS[kind]


_KNOWS: dict[str, set[str]] = {
    Found.ENTERPRISES: set(),
    Found.CASES: {"first", "last", "state", "lead_id"},
    Found.NOTES: {"first", "last", "theme", "lead_id"},
    Found.ORGANIZATIONS: set(),
}


@dataclass(frozen=True)
class Group:
    """What was found of one kind: the first few, how many there are, and where the rest is."""

    kind: str
    label: str
    rows: Sequence[Any]
    count: int
    more_url: str

    @property
    def is_more(self) -> bool:
        """Whether there are more than were counted."""
        return self.count > COUNTED

    @property
    def counted(self) -> int:
        """What is said."""
        return min(self.count, COUNTED)


def search(*, hub: Hub, sought: Sought) -> list[Group]:
    """Every group that can answer, the empty ones too. Without words, nothing."""
    if not search_words(sought.words):
        return []
    return [_group(hub, sought, Found(kind), find) for kind, find in _FINDERS.items() if sought.concerns(kind)]


def suggestions(*, hub: Hub, words: str) -> dict[str, Sequence[Any]]:
    """The few that fit what is being typed: enterprises and cases. Nothing below two letters."""
    if len("".join(search_words(words))) < 2:
        return {}
    wanted = records.WantedCases(words=words)
    return {
        "enterprises": records.enterprises_wanted(hub=hub, words=words, before=None, at_most=SUGGESTED),
        "cases": records.cases_wanted(hub=hub, wanted=wanted, before=None, at_most=SUGGESTED),
    }


def organizations(
    *, hub: Hub, words: str, after: tuple[str, int] | None, at_most: int
) -> Sequence[SupportOrganization]:
    """Organizations of the hub's prefecture and of the whole country whose name or kana hold every word, by name."""
    rows = SupportOrganization.objects.near(hub.prefecture_id).matching(words).select_related("prefecture")
    if after is not None:
        name, pk = after
        rows = rows.filter(name__gte=name).exclude(name=name, pk__lte=pk)
    return list(rows.by_name()[:at_most])


def _group(hub: Hub, sought: Sought, kind: Found, find: Callable[[Hub, Sought], Sequence[Any]]) -> Group:
    rows = find(hub, sought)
    return Group(kind.value, str(kind.label), rows[:SHOWN], len(rows), _address(hub, sought, kind))


def _enterprises(hub: Hub, sought: Sought) -> Sequence[Any]:
    return records.enterprises_wanted(hub=hub, words=sought.words, before=None, at_most=COUNTED + 1)


def _cases(hub: Hub, sought: Sought) -> Sequence[Any]:
    wanted = records.WantedCases(sought.words, sought.state, sought.first, sought.last, sought.lead_id)
    return records.cases_wanted(hub=hub, wanted=wanted, before=None, at_most=COUNTED + 1)


def _notes(hub: Hub, sought: Sought) -> Sequence[Any]:
    wanted = records.Wanted(
        words=sought.words, first=sought.first, last=sought.last, theme=sought.theme, lead_id=sought.lead_id
    )
    return records.consultations_wanted(hub=hub, wanted=wanted, before=None, at_most=COUNTED + 1)


def _organizations(hub: Hub, sought: Sought) -> Sequence[Any]:
    return organizations(hub=hub, words=sought.words, after=None, at_most=COUNTED + 1)


_FINDERS: dict[str, Callable[[Hub, Sought], Sequence[Any]]] = {
    Found.ENTERPRISES: _enterprises,
    Found.CASES: _cases,
    Found.NOTES: _notes,
    Found.ORGANIZATIONS: _organizations,
}
_PAGES = {
    Found.ENTERPRISES: "consultations:enterprises",
    Found.CASES: "consultations:cases",
    Found.NOTES: "consultations:consultations",
    Found.ORGANIZATIONS: "finding:organizations",
}


def _address(hub: Hub, sought: Sought, kind: Found) -> str:
    """The full list of a group, with the same words and whichever filters that list has."""
    query = QueryDict(mutable=True)
    query["q"] = sought.words
    if kind is Found.CASES:
        query["state"] = sought.state or "all"
    if kind is Found.NOTES:
        for name in ("first", "last", "theme"):
            if value := getattr(sought, name):
                query[name] = str(value)
    return f"{reverse(_PAGES[kind], args=[hub.slug])}?{query.urlencode()}"
