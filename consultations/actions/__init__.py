"""Every write that matters, by deed: who and when are passed in, one transaction, the audit line inside."""

from consultations.actions.cases import move_case, open_case, plan_next, revise_case
from consultations.actions.drafts import discard_draft, keep_draft
from consultations.actions.enterprises import register_enterprise, revise_enterprise
from consultations.actions.refusals import Anonymised, Edited, MonthClosed, NumberTaken
from consultations.actions.sessions import (
    Involved,
    Session,
    delete_consultation,
    log_consultation,
    revise_consultation,
    take_turn,
)

__all__ = [
    "Anonymised",
    "Edited",
    "Involved",
    "MonthClosed",
    "NumberTaken",
    "Session",
    "delete_consultation",
    "discard_draft",
    "keep_draft",
    "log_consultation",
    "move_case",
    "open_case",
    "plan_next",
    "register_enterprise",
    "revise_case",
    "revise_consultation",
    "revise_enterprise",
    "take_turn",
]
