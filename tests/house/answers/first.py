"""The site, a hub, its records, the nation, reports, the API."""

from __future__ import annotations

import uuid
from typing import Any

from foundation.periods import Month
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from jobs.models import Job
from reports.choices import Format
from reports.editions import Edition
from reports.queries.editions import KIND, Order
from tests import making

# fmt: off
ROWS = {
    #                                                           ┌ anonymous
    #                                                           │┌ no role
    #                                                           ││┌ coordinator, chief
    #                                                           ││││┌ implementing body, advisor, evaluator
    #                                                           │││││││┌ bureau, agency, headquarters, administrator
    # ---- the site
    "":                                                        "ygggggggggg",
    "no-role/":                                                "sxxxxxxxxxx",
    "my-hubs/":                                                "syyyyyyyyyy",
    "definitions/":                                            "yyyyyyyyyyy",
    # ---- a hub: figures, roster, appointments
    "hubs/<slug:hub>/roster/":                                 "s-yyyyyyyyx s-------yyx",
    "hubs/<slug:hub>/appointments/":                           "s-xyyxxyxyx s-------xyx",
    "hubs/<slug:hub>/appointments/new/":                       "s-xyyxxxxxx s-------xxx",
    "hubs/<slug:hub>/appointments/<int:pk>/":                  "s-xyyxxyxyx s-------xyx",
    "hubs/<slug:hub>/appointments/<int:pk>/agreement/":        "s-xxxxxgxxx s-------xxx",
    "hubs/<slug:hub>/appointments/<int:pk>/refusal/":          "s-xxxxxgxxx s-------xxx",
    "hubs/<slug:hub>/appointments/<int:pk>/withdrawal/":       "s-xggxxxxxx s-------xxx",
    "hubs/<slug:hub>/appointments/<int:pk>/contract/":         "s-xxgxxxxxx s-------xxx",
    "hubs/<slug:hub>/appointments/<int:pk>/completion/":       "s-xxgxxxxxx s-------xxx",
    "hubs/<slug:hub>/appointments/<int:pk>/release/":          "s-xxgxxxxxx s-------xxx",
    "hubs/<slug:hub>/opening/":                                "s-xxxxxxxyx s-------xyx",
    "hubs/<slug:hub>/":                                        "s-yyyyyyyyx s-------yyx",
    # ---- a hub: records
    "hubs/<slug:hub>/trail/":                                  "s-xyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/figures/records/":                        "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/consultations/":                          "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/consultations/new/":                      "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/consultations/<int:pk>/":                 "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/consultations/<int:pk>/edit/":            "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/consultations/<int:pk>/deletion/":        "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/drafts/<uuid:client_id>/":                "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/drafts/<uuid:client_id>/discarding/":     "s-ggxxxxxxx s-------xxx",
    "hubs/<slug:hub>/enterprises/":                            "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/enterprises/suggestions/":                "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/enterprises/case-choices/":               "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/enterprises/<int:pk>/":                   "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/enterprises/<int:pk>/edit/":              "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/cases/":                                  "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/cases/<int:pk>/":                         "s-yyxxxxxox s-------xox",
    "hubs/<slug:hub>/cases/<int:pk>/edit/":                    "s-yyxxxxxxx s-------xxx",
    "hubs/<slug:hub>/cases/<int:pk>/steps/":                   "s-ggxxxxxxx s-------xxx",
    # ---- the nation
    "nation/":                                                 "sxxxxxxyyyx",
    "nation/breakdowns/":                                      "sxxxxxxyyyx",
    "nation/appointments/":                                    "sxxxxxxyxyx",
    "nation/trail/":                                           "sxxxxxxxxyy",
    # ---- reports
    "reports/":                                                "sxxxxxxyyyx",
    "reports/<str:month>/editions/":                           "sxxxxxxgggx",
    "reports/jobs/<int:job>/":                                 "sxxxxxxyyyx",
    "reports/jobs/<int:job>/progress/":                        "sxxxxxxyyyx",
    "reports/jobs/<int:job>/file/":                            "sxxxxxxgggx",
    # ---- API
    "api/schema/":                                             "yyyyyyyyyyy",
    "api/v1/hubs/<slug:hub>/consultations/":                   "k-yyxxxxxxx k-------xxx",
    "api/v1/hubs/<slug:hub>/consultations/<int:pk>/":          "k-yyxxxxxxx k-------xxx",
    "api/v1/indicators/":                                      "yyyyyyyyyyy",
    "api/v1/figures/<str:month>/":                             "kxxxxxxyyyx",
}
# fmt: on


def fill(hub: Hub) -> dict[str, Any]:
    """One of each at a hub."""
    held = making.make_consultation(hub=hub)
    order = Order(Edition.named("kanto"), Month(2026, 10), Format.CSV)
    with entered(Scope.of_hub(hub.pk)):
        job = Job.objects.create(
            kind=KIND, parameters=order.parameters, requested_by=making.staff_of(hub), requested_at=making.MOMENT
        )
    return {
        "consultations/<int:pk>": held.pk,
        "cases/<int:pk>": held.case_id,
        "enterprises/<int:pk>": held.enterprise_id,
        "appointments/<int:pk>": making.make_appointment(hub=hub).pk,
        "<uuid:client_id>": uuid.uuid4(),
        "reports/jobs/<int:job>": job.pk,
        "<str:month>": "2026-10",
    }
