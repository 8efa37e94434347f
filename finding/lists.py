"""Lists whose filters can be saved: where they are, and which filters of their address are known."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LONGEST_QUERY = 600


@dataclass(frozen=True)
class FilteredList:
    """One list page."""

    label: str | Promise
    url_name: str
    filters: frozenset[str]

    def known(self, query: QueryDict) -> str:
        """The part of an address's query that this list knows, in a fixed order; empty filters left out."""
        kept = QueryDict(mutable=True)
        for name in sorted(self.filters):
            if value := query.get(name, "").strip():
                kept[name] = value[:120]
        return kept.urlencode()


LISTS = {
    "search": FilteredList(
        _("検索"), "finding:search", frozenset({"q", "kind", "first", "last", "state", "theme", "lead"})
    ),
    "consultations": FilteredList(
        pgettext_lazy("plural", "相談記録"), "consultations:consultations",
        frozenset({"q", "first", "last", "method", "theme", "mine", "missing"}),
    ),
    "cases": FilteredList(pgettext_lazy("plural", "案件"), "consultations:cases", frozenset({"q", "state"})),
    "enterprises": FilteredList(pgettext_lazy("plural", "事業者"), "consultations:enterprises", frozenset({"q"})),
}  # fmt: skip
