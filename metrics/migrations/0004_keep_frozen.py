"""What is frozen, nobody changes: not a program with a mistake, not an import, not a person at the database's console
who means well. And one view for whoever asks in SQL: the figures as they are told."""

from django.db import migrations

MAKE = """
CREATE FUNCTION metrics_keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a frozen month is never changed (%)', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER keep_frozen BEFORE UPDATE OR DELETE ON metrics_freeze
    FOR EACH STATEMENT EXECUTE FUNCTION metrics_keep_frozen();
CREATE TRIGGER keep_frozen BEFORE UPDATE OR DELETE ON metrics_frozenhub
    FOR EACH STATEMENT EXECUTE FUNCTION metrics_keep_frozen();
CREATE TRIGGER keep_frozen BEFORE UPDATE OR DELETE ON metrics_frozenrows
    FOR EACH STATEMENT EXECUTE FUNCTION metrics_keep_frozen();
CREATE TRIGGER keep_frozen BEFORE UPDATE OR DELETE ON metrics_frozenfact
    FOR EACH STATEMENT EXECUTE FUNCTION metrics_keep_frozen();

CREATE VIEW metrics_told WITH (security_invoker = true) AS
WITH newest AS (SELECT DISTINCT ON (month) month, id FROM metrics_freeze ORDER BY month, version DESC)
SELECT fact.level, fact.hub_id, fact.bureau_id, fact.month, fact.span, fact.indicator, fact.code, fact.value
  FROM metrics_fact fact WHERE NOT EXISTS (SELECT FROM newest WHERE newest.month = fact.month)
 UNION ALL
SELECT fact.level, fact.hub_id, fact.bureau_id, newest.month, fact.span, fact.indicator, fact.code, fact.value
  FROM newest JOIN metrics_frozenfact fact ON fact.freeze_id = newest.id;
"""
DROP = """
DROP VIEW metrics_told;
DROP TRIGGER keep_frozen ON metrics_frozenfact;
DROP TRIGGER keep_frozen ON metrics_frozenrows;
DROP TRIGGER keep_frozen ON metrics_frozenhub;
DROP TRIGGER keep_frozen ON metrics_freeze;
DROP FUNCTION metrics_keep_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0003_freezes")]
    operations = [migrations.RunSQL(MAKE, DROP)]
