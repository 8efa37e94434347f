"""Searching cases and enterprises by pairs of letters (docs/adr/0003), safely on a live table.

The pairs stand in the indexes only: an index over a function of the folded text needs no column, follows every way of
writing (bulk loads, merges, anonymising), and is built while people go on working. Not atomic, therefore; each step
may be run again.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models, transaction

BATCH = 2000

GRAMS = """
-- foundation.text.grams: a test compares the two.
CREATE OR REPLACE FUNCTION consultations_grams(folded text) RETURNS integer[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT coalesce(array_agg(DISTINCT ((ascii(one) & 65535) << 16) | (ascii(next) & 65535)), '{}')
      FROM (SELECT one, lead(one) OVER (ORDER BY place) AS next
              FROM string_to_table(folded, NULL) WITH ORDINALITY AS letter(one, place)) AS pairs
     WHERE one <> ' ' AND next <> ' '
$$;
"""
NO_GRAMS = "DROP FUNCTION consultations_grams(text);"

INDEXES = [
    "DROP INDEX IF EXISTS enterprise_by_gram",
    "CREATE INDEX CONCURRENTLY enterprise_by_gram ON consultations_enterprise"
    " USING gin (hub_id, consultations_grams(search_key))",
    "DROP INDEX IF EXISTS case_by_gram",
    "CREATE INDEX CONCURRENTLY case_by_gram ON consultations_case"
    " USING gin (hub_id, consultations_grams(search_text))",
]
NO_INDEXES = ["DROP INDEX case_by_gram", "DROP INDEX enterprise_by_gram"]

# As consultations_search: the first condition is the scope, and ids are all that comes out.
SEARCH = """
DROP POLICY IF EXISTS consultations_search ON consultations_enterprise;
CREATE POLICY consultations_search ON consultations_enterprise FOR SELECT TO yorozu_search USING (true);
GRANT SELECT (id, hub_id, search_key, updated_at) ON consultations_enterprise TO yorozu_search;
CREATE OR REPLACE FUNCTION consultations_search_enterprises(
    in_hub integer, pairs integer[], patterns text[], before_moment timestamptz, before_id bigint, at_most integer
) RETURNS TABLE (id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    IF in_hub IS NULL OR NOT in_hub = ANY (
        coalesce(nullif(current_setting('yorozu.records', true), ''), '{}')::integer[]) THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT e.id FROM public.consultations_enterprise e
         WHERE e.hub_id = in_hub AND public.consultations_grams(e.search_key) @> pairs
           AND CASE WHEN e.search_key LIKE ALL (patterns) THEN true ELSE false END
           AND (before_moment IS NULL OR (e.updated_at, e.id) < (before_moment, before_id))
         ORDER BY e.updated_at DESC, e.id DESC LIMIT at_most;
END $$;

DROP POLICY IF EXISTS consultations_search ON consultations_case;
CREATE POLICY consultations_search ON consultations_case FOR SELECT TO yorozu_search USING (true);
GRANT SELECT (id, hub_id, search_text, received_on, state, lead_id) ON consultations_case TO yorozu_search;
CREATE OR REPLACE FUNCTION consultations_search_cases(
    in_hub integer, pairs integer[], patterns text[], before_day date, before_id bigint, at_most integer,
    in_states text[] DEFAULT NULL, from_day date DEFAULT NULL, to_day date DEFAULT NULL, by_lead bigint DEFAULT NULL
) RETURNS TABLE (id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    IF in_hub IS NULL OR NOT in_hub = ANY (
        coalesce(nullif(current_setting('yorozu.records', true), ''), '{}')::integer[]) THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT c.id FROM public.consultations_case c
         WHERE c.hub_id = in_hub AND public.consultations_grams(c.search_text) @> pairs
           AND CASE WHEN c.search_text LIKE ALL (patterns) THEN true ELSE false END
           AND (in_states IS NULL OR c.state = ANY (in_states))
           AND (from_day IS NULL OR c.received_on >= from_day) AND (to_day IS NULL OR c.received_on <= to_day)
           AND (by_lead IS NULL OR c.lead_id = by_lead)
           AND (before_day IS NULL OR (c.received_on, c.id) < (before_day, before_id))
         ORDER BY c.received_on DESC, c.id DESC LIMIT at_most;
END $$;
GRANT CREATE ON SCHEMA public TO yorozu_search;
ALTER FUNCTION consultations_search_enterprises(integer, integer[], text[], timestamptz, bigint, integer) OWNER TO yorozu_search;
ALTER FUNCTION consultations_search_cases(integer, integer[], text[], date, bigint, integer, text[], date, date, bigint) OWNER TO yorozu_search;
REVOKE CREATE ON SCHEMA public FROM yorozu_search;
REVOKE EXECUTE ON FUNCTION consultations_search_enterprises(integer, integer[], text[], timestamptz, bigint, integer) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION consultations_search_cases(integer, integer[], text[], date, bigint, integer, text[], date, date, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION consultations_search_enterprises(integer, integer[], text[], timestamptz, bigint, integer) TO yorozu_app;
GRANT EXECUTE ON FUNCTION consultations_search_cases(integer, integer[], text[], date, bigint, integer, text[], date, date, bigint) TO yorozu_app;
"""
NO_SEARCH = """
DROP FUNCTION consultations_search_cases(integer, integer[], text[], date, bigint, integer, text[], date, date, bigint);
DROP FUNCTION consultations_search_enterprises(integer, integer[], text[], timestamptz, bigint, integer);
REVOKE SELECT (id, hub_id, search_text, received_on, state, lead_id) ON consultations_case FROM yorozu_search;
REVOKE SELECT (id, hub_id, search_key, updated_at) ON consultations_enterprise FROM yorozu_search;
DROP POLICY consultations_search ON consultations_case;
DROP POLICY consultations_search ON consultations_enterprise;
"""


def fill(apps: Any, schema_editor: Any) -> None:
    """The folded text of the cases that stand already, some thousands at a time, each a transaction of its own."""
    from foundation.text import fold

    case = apps.get_model("consultations", "Case")._base_manager
    everywhere = "{" + ",".join(map(str, range(1, 48))) + "}"
    reached = 0
    while True:
        with transaction.atomic(), schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT set_config('yorozu.records', %s, true)", [everywhere])
            rows = list(case.filter(pk__gt=reached).order_by("pk").only("number", "title", "issue", "plan")[:BATCH])
            for row in rows:
                parts = (row.number, row.title, row.issue, row.plan)
                row.search_text = fold("\n".join(part for part in parts if part))
            case.bulk_update(rows, ["search_text"])
        if not rows:
            return
        reached = rows[-1].pk


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("consultations", "0010_notes")]
    operations = [
        migrations.RunSQL(GRAMS, NO_GRAMS),
        migrations.AddField("case", "search_text", models.TextField(db_default="", default="", editable=False)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(INDEXES, NO_INDEXES),
        migrations.RunSQL(SEARCH, NO_SEARCH),
    ]
