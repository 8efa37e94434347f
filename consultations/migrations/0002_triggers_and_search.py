"""What the database does by itself: notes the months that a change touches, refuses unknown codes, and
searches text through the one function that may look past row-level security (docs/adr/0003)."""

from django.db import migrations

TOUCH = """
-- Which hub-months may have changed. Statement triggers: one insert for a bulk load of 10,000 rows.
CREATE FUNCTION consultations_touch_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO consultations_touchedmonth (hub_id, month)
        SELECT DISTINCT hub_id, date_trunc('month', held_on)::date FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO consultations_touchedmonth (hub_id, month)
        SELECT DISTINCT hub_id, date_trunc('month', held_on)::date FROM old_rows;
    ELSE
        INSERT INTO consultations_touchedmonth (hub_id, month)
        SELECT hub_id, date_trunc('month', held_on)::date FROM new_rows
        UNION SELECT hub_id, date_trunc('month', held_on)::date FROM old_rows;
    END IF;
    RETURN NULL;
END $$;

-- Organizations and programmes count in the month of their consultation.
CREATE FUNCTION consultations_touch_children() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO consultations_touchedmonth (hub_id, month)
        SELECT DISTINCT c.hub_id, date_trunc('month', c.held_on)::date
          FROM new_rows n JOIN consultations_consultation c ON c.hub_id = n.hub_id AND c.id = n.consultation_id;
    ELSE
        INSERT INTO consultations_touchedmonth (hub_id, month)
        SELECT DISTINCT c.hub_id, date_trunc('month', c.held_on)::date
          FROM old_rows n JOIN consultations_consultation c ON c.hub_id = n.hub_id AND c.id = n.consultation_id;
    END IF;
    RETURN NULL;
END $$;

-- A case's category, introducer and end, an enterprise's industry and number, reach back to all their sessions.
CREATE FUNCTION consultations_touch_cases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO consultations_touchedmonth (hub_id, month)
    SELECT c.hub_id, date_trunc('month', c.held_on)::date
      FROM new_rows n JOIN old_rows o ON o.id = n.id
      JOIN consultations_consultation c ON c.hub_id = n.hub_id AND c.case_id = n.id
     WHERE (n.category, n.introduced_by) IS DISTINCT FROM (o.category, o.introduced_by)
    UNION
    SELECT n.hub_id, date_trunc('month', day)::date
      FROM new_rows n JOIN old_rows o ON o.id = n.id, unnest(ARRAY[n.closed_on, o.closed_on]) AS day
     WHERE day IS NOT NULL AND (n.closed_on, n.resolution) IS DISTINCT FROM (o.closed_on, o.resolution);
    RETURN NULL;
END $$;

CREATE FUNCTION consultations_touch_gone_cases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO consultations_touchedmonth (hub_id, month)
    SELECT DISTINCT hub_id, date_trunc('month', closed_on)::date FROM old_rows WHERE closed_on IS NOT NULL;
    RETURN NULL;
END $$;

CREATE FUNCTION consultations_touch_new_cases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO consultations_touchedmonth (hub_id, month)
    SELECT DISTINCT hub_id, date_trunc('month', closed_on)::date FROM new_rows WHERE closed_on IS NOT NULL;
    RETURN NULL;
END $$;

CREATE FUNCTION consultations_touch_enterprises() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO consultations_touchedmonth (hub_id, month)
    SELECT DISTINCT c.hub_id, date_trunc('month', c.held_on)::date
      FROM new_rows n JOIN old_rows o ON o.id = n.id
      JOIN consultations_consultation c ON c.hub_id = n.hub_id AND c.enterprise_id = n.id
     WHERE (n.industry, n.corporate_number) IS DISTINCT FROM (o.industry, o.corporate_number);
    RETURN NULL;
END $$;

CREATE TRIGGER touch_inserted AFTER INSERT ON consultations_consultation
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION consultations_touch_sessions();
CREATE TRIGGER touch_updated AFTER UPDATE ON consultations_consultation
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION consultations_touch_sessions();
CREATE TRIGGER touch_deleted AFTER DELETE ON consultations_consultation
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION consultations_touch_sessions();
CREATE TRIGGER touch_inserted AFTER INSERT ON consultations_involvement
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION consultations_touch_children();
CREATE TRIGGER touch_deleted AFTER DELETE ON consultations_involvement
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION consultations_touch_children();
CREATE TRIGGER touch_inserted AFTER INSERT ON consultations_programuse
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION consultations_touch_children();
CREATE TRIGGER touch_deleted AFTER DELETE ON consultations_programuse
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION consultations_touch_children();
CREATE TRIGGER touch_updated AFTER UPDATE ON consultations_involvement
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION consultations_touch_children();
CREATE TRIGGER touch_updated AFTER UPDATE ON consultations_programuse
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION consultations_touch_children();
CREATE TRIGGER touch_deleted AFTER DELETE ON consultations_case
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION consultations_touch_gone_cases();
CREATE TRIGGER touch_inserted AFTER INSERT ON consultations_case
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION consultations_touch_new_cases();
CREATE TRIGGER touch_updated AFTER UPDATE ON consultations_case
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION consultations_touch_cases();
CREATE TRIGGER touch_updated AFTER UPDATE ON consultations_enterprise
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION consultations_touch_enterprises();
"""
UNTOUCH = """
DROP TRIGGER touch_updated ON consultations_enterprise;
DROP TRIGGER touch_updated ON consultations_involvement;
DROP TRIGGER touch_updated ON consultations_programuse;
DROP TRIGGER touch_deleted ON consultations_case;
DROP TRIGGER touch_updated ON consultations_case;
DROP TRIGGER touch_inserted ON consultations_case;
DROP TRIGGER touch_deleted ON consultations_programuse;
DROP TRIGGER touch_inserted ON consultations_programuse;
DROP TRIGGER touch_deleted ON consultations_involvement;
DROP TRIGGER touch_inserted ON consultations_involvement;
DROP TRIGGER touch_deleted ON consultations_consultation;
DROP TRIGGER touch_updated ON consultations_consultation;
DROP TRIGGER touch_inserted ON consultations_consultation;
DROP FUNCTION consultations_touch_enterprises();
DROP FUNCTION consultations_touch_new_cases();
DROP FUNCTION consultations_touch_gone_cases();
DROP FUNCTION consultations_touch_cases();
DROP FUNCTION consultations_touch_children();
DROP FUNCTION consultations_touch_sessions();
"""

