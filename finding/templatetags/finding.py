"""Saved views on the pages of the lists that they are of."""

from __future__ import annotations

from typing import Any

from django import template

from finding.lists import LISTS
from finding.models import SavedView

register = template.Library()
SHOWN = 20


@register.inclusion_tag("finding/_saved_views.html", takes_context=True)
def saved_views(context: dict[str, Any], name: str) -> dict[str, Any]:
    """The views of a list that the person has or shares, and a form that saves the present filters. One query."""
    request = context["request"]
    query = LISTS[name].known(request.GET)
    views = SavedView.objects.filter(hub=request.hub).of_list(name).for_person(request.user).by_name()[:SHOWN]
    return {
        "views": views, "list": name, "url_name": LISTS[name].url_name, "query": query, "hub": request.hub,
        "csrf_token": context.get("csrf_token"),
    }  # fmt: skip
