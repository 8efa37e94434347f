import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import foundation.constraints
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('consultations', '0012_client_made'),
        ('directory', '0002_reference_data'),
        ('hubs', '0002_appointment_history'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Referral',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_id', models.UUIDField(default=uuid.uuid4, editable=False, verbose_name='入力番号')),
                ('kind', models.CharField(choices=[('referral', '紹介'), ('cooperation', '連携対応'), ('expert', '専門家派遣')], max_length=20, verbose_name='種別')),
                ('recipient_name', models.CharField(blank=True, max_length=80, verbose_name='担当者名')),
                ('recipient_email', models.EmailField(max_length=254, verbose_name='送付先のメール')),
                ('request', models.TextField(verbose_name='依頼内容')),
                ('outline', models.TextField(blank=True, verbose_name='相談概要')),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('name', '名称'), ('representative', '代表者'), ('phone', '電話番号'), ('email', 'メール'), ('address', '住所'), ('corporate_number', '法人番号'), ('industry', '業種'), ('employees', '常時使用従業員数'), ('category', '主たる相談区分'), ('outline', '相談概要')], max_length=20), default=list, size=None, verbose_name='提供する情報')),
                ('shared', models.JSONField(default=dict, editable=False, verbose_name='提供した情報')),
                ('consented_on', models.DateField(blank=True, null=True, verbose_name='同意日')),
                ('consent_how', models.CharField(blank=True, choices=[('written', '書面'), ('oral', '口頭'), ('mail', 'メール'), ('online', 'オンライン面談')], max_length=20, verbose_name='同意の方法')),
                ('consent_recorded_at', models.DateTimeField(null=True, verbose_name='同意を記録した日時')),
                ('state', models.CharField(choices=[('prepared', '準備中'), ('sent', '送付'), ('received', '受領'), ('active', '対応中'), ('supported', '完了(支援あり)'), ('unsupported', '完了(支援なし)'), ('unreachable', '連絡不能'), ('declined', '辞退'), ('cancelled', '取消'), ('expired', '期限切れ')], default='prepared', max_length=20, verbose_name='状態')),
                ('reason', models.CharField(blank=True, max_length=400, verbose_name='理由')),
                ('sent_on', models.DateField(null=True, verbose_name='送付日')),
                ('answered_on', models.DateField(null=True, verbose_name='応答日')),
                ('finished_on', models.DateField(null=True, verbose_name='終了日')),
                ('letters', models.PositiveSmallIntegerField(default=0, verbose_name='送付回数')),
                ('chased', models.PositiveSmallIntegerField(default=0, verbose_name='督促回数')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(verbose_name='登録日時')),
                ('updated_at', models.DateTimeField(verbose_name='更新日時')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.case', verbose_name='案件')),
                ('consent_recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='同意を記録した人')),
                ('consultation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.consultation', verbose_name='相談記録')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='担当')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.enterprise', verbose_name='事業者')),
                ('hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.supportorganization', verbose_name='支援機関')),
            ],
            options={
                'verbose_name': '紹介・連携',
                'verbose_name_plural': '紹介・連携',
            },
        ),
        migrations.CreateModel(
            name='ReferralLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seed', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('token_hash', models.CharField(editable=False, max_length=64)),
                ('made_at', models.DateTimeField(verbose_name='作成日時')),
                ('expires_at', models.DateTimeField(verbose_name='有効期限')),
                ('revoked_at', models.DateTimeField(null=True, verbose_name='停止日時')),
                ('hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点')),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='referrals.referral')),
            ],
            options={
                'verbose_name': '回答用リンク',
                'verbose_name_plural': '回答用リンク',
            },
        ),
        migrations.CreateModel(
            name='ReferralStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_id', models.UUIDField(default=uuid.uuid4, editable=False, verbose_name='入力番号')),
                ('what', models.CharField(max_length=20, verbose_name='出来事')),
                ('state', models.CharField(choices=[('prepared', '準備中'), ('sent', '送付'), ('received', '受領'), ('active', '対応中'), ('supported', '完了(支援あり)'), ('unsupported', '完了(支援なし)'), ('unreachable', '連絡不能'), ('declined', '辞退'), ('cancelled', '取消'), ('expired', '期限切れ')], max_length=20, verbose_name='状態')),
                ('note', models.TextField(blank=True, verbose_name='備考')),
                ('is_agencys', models.BooleanField(default=False, verbose_name='相手機関による')),
                ('at', models.DateTimeField(verbose_name='日時')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点')),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='referrals.referral')),
            ],
            options={
                'verbose_name': '紹介・連携の経過',
                'verbose_name_plural': '紹介・連携の経過',
            },
        ),
        migrations.CreateModel(
            name='ReferralWork',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_id', models.UUIDField(default=uuid.uuid4, editable=False, verbose_name='入力番号')),
                ('worked_on', models.DateField(verbose_name='支援した日')),
                ('times', models.PositiveSmallIntegerField(default=1, verbose_name='回数')),
                ('content', models.TextField(verbose_name='支援の内容')),
                ('typed_at', models.DateTimeField(verbose_name='入力日時')),
                ('struck_at', models.DateTimeField(null=True, verbose_name='取消日時')),
                ('hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点')),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='works', to='referrals.referral')),
                ('struck_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('typed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='入力者')),
            ],
            options={
                'verbose_name': '紹介先の支援',
                'verbose_name_plural': '紹介先の支援',
            },
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(fields=['hub', '-created_at', '-id'], name='referral_by_hub'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(fields=['hub', 'state', '-created_at', '-id'], name='referral_by_state'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(fields=['hub', 'case'], name='referral_by_case'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(fields=['hub', 'enterprise'], name='referral_by_enterprise'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(fields=['hub', 'organization'], name='referral_by_organization'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('sent_on__isnull', False)), fields=['hub', 'sent_on'], name='referral_by_sending'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('answered_on__isnull', False)), fields=['hub', 'answered_on'], name='referral_by_answer'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('finished_on__isnull', False)), fields=['hub', 'finished_on'], name='referral_by_end'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='referrals_referral_wall', or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=foundation.constraints.LinkDoor(commands=('SELECT', 'UPDATE'), condition="id = (SELECT l.referral_id FROM referrals_referrallink l WHERE l.token_hash = (SELECT NULLIF(current_setting('yorozu.link', true), '')) AND l.revoked_at IS NULL AND l.expires_at > now())", name='referrals_referral_by_link'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.UniqueConstraint(fields=('id', 'hub'), name='referral_and_hub'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.UniqueConstraint(fields=('hub', 'client_id'), name='one_referral_per_hub_and_client_id'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=foundation.constraints.SameHub(columns=['case_id', 'enterprise_id', 'hub_id'], name='a_referral_is_of_its_hubs_case', to_columns=['id', 'enterprise_id', 'hub_id'], to_table='consultations_case'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=foundation.constraints.SameHub(columns=['enterprise_id', 'hub_id'], name='a_referral_is_of_its_hubs_enterprise', to_columns=['id', 'hub_id'], to_table='consultations_enterprise'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=foundation.constraints.SameHub(columns=['consultation_id', 'hub_id'], name='a_referral_is_of_its_hubs_consultation', to_columns=['id', 'hub_id'], to_table='consultations_consultation'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['referral', 'cooperation', 'expert'])), name='referral_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['prepared', 'sent', 'received', 'active', 'supported', 'unsupported', 'unreachable', 'declined', 'cancelled', 'expired'])), name='referral_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('consent_how', ''), ('consent_how__in', ['written', 'oral', 'mail', 'online']), _connector='OR'), name='referral_consent_is_known'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('fields__contained_by', ['name', 'representative', 'phone', 'email', 'address', 'corporate_number', 'industry', 'employees', 'category', 'outline'])), name='what_is_shared_is_known'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('recipient_email__regex', '^[^[:cntrl:][:space:]<>()\\[\\],;:"@]+@[^[:cntrl:][:space:]<>()\\[\\],;:"@]+$')), name='a_referral_goes_to_one_address'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('request', ''), _negated=True), name='a_referral_asks_for_something'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_on__isnull', True), ('shared', {})), models.Q(('consent_recorded_by__isnull', False), ('consented_on__isnull', False), ('sent_on__isnull', False), models.Q(('consent_how', ''), _negated=True), ('consented_on__lte', models.F('sent_on'))), _connector='OR'), name='nothing_is_sent_without_consent'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('consent_recorded_by__isnull', False), ('consented_on__isnull', False)), models.Q(('consent_recorded_by__isnull', True), ('consented_on__isnull', True)), _connector='OR'), name='a_consent_has_who_recorded_it'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('consent_recorded_at__isnull', False), ('consent_recorded_by__isnull', False)), models.Q(('consent_recorded_at__isnull', True), ('consent_recorded_by__isnull', True)), _connector='OR'), name='a_consent_was_recorded_at_a_moment'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['cancelled', 'prepared']), ('sent_on__isnull', False), _connector='OR'), name='a_sent_referral_has_its_day'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['active', 'declined', 'received', 'supported', 'unreachable', 'unsupported']), _negated=True), ('answered_on__isnull', False), _connector='OR'), name='an_answer_has_its_day'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_on__isnull', False), ('state__in', ['declined', 'supported', 'unreachable', 'unsupported'])), models.Q(models.Q(('state__in', ['declined', 'supported', 'unreachable', 'unsupported']), _negated=True), ('finished_on__isnull', True)), _connector='OR'), name='a_finished_referral_has_its_day'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['declined', 'cancelled']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='who_declines_says_why'),
        ),
        migrations.AddIndex(
            model_name='referrallink',
            index=models.Index(fields=['hub', 'referral'], name='referrallink_by_referral'),
        ),
        migrations.AddConstraint(
            model_name='referrallink',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='referrals_referrallink_wall', or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='referrallink',
            constraint=foundation.constraints.LinkDoor(commands=('SELECT',), condition="token_hash = (SELECT NULLIF(current_setting('yorozu.link', true), ''))", name='referrals_referrallink_by_link'),
        ),
        migrations.AddConstraint(
            model_name='referrallink',
            constraint=models.UniqueConstraint(fields=('token_hash', 'hub'), name='one_link_per_token'),
        ),
        migrations.AddConstraint(
            model_name='referrallink',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('hub', 'referral'), name='one_link_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='referrallink',
            constraint=foundation.constraints.SameHub(columns=['referral_id', 'hub_id'], name='a_link_is_of_its_hubs_referral', to_columns=['id', 'hub_id'], to_table='referrals_referral'),
        ),
        migrations.AddConstraint(
            model_name='referrallink',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='a_link_ends_after_it_began'),
        ),
        migrations.AddConstraint(
            model_name='referrallink',
            constraint=models.CheckConstraint(condition=models.Q(('token_hash__regex', '^[0-9a-f]{64}$')), name='a_link_is_kept_as_a_hash'),
        ),
        migrations.AddIndex(
            model_name='referralstep',
            index=models.Index(fields=['hub', 'referral', 'at'], name='referralstep_by_referral'),
        ),
        migrations.AddConstraint(
            model_name='referralstep',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='referrals_referralstep_wall', or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='referralstep',
            constraint=foundation.constraints.LinkDoor(commands=('SELECT', 'INSERT'), condition="referral_id = (SELECT l.referral_id FROM referrals_referrallink l WHERE l.token_hash = (SELECT NULLIF(current_setting('yorozu.link', true), '')) AND l.revoked_at IS NULL AND l.expires_at > now()) AND is_agencys AND by_id IS NULL", name='referrals_referralstep_by_link'),
        ),
        migrations.AddConstraint(
            model_name='referralstep',
            constraint=models.UniqueConstraint(fields=('hub', 'referral', 'client_id'), name='one_step_per_client_id'),
        ),
        migrations.AddConstraint(
            model_name='referralstep',
            constraint=foundation.constraints.SameHub(columns=['referral_id', 'hub_id'], name='a_step_is_of_its_hubs_referral', to_columns=['id', 'hub_id'], to_table='referrals_referral'),
        ),
        migrations.AddConstraint(
            model_name='referralstep',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['prepared', 'sent', 'received', 'active', 'supported', 'unsupported', 'unreachable', 'declined', 'cancelled', 'expired'])), name='referralstep_state_is_known'),
        ),
        migrations.AddIndex(
            model_name='referralwork',
            index=models.Index(fields=['hub', 'referral'], name='referralwork_by_referral'),
        ),
        migrations.AddIndex(
            model_name='referralwork',
            index=models.Index(fields=['hub', 'worked_on'], name='referralwork_by_day'),
        ),
        migrations.AddConstraint(
            model_name='referralwork',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='referrals_referralwork_wall', or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='referralwork',
            constraint=foundation.constraints.LinkDoor(commands=('SELECT', 'INSERT'), condition="referral_id = (SELECT l.referral_id FROM referrals_referrallink l WHERE l.token_hash = (SELECT NULLIF(current_setting('yorozu.link', true), '')) AND l.revoked_at IS NULL AND l.expires_at > now())", name='referrals_referralwork_by_link'),
        ),
        migrations.AddConstraint(
            model_name='referralwork',
            constraint=models.UniqueConstraint(fields=('hub', 'referral', 'client_id'), name='one_work_per_client_id'),
        ),
        migrations.AddConstraint(
            model_name='referralwork',
            constraint=foundation.constraints.SameHub(columns=['referral_id', 'hub_id'], name='work_is_of_its_hubs_referral', to_columns=['id', 'hub_id'], to_table='referrals_referral'),
        ),
        migrations.AddConstraint(
            model_name='referralwork',
            constraint=models.CheckConstraint(condition=models.Q(('times__range', (1, 99))), name='work_is_done_1_to_99_times'),
        ),
        migrations.AddConstraint(
            model_name='referralwork',
            constraint=models.CheckConstraint(condition=models.Q(('content', ''), _negated=True), name='work_says_what_was_done'),
        ),
        migrations.AddConstraint(
            model_name='referralwork',
            constraint=models.CheckConstraint(condition=models.Q(('worked_on__range', (datetime.date(2014, 4, 1), datetime.date(2100, 3, 31)))), name='work_within_the_programme'),
        ),
        migrations.AddConstraint(
            model_name='referralwork',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('struck_at__isnull', False), ('struck_by__isnull', False)), models.Q(('struck_at__isnull', True), ('struck_by__isnull', True)), _connector='OR'), name='struck_out_work_has_a_person'),
        ),
    ]
