"""Letters about a hub's month, each posted once."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from letters import actions as letters
from reports import emails
from reports.models import MonthlyReport


def post_about(what: str, report: MonthlyReport, to: User, text: emails.Text, *, at: dt.datetime) -> None:
    """One of the nation's letters: headquarters' deeds may write to a hub's people, and not into its records. `what`
    tells this letter from others about the same month."""
    key = f"month:{report.month}:{report.hub_id}:{what}:{to.pk}"
    letters.post(key=key, hub=None, to=to.email, subject=text.subject, body=text.body, at=at)
