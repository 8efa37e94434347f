"""The moves of a case study."""

from __future__ import annotations

from casestudies.choices import StudyMove as Move
from casestudies.choices import StudyState as State
from foundation.moves import MoveTable

STUDY = MoveTable(
    {
        (State.DRAFT, Move.PUBLISH): State.PUBLISHED,  # demands the client's consent: the database says so
        (State.PUBLISHED, Move.WITHDRAW): State.WITHDRAWN,
        (State.WITHDRAWN, Move.PUBLISH): State.PUBLISHED,
    }
)
