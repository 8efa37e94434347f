"""What happened, in order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from consultations.models import Case, CaseStep, Consultation, Enterprise
from hubs.models import Hub


@dataclass(frozen=True)
class Moment:
    """One entry of a timeline: a session or a move of a case."""

    on: dt.date
    consultation: Consultation | None = None
    step: CaseStep | None = None


def timeline(*, hub: Hub, case: Case | None = None, enterprise: Enterprise | None = None, at_most: int) -> list[Moment]:
    """What happened with a case or an enterprise, newest first."""
    sessions = Consultation.objects.filter(hub=hub).standing().with_people().for_lists()
    steps = CaseStep.objects.filter(hub=hub).select_related("case", "by")
    if case is not None:
        sessions, steps = sessions.filter(case=case), steps.filter(case=case)
    else:
        sessions, steps = sessions.filter(enterprise=enterprise), steps.filter(case__enterprise=enterprise)
    moments = [Moment(row.held_on, consultation=row) for row in sessions.newest_first()[:at_most]]
    moments += [Moment(timezone.localtime(row.at).date(), step=row) for row in steps.order_by("-at", "-pk")[:at_most]]
    return sorted(moments, key=lambda moment: moment.on, reverse=True)[:at_most]
