"""Whether a closed month counts differently now is told by a number that the database draws whenever a figure of the
month changes, and by no clock."""

from django.db import migrations, models

MAKE = """
CREATE FUNCTION metrics_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE metrics_count SET turn = nextval('metrics_turn')
         WHERE month IN (SELECT month FROM new_rows WHERE span = 'month');
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE metrics_count SET turn = nextval('metrics_turn')
         WHERE month IN (SELECT month FROM old_rows WHERE span = 'month');
    ELSE
        UPDATE metrics_count SET turn = nextval('metrics_turn')
         WHERE month IN (SELECT month FROM new_rows WHERE span = 'month'
                         UNION SELECT month FROM old_rows WHERE span = 'month');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER move_inserted AFTER INSERT ON metrics_fact
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION metrics_move();
CREATE TRIGGER move_updated AFTER UPDATE ON metrics_fact
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION metrics_move();
CREATE TRIGGER move_deleted AFTER DELETE ON metrics_fact
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION metrics_move();
"""
DROP = """
DROP TRIGGER move_deleted ON metrics_fact;
DROP TRIGGER move_updated ON metrics_fact;
DROP TRIGGER move_inserted ON metrics_fact;
DROP FUNCTION metrics_move();
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0006_saved_tables")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE metrics_turn", "DROP SEQUENCE metrics_turn"),
        migrations.AddField(
            model_name="count",
            name="turn",
            field=models.BigIntegerField(
                db_default=models.Func(models.Value("metrics_turn"), function="nextval"),
            ),
        ),
        # what was frozen before has turn 0, which no month has: it is compared, as before
        migrations.AddField(model_name="freeze", name="turn", field=models.BigIntegerField(default=0)),
        migrations.RunSQL(MAKE, DROP),
    ]
