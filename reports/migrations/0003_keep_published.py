"""What was published stays as it was published."""

from django.db import migrations

MAKE = """
CREATE TRIGGER keep_published BEFORE UPDATE OR DELETE ON reports_publication
    FOR EACH STATEMENT EXECUTE FUNCTION metrics_keep_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_closing"), ("metrics", "0004_keep_frozen")]
    operations = [migrations.RunSQL(MAKE, "DROP TRIGGER keep_published ON reports_publication")]