CODES = """
-- Codes are data, so no CHECK can list them, and arrays have no foreign keys.
CREATE FUNCTION consultations_known_codes(list text, codes text[]) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (
        SELECT FROM unnest(codes) AS wanted
         WHERE wanted <> '' AND NOT EXISTS (
            SELECT FROM directory_code d WHERE d.kind = list AND d.code = wanted))
$$;
CREATE FUNCTION consultations_refuse_codes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ok boolean;
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'consultations_consultation' THEN ok := consultations_known_codes('theme', NEW.themes);
        WHEN 'consultations_enterprise' THEN ok := consultations_known_codes('industry', ARRAY[NEW.industry]);
        WHEN 'consultations_case' THEN
            ok := consultations_known_codes('introducer', ARRAY[NEW.introduced_by])
              AND consultations_known_codes('heard_from', ARRAY[NEW.heard_from]);
    END CASE;
    IF NOT ok THEN
        RAISE EXCEPTION 'unknown code in %', TG_TABLE_NAME USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_codes BEFORE INSERT OR UPDATE OF themes ON consultations_consultation
    FOR EACH ROW EXECUTE FUNCTION consultations_refuse_codes();
CREATE TRIGGER refuse_codes BEFORE INSERT OR UPDATE OF industry ON consultations_enterprise
    FOR EACH ROW EXECUTE FUNCTION consultations_refuse_codes();
CREATE TRIGGER refuse_codes BEFORE INSERT OR UPDATE OF introduced_by, heard_from ON consultations_case
    FOR EACH ROW EXECUTE FUNCTION consultations_refuse_codes();
"""
NO_CODES = """
DROP TRIGGER refuse_codes ON consultations_case;
DROP TRIGGER refuse_codes ON consultations_enterprise;
DROP TRIGGER refuse_codes ON consultations_consultation;
DROP FUNCTION consultations_refuse_codes();
DROP FUNCTION consultations_known_codes(text, text[]);
"""

