"""Counting how often pairs of characters are written at a hub, so that the telling ones are known."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from consultations.models import GramSample

SAMPLE = 4_000  # the newest notes; how rare a word is does not hang on more
ANEW_AFTER = dt.timedelta(hours=20)
GROWN = 1.5  # a hub that has just begun is counted again as soon as it has so many times the notes

_COUNT = """
    WITH sampled AS MATERIALIZED (
        SELECT search_grams FROM consultations_consultation
         WHERE hub_id = %(hub)s AND deleted_at IS NULL ORDER BY held_on DESC, id DESC LIMIT %(sample)s
    ), fresh AS MATERIALIZED (
        SELECT gram, count(*) AS notes FROM sampled, unnest(search_grams) AS held (gram)
         GROUP BY gram HAVING count(*) > 1
    ), gone AS (
        DELETE FROM consultations_gramcount old
         WHERE old.hub_id = %(hub)s AND NOT EXISTS (SELECT FROM fresh WHERE fresh.gram = old.gram)
    ), counted AS (
        INSERT INTO consultations_gramcount AS old (hub_id, gram, notes) SELECT %(hub)s, gram, notes FROM fresh
            ON CONFLICT (hub_id, gram) DO UPDATE SET notes = EXCLUDED.notes WHERE old.notes <> EXCLUDED.notes
    )
    INSERT INTO consultations_gramsample (hub_id, notes, of_notes, counted_at)
    SELECT %(hub)s, (SELECT count(*) FROM sampled), %(of)s, %(at)s
        ON CONFLICT (hub_id) DO UPDATE
           SET notes = EXCLUDED.notes, of_notes = EXCLUDED.of_notes, counted_at = EXCLUDED.counted_at
"""


@transaction.atomic
def count_grams(*, hub_id: int, at: dt.datetime) -> bool:
    """Count a hub's newest notes, unless that was done not long ago. In the hub's scope. Returns whether it counted."""
    before = GramSample.objects.select_for_update().filter(hub_id=hub_id).first()
    notes = _notes_of(hub_id)
    recent = before is not None and at - before.counted_at < ANEW_AFTER
    if notes == 0 or (recent and before is not None and notes < max(20, before.of_notes * GROWN)):
        return False
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"hub": hub_id, "sample": SAMPLE, "of": notes, "at": at})
    return True


def _notes_of(hub_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM consultations_consultation WHERE hub_id = %s AND deleted_at IS NULL", [hub_id]
        )
        return int(cursor.fetchone()[0])
