"""The moves of a hub's month: confirmed by the hub's chief, checked and closed by headquarters (tender II.7)."""

from __future__ import annotations

from foundation.moves import MoveTable
from reports.choices import CompositionMove, CompositionState, ReopeningMove, ReopeningState
from reports.choices import MonthMove as Move
from reports.choices import MonthState as State

MONTH = MoveTable(
    {
        (State.DRAFTING, Move.SUBMIT): State.SUBMITTED,
        (State.RETURNED, Move.SUBMIT): State.SUBMITTED,
        (State.REOPENED, Move.SUBMIT): State.SUBMITTED,
        (State.SUBMITTED, Move.WITHDRAW): State.DRAFTING,
        (State.SUBMITTED, Move.TAKE_BACK): State.REOPENED,  # the withdrawal of what had been closed
        (State.SUBMITTED, Move.RETURN): State.RETURNED,  # demands a comment: the database says so
        (State.SUBMITTED, Move.ACCEPT): State.ACCEPTED,
        (State.ACCEPTED, Move.RETURN): State.RETURNED,
        (State.ACCEPTED, Move.CLOSE): State.CLOSED,
        (State.CLOSED, Move.PUBLISH): State.PUBLISHED,
        (State.CLOSED, Move.REOPEN): State.REOPENED,  # demands a reason
        (State.PUBLISHED, Move.REOPEN): State.REOPENED,
        (State.REOPENED, Move.LAPSE): State.CLOSED,  # its time ran out, and nothing was submitted
        (State.RETURNED, Move.LAPSE): State.CLOSED,  # likewise: only what had been closed has such a time
    }
)
REOPENING = MoveTable(
    {
        (ReopeningState.ASKED, ReopeningMove.GRANT): ReopeningState.GRANTED,
        (ReopeningState.ASKED, ReopeningMove.REFUSE): ReopeningState.REFUSED,  # demands an answer
        (ReopeningState.ASKED, ReopeningMove.WITHDRAW): ReopeningState.WITHDRAWN,
        (ReopeningState.GRANTED, ReopeningMove.END): ReopeningState.ENDED,
    }
)
COMPOSITION = MoveTable({(CompositionState.DRAFTING, CompositionMove.SUBMIT): CompositionState.SUBMITTED})
CLOSED = (State.CLOSED, State.PUBLISHED)
WAITING_FOR_HUB = (State.DRAFTING, State.RETURNED, State.REOPENED)
