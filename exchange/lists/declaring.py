"""What a declaration of an exported list is made of."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Func, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.functional import Promise

from accounts.models import User
from foundation.spreadsheets import neutralise
from hubs.access import Permission
from hubs.models import Hub


class FiltersRefused(ValueError):
    """The filters cannot be read: the list page tells why."""


@dataclass(frozen=True)
class Column:
    """A heading and what stands below it. `is_number`: a number in .xlsx too; everything else is text, identifiers
    first of all. `is_safe`: never begins like a formula, since no person typed it."""

    label: str | Promise
    value: Combinable
    is_number: bool = False
    is_safe: bool = True

    @classmethod
    def text(cls, label: str | Promise, field: str) -> Column:
        """What somebody typed: never run as a formula."""
        return cls(label, F(field), is_safe=False)

    @classmethod
    def number(cls, label: str | Promise, field: str) -> Column:
        """A number to compute with."""
        return cls(label, F(field), is_number=True)

    @classmethod
    def day(cls, label: str | Promise, field: str) -> Column:
        """A day, as ISO writes it."""
        return cls(label, F(field))

    @classmethod
    def moment(cls, label: str | Promise, field: str) -> Column:
        """Japanese clock time, to the minute."""
        return cls(label, Func(F(field), function="to_char", output_field=TextField(), template=_CLOCK))

    @classmethod
    def choice(cls, label: str | Promise, field: str, choices: Any) -> Column:
        """The Japanese label of a closed list's value."""
        return cls(label, labelled(F(field), {str(value): str(name) for value, name in choices.choices}))


_CLOCK = "to_char(%(expressions)s AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI')"


def labelled(value: Combinable, labels: Mapping[str, str]) -> Func:
    """A code's label, looked up by the database; the code itself where it has none."""
    known = Value(json.dumps({code: neutralise(label) for code, label in labels.items()}, ensure_ascii=False))
    return _Labelled(known, Cast(value, CharField()), output_field=TextField())


class _Labelled(Func):
    """`coalesce(labels ->> code, code)`."""

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        (labels, label_values), (code, code_values) = (compiler.compile(one) for one in self.source_expressions)
        return f"coalesce({labels}::jsonb ->> {code}, {code})", [*label_values, *code_values, *code_values]


class LabelledList(Func):
    """The labels of an array of codes, joined by 、."""

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        (labels, label_values), (codes, code_values) = (compiler.compile(one) for one in self.source_expressions)
        sql = f"(SELECT string_agg(coalesce({labels}::jsonb ->> c, c), '、') FROM unnest({codes}) AS c)"  # noqa: S608  (compiled parts, values apart)
        return sql, [*label_values, *code_values]


def labelled_list(field: str, labels: Mapping[str, str]) -> LabelledList:
    """For arrays of codes."""
    known = Value(json.dumps({code: neutralise(label) for code, label in labels.items()}, ensure_ascii=False))
    return LabelledList(known, F(field), output_field=TextField())


@dataclass(frozen=True)
class ExportedList:
    """A list page as a file."""

    name: str
    label: str | Promise
    permission: Permission
    columns: Callable[[], list[Column]]
    # (hub, filters of the page, who asks, today) → rows in the page's order. Raises FiltersRefused
    rows: Callable[[Hub, QueryDict, User, dt.date], QuerySet]
    filters: frozenset[str]
    url_name: str

    def filters_of(self, query: QueryDict) -> dict[str, str]:
        """What the page's address says that this list knows; empty ones and the place in the list left out."""
        return {name: str(query[name]) for name in sorted(self.filters) if query.get(name)}
