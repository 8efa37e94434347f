"""How fresh a hub's records are and whether its referrals are answered: what no monthly figure says."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.utils import timezone

from hubs.tenancy import HUB_IDS, Scope, entered

LOOKED_BACK = 90  # days of sessions
LATE = 7  # an entry so many days after its session is late (as in the checks before a month is submitted)
ANSWER_DUE = 45  # days that a referral may wait
ASKED_BACK = 365  # days of referrals

_TAKE = """
    INSERT INTO metrics_pulse (hub_id, taken_at, last_held_on, sessions, late, sent, unanswered)
    SELECT hub.id, %(at)s, held.last, coalesce(held.sessions, 0), coalesce(held.late, 0),
           coalesce(asked.sent, 0), coalesce(asked.unanswered, 0)
      FROM unnest(%(hubs)s::integer[]) AS hub(id)
      LEFT JOIN (SELECT hub_id, max(held_on) AS last, count(*) AS sessions, count(*) FILTER
                        (WHERE (created_at AT TIME ZONE 'Asia/Tokyo')::date - held_on > %(late)s) AS late
                   FROM consultations_consultation
                  WHERE held_on BETWEEN %(since)s AND %(today)s AND deleted_at IS NULL AND not_counted = ''
                  GROUP BY hub_id) held ON held.hub_id = hub.id
      LEFT JOIN (SELECT hub_id, count(*) AS sent, count(*) FILTER (WHERE answered_on IS NULL) AS unanswered
                   FROM referrals_referral
                  WHERE sent_on BETWEEN %(asked_since)s AND %(due)s AND state <> 'cancelled'
                  GROUP BY hub_id) asked ON asked.hub_id = hub.id
        ON CONFLICT (hub_id) DO UPDATE
       SET taken_at = excluded.taken_at, last_held_on = excluded.last_held_on, sessions = excluded.sessions,
           late = excluded.late, sent = excluded.sent, unanswered = excluded.unanswered
"""


def take_pulse(*, at: dt.datetime) -> None:
    """Look at every hub anew: one statement, in the nation's scope, over the last months' records."""
    today = timezone.localdate(at)
    days = {
        "since": today - dt.timedelta(days=LOOKED_BACK),
        "asked_since": today - dt.timedelta(days=ASKED_BACK),
        "due": today - dt.timedelta(days=ANSWER_DUE + 1),
    }
    with entered(Scope.nationwide()), connection.cursor() as cursor:
        cursor.execute(_TAKE, days | {"at": at, "today": today, "late": LATE, "hubs": list(HUB_IDS)})
