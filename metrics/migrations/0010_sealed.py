"""What is frozen gets nothing added either: the parts of a version are written in the transaction that makes it."""

from django.db import migrations

MAKE = """
ALTER TABLE metrics_freeze ADD COLUMN made_in xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE FUNCTION metrics_keep_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT freeze_id FROM new_rows) AS part
                 JOIN metrics_freeze ON metrics_freeze.id = part.freeze_id
                WHERE made_in <> pg_current_xact_id()) THEN
        RAISE EXCEPTION 'nothing is added to a frozen month (%)', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
"""
DROP = """
DROP FUNCTION metrics_keep_sealed();
ALTER TABLE metrics_freeze DROP COLUMN made_in;
"""
PARTS = ("metrics_frozenhub", "metrics_frozenrows", "metrics_frozenfact")
WATCH = "\n".join(
    f"CREATE TRIGGER keep_sealed AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows"
    " FOR EACH STATEMENT EXECUTE FUNCTION metrics_keep_sealed();"
    for table in PARTS
)
UNWATCH = "\n".join(f"DROP TRIGGER keep_sealed ON {table};" for table in PARTS)


class Migration(migrations.Migration):
    dependencies = [("metrics", "0009_corrected_years")]
    operations = [migrations.RunSQL(MAKE, DROP), migrations.RunSQL(WATCH, UNWATCH)]
