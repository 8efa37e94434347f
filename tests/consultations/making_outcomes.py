"""Makes special desks, outcomes, follow-ups and what similar cases are found by."""

from __future__ import annotations

from datetime import date
from typing import Any

from consultations.actions import grams
from consultations.models import Case, FollowUp, Outcome, SpecialDesk
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from tests.making import MOMENT, NUMBERS, make_case, make_user, staff_of


def make_desk(**fields: Any) -> SpecialDesk:
    """A special desk that has been open for two months, everywhere."""
    values = {
        "name": f"物価高に関する特別相談窓口{next(NUMBERS)}", "name_en": "Special desk for rising prices",
        "reason": "原材料とエネルギーの高騰が続いている。", "opened_on": date(2026, 9, 20), "set_at": MOMENT,
    }  # fmt: skip
    return SpecialDesk.objects.create(**(values | {"set_by": fields.pop("set_by", None) or make_user()} | fields))


def make_closed_case(*, hub: Hub, on: date, **fields: Any) -> Case:
    """A case that ended on a day with its trouble solved."""
    values = {"state": "solved", "resolution": "solved", "closed_on": on, "received_on": min(on, date(2025, 4, 1))}
    return make_case(hub=hub, **(values | fields))


def make_outcome(*, case: Case, **fields: Any) -> Outcome:
    """An outcome that the client has confirmed on the telephone."""
    by = staff_of(case.hub)
    values = {
        "kind": "sales", "trend": "up", "amount_yen": 1_200_000, "as_of": "closing", "measured_on": date(2026, 11, 10),
        "confirmed_on": date(2026, 11, 12), "confirmed_how": "phone", "confirmed_by": by, "created_at": MOMENT,
        "created_by": by, "updated_at": MOMENT, "updated_by": by,
    }  # fmt: skip
    with entered(Scope.of_hub(case.hub_id)):
        return Outcome.objects.create(hub_id=case.hub_id, case=case, **(values | fields))


def make_follow_up(*, case: Case, **fields: Any) -> FollowUp:
    """A follow-up that is due."""
    values = {"point": "months_3", "closed_on": date(2026, 8, 10), "due_on": date(2026, 11, 10)}
    with entered(Scope.of_hub(case.hub_id)):
        return FollowUp.objects.create(hub_id=case.hub_id, case=case, **(values | fields))


def learn_words(hub: Hub) -> None:
    """Count what is written at a hub, as the task does every day."""
    with entered(Scope.of_hub(hub.pk)):
        grams.count_grams(hub_id=hub.pk, at=MOMENT)
