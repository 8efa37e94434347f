"""The moves of a letter."""

from __future__ import annotations

from foundation.moves import MoveTable
from letters.choices import LetterMove as Move
from letters.choices import LetterState as State

LETTER = MoveTable(
    {
        (State.QUEUED, Move.SEND): State.SENT,
        (State.QUEUED, Move.GIVE_UP): State.FAILED,
    }
)
