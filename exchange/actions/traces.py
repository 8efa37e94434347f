"""What imports keep of an enterprise: rows of files, until they are wiped (consultations.actions.privacy)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.actions import privacy
from consultations.models import Case, Consultation, Enterprise
from exchange.choices import Made
from exchange.models import ImportedRecord, ImportRow


def rows_of(enterprise: Enterprise) -> list[ImportRow]:
    """The rows that made the enterprise, its cases or its consultations."""
    hub = enterprise.hub_id
    cases = Case.objects.filter(hub_id=hub, enterprise=enterprise).values("pk")
    sessions = Consultation.objects.filter(hub_id=hub, enterprise=enterprise).values("pk")
    made = ImportedRecord.objects.filter(hub_id=hub).filter(
        Q(what=Made.ENTERPRISE, record_id=enterprise.pk)
        | Q(what=Made.CASE, record_id__in=cases)
        | Q(what=Made.CONSULTATION, record_id__in=sessions)
    )
    wanted: dict[int, set[int]] = {}
    for run, number in made.values_list("run_id", "row_number"):
        wanted.setdefault(run, set()).add(number)
    found: list[ImportRow] = []
    for run, numbers in wanted.items():
        found += ImportRow.objects.filter(hub_id=hub, run_id=run, number__in=numbers).select_related("run")
    return found


def _held(enterprise: Enterprise) -> Iterable[dict[str, Any]]:
    for row in rows_of(enterprise):
        yield {str(_("ファイル名")): row.run.file_name} | dict(zip(row.run.headings, row.cells, strict=False))


def _erase(enterprise: Enterprise, at: dt.datetime) -> int:
    rows = rows_of(enterprise)
    for row in rows:
        row.cells, row.problems = [], []
    ImportRow.objects.bulk_update(rows, ["cells", "problems"], batch_size=500)
    return len(rows)


def register() -> None:
    """Make it known; once, when the system starts."""
    privacy.register(privacy.Holding("imported_rows", _("取込の行"), held=_held, erase=_erase))
