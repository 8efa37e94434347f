"""The moves of an import."""

from __future__ import annotations

from exchange.choices import ImportMove as Move
from exchange.choices import ImportState as State
from foundation.moves import MoveTable

IMPORT = MoveTable(
    {
        (State.UPLOADED, Move.CHECK): State.CHECKING,
        (State.CHECKING, Move.CHECK): State.CHECKING,  # its job failed, or other columns are wanted
        (State.CHECKED, Move.CHECK): State.CHECKING,  # other columns are wanted
        (State.CHECKING, Move.FIND): State.CHECKED,
        (State.CHECKED, Move.COMMIT): State.COMMITTING,
        (State.COMMITTING, Move.COMMIT): State.COMMITTING,  # its job failed: what is in stays in, the rest follows
        (State.COMMITTING, Move.FINISH): State.DONE,
    }
)
