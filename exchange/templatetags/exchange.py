"""The button on a list page that has the list made into a file."""

from __future__ import annotations

from typing import Any

from django import template

from exchange.choices import FileFormat
from hubs.access import Permission

register = template.Library()


@register.inclusion_tag("exchange/_export.html", takes_context=True)
def export_button(context: dict[str, Any], name: str) -> dict[str, Any]:
    """For a list of exchange.lists, with the filters that the page's address carries. Costs no query."""
    request = context["request"]
    hub = request.hub
    query = request.GET.copy()
    query.pop("after", None)
    return {
        "may": request.user.has_perm(Permission.EXPORT_RECORDS, hub), "list": name, "hub": hub,
        "query": query.urlencode(), "formats": FileFormat.choices, "csrf_token": context.get("csrf_token"),
    }  # fmt: skip
