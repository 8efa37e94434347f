"""What two hubs may see of each other, kept by the database: who may answer, and the two functions that look past
row-level security (docs/adr/0009; docs/adr/0003 has the recipe). Both ask for the scope first, and give a few columns
only."""

from django.db import migrations

# The wall lets both hubs write a row between them. Which of them may say what stands here, because the timeline of the
# other hub opens on what the row says.
KEEP = """
CREATE FUNCTION sharing_in_scope(hub integer) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT hub = ANY (coalesce(nullif(current_setting('yorozu.records', true), ''), '{}')::integer[])
$$;
CREATE FUNCTION sharing_keep_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a request between hubs is never deleted' USING ERRCODE = 'check_violation';
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'asked' OR NOT sharing_in_scope(NEW.hub_id) THEN
            RAISE EXCEPTION 'a request begins where it is asked' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.hub_id, NEW.to_hub_id, NEW.kind, NEW.corporate_number, NEW.reason, NEW.consented_on,
        NEW.consent_how, NEW.asked_at, NEW.asked_by_id) IS DISTINCT FROM
       (OLD.id, OLD.hub_id, OLD.to_hub_id, OLD.kind, OLD.corporate_number, OLD.reason, OLD.consented_on,
        OLD.consent_how, OLD.asked_at, OLD.asked_by_id) THEN
        RAISE EXCEPTION 'what was asked stands' USING ERRCODE = 'check_violation';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('asked', 'accepted'), ('asked', 'declined'), ('asked', 'withdrawn'),
        ('asked', 'expired'), ('accepted', 'ended')) THEN
        RAISE EXCEPTION 'no move leads from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('accepted', 'declined') AND NOT sharing_in_scope(NEW.to_hub_id) THEN
        RAISE EXCEPTION 'only the hub that is asked answers' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'withdrawn' AND NOT sharing_in_scope(NEW.hub_id) THEN
        RAISE EXCEPTION 'only the hub that asked withdraws' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state <> 'asked' AND (NEW.starts_on, NEW.ends_on, NEW.answered_at, NEW.answered_by_id, NEW.answer)
        IS DISTINCT FROM (OLD.starts_on, OLD.ends_on, OLD.answered_at, OLD.answered_by_id, OLD.answer) THEN
        RAISE EXCEPTION 'what was answered stands' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_request BEFORE INSERT OR UPDATE OR DELETE ON sharing_sharingrequest
    FOR EACH ROW EXECUTE FUNCTION sharing_keep_request();

CREATE FUNCTION sharing_keep_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the trace between hubs stands' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER keep_step BEFORE UPDATE OR DELETE ON sharing_sharingstep
    FOR EACH ROW EXECUTE FUNCTION sharing_keep_step();

CREATE FUNCTION sharing_keep_handed_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NOT sharing_in_scope(NEW.to_hub_id) THEN
        RAISE EXCEPTION 'only the hub that holds a case hands it over' USING ERRCODE = 'check_violation';
    ELSIF TG_OP = 'UPDATE' AND NOT sharing_in_scope(NEW.hub_id) THEN
        RAISE EXCEPTION 'only the hub that asked takes a case in' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_handed_over BEFORE INSERT OR UPDATE ON sharing_handedover
    FOR EACH ROW EXECUTE FUNCTION sharing_keep_handed_over();
"""
UNKEEP = """
DROP TRIGGER keep_handed_over ON sharing_handedover;
DROP FUNCTION sharing_keep_handed_over();
DROP TRIGGER keep_step ON sharing_sharingstep;
DROP FUNCTION sharing_keep_step();
DROP TRIGGER keep_request ON sharing_sharingrequest;
DROP FUNCTION sharing_keep_request();
DROP FUNCTION sharing_in_scope(integer);
"""

