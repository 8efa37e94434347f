"""Reads that span models."""

from consultations.queries.lists import (
    IDLE,
    OPEN,
    Wanted,
    WantedCases,
    cases_wanted,
    consultations_wanted,
    enterprises_like,
    enterprises_wanted,
)
from consultations.queries.offers import (
    DESKS,
    ORGANIZATIONS,
    PROGRAMS,
    Held,
    code_labels,
    label_of,
    offered,
    theme_labels,
)
from consultations.queries.timelines import About, Moment, timeline

__all__ = [
    "DESKS",
    "IDLE",
    "OPEN",
    "ORGANIZATIONS",
    "PROGRAMS",
    "About",
    "Held",
    "Moment",
    "Wanted",
    "WantedCases",
    "cases_wanted",
    "code_labels",
    "consultations_wanted",
    "enterprises_like",
    "enterprises_wanted",
    "label_of",
    "offered",
    "theme_labels",
    "timeline",
]
