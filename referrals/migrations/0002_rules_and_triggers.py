"""What the database holds by itself: only what was consented to is shared, and whose month has changed."""

from django.db import migrations

SHARED = """
ALTER TABLE referrals_referral ADD CONSTRAINT only_what_was_consented_to_is_shared
    CHECK (jsonb_typeof(shared) = 'object' AND shared - fields::text[] = '{}'::jsonb);
"""
NOT_SHARED = "ALTER TABLE referrals_referral DROP CONSTRAINT only_what_was_consented_to_is_shared;"

# Whoever answers by a link changes a figure of the referral's hub: they may say so, and nothing else.
TOUCHABLE = """
CREATE POLICY referrals_touch_by_link ON consultations_touchedmonth FOR INSERT WITH CHECK (
    hub_id = (SELECT l.hub_id FROM referrals_referrallink l
               WHERE l.token_hash = (SELECT NULLIF(current_setting('yorozu.link', true), ''))
                 AND l.revoked_at IS NULL AND l.expires_at > now()));
"""
UNTOUCHABLE = "DROP POLICY referrals_touch_by_link ON consultations_touchedmonth;"

TOUCH = """
CREATE FUNCTION referrals_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO consultations_touchedmonth (hub_id, month)
        SELECT DISTINCT hub_id, date_trunc('month', day)::date
          FROM new_rows, unnest(ARRAY[sent_on, answered_on, finished_on]) AS day WHERE day IS NOT NULL;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO consultations_touchedmonth (hub_id, month)
        SELECT DISTINCT hub_id, date_trunc('month', day)::date
          FROM old_rows, unnest(ARRAY[sent_on, answered_on, finished_on]) AS day WHERE day IS NOT NULL;
    ELSE
        INSERT INTO consultations_touchedmonth (hub_id, month)
        SELECT DISTINCT n.hub_id, date_trunc('month', day)::date
          FROM new_rows n JOIN old_rows o ON o.id = n.id,
               unnest(ARRAY[n.sent_on, n.answered_on, n.finished_on, o.sent_on, o.answered_on, o.finished_on]) AS day
         WHERE day IS NOT NULL
           AND (n.sent_on, n.answered_on, n.finished_on, n.state, n.organization_id)
               IS DISTINCT FROM (o.sent_on, o.answered_on, o.finished_on, o.state, o.organization_id)
        UNION
        SELECT w.hub_id, date_trunc('month', w.worked_on)::date
          FROM new_rows n JOIN old_rows o ON o.id = n.id
          JOIN referrals_referralwork w ON w.hub_id = n.hub_id AND w.referral_id = n.id
         WHERE (n.state, n.organization_id) IS DISTINCT FROM (o.state, o.organization_id);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION referrals_touch_works() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO consultations_touchedmonth (hub_id, month)
        SELECT DISTINCT hub_id, date_trunc('month', worked_on)::date FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO consultations_touchedmonth (hub_id, month)
        SELECT DISTINCT hub_id, date_trunc('month', worked_on)::date FROM old_rows;
    ELSE
        INSERT INTO consultations_touchedmonth (hub_id, month)
        SELECT hub_id, date_trunc('month', worked_on)::date FROM new_rows
        UNION SELECT hub_id, date_trunc('month', worked_on)::date FROM old_rows;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER touch_inserted AFTER INSERT ON referrals_referral
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION referrals_touch();
CREATE TRIGGER touch_updated AFTER UPDATE ON referrals_referral
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION referrals_touch();
CREATE TRIGGER touch_deleted AFTER DELETE ON referrals_referral
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION referrals_touch();
CREATE TRIGGER touch_inserted AFTER INSERT ON referrals_referralwork
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION referrals_touch_works();
CREATE TRIGGER touch_updated AFTER UPDATE ON referrals_referralwork
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION referrals_touch_works();
CREATE TRIGGER touch_deleted AFTER DELETE ON referrals_referralwork
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION referrals_touch_works();
"""
UNTOUCH = """
DROP TRIGGER touch_deleted ON referrals_referralwork;
DROP TRIGGER touch_updated ON referrals_referralwork;
DROP TRIGGER touch_inserted ON referrals_referralwork;
DROP TRIGGER touch_deleted ON referrals_referral;
DROP TRIGGER touch_updated ON referrals_referral;
DROP TRIGGER touch_inserted ON referrals_referral;
DROP FUNCTION referrals_touch_works();
DROP FUNCTION referrals_touch();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("referrals", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(SHARED, NOT_SHARED),
        migrations.RunSQL(TOUCHABLE, UNTOUCHABLE),
        migrations.RunSQL(TOUCH, UNTOUCH),
    ]
