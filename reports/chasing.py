"""When a hub is reminded of a month that it has not submitted. The rules stand here, and nowhere else.

Days are counted from 提出期限. What was missed while nobody worked is made up for by one letter, the latest; a month
that has been waiting for much longer is headquarters' to talk about, and stands in its daily digest.
"""

from __future__ import annotations

import datetime as dt

REMINDED_ON = (-3, 0, 2, 5, 9)
COPIED_TO_BODY_FROM = 5  # from then on the implementing body reads it too
MADE_UP_FOR_WITHIN = 7  # days after the last one
LISTED_MONTHS = 12  # how far back the digest looks


def reminder_due(*, due_on: dt.date, today: dt.date) -> int | None:
    """Which of REMINDED_ON holds today; None before the first one and long after the last."""
    passed = (today - due_on).days
    if passed > REMINDED_ON[-1] + MADE_UP_FOR_WITHIN:
        return None
    return max((day for day in REMINDED_ON if day <= passed), default=None)


def is_copied(reminder: int) -> bool:
    """Whether the implementing body reads this reminder too."""
    return reminder >= COPIED_TO_BODY_FROM
