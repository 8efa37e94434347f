"""Searching a few of a hub's cases and enterprises, as one types: a word that most of them hold is found among the newest
at once, instead of reading and sorting all that hold it. Rarer words go on to the index of pairs as before."""

from importlib import import_module

from django.db import migrations

SEARCH = """
CREATE OR REPLACE FUNCTION consultations_search_enterprises(
    in_hub integer, pairs integer[], patterns text[], before_moment timestamptz, before_id bigint, at_most integer
) RETURNS TABLE (id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    newest bigint[];
BEGIN
    IF in_hub IS NULL OR NOT in_hub = ANY (
        coalesce(nullif(current_setting('yorozu.records', true), ''), '{}')::integer[]) THEN
        RETURN;
    END IF;
    IF at_most <= 20 AND before_moment IS NULL THEN
        newest := ARRAY(
            SELECT recent.id FROM (
                SELECT e.id, e.search_key, e.updated_at FROM public.consultations_enterprise e
                 WHERE e.hub_id = in_hub ORDER BY e.updated_at DESC, e.id DESC LIMIT 200) AS recent
             WHERE recent.search_key LIKE ALL (patterns)
             ORDER BY recent.updated_at DESC, recent.id DESC LIMIT at_most);
        IF cardinality(newest) = at_most THEN
            RETURN QUERY SELECT few.pk FROM unnest(newest) WITH ORDINALITY AS few (pk, place) ORDER BY few.place;
            RETURN;
        END IF;
    END IF;
    RETURN QUERY
        SELECT e.id FROM public.consultations_enterprise e
         WHERE e.hub_id = in_hub AND public.consultations_grams(e.search_key) @> pairs
           AND CASE WHEN e.search_key LIKE ALL (patterns) THEN true ELSE false END
           AND (before_moment IS NULL OR (e.updated_at, e.id) < (before_moment, before_id))
         ORDER BY e.updated_at DESC, e.id DESC LIMIT at_most;
END $$;

CREATE OR REPLACE FUNCTION consultations_search_cases(
    in_hub integer, pairs integer[], patterns text[], before_day date, before_id bigint, at_most integer,
    in_states text[] DEFAULT NULL, from_day date DEFAULT NULL, to_day date DEFAULT NULL, by_lead bigint DEFAULT NULL
) RETURNS TABLE (id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    newest bigint[];
BEGIN
    IF in_hub IS NULL OR NOT in_hub = ANY (
        coalesce(nullif(current_setting('yorozu.records', true), ''), '{}')::integer[]) THEN
        RETURN;
    END IF;
    IF at_most <= 20 AND before_day IS NULL AND in_states IS NULL AND from_day IS NULL AND to_day IS NULL
        AND by_lead IS NULL THEN
        newest := ARRAY(
            SELECT recent.id FROM (
                SELECT c.id, c.search_text, c.received_on FROM public.consultations_case c
                 WHERE c.hub_id = in_hub ORDER BY c.received_on DESC, c.id DESC LIMIT 200) AS recent
             WHERE recent.search_text LIKE ALL (patterns)
             ORDER BY recent.received_on DESC, recent.id DESC LIMIT at_most);
        IF cardinality(newest) = at_most THEN
            RETURN QUERY SELECT few.pk FROM unnest(newest) WITH ORDINALITY AS few (pk, place) ORDER BY few.place;
            RETURN;
        END IF;
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
"""
AS_BEFORE = import_module("consultations.migrations.0011_case_search").SEARCH


class Migration(migrations.Migration):
    dependencies = [("consultations", "0012_client_made")]
    operations = [migrations.RunSQL(SEARCH, AS_BEFORE)]
