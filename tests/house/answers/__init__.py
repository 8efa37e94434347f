"""What a GET of every address answers to whom, by room. Each module has ROWS and, where its addresses have parts to
fill in, `fill(hub)`: what stands in them, by the route up to the part.

One letter for one answer, in the order of COLUMNS; a hub's addresses have a second word for another's hub.

    y  the page (200)      p  must be posted (405: programs; people are led to the page above: g)      n  nothing new or an empty answer (204)
    s  to the sign-in      o  to where records are opened with a reason       g  goes on to another page
    -  no such page (404): strangers are not told       x  not allowed (403)   k  who are you? (401)
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from hubs.models import Hub

ROOMS = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
TABLE: dict[str, str] = {route: answers for room in ROOMS for route, answers in room.ROWS.items()}


def fill(hub: Hub) -> dict[str, Any]:
    """One of each at a hub."""
    return {part: value for room in ROOMS if hasattr(room, "fill") for part, value in room.fill(hub).items()}
