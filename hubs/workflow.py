"""The moves of an appointment (tender II ※1 ①④⑤⑥, ※2 ①③)."""

from __future__ import annotations

from foundation.moves import MoveTable
from hubs.choices import AppointmentMove as Move
from hubs.choices import AppointmentState as State

APPOINTMENT = MoveTable(
    {
        (State.REQUESTED, Move.AGREE): State.AGREED,
        (State.REQUESTED, Move.DECLINE): State.DECLINED,
        (State.REQUESTED, Move.WITHDRAW): State.WITHDRAWN,
        (State.AGREED, Move.CONTRACT): State.CONTRACTED,
        (State.AGREED, Move.WITHDRAW): State.WITHDRAWN,
        (State.CONTRACTED, Move.END): State.ENDED,
        (State.CONTRACTED, Move.RELEASE): State.RELEASED,  # demands a ground: the database says so
    }
)
