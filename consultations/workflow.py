"""The moves of a case (domain.md §5), of the review of a note, and of a request about one's data."""

from __future__ import annotations

from typing import Any

from consultations.choices import CaseMove as Move
from consultations.choices import CaseState as State
from consultations.choices import PrivacyMove, PrivacyState
from consultations.choices import ReviewMove as Judgement
from consultations.choices import ReviewState as Judged
from foundation.moves import MoveTable

_OPEN = (State.RECEIVED, State.ACTIVE, State.REFERRED, State.WATCHING)
CLOSED = (State.SOLVED, State.UNSOLVED, State.SUSPENDED)

_MOVES: dict[Any, Any] = (
    {(State.RECEIVED, Move.START): State.ACTIVE}
    | {(state, Move.REFER): State.REFERRED for state in _OPEN if state != State.REFERRED}
    | {(state, Move.WATCH): State.WATCHING for state in _OPEN if state != State.WATCHING}
    | {(state, Move.START): State.ACTIVE for state in (State.REFERRED, State.WATCHING)}
    | {(state, Move.SOLVE): State.SOLVED for state in _OPEN}
    | {(state, Move.GIVE_UP): State.UNSOLVED for state in _OPEN}
    | {(state, Move.SUSPEND): State.SUSPENDED for state in _OPEN}
    | {(state, Move.REOPEN): State.ACTIVE for state in CLOSED}
)
CASE = MoveTable(_MOVES)

# The review of a note. A comment moves nothing; an answer brings a returned note back before the chief.
_REVIEW: dict[Any, Any] = (
    {(state, Judgement.COMMENT): state for state in Judged}
    | {(state, Judgement.RETURN): Judged.RETURNED for state in Judged}
    | {(state, Judgement.ACCEPT): Judged.ACCEPTED for state in (Judged.OPEN, Judged.RETURNED)}
    | {(state, Judgement.ANSWER): Judged.OPEN for state in (Judged.OPEN, Judged.RETURNED)}
    | {(Judged.ACCEPTED, Judgement.ANSWER): Judged.ACCEPTED}
)
REVIEW = MoveTable(_REVIEW)

# What somebody asks about their own data is done or declined, once.
PRIVACY = MoveTable(
    {
        (PrivacyState.RECEIVED, PrivacyMove.CARRY_OUT): PrivacyState.DONE,
        (PrivacyState.RECEIVED, PrivacyMove.REFUSE): PrivacyState.REFUSED,
    }
)
