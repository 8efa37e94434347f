"""Consents with their versions, requests for disclosure and erasure, anonymising; more of an enterprise's fields."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import foundation.constraints

# The owner stands before the walls as well: for this transaction all hubs are in scope.
EVERY_HUB = """
SELECT set_config('yorozu.records', (SELECT '{' || string_agg(n::text, ',') || '}' FROM generate_series(1, 47) n), true);
"""
NO_HUB = "SELECT set_config('yorozu.records', '', true);"

# A 法人番号 goes when its row is anonymised; that two hubs met the same enterprise must stay known, or 者 would move.
# Hence a hash with a key that only the owner's function reads: no role that signs in can try numbers against it.
# The database keeps it itself, so that no bulk load and no program can forget or forge it.
IDENTITY = """
CREATE TABLE consultations_identitykey (only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one), secret text NOT NULL);
INSERT INTO consultations_identitykey (secret) VALUES (gen_random_uuid()::text || gen_random_uuid()::text);
REVOKE ALL ON consultations_identitykey FROM PUBLIC, yorozu_app;
CREATE FUNCTION consultations_keep_identity() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.corporate_number <> '' THEN
        SELECT ('x' || substr(encode(sha256(convert_to(
                   k.secret || NEW.corporate_number || k.secret, 'UTF8')), 'hex'), 1, 15))::bit(60)::bigint
          INTO STRICT NEW.identity FROM public.consultations_identitykey k;
    ELSIF TG_OP = 'UPDATE' AND NEW.anonymised_at IS NOT NULL THEN
        NEW.identity := OLD.identity;
    ELSE
        NEW.identity := NULL;
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION consultations_keep_identity() FROM PUBLIC;
CREATE TRIGGER keep_identity BEFORE INSERT OR UPDATE OF corporate_number, identity, anonymised_at
    ON consultations_enterprise FOR EACH ROW EXECUTE FUNCTION consultations_keep_identity();

-- What is counted by identity is touched by it; a number that goes while its identity stays touches nothing.
CREATE OR REPLACE FUNCTION consultations_touch_enterprises() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO consultations_touchedmonth (hub_id, month)
    SELECT DISTINCT c.hub_id, date_trunc('month', c.held_on)::date
      FROM new_rows n JOIN old_rows o ON o.id = n.id
      JOIN consultations_consultation c ON c.hub_id = n.hub_id AND c.enterprise_id = n.id
     WHERE (n.industry, n.identity) IS DISTINCT FROM (o.industry, o.identity);
    RETURN NULL;
END $$;
"""
NO_IDENTITY = """
CREATE OR REPLACE FUNCTION consultations_touch_enterprises() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO consultations_touchedmonth (hub_id, month)
    SELECT DISTINCT c.hub_id, date_trunc('month', c.held_on)::date
      FROM new_rows n JOIN old_rows o ON o.id = n.id
      JOIN consultations_consultation c ON c.hub_id = n.hub_id AND c.enterprise_id = n.id
     WHERE (n.industry, n.corporate_number) IS DISTINCT FROM (o.industry, o.corporate_number);
    RETURN NULL;
END $$;
DROP TRIGGER keep_identity ON consultations_enterprise;
DROP FUNCTION consultations_keep_identity();
DROP TABLE consultations_identitykey;
"""

# An industry's code means something only together with the revision it was chosen from.
REVISION = """
CREATE FUNCTION consultations_keep_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.industry = OLD.industry THEN
        NEW.industry_revision := OLD.industry_revision;
    ELSE
        NEW.industry_revision := coalesce(
            (SELECT d.revision FROM directory_code d WHERE d.kind = 'industry' AND d.code = NEW.industry), '');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_revision BEFORE INSERT OR UPDATE OF industry, industry_revision ON consultations_enterprise
    FOR EACH ROW EXECUTE FUNCTION consultations_keep_revision();
"""
NO_REVISION = """
DROP TRIGGER keep_revision ON consultations_enterprise;
DROP FUNCTION consultations_keep_revision();
"""

# Deferred checks must have run before the table may be altered further.
CARRY_OVER = """
UPDATE consultations_enterprise e SET corporate_number = corporate_number, industry_revision = coalesce(
    (SELECT d.revision FROM directory_code d WHERE d.kind = 'industry' AND d.code = e.industry), '')
 WHERE corporate_number <> '' OR industry <> '';
INSERT INTO consultations_consent (hub_id, enterprise_id, purpose, given_on, means, recorded_at, recorded_by_id)
SELECT hub_id, id, 'records', consented_on, 'unrecorded', created_at, created_by_id
  FROM consultations_enterprise WHERE consented_on IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
