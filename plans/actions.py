"""Setting targets. What a target was before is kept in the audit trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import connection, transaction

from accounts.models import User
from audit import trail
from foundation.periods import FiscalYear
from hubs.models import Hub
from metrics.indicators import INDICATORS
from plans.models import Target

_LOCK = 20140403  # targets are set a few times a year: one at a time


@transaction.atomic
def set_targets(
    *, hub: Hub | None, year: FiscalYear, values: Mapping[str, int | None], by: User, at: dt.datetime
) -> list[str]:
    """A place's targets of a year: {code of a total: value, or None for no target}. Codes that are not named stay as
    they are. `hub` None: the nation's. Returns the codes that changed; each is a line in the trail."""
    unknown = set(values) - {indicator.code for indicator in INDICATORS.totals()}
    if unknown:
        raise ValueError(f"no totals: {', '.join(sorted(unknown))}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    standing = {target.indicator: target for target in Target.objects.filter(hub=hub).of_year(year)}
    before = {code: target.value for code, target in standing.items()}
    changed = [code for code, value in values.items() if value != before.get(code)]
    for code in changed:
        value = values[code]
        if value is None:
            standing[code].delete()
        else:
            Target.objects.update_or_create(
                hub=hub, fiscal_year=year.year, indicator=code, defaults={"value": value, "set_at": at, "set_by": by}
            )
        trail.record(
            "target.set", by=by, at=at, hub_id=hub.pk if hub else None,
            year=year.year, indicator=code, before=before.get(code), after=value,
        )  # fmt: skip
    return changed