# Row-level security makes PostgreSQL apply the policy before any operator that is not leakproof, and the
# index on pairs has none that is: under the policy a search reads the whole hub. This function is owned by a
# role with a policy of its own, and keeps the wall itself: its first condition is the scope.
SEARCH = """
CREATE POLICY consultations_search ON consultations_consultation FOR SELECT TO yorozu_search USING (true);
GRANT SELECT (id, hub_id, held_on, deleted_at, search_text, search_grams, method, lead_id, themes)
    ON consultations_consultation TO yorozu_search;
CREATE FUNCTION consultations_search(
    in_hub integer, pairs integer[], patterns text[], before_day date, before_id bigint, at_most integer,
    from_day date DEFAULT NULL, to_day date DEFAULT NULL, by_method text DEFAULT NULL, by_lead bigint DEFAULT NULL,
    about_theme text DEFAULT NULL
) RETURNS TABLE (id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    IF in_hub IS NULL OR NOT in_hub = ANY (
        coalesce(nullif(current_setting('yorozu.records', true), ''), '{}')::integer[]) THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT c.id FROM public.consultations_consultation c
         WHERE c.hub_id = in_hub AND c.search_grams @> pairs
           -- CASE hides LIKE from the planner: it would multiply its selectivity into that of the pairs, expect
           -- three rows of a frequent word, and read its whole posting list instead of the newest rows first
           AND CASE WHEN c.search_text LIKE ALL (patterns) THEN true ELSE false END
           AND c.deleted_at IS NULL
           AND (from_day IS NULL OR c.held_on >= from_day) AND (to_day IS NULL OR c.held_on <= to_day)
           AND (by_method IS NULL OR c.method = by_method) AND (by_lead IS NULL OR c.lead_id = by_lead)
           AND (about_theme IS NULL OR c.themes @> ARRAY[about_theme::varchar])
           AND (before_day IS NULL OR (c.held_on, c.id) < (before_day, before_id))
         ORDER BY c.held_on DESC, c.id DESC LIMIT at_most;
END $$;
GRANT CREATE ON SCHEMA public TO yorozu_search;
ALTER FUNCTION consultations_search(integer, integer[], text[], date, bigint, integer, date, date, text, bigint, text) OWNER TO yorozu_search;
REVOKE CREATE ON SCHEMA public FROM yorozu_search;
REVOKE EXECUTE ON FUNCTION consultations_search(integer, integer[], text[], date, bigint, integer, date, date, text, bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION consultations_search(integer, integer[], text[], date, bigint, integer, date, date, text, bigint, text) TO yorozu_app;
"""
NO_SEARCH = """
DROP FUNCTION consultations_search(integer, integer[], text[], date, bigint, integer, date, date, text, bigint, text);
REVOKE SELECT (id, hub_id, held_on, deleted_at, search_text, search_grams, method, lead_id, themes)
    ON consultations_consultation FROM yorozu_search;
DROP POLICY consultations_search ON consultations_consultation;
"""


class Migration(migrations.Migration):
    dependencies = [("consultations", "0001_initial"), ("directory", "0001_initial")]
    operations = [
        migrations.RunSQL(TOUCH, UNTOUCH),
        migrations.RunSQL(CODES, NO_CODES),
        migrations.RunSQL(SEARCH, NO_SEARCH),
    ]
