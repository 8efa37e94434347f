"""Every address that the resolver knows, as the tests of this folder walk them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from hubs.doors import Reach
from hubs.entrance import other_door

DJANGOS = ("allauth.", "django.")


@dataclass(frozen=True)
class Address:
    """One URL pattern: its whole route, its name and what answers it."""

    route: str
    name: str
    view: Any

    @property
    def room(self) -> str:
        """The module that the view lives in."""
        return self.view.__module__

    @property
    def is_ours(self) -> bool:
        return not self.room.startswith(DJANGOS)

    @property
    def reach(self) -> Reach:
        """The view's own, or that of the door that others stand under. Raises NoDoor."""
        return getattr(self.view, "reach", None) or other_door("/" + self.route)


def addresses() -> Iterator[Address]:
    """Every URL pattern, with the view class where there is one."""
    yield from _walk(get_resolver().url_patterns, "", "")


def _walk(patterns: list[URLPattern | URLResolver], prefix: str, space: str) -> Iterator[Address]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(
                pattern.url_patterns, route, f"{space}{pattern.namespace}:" if pattern.namespace else space
            )
        else:
            view = pattern.callback
            yield Address(
                route, f"{space}{pattern.name}", getattr(view, "view_class", None) or getattr(view, "cls", view)
            )
