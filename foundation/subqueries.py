"""Subqueries that Django has no word for."""

from __future__ import annotations

from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery


class CountOf(Subquery):
    """How many rows a query set has, as a column: several counts in one statement."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any], **extra: Any) -> None:
        super().__init__(rows.order_by().values("pk"), **extra)
