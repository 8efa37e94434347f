"""A closed month's consultations keep what counts, whoever asks: a form, the API, an import, a line of SQL. What is new
is taken (it becomes a correction), and so is what merging moves: a client's row is another matter than the session.
A reopening is over to the second, whether or not a task has come by."""

from django.db import migrations

MAKE = """
CREATE FUNCTION consultations_is_closed(of_hub integer, of_day date, consultation bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM consultations_monthlock
         WHERE hub_id = of_hub AND month = date_trunc('month', of_day::timestamp)::date
           AND NOT coalesce(open_until > now() AND (open_for = '{}' OR consultation = ANY (open_for)), false))
$$;
CREATE FUNCTION consultations_keep_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.held_on, NEW.minutes, NEW.method, NEW.themes, NEW.not_counted, NEW.deleted_at, NEW.unit_id,
                             NEW.case_id)
        IS NOT DISTINCT FROM (OLD.held_on, OLD.minutes, OLD.method, OLD.themes, OLD.not_counted, OLD.deleted_at, OLD.unit_id,
                              OLD.case_id) THEN
        RETURN NEW;
    END IF;
    IF consultations_is_closed(OLD.hub_id, OLD.held_on, OLD.id) THEN
        RAISE EXCEPTION 'the month of this consultation is closed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER keep_closed BEFORE UPDATE OR DELETE ON consultations_consultation
    FOR EACH ROW EXECUTE FUNCTION consultations_keep_closed();

CREATE FUNCTION consultations_keep_closed_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM consultations_consultation c
                WHERE c.hub_id = OLD.hub_id AND c.id = OLD.consultation_id
                  AND consultations_is_closed(c.hub_id, c.held_on, c.id)) THEN
        RAISE EXCEPTION 'the month of this consultation is closed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER keep_closed BEFORE UPDATE OR DELETE ON consultations_involvement
    FOR EACH ROW EXECUTE FUNCTION consultations_keep_closed_parts();
CREATE TRIGGER keep_closed BEFORE UPDATE OR DELETE ON consultations_programuse
    FOR EACH ROW EXECUTE FUNCTION consultations_keep_closed_parts();
"""
DROP = """
DROP TRIGGER keep_closed ON consultations_programuse;
DROP TRIGGER keep_closed ON consultations_involvement;
DROP FUNCTION consultations_keep_closed_parts();
DROP TRIGGER keep_closed ON consultations_consultation;
DROP FUNCTION consultations_keep_closed();
DROP FUNCTION consultations_is_closed(integer, date, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("consultations", "0014_month_locks")]
    operations = [migrations.RunSQL(MAKE, DROP)]
