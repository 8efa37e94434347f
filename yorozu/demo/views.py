"""Views of lists that people of a few hubs have saved."""

from __future__ import annotations

import datetime as dt

from django.http import QueryDict

from finding.models import SavedView
from hubs.models import Hub
from yorozu.demo.accounts import Staff

_VIEWS = (
    ("オンライン相談", "consultations", {"method": "online"}, True),
    ("補助金の相談", "consultations", {"q": "補助金"}, True),
    ("経過観察の案件", "cases", {"state": "watching"}, True),
    ("自分の記録", "consultations", {"mine": "on"}, False),
)


def save_views(hub: Hub, staff: Staff, at: dt.datetime) -> None:
    """The chief shares some, and keeps one. Runs in the hub's scope."""
    rows = []
    for name, on_list, filters, is_shared in _VIEWS:
        query = QueryDict(mutable=True)
        query.update(filters)
        rows.append(
            SavedView(
                hub=hub,
                owner=staff.chief,
                name=name,
                list=on_list,
                query=query.urlencode(),
                is_shared=is_shared,
                saved_at=at,
            )
        )
    SavedView.objects.bulk_create(rows)
