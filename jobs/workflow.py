"""The moves of a job."""

from __future__ import annotations

from foundation.moves import MoveTable
from jobs.choices import JobMove as Move
from jobs.choices import JobState as State

JOB = MoveTable(
    {
        (State.QUEUED, Move.START): State.RUNNING,
        (State.RUNNING, Move.LOSE): State.QUEUED,  # its worker gave no sign of life: from the start again
        (State.RUNNING, Move.FINISH): State.DONE,
        (State.RUNNING, Move.FAIL): State.FAILED,
        (State.DONE, Move.EXPIRE): State.EXPIRED,
    }
)
