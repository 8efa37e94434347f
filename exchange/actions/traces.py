"""What imports and exports keep of an enterprise: rows of files, the files themselves and what was made of them, until
they are wiped (consultations.actions.privacy)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from consultations.actions import privacy
from consultations.models import Case, Consultation, Enterprise
from exchange.actions import exporting, importing
from exchange.choices import MAKES, ImportKind, Made
from exchange.columns import CASE_ID, ENTERPRISE_ID, OWN_ID
from exchange.models import ImportedRecord, ImportRow


def rows_of(enterprise: Enterprise) -> list[ImportRow]:
    """The rows that made the enterprise, its cases or its consultations; those of any file that give their numbers
    once more, whatever became of them; and those that bear its 法人番号."""
    made = _made_of(enterprise)
    wanted: dict[int, set[int]] = {}
    for run, number in made.values_list("run_id", "row_number"):
        wanted.setdefault(run, set()).add(number)
    rows = ImportRow.objects.filter(hub_id=enterprise.hub_id).select_related("run")
    found: dict[int, ImportRow] = {}
    for run, numbers in wanted.items():
        found |= {row.pk: row for row in rows.filter(run_id=run, number__in=numbers)}
    found |= {row.pk: row for row in _numbered_alike(rows, made)}
    if enterprise.corporate_number:
        found |= {row.pk: row for row in rows.filter(cells__has_any_keys=[enterprise.corporate_number])}
    return sorted(found.values(), key=lambda row: (row.run_id, row.number))


def _made_of(enterprise: Enterprise) -> QuerySet[ImportedRecord]:
    hub = enterprise.hub_id
    cases = Case.objects.filter(hub_id=hub, enterprise=enterprise).values("pk")
    sessions = Consultation.objects.filter(hub_id=hub, enterprise=enterprise).values("pk")
    return ImportedRecord.objects.filter(hub_id=hub).filter(
        Q(what=Made.ENTERPRISE, record_id=enterprise.pk)
        | Q(what=Made.CASE, record_id__in=cases)
        | Q(what=Made.CONSULTATION, record_id__in=sessions)
    )


def _numbered_alike(rows: QuerySet[ImportRow], made: QuerySet[ImportedRecord]) -> list[ImportRow]:
    known: dict[str, set[tuple[str, str]]] = {}
    for source, what, number in made.values_list("source", "what", "external_id"):
        known.setdefault(source, set()).add((what, number))
    found: list[ImportRow] = []
    for source, numbers in known.items():
        near = rows.filter(run__source=source, cells__has_any_keys=[number for _what, number in numbers])
        found += [row for row in near if _numbers_in(row) & numbers]
    return found


def _numbers_in(row: ImportRow) -> set[tuple[str, str]]:
    """The other system's numbers that a row gives, in the columns that hold them."""
    columns = {OWN_ID: MAKES[ImportKind(row.run.kind)], ENTERPRISE_ID: Made.ENTERPRISE, CASE_ID: Made.CASE}
    places = [(what, row.run.mapping[key]) for key, what in columns.items() if key in row.run.mapping]
    return {(str(what.value), row.cells[place].strip()) for what, place in places if place < len(row.cells)}


def _held(enterprise: Enterprise) -> Iterable[dict[str, Any]]:
    for row in rows_of(enterprise):
        yield {str(_("ファイル名")): row.run.file_name} | dict(zip(row.run.headings, row.cells, strict=False))


def _erase_files(enterprise: Enterprise, at: dt.datetime) -> int:
    """Before the rows: they tell in which files somebody stands."""
    runs = {row.run_id: row.run for row in rows_of(enterprise)}
    return sum(importing.forget_file(run=runs[pk], at=at) for pk in sorted(runs))


def _erase_rows(enterprise: Enterprise, at: dt.datetime) -> int:
    rows = rows_of(enterprise)
    for row in rows:
        row.cells, row.problems = [], []
    ImportRow.objects.bulk_update(rows, ["cells", "problems"], batch_size=500)
    return len(rows)


def _erase_exports(enterprise: Enterprise, at: dt.datetime) -> int:
    return exporting.withdraw_exports(hub_id=enterprise.hub_id, at=at)


def _told_elsewhere(enterprise: Enterprise) -> Iterable[dict[str, Any]]:
    """Of a file nothing is told that its rows, or the records themselves, do not tell."""
    return ()


def register() -> None:
    """Make them known; once, when the system starts. They are erased in the order of their names."""
    for holding in (
        privacy.Holding("exported_files", _("書き出したファイル"), held=_told_elsewhere, erase=_erase_exports),
        privacy.Holding("import_files", _("取込のファイル"), held=_told_elsewhere, erase=_erase_files),
        privacy.Holding("imported_rows", _("取込の行"), held=_held, erase=_erase_rows),
    ):
        privacy.register(holding)
