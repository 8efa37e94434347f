"""Nouns, by aggregate."""

from consultations.models.assignments import Assignment, Capacity, Handover
from consultations.models.attachments import Attachment
from consultations.models.cases import Case, CaseCounter, CaseStep
from consultations.models.client_made import ClientMade
from consultations.models.desks import SpecialDesk
from consultations.models.duplicates import LikelyPair, MatchDue, MatchKey
from consultations.models.enterprises import Enterprise
from consultations.models.locks import MonthLock
from consultations.models.merges import Merge, MergedRow
from consultations.models.outcomes import FollowUp, Outcome
from consultations.models.privacy import Consent, ConsentText, PrivacyRequest
from consultations.models.reviews import Review, ReviewComment
from consultations.models.rules import ProgramRules
from consultations.models.sessions import Consultation, Draft, Involvement, ProgramUse, TouchedMonth
from consultations.models.similar import GramCount, GramSample

__all__ = [
    "Assignment",
    "Attachment",
    "Capacity",
    "Case",
    "CaseCounter",
    "CaseStep",
    "ClientMade",
    "Consent",
    "ConsentText",
    "Consultation",
    "Draft",
    "Enterprise",
    "FollowUp",
    "GramCount",
    "GramSample",
    "Handover",
    "Involvement",
    "LikelyPair",
    "MatchDue",
    "MatchKey",
    "Merge",
    "MergedRow",
    "MonthLock",
    "Outcome",
    "PrivacyRequest",
    "ProgramRules",
    "ProgramUse",
    "Review",
    "ReviewComment",
    "SpecialDesk",
    "TouchedMonth",
]