CARRY_BACK = """
UPDATE consultations_enterprise e SET consented_on = c.given_on
  FROM (SELECT hub_id, enterprise_id, max(given_on) AS given_on FROM consultations_consent
         WHERE purpose = 'records' AND withdrawn_on IS NULL GROUP BY 1, 2) c
 WHERE c.hub_id = e.hub_id AND c.enterprise_id = e.id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consultations", "0007_assignments"),
        ("directory", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('records', '相談記録の利用'), ('provision', '支援機関への提供'), ('survey', '調査の送付'), ('case_study', '事例公表')], max_length=20, verbose_name='目的')),
                ('given_on', models.DateField(verbose_name='同意した日')),
                ('means', models.CharField(choices=[('paper', '書面'), ('oral', '口頭'), ('online', 'オンライン'), ('unrecorded', '記録なし')], max_length=20, verbose_name='方法')),
                ('recorded_at', models.DateTimeField(verbose_name='記録日時')),
                ('withdrawn_on', models.DateField(blank=True, null=True, verbose_name='撤回した日')),
                ('withdrawn_at', models.DateTimeField(null=True, verbose_name='撤回の記録日時')),
            ],
            options={
                'verbose_name': '同意',
                'verbose_name_plural': '同意',
            },
        ),
        migrations.CreateModel(
            name='ConsentText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('records', '相談記録の利用'), ('provision', '支援機関への提供'), ('survey', '調査の送付'), ('case_study', '事例公表')], max_length=20, verbose_name='目的')),
                ('version', models.CharField(max_length=20, verbose_name='版')),
                ('valid_from', models.DateField(verbose_name='適用開始日')),
                ('body', models.TextField(verbose_name='文面')),
                ('set_at', models.DateTimeField(verbose_name='設定日時')),
            ],
            options={
                'verbose_name': '同意の文面',
                'verbose_name_plural': '同意の文面',
            },
        ),
        migrations.CreateModel(
            name='PrivacyRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('disclosure', '開示'), ('erasure', '消去')], max_length=20, verbose_name='請求の種類')),
                ('requester', models.CharField(blank=True, max_length=80, verbose_name='請求者')),
                ('relation', models.CharField(choices=[('self', '本人'), ('representative', '法人の代表者'), ('guardian', '法定代理人'), ('agent', '委任による代理人')], max_length=20, verbose_name='請求者の立場')),
                ('identity_check', models.CharField(choices=[('photo_id', '顔写真付きの本人確認書類'), ('two_documents', '本人確認書類2点'), ('company_register', '登記事項証明書と代表者の本人確認書類'), ('power_of_attorney', '委任状と代理人の本人確認書類'), ('known', '担当者が面識により確認')], max_length=20, verbose_name='本人確認の方法')),
                ('received_on', models.DateField(verbose_name='受付日')),
                ('received_at', models.DateTimeField(verbose_name='記録日時')),
                ('state', models.CharField(choices=[('received', '受付'), ('done', '実施済み'), ('refused', '不実施')], default='received', max_length=20, verbose_name='状態')),
                ('reason', models.CharField(blank=True, max_length=400, verbose_name='実施しない理由')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='決定日時')),
                ('proof', models.JSONField(default=dict, verbose_name='証明')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='ハッシュ値')),
            ],
            options={
                'verbose_name': '開示・消去の請求',
                'verbose_name_plural': '開示・消去の請求',
            },
        ),
        migrations.AddField(
            model_name='enterprise',
            name='accounts_on',
            field=models.DateField(blank=True, null=True, verbose_name='最近期の決算日'),
        ),
        migrations.AddField(
            model_name='enterprise',
            name='anonymised_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='匿名化日時'),
        ),
        migrations.AddField(
            model_name='enterprise',
            name='depreciation_yen',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='減価償却費(円)'),
        ),
        migrations.AddField(
            model_name='enterprise',
            name='founding_stage',
            field=models.CharField(blank=True, choices=[('idea', '構想中'), ('preparing', '準備中'), ('first_year', '創業1年未満'), ('five_years', '創業5年未満'), ('established', '創業5年以上')], max_length=20, verbose_name='創業ステージ'),
        ),
        migrations.AddField(
            model_name='enterprise',
            name='identity',
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='enterprise',
            name='industry_revision',
            field=models.CharField(blank=True, editable=False, max_length=20, verbose_name='業種分類の改定版'),
        ),
        migrations.AddField(
            model_name='enterprise',
            name='labor_yen',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='人件費(円)'),
        ),
        migrations.AddField(
            model_name='enterprise',
            name='legal_form',
            field=models.CharField(blank=True, choices=[('stock', '株式会社'), ('limited', '有限会社'), ('llc', '合同会社'), ('partnership', '合名会社'), ('limited_partnership', '合資会社'), ('general_association', '一般社団法人'), ('general_foundation', '一般財団法人'), ('npo', '特定非営利活動法人'), ('medical', '医療法人'), ('welfare', '社会福祉法人'), ('school', '学校法人'), ('cooperative', '協同組合'), ('enterprise_union', '企業組合'), ('agricultural', '農事組合法人'), ('other', 'その他の法人')], max_length=20, verbose_name='法人格'),
        ),
        migrations.AddField(
            model_name='enterprise',
            name='legal_form_position',
            field=models.CharField(blank=True, choices=[('before', '前'), ('after', '後')], max_length=10, verbose_name='法人格の位置'),
        ),
        migrations.AddField(
            model_name='enterprise',
            name='memberships',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('commerce_society', '商工会'), ('chamber', '商工会議所'), ('federation', '中央会'), ('none', 'なし')], max_length=20), blank=True, default=list, size=None, verbose_name='所属団体'),
        ),
        migrations.AddField(
            model_name='enterprise',
            name='municipality_code',
            field=models.CharField(blank=True, max_length=6, verbose_name='市区町村コード'),
        ),
        migrations.AddField(
            model_name='enterprise',
            name='profit_yen',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='営業利益(円)'),
        ),
        migrations.AddField(
            model_name='enterprise',
            name='representative_kana',
            field=models.CharField(blank=True, max_length=80, verbose_name='代表者フリガナ'),
        ),
        migrations.AddField(
            model_name='enterprise',
            name='representative_post',
            field=models.CharField(blank=True, max_length=40, verbose_name='代表者の役職'),
        ),
        migrations.AddField(
            model_name='enterprise',
            name='sales_yen',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='売上高(円)'),
        ),
        migrations.AddField(
            model_name='enterprise',
            name='survey_opt_out',
            field=models.BooleanField(default=False, verbose_name='調査を送らない'),
        ),
        migrations.AddField(
            model_name='consent',
            name='enterprise',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='consultations.enterprise', verbose_name='事業者'),
        ),
        migrations.AddField(
            model_name='consent',
            name='hub',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点'),
        ),
        migrations.AddField(
            model_name='consent',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='consent',
            name='withdrawn_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='consenttext',
            name='set_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='設定者'),
        ),
        migrations.AddField(
            model_name='consent',
            name='text',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.consenttext', verbose_name='文面の版'),
        ),
        migrations.AddField(
            model_name='privacyrequest',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='privacyrequest',
            name='enterprise',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='privacy_requests', to='consultations.enterprise', verbose_name='事業者'),
        ),
        migrations.AddField(
            model_name='privacyrequest',
            name='hub',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点'),
        ),
        migrations.AddField(
            model_name='privacyrequest',
            name='received_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='enterprise',
            index=models.Index(fields=['identity', 'hub'], name='enterprise_by_identity'),
        ),
        migrations.AddConstraint(
            model_name='enterprise',
            constraint=models.CheckConstraint(condition=models.Q(('municipality_code', ''), ('municipality_code__regex', '^[0-9]{6}$'), _connector='OR'), name='municipality_code_has_6_digits'),
        ),
        migrations.AddConstraint(
            model_name='enterprise',
            constraint=models.CheckConstraint(condition=models.Q(('memberships__contained_by', ['commerce_society', 'chamber', 'federation', 'none'])), name='memberships_are_known'),
        ),
        migrations.AddConstraint(
            model_name='enterprise',
            constraint=models.CheckConstraint(condition=models.Q(('anonymised_at__isnull', True), models.Q(('address', ''), ('corporate_number', ''), ('email', ''), ('kana', ''), ('municipality', ''), ('municipality_code', ''), ('name', '匿名化済み'), ('phone', ''), ('postal_code', ''), ('representative', ''), ('representative_kana', ''), ('representative_post', ''), ('search_key', ''), ('trade_name', ''), ('url', '')), _connector='OR'), name='nobody_is_known_by_an_anonymised_row'),
        ),
        migrations.AddConstraint(
            model_name='consenttext',
            constraint=models.UniqueConstraint(fields=('purpose', 'version'), name='one_text_per_purpose_and_version'),
        ),
        migrations.AddConstraint(
            model_name='consenttext',
            constraint=models.UniqueConstraint(fields=('purpose', 'valid_from'), name='one_text_per_purpose_and_day'),
        ),
        migrations.AddConstraint(
            model_name='consenttext',
            constraint=models.UniqueConstraint(fields=('id', 'purpose'), name='text_and_purpose'),
        ),
        migrations.AddConstraint(
            model_name='consenttext',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['records', 'provision', 'survey', 'case_study'])), name='text_purpose_is_known'),
        ),
        migrations.AddConstraint(
            model_name='consenttext',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('body', ''), _negated=True), models.Q(('version', ''), _negated=True)), name='a_text_says_something'),
        ),
        migrations.AddIndex(
            model_name='consent',
            index=models.Index(fields=['hub', 'enterprise', 'purpose'], name='consent_by_enterprise'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='consultations_consent_wall', or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=foundation.constraints.SameHub(columns=['enterprise_id', 'hub_id'], name='a_consent_is_of_its_hubs_enterprise', to_columns=['id', 'hub_id'], to_table='consultations_enterprise'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=foundation.constraints.SameHub(columns=['text_id', 'purpose'], name='a_consent_is_to_a_text_of_its_purpose', to_columns=['id', 'purpose'], to_table='consultations_consenttext'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['records', 'provision', 'survey', 'case_study'])), name='consent_purpose_is_known'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('means__in', ['paper', 'oral', 'online', 'unrecorded'])), name='consent_means_is_known'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_by__isnull', False), ('withdrawn_on__isnull', False)), models.Q(('withdrawn_by__isnull', True), ('withdrawn_on__isnull', True)), _connector='OR'), name='a_withdrawal_has_its_recorder'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', False), ('withdrawn_on__isnull', False)), models.Q(('withdrawn_at__isnull', True), ('withdrawn_on__isnull', True)), _connector='OR'), name='a_withdrawal_has_its_moment'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_on__isnull', True), ('withdrawn_on__gte', models.F('given_on')), _connector='OR'), name='a_consent_is_withdrawn_after_it_was_given'),
        ),
        migrations.AddIndex(
            model_name='privacyrequest',
            index=models.Index(fields=['hub', '-received_on', '-id'], name='privacy_request_by_hub'),
        ),
        migrations.AddIndex(
            model_name='privacyrequest',
            index=models.Index(fields=['hub', 'enterprise'], name='privacy_request_by_enterprise'),
        ),
        migrations.AddConstraint(
            model_name='privacyrequest',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='consultations_privacyrequest_wall', or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='privacyrequest',
            constraint=foundation.constraints.SameHub(columns=['enterprise_id', 'hub_id'], name='a_privacy_request_is_about_its_hubs_enterprise', to_columns=['id', 'hub_id'], to_table='consultations_enterprise'),
        ),
        migrations.AddConstraint(
            model_name='privacyrequest',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['disclosure', 'erasure'])), name='privacy_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='privacyrequest',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['received', 'done', 'refused'])), name='privacy_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='privacyrequest',
            constraint=models.CheckConstraint(condition=models.Q(('relation__in', ['self', 'representative', 'guardian', 'agent'])), name='privacy_relation_is_known'),
        ),
        migrations.AddConstraint(
            model_name='privacyrequest',
            constraint=models.CheckConstraint(condition=models.Q(('identity_check__in', ['photo_id', 'two_documents', 'company_register', 'power_of_attorney', 'known'])), name='identity_check_is_known'),
        ),
        migrations.AddConstraint(
            model_name='privacyrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), models.Q(('decided_at__isnull', True), ('decided_by__isnull', True)), _connector='OR'), name='a_privacy_decision_has_a_person'),
        ),
        migrations.AddConstraint(
            model_name='privacyrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'received')), models.Q(models.Q(('state', 'received'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='a_decided_privacy_request_has_its_moment'),
        ),
        migrations.AddConstraint(
            model_name='privacyrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='a_refusal_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='privacyrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), ('sha256__regex', '^[0-9a-f]{64}$'), _connector='OR'), name='what_was_done_has_its_proof'),
        ),
        migrations.RunSQL(EVERY_HUB, NO_HUB),
        migrations.RunSQL(IDENTITY, NO_IDENTITY),
        migrations.RunSQL(CARRY_OVER, CARRY_BACK),
        migrations.RunSQL(REVISION, NO_REVISION),
        migrations.RunSQL(NO_HUB, EVERY_HUB),
        migrations.RemoveField(model_name="enterprise", name="consented_on"),
    ]
