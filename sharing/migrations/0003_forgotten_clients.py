"""A request that is over lets go of its number when one of the two hubs forgets the client."""

from django.db import migrations, models

# The one change that a request which is over allows: its number goes, and never comes back. All else is asked of
# sharing_keep_request (0002), as before.
LET_GO = """
DROP TRIGGER keep_request ON sharing_sharingrequest;
CREATE TRIGGER keep_request BEFORE INSERT OR DELETE ON sharing_sharingrequest
    FOR EACH ROW EXECUTE FUNCTION sharing_keep_request();
CREATE TRIGGER keep_request_moves BEFORE UPDATE ON sharing_sharingrequest
    FOR EACH ROW WHEN (OLD.state IN ('asked', 'accepted') OR OLD.corporate_number = '' OR NEW.corporate_number <> ''
        OR to_jsonb(OLD) - 'corporate_number' - 'identity' <> to_jsonb(NEW) - 'corporate_number' - 'identity')
    EXECUTE FUNCTION sharing_keep_request();
CREATE FUNCTION sharing_keep_received() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was taken in is not taken back' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER keep_received BEFORE DELETE ON sharing_handedover
    FOR EACH ROW WHEN (OLD.received_case_id IS NOT NULL) EXECUTE FUNCTION sharing_keep_received();
"""
HOLD = """
DROP TRIGGER keep_received ON sharing_handedover;
DROP FUNCTION sharing_keep_received();
DROP TRIGGER keep_request_moves ON sharing_sharingrequest;
DROP TRIGGER keep_request ON sharing_sharingrequest;
CREATE TRIGGER keep_request BEFORE INSERT OR UPDATE OR DELETE ON sharing_sharingrequest
    FOR EACH ROW EXECUTE FUNCTION sharing_keep_request();
"""
# Going back, the old rule wants a number in every row. What is forgotten stays so: this one's check digit is wrong, so
# that it is nobody's and finds nobody.
NOBODYS = """
ALTER TABLE sharing_sharingrequest NO FORCE ROW LEVEL SECURITY, DISABLE TRIGGER keep_request;
UPDATE sharing_sharingrequest SET corporate_number = '1000000000000' WHERE corporate_number = '';
ALTER TABLE sharing_sharingrequest FORCE ROW LEVEL SECURITY, ENABLE TRIGGER keep_request;
"""
NAME = "a_request_names_a_whole_number"


class Migration(migrations.Migration):
    dependencies = [("sharing", "0002_agreements")]
    operations = [
        migrations.RemoveConstraint("sharingrequest", NAME),
        migrations.RunSQL(migrations.RunSQL.noop, NOBODYS),
        migrations.AddField("sharingrequest", "identity", models.BigIntegerField(editable=False, null=True)),
        migrations.AlterField(
            "sharingrequest", "corporate_number", models.CharField(blank=True, max_length=13, verbose_name="法人番号")
        ),
        migrations.AddConstraint(
            "sharingrequest",
            models.CheckConstraint(
                name=NAME,
                condition=models.Q(corporate_number__regex="^[1-9][0-9]{12}$", identity__isnull=True)
                | (~models.Q(state__in=("asked", "accepted")) & models.Q(corporate_number="")),
            ),
        ),
        migrations.RunSQL(LET_GO, HOLD),
    ]
