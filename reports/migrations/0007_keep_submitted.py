"""What headquarters submitted stays as it was submitted: the report, its blocks, its PDF."""

from django.db import migrations

MAKE = """
CREATE FUNCTION reports_keep_submitted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a submitted report is never changed (%)', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION reports_keep_submitted_blocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- whoever is just submitting it is waited for
    PERFORM FROM reports_composition WHERE id IN (OLD.composition_id, NEW.composition_id) FOR SHARE;
    IF EXISTS (SELECT FROM reports_composition
                WHERE id IN (OLD.composition_id, NEW.composition_id) AND state = 'submitted') THEN
        RAISE EXCEPTION 'a submitted report is never changed (%)', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER keep_submitted BEFORE UPDATE OR DELETE ON reports_composition
    FOR EACH ROW WHEN (OLD.state = 'submitted') EXECUTE FUNCTION reports_keep_submitted();
CREATE TRIGGER keep_submitted BEFORE INSERT OR UPDATE OR DELETE ON reports_block
    FOR EACH ROW EXECUTE FUNCTION reports_keep_submitted_blocks();
CREATE TRIGGER keep_submitted BEFORE UPDATE OR DELETE ON reports_paper
    FOR EACH ROW EXECUTE FUNCTION reports_keep_submitted();
"""
DROP = """
DROP TRIGGER keep_submitted ON reports_paper;
DROP TRIGGER keep_submitted ON reports_block;
DROP TRIGGER keep_submitted ON reports_composition;
DROP FUNCTION reports_keep_submitted_blocks();
DROP FUNCTION reports_keep_submitted();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_compositions")]
    operations = [migrations.RunSQL(MAKE, DROP)]
