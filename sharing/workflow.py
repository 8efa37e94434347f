"""The moves of a request between hubs. The database keeps the same table (migrations/0002)."""

from __future__ import annotations

from foundation.moves import MoveTable
from sharing.choices import SharingMove as Move
from sharing.choices import SharingState as State

SHARING = MoveTable(
    {
        (State.ASKED, Move.ACCEPT): State.ACCEPTED,
        (State.ASKED, Move.DECLINE): State.DECLINED,
        (State.ASKED, Move.WITHDRAW): State.WITHDRAWN,
        (State.ASKED, Move.EXPIRE): State.EXPIRED,
        (State.ACCEPTED, Move.RECEIVE): State.ENDED,  # a transfer is over when the asking hub has taken it in
        (State.ACCEPTED, Move.END): State.ENDED,  # joint support: by either hub, or by its last day
    }
)
LIVE = (State.ASKED, State.ACCEPTED)
