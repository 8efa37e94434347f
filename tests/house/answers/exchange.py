"""Files of lists, and files that are taken in."""

from __future__ import annotations

from typing import Any

from exchange.models import ImportedRecord, ImportMapping, ImportRow, ImportRun
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from jobs.models import Job
from tests import making

# fmt: off
ROWS = {
    "hubs/<slug:hub>/exports/":                                "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/exports/<int:job>/":                      "s--yxxxxxxx s-------xxx",
    "hubs/<slug:hub>/exports/<int:job>/progress/":             "s--yxxxxxxx s-------xxx",
    "hubs/<slug:hub>/exports/<int:job>/file/":                 "s--gxxxxxxx s-------xxx",
    "hubs/<slug:hub>/imports/":                                "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/imports/<int:pk>/":                       "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/imports/<int:pk>/mapping/":               "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/imports/<int:pk>/progress/":              "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/imports/<int:pk>/sheet/":                 "s-xgxxxxxxx s-------xxx",
    "hubs/<slug:hub>/imports/<int:pk>/committing/":            "s-xgxxxxxxx s-------xxx",
}
# fmt: on


def fill(hub: Hub) -> dict[str, Any]:
    """An export that somebody else of the hub has asked for: only the chief may have it."""
    with entered(Scope.of_hub(hub.pk)):
        job = Job.objects.create(
            kind="exchange.export", hub=hub, requested_by=making.staff_of(hub), requested_at=making.MOMENT,
            parameters={"list": "consultations", "format": "csv", "filters": "", "q": ""},
        )  # fmt: skip
        run = ImportRun.objects.create(
            hub=hub, kind="enterprises", source="Excel", file_name="事業者.csv", file_bytes=10, sha256="0" * 64,
            headings=["名称"], preview=[["株式会社テスト"]], mapping={"enterprise.name": 0}, state="uploaded",
            uploaded_by=making.staff_of(hub), uploaded_at=making.MOMENT,
        )  # fmt: skip
        ImportRow.objects.create(hub=hub, run=run, number=2, cells=["株式会社テスト"], state="good")
        ImportedRecord.objects.create(
            hub=hub, run=run, row_number=2, what="enterprise", source="Excel", external_id="E1", record_id=1
        )
        ImportMapping.objects.create(hub=hub, kind="enterprises", source="Excel", headings={"enterprise.name": "名称"})
    return {"exports/<int:job>": job.pk, "imports/<int:pk>": run.pk}
