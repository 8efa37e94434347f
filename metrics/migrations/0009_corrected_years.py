"""A closed month stands for good for itself, and for the quarter and fiscal year that end with it: a change of any of
these is a change of what it told. Until now only the month's own figures were watched, so a year that had ended kept
its old total for ever."""

from django.db import migrations

WATCHED = """
CREATE FUNCTION metrics_stands(span text, month date) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT span = 'month' OR (span = 'qtd' AND extract(month FROM month)::integer % 3 = 0)
                          OR (span = 'ytd' AND extract(month FROM month)::integer = 3)
$$;
"""
MOVE = """
CREATE OR REPLACE FUNCTION metrics_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE metrics_count SET turn = nextval('metrics_turn')
         WHERE month IN (SELECT month FROM new_rows WHERE {watched});
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE metrics_count SET turn = nextval('metrics_turn')
         WHERE month IN (SELECT month FROM old_rows WHERE {watched});
    ELSE
        UPDATE metrics_count SET turn = nextval('metrics_turn')
         WHERE month IN (SELECT month FROM new_rows WHERE {watched}
                         UNION SELECT month FROM old_rows WHERE {watched});
    END IF;
    RETURN NULL;
END $$;
"""
NOW, BEFORE = MOVE.format(watched="metrics_stands(span, month)"), MOVE.format(watched="span = 'month'")


class Migration(migrations.Migration):
    dependencies = [("metrics", "0008_pulse")]
    operations = [
        migrations.RunSQL(WATCHED, "DROP FUNCTION metrics_stands(text, date)"),
        migrations.RunSQL(NOW, BEFORE),
    ]
