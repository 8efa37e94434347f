"""The moves of a referral (domain.md §5, §8), and what counts as an answer."""

from __future__ import annotations

from typing import Any

from foundation.moves import MoveTable
from referrals.choices import ReferralMove as Move
from referrals.choices import ReferralState as State

# What the other agency says of a referral. Any of it is an answer, 受領 too: from then on somebody is known to have it,
# and the chase, which asks whether anybody does, is over. What came of it is waited for in the hub's own list.
ANSWERS: dict[Move, State] = {
    Move.RECEIVE: State.RECEIVED,
    Move.START: State.ACTIVE,
    Move.SUPPORT: State.SUPPORTED,
    Move.END: State.UNSUPPORTED,
    Move.MISS: State.UNREACHABLE,
    Move.DECLINE: State.DECLINED,
}
REASONED = frozenset({Move.DECLINE, Move.CANCEL})
ANSWERED = frozenset(ANSWERS.values())
FINISHED = frozenset({State.SUPPORTED, State.UNSUPPORTED, State.UNREACHABLE, State.DECLINED})
OPEN = frozenset({State.PREPARED, State.SENT, State.RECEIVED, State.ACTIVE})
UNSENT = frozenset({State.PREPARED, State.CANCELLED})

_MOVES: dict[Any, Any] = (
    {(State.PREPARED, Move.SEND): State.SENT, (State.PREPARED, Move.CANCEL): State.CANCELLED}
    | {(State.SENT, move): state for move, state in ANSWERS.items()}
    | {(State.SENT, Move.CANCEL): State.CANCELLED, (State.SENT, Move.EXPIRE): State.EXPIRED}
    | {(State.RECEIVED, move): state for move, state in ANSWERS.items() if move != Move.RECEIVE}
    | {(State.RECEIVED, Move.CANCEL): State.CANCELLED, (State.RECEIVED, Move.EXPIRE): State.EXPIRED}
    | {(State.ACTIVE, move): ANSWERS[move] for move in (Move.SUPPORT, Move.END, Move.MISS, Move.DECLINE)}
    | {(State.ACTIVE, Move.CANCEL): State.CANCELLED, (State.ACTIVE, Move.EXPIRE): State.EXPIRED}
    # taken up again: the client called after all, the work went on
    | {(state, Move.START): State.ACTIVE for state in (State.SUPPORTED, State.UNSUPPORTED, State.UNREACHABLE)}
    # a late answer by telephone, or the letter once more
    | {(State.EXPIRED, move): state for move, state in ANSWERS.items()}
    | {(State.EXPIRED, Move.SEND): State.SENT, (State.EXPIRED, Move.CANCEL): State.CANCELLED}
)
REFERRAL = MoveTable(_MOVES)


def answers_open_in(state: str) -> list[Move]:
    """What the other agency can say now."""
    return [Move(move) for move in REFERRAL.possible(state) if move in ANSWERS]
