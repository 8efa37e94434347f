"""Rules that the database keeps: tenancy walls, same-hub keys, pairs of fields.

They are Django constraints, so they stand in a model's Meta, travel through ordinary migrations and
can be taken back. Settings that the walls read are set by hubs.tenancy, once per request or task:

    yorozu.records  hubs whose records may be read and written, as an array literal: {13}
    yorozu.figures  hubs whose figures may be read: {1,2,…,47} for the agency, which has no records
    yorozu.user     who asks; some rows belong to a person as well as to a hub
    yorozu.link     hash of a link that somebody without an account came by
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.ddl_references import Statement
from django.db.models import BaseConstraint, CheckConstraint, Q

RECORDS, FIGURES = "records", "figures"


def in_scope(column: str, sees: str) -> str:
    """SQL: the row's hub is among those in scope. The scalar subselect makes PostgreSQL read the setting
    once per statement, and leaves an index on the hub usable. No setting, no rows."""
    return f"{column} = ANY ((SELECT NULLIF(current_setting('yorozu.{sees}', true), '')::integer[])::integer[])"


class _SqlConstraint(BaseConstraint):
    """A constraint that is plain SQL to make and to drop, and that Python leaves to the database."""

    def create_text(self, table: str) -> str:
        raise NotImplementedError

    def remove_text(self, table: str) -> str:
        raise NotImplementedError

    def constraint_sql(self, model: Any, schema_editor: Any) -> None:  # type: ignore[override]
        # Inside CREATE TABLE nothing can be said yet: it follows when the table stands.
        schema_editor.deferred_sql.append(self.create_text(schema_editor.quote_name(model._meta.db_table)))

    def create_sql(self, model: Any, schema_editor: Any) -> Statement:  # type: ignore[override]
        return Statement(self.create_text(schema_editor.quote_name(model._meta.db_table)).replace("%", "%%"))

    def remove_sql(self, model: Any, schema_editor: Any) -> Statement:  # type: ignore[override]
        return Statement(self.remove_text(schema_editor.quote_name(model._meta.db_table)))

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "default") -> None:
        """Left to the database."""


class Wall(_SqlConstraint):
    """Row-level security, forced for the owner too. `sees` names the setting; `or_none` opens rows without
    a hub; `or_own` names a user column whose person always sees the row; `append_only` lets anyone add;
    `or_columns` names further hub columns: a row between two hubs is visible to both, and to no third."""

    def __init__(
        self,
        *,
        name: str,
        column: str = "hub_id",
        sees: str = RECORDS,
        or_none: bool = False,
        or_own: str = "",
        append_only: bool = False,
        or_columns: Sequence[str] = (),
    ) -> None:
        super().__init__(name=name)
        self.column, self.sees, self.or_none = column, sees, or_none
        self.or_own, self.append_only, self.or_columns = or_own, append_only, tuple(or_columns)

    def _condition(self) -> str:
        parts = [in_scope(column, self.sees) for column in (self.column, *self.or_columns)]
        if self.or_none:
            parts.append(f"{self.column} IS NULL")
        if self.or_own:
            me = "(SELECT NULLIF(current_setting('yorozu.user', true), '')::bigint)"
            parts.append(f"{self.or_own} = {me}")
        return " OR ".join(parts)

    def create_text(self, table: str) -> str:
        begin = f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
        if self.append_only:
            return (
                f"{begin} CREATE POLICY {self.name} ON {table} FOR SELECT USING ({self._condition()});"
                f" CREATE POLICY {self.name}_add ON {table} FOR INSERT WITH CHECK (true)"
            )
        condition = self._condition()
        return f"{begin} CREATE POLICY {self.name} ON {table} USING ({condition}) WITH CHECK ({condition})"

    def remove_text(self, table: str) -> str:
        drop = f"DROP POLICY {self.name} ON {table};"
        if self.append_only:
            drop += f" DROP POLICY {self.name}_add ON {table};"
        return f"{drop} ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"

    def deconstruct(self) -> tuple[str, tuple, dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        kwargs |= {"column": self.column, "sees": self.sees, "or_none": self.or_none}
        kwargs |= {"or_own": self.or_own, "append_only": self.append_only}
        return path, tuple(args), kwargs | ({"or_columns": self.or_columns} if self.or_columns else {})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Wall) and self.deconstruct() == other.deconstruct()

    __hash__ = None  # type: ignore[assignment]


LINK = "(SELECT NULLIF(current_setting('yorozu.link', true), ''))"


class LinkDoor(_SqlConstraint):
    """A second policy beside the wall: who comes by a link may do `commands` with the rows for which `condition`
    holds. It names LINK, so that without a link it opens nothing."""

    def __init__(self, *, name: str, condition: str, commands: Sequence[str] = ("SELECT",)) -> None:
        super().__init__(name=name)
        self.condition, self.commands = condition, tuple(commands)

    def create_text(self, table: str) -> str:
        kinds = {"SELECT": "USING ({0})", "INSERT": "WITH CHECK ({0})", "UPDATE": "USING ({0}) WITH CHECK ({0})"}
        return "; ".join(
            f"CREATE POLICY {self._policy(command)} ON {table} FOR {command} {kinds[command].format(self.condition)}"
            for command in self.commands
        )

    def remove_text(self, table: str) -> str:
        return "; ".join(f"DROP POLICY {self._policy(command)} ON {table}" for command in self.commands)

    def _policy(self, command: str) -> str:
        return f"{self.name}_{command.lower()}"

    def deconstruct(self) -> tuple[str, tuple, dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, tuple(args), kwargs | {"condition": self.condition, "commands": self.commands}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LinkDoor) and self.deconstruct() == other.deconstruct()

    __hash__ = None  # type: ignore[assignment]


class SameHub(_SqlConstraint):
    """A composite foreign key: the row that `columns` point to belongs to the same hub.

    PostgreSQL checks foreign keys without row-level security, so an ordinary key could point into another
    hub. The target needs a unique constraint over `to_columns`.
    """

    def __init__(self, *, name: str, columns: list[str], to_table: str, to_columns: list[str]) -> None:
        super().__init__(name=name)
        self.columns, self.to_table, self.to_columns = list(columns), to_table, list(to_columns)

    def create_text(self, table: str) -> str:
        return (
            f"ALTER TABLE {table} ADD CONSTRAINT {self.name} FOREIGN KEY ({', '.join(self.columns)})"
            f" REFERENCES {self.to_table} ({', '.join(self.to_columns)}) DEFERRABLE INITIALLY DEFERRED"
        )

    def remove_text(self, table: str) -> str:
        return f"ALTER TABLE {table} DROP CONSTRAINT {self.name}"

    def deconstruct(self) -> tuple[str, tuple, dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, tuple(args), kwargs | {
            "columns": self.columns, "to_table": self.to_table, "to_columns": self.to_columns,
        }  # fmt: skip

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameHub) and self.deconstruct() == other.deconstruct()

    __hash__ = None  # type: ignore[assignment]


def both_or_neither(first: str, second: str, *, name: str) -> CheckConstraint:
    """Two fields are filled together or not at all."""
    filled = Q(**{f"{first}__isnull": False, f"{second}__isnull": False})
    return CheckConstraint(condition=filled | Q(**{f"{first}__isnull": True, f"{second}__isnull": True}), name=name)


def one_of(field: str, choices: Any, *, name: str) -> CheckConstraint:
    """The database knows the choices as well: an import that bypasses forms cannot invent one."""
    return CheckConstraint(condition=Q(**{f"{field}__in": list(choices.values)}), name=name)
