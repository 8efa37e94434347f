"""Every write of this room, by deed."""

from booking.actions.bookings import (
    DoesNotFit,
    Edited,
    Taken,
    begin_logging,
    book,
    cancel,
    confirm,
    decline,
    hand_over,
    miss,
    remind,
    revise,
    settle,
)
from booking.actions.calendar import close_day, end_hours, open_day, set_hours, set_place
from booking.actions.requests import ask
from booking.actions.traces import forget_stranger

__all__ = [
    "DoesNotFit",
    "Edited",
    "Taken",
    "ask",
    "begin_logging",
    "book",
    "cancel",
    "close_day",
    "confirm",
    "decline",
    "end_hours",
    "forget_stranger",
    "hand_over",
    "miss",
    "open_day",
    "remind",
    "revise",
    "set_hours",
    "set_place",
    "settle",
]
