"""What is typed, checked. Messages stand beside their field in the reader's language; what was typed stays."""

from consultations.forms.cases import CaseForm, CaseMoveForm, NewCaseForm
from consultations.forms.clients import NUMBER_TWIN, EnterpriseForm
from consultations.forms.fields import FORGOTTEN, row_number
from consultations.forms.filters import FilterForm
from consultations.forms.sessions import (
    INVOLVED,
    NEW,
    NUMBER_KNOWN,
    SESSION_NAMES,
    LoggingForm,
    RevisionForm,
    SessionFields,
    held_by,
    involved_initial,
)

__all__ = [
    "FORGOTTEN",
    "INVOLVED",
    "NEW",
    "NUMBER_KNOWN",
    "NUMBER_TWIN",
    "SESSION_NAMES",
    "CaseForm",
    "CaseMoveForm",
    "EnterpriseForm",
    "FilterForm",
    "LoggingForm",
    "NewCaseForm",
    "RevisionForm",
    "SessionFields",
    "held_by",
    "involved_initial",
    "row_number",
]
