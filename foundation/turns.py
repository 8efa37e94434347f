"""One after the other: what may not be done twice at the same moment, and is held by no row."""

from __future__ import annotations

from django.db import connection


def take_turn(number: int, what: str) -> None:
    """Wait until nobody else does `what` with this number (of a hub, usually), and keep them waiting until the
    transaction ends. Several turns are taken in an order that everybody keeps to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [number, what])
