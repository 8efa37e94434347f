"""The two walls of tenancy, and the one place where the scope is set.

A scope says whose rows may be seen. It is set inside the transaction (`set_config(…, true)`), so that it
ends with it and is safe behind a transaction-pooling proxy, and in a context variable, so that managers can
raise when somebody forgot it. Without a scope the database shows no row, and `objects` raises NoScope.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from foundation.constraints import FIGURES, RECORDS, Wall

HUB_IDS = range(1, 48)  # the primary key of a hub is its prefecture's code (JIS X 0401)

ModelType = TypeVar("ModelType", bound=models.Model)


class NoScope(RuntimeError):
    """Hub-owned rows were asked for outside any scope."""


@dataclass(frozen=True)
class Scope:
    """Hubs whose records, and hubs whose figures, may be seen; and who asks (None: the system). `link` is the hash of
    a link that somebody without an account came by: just the rows that the link was made for exist then."""

    records: frozenset[int] = frozenset()
    figures: frozenset[int] = frozenset()
    user_id: int | None = None
    link: str = ""

    @classmethod
    def of_hub(cls, hub_id: int, *, user_id: int | None = None) -> Scope:
        """Everything of one hub."""
        return cls(frozenset({hub_id}), frozenset({hub_id}), user_id)

    @classmethod
    def of_figures(cls, hub_ids: Iterable[int], *, user_id: int | None = None) -> Scope:
        """Figures and no record: what the agency, bureaus and headquarters' overview see."""
        return cls(frozenset(), frozenset(hub_ids), user_id)

    @classmethod
    def of_link(cls, token: str) -> Scope:
        """What a link opens, and nothing else. Only the hash of its token is kept anywhere."""
        return cls(link=hash_of(token))

    @classmethod
    def nationwide(cls) -> Scope:
        """Every hub's records. For named tasks only: tests/house lists the uses."""
        return cls(frozenset(HUB_IDS), frozenset(HUB_IDS))

    def hubs(self, sees: str) -> frozenset[int]:
        """The hubs that rows of a kind (`records`, `figures`) are visible of."""
        return self.records if sees == RECORDS else self.figures


def hash_of(token: str) -> str:
    """Of a link's token: what is stored and compared."""
    return hashlib.sha256(token.encode()).hexdigest()


_current: ContextVar[Scope | None] = ContextVar("yorozu_scope", default=None)


def current_scope() -> Scope | None:
    """The scope entered, if any."""
    return _current.get()


@contextlib.contextmanager
def entered(scope: Scope, *, read_only: bool = False, snapshot: bool = False) -> Iterator[Scope]:
    """Open a transaction in which just this scope's rows exist. Left, the scope before it holds again.

    `snapshot`: every statement sees the database as it was at the first one, whatever is committed meanwhile. Only
    a transaction that begins here can promise that: within another one, that one's isolation goes on.
    """
    before = _current.get()
    token = _current.set(scope)
    try:
        with transaction.atomic():
            if snapshot and not connection.savepoint_ids:
                _freeze()
            _tell_database(scope, read_only=read_only)
            yield scope
            if connection.in_atomic_block and len(connection.savepoint_ids) > 0 and not connection.needs_rollback:
                _tell_database(before or Scope())  # we were nested: SET LOCAL outlives a savepoint
    finally:
        _current.reset(token)


@contextlib.contextmanager
def become(scope: Scope) -> Iterator[Scope]:
    """Within a transaction that `entered` opened, go on in another scope: the entrance asks who somebody is and
    then lets them in, in one transaction. The wider scope ends with that transaction."""
    token = _current.set(scope)
    try:
        _tell_database(scope)
        yield scope
    finally:
        _current.reset(token)


def _freeze() -> None:
    """Must be the transaction's first statement."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _tell_database(scope: Scope, *, read_only: bool = False) -> None:
    sql = (
        "SELECT set_config('yorozu.records', %s, true), set_config('yorozu.figures', %s, true),"
        " set_config('yorozu.user', %s, true), set_config('yorozu.link', %s, true)"
    )
    if read_only:
        sql += ", set_config('transaction_read_only', 'on', true)"
    values = [_literal(scope.records), _literal(scope.figures), str(scope.user_id or ""), scope.link]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _literal(hub_ids: frozenset[int]) -> str:
    return "{" + ",".join(map(str, sorted(hub_ids))) + "}" if hub_ids else ""


class HubQuerySet(models.QuerySet[ModelType]):
    """What every hub-owned query set can do."""


class HubManager(models.Manager.from_queryset(HubQuerySet)):  # type: ignore[misc]
    """The first wall: raises without a scope, filters within one. Row-level security is the second."""

    sees: ClassVar[str] = RECORDS

    def get_queryset(self) -> models.QuerySet[Any]:
        scope = current_scope()
        if scope is None:
            raise NoScope(f"{self.model.__name__} was asked for outside any scope")
        hubs = scope.hubs(self.sees)
        rows = super().get_queryset()
        if len(hubs) == len(HUB_IDS):
            return rows
        return rows.filter(hub_id=next(iter(hubs))) if len(hubs) == 1 else rows.filter(hub_id__in=hubs)


class FigureManager(HubManager):
    """For rows that are figures, not records."""

    sees = FIGURES


class BetweenManager(HubManager):
    """For rows between two hubs: both see them."""

    def get_queryset(self) -> models.QuerySet[Any]:
        scope = current_scope()
        if scope is None:
            raise NoScope(f"{self.model.__name__} was asked for outside any scope")
        hubs = scope.hubs(self.sees)
        rows = models.Manager.get_queryset(self)  # type: ignore[var-annotated]
        return rows.filter(models.Q(hub_id__in=hubs) | models.Q(to_hub_id__in=hubs))


class LinkManager(models.Manager[Any]):
    """Rows that the link in scope was made for: which these are, the database alone says."""

    def get_queryset(self) -> models.QuerySet[Any]:
        scope = current_scope()
        if scope is None or not scope.link:
            raise NoScope(f"{self.model.__name__} was asked for by a link where there is none")
        return super().get_queryset()


class HubOwned(models.Model):
    """A hub's rows. Subclasses with constraints of their own begin with `*HubOwned.Meta.constraints`."""

    hub = models.ForeignKey("hubs.Hub", models.PROTECT, verbose_name=_("拠点"), related_name="+", db_index=False)

    objects: Any = HubManager()

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [Wall(name="%(app_label)s_%(class)s_wall")]


class BetweenHubs(HubOwned):
    """Rows between two hubs, visible to both and to no third. `hub` made the row. Subclasses with constraints of
    their own begin with `*BetweenHubs.Meta.constraints`."""

    to_hub = models.ForeignKey(
        "hubs.Hub", models.PROTECT, verbose_name=_("相手の拠点"), related_name="+", db_index=False
    )

    objects: Any = BetweenManager()

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            Wall(name="%(app_label)s_%(class)s_wall", or_columns=["to_hub_id"]),
            models.CheckConstraint(
                condition=~models.Q(hub=models.F("to_hub")), name="%(app_label)s_%(class)s_is_between_two_hubs"
            ),
        ]
