"""Nothing forward. Backward: a case's steps let go of the unique key that 0001 takes away before their table."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("consultations", "0002_triggers_and_search")]
    operations = [
        migrations.RunSQL(
            migrations.RunSQL.noop,
            "ALTER TABLE consultations_casestep DROP CONSTRAINT a_step_is_of_its_hubs_case",
        )
    ]
