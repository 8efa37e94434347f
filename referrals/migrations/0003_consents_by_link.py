"""Whoever comes by a link has to know, at that moment, whether the client still wants it: of the referral's client the
consents to being handed on, and no other, exist in the scope of its link."""

from django.db import migrations

READABLE = """
CREATE POLICY referrals_consent_by_link ON consultations_consent FOR SELECT USING (
    purpose = 'provision' AND enterprise_id = (
        SELECT r.enterprise_id FROM referrals_referral r
         WHERE r.id = (SELECT l.referral_id FROM referrals_referrallink l
                        WHERE l.token_hash = (SELECT NULLIF(current_setting('yorozu.link', true), ''))
                          AND l.revoked_at IS NULL AND l.expires_at > now())));
"""
UNREADABLE = "DROP POLICY referrals_consent_by_link ON consultations_consent;"


class Migration(migrations.Migration):

    dependencies = [
        ("referrals", "0002_rules_and_triggers"),
        ("consultations", "0008_privacy"),
    ]

    operations = [migrations.RunSQL(READABLE, UNREADABLE)]
