"""Errors that plain rules raise. Rooms turn them into messages beside a field."""


class Unreadable(ValueError):
    """A text that is not what it should be: a month, a date, an identifier."""


class MoveRefused(Exception):
    """A state does not allow this move."""
