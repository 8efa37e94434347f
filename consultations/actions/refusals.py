"""Why a write was refused."""

from __future__ import annotations

from typing import Any


class Edited(Exception):
    """Somebody else changed the record since this person opened it."""

    def __init__(self, current: Any) -> None:
        super().__init__("edited in between")
        self.current = current


class Anonymised(Exception):
    """The enterprise is anonymised: nothing can be written about it any more."""


class MonthClosed(Exception):
    """The month of the record is closed: what counts of it stays. `lock` says in words why, and who can reopen it."""

    def __init__(self, lock: Any) -> None:
        super().__init__(str(lock))
        self.lock = lock


class NumberTaken(Exception):
    """The hub already has an enterprise with this 法人番号."""


class CommentMissing(Exception):
    """Whoever returns a note, or answers, must say something."""