# The policies and grants of the search role on what these functions read. Its grants on consultations are added to
# those that the text search has; going back, only what is not the search's is taken.
SEEN = """
CREATE POLICY sharing_search ON sharing_sharingrequest FOR SELECT TO yorozu_search USING (true);
CREATE POLICY sharing_search ON consultations_enterprise FOR SELECT TO yorozu_search USING (true);
CREATE POLICY sharing_search ON consultations_case FOR SELECT TO yorozu_search USING (true);
GRANT SELECT (id, hub_id, to_hub_id, kind, state, corporate_number, starts_on, ends_on)
    ON sharing_sharingrequest TO yorozu_search;
GRANT SELECT (id, hub_id, corporate_number, name, prefecture_id, municipality) ON consultations_enterprise
    TO yorozu_search;
GRANT SELECT (id, hub_id, number, title, state) ON consultations_case TO yorozu_search;
GRANT SELECT (enterprise_id, case_id, minutes, content, advice, next_step) ON consultations_consultation
    TO yorozu_search;

-- Which other hubs have a client of this 法人番号: name, place and hub, and nothing but a whole number finds it.
CREATE FUNCTION sharing_known_elsewhere(in_hub integer, wanted text)
RETURNS TABLE (hub_id integer, name text, prefecture_id integer, municipality text)
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    total integer;
BEGIN
    IF in_hub IS NULL OR NOT in_hub = ANY (
        coalesce(nullif(current_setting('yorozu.records', true), ''), '{}')::integer[]) THEN
        RETURN;
    END IF;
    IF wanted IS NULL OR wanted !~ '^[1-9][0-9]{12}$' THEN
        RETURN;
    END IF;
    -- 9 − (Σ Pn·Qn mod 9), n from the right, Q 1 for odd n and 2 for even
    SELECT sum(substr(wanted, 14 - n, 1)::integer * CASE n % 2 WHEN 1 THEN 1 ELSE 2 END)
      INTO total FROM generate_series(1, 12) AS n;
    IF substr(wanted, 1, 1)::integer <> 9 - total % 9 THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT e.hub_id, e.name::text, e.prefecture_id, e.municipality::text FROM public.consultations_enterprise e
         WHERE e.corporate_number = wanted AND e.hub_id <> in_hub ORDER BY e.hub_id;
END $$;

-- The sessions of one client of another hub, while joint support between the two is in force. The day is the
-- database's own: nobody passes in another.
CREATE FUNCTION sharing_joint_timeline(
    in_hub integer, in_request bigint, before_day date, before_id bigint, at_most integer
) RETURNS TABLE (
    id bigint, held_on date, minutes integer, method text, lead_id bigint, themes text[], content text, advice text,
    next_step text, case_number text, case_title text, case_state text
) LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF in_hub IS NULL OR NOT in_hub = ANY (
        coalesce(nullif(current_setting('yorozu.records', true), ''), '{}')::integer[]) THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT c.id, c.held_on, c.minutes::integer, c.method::text, c.lead_id, c.themes::text[], c.content, c.advice,
               c.next_step, k.number::text, k.title::text, k.state::text
          FROM public.sharing_sharingrequest r
          JOIN public.consultations_enterprise e
            ON e.hub_id = r.to_hub_id AND e.corporate_number = r.corporate_number
          JOIN public.consultations_consultation c ON c.hub_id = e.hub_id AND c.enterprise_id = e.id
          JOIN public.consultations_case k ON k.hub_id = c.hub_id AND k.id = c.case_id
         WHERE r.id = in_request AND r.hub_id = in_hub AND r.kind = 'joint' AND r.state = 'accepted'
           AND (now() AT TIME ZONE 'Asia/Tokyo')::date BETWEEN r.starts_on AND r.ends_on
           AND c.deleted_at IS NULL
           AND (before_day IS NULL OR (c.held_on, c.id) < (before_day, before_id))
         ORDER BY c.held_on DESC, c.id DESC LIMIT at_most;
END $$;

GRANT CREATE ON SCHEMA public TO yorozu_search;
ALTER FUNCTION sharing_known_elsewhere(integer, text) OWNER TO yorozu_search;
ALTER FUNCTION sharing_joint_timeline(integer, bigint, date, bigint, integer) OWNER TO yorozu_search;
REVOKE CREATE ON SCHEMA public FROM yorozu_search;
REVOKE EXECUTE ON FUNCTION sharing_known_elsewhere(integer, text) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION sharing_joint_timeline(integer, bigint, date, bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sharing_known_elsewhere(integer, text) TO yorozu_app;
GRANT EXECUTE ON FUNCTION sharing_joint_timeline(integer, bigint, date, bigint, integer) TO yorozu_app;
"""
UNSEEN = """
DROP FUNCTION sharing_joint_timeline(integer, bigint, date, bigint, integer);
DROP FUNCTION sharing_known_elsewhere(integer, text);
REVOKE SELECT (enterprise_id, minutes, content, advice, next_step) ON consultations_consultation FROM yorozu_search;
REVOKE SELECT (number, title) ON consultations_case FROM yorozu_search;
REVOKE SELECT (name, prefecture_id, municipality) ON consultations_enterprise FROM yorozu_search;
DROP POLICY sharing_search ON consultations_case;
DROP POLICY sharing_search ON consultations_enterprise;
REVOKE SELECT (id, hub_id, to_hub_id, kind, state, corporate_number, starts_on, ends_on)
    ON sharing_sharingrequest FROM yorozu_search;
DROP POLICY sharing_search ON sharing_sharingrequest;
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0001_initial")]
    operations = [migrations.RunSQL(KEEP, UNKEEP), migrations.RunSQL(SEEN, UNSEEN)]
