"""The states of a booking."""

from booking.choices import BookingMove as Move
from booking.choices import BookingState as State
from foundation.moves import MoveTable

BOOKING = MoveTable(
    {
        (State.REQUESTED, Move.CONFIRM): State.CONFIRMED,
        (State.REQUESTED, Move.DECLINE): State.DECLINED,
        (State.REQUESTED, Move.CANCEL): State.CANCELLED,
        (State.CONFIRMED, Move.CANCEL): State.CANCELLED,
        (State.CONFIRMED, Move.ATTEND): State.ATTENDED,  # a consultation with its number exists
        (State.CONFIRMED, Move.MISS): State.NO_SHOW,
        (State.NO_SHOW, Move.ATTEND): State.ATTENDED,  # came late after all: the consultation is the proof
    }
)
HOLDING = (State.CONFIRMED, State.ATTENDED)  # take up a person and a place
