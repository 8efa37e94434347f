"""Nouns, by aggregate."""

from consultations.models.cases import Case, CaseCounter, CaseStep
from consultations.models.enterprises import Enterprise
from consultations.models.sessions import Consultation, Draft, Involvement, ProgramUse, TouchedMonth

__all__ = [
    "Case",
    "CaseCounter",
    "CaseStep",
    "Consultation",
    "Draft",
    "Enterprise",
    "Involvement",
    "ProgramUse",
    "TouchedMonth",
]
