"""The moves of a case (domain.md §5)."""

from __future__ import annotations

from typing import Any

from consultations.choices import CaseMove as Move
from consultations.choices import CaseState as State
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
