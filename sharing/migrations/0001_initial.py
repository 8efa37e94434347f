"""Requests between hubs, their trace, and what was handed over."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
import foundation.constraints
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('consultations', '0012_client_made'),
        ('hubs', '0002_appointment_history'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SharingRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('joint', '共同支援'), ('transfer', '拠点間移管')], max_length=10, verbose_name='種別')),
                ('corporate_number', models.CharField(max_length=13, verbose_name='法人番号')),
                ('reason', models.CharField(max_length=400, verbose_name='申入れの理由')),
                ('consented_on', models.DateField(verbose_name='事業者の同意日')),
                ('consent_how', models.CharField(choices=[('written', '書面'), ('mail', 'メール'), ('spoken', '口頭')], max_length=10, verbose_name='同意の方法')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='共同支援の開始日')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='共同支援の終了日')),
                ('state', models.CharField(choices=[('asked', '回答待ち'), ('accepted', '承諾'), ('declined', '辞退'), ('withdrawn', '取下げ'), ('ended', '終了'), ('expired', '期限切れ')], default='asked', max_length=10, verbose_name='状態')),
                ('asked_at', models.DateTimeField(verbose_name='申入れ日時')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='回答日時')),
                ('answer', models.CharField(blank=True, max_length=400, verbose_name='回答の理由')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='終了日時')),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='回答者')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申入れ者')),
                ('hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点')),
                ('to_hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='相手の拠点')),
            ],
            options={
                'verbose_name': '拠点間の申入れ',
                'verbose_name_plural': '拠点間の申入れ',
            },
        ),
        migrations.CreateModel(
            name='HandedOver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('given_number', models.CharField(max_length=16, verbose_name='移管元の案件番号')),
                ('enterprise_name', models.CharField(max_length=120, verbose_name='名称')),
                ('enterprise_kind', models.CharField(choices=[('corporation', '法人'), ('sole', '個人事業主'), ('founder', '創業予定者'), ('association', '団体・組合'), ('other', 'その他')], max_length=20, verbose_name='区分')),
                ('enterprise_fields', models.JSONField(default=dict, verbose_name='事業者の情報')),
                ('title', models.CharField(max_length=120, verbose_name='件名')),
                ('category', models.CharField(choices=[('sales', '売上拡大'), ('turnaround', '経営改善・事業再生'), ('startup', '創業'), ('succession', '事業承継'), ('closure', '廃業'), ('other', 'その他')], max_length=20, verbose_name='主たる相談区分')),
                ('issue', models.TextField(blank=True, verbose_name='本質的課題')),
                ('plan', models.TextField(blank=True, verbose_name='実行計画')),
                ('summary', models.TextField(verbose_name='引継ぎの要点')),
                ('sessions', models.JSONField(default=list, verbose_name='相談の記録')),
                ('released_at', models.DateTimeField(verbose_name='引渡し日時')),
                ('received_at', models.DateTimeField(null=True, verbose_name='引継ぎ日時')),
                ('hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点')),
                ('received_case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.case')),
                ('released_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('to_hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='相手の拠点')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handed_over', to='sharing.sharingrequest')),
            ],
            options={
                'verbose_name': '引き継いだ案件',
                'verbose_name_plural': '引き継いだ案件',
            },
        ),
        migrations.CreateModel(
            name='SharingStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('move', models.CharField(choices=[('ask', '申し入れる'), ('accept', '承諾する'), ('decline', '辞退する'), ('withdraw', '取り下げる'), ('receive', '引き継ぐ'), ('end', '終える'), ('expire', '期限が過ぎる')], max_length=10, verbose_name='操作')),
                ('state', models.CharField(choices=[('asked', '回答待ち'), ('accepted', '承諾'), ('declined', '辞退'), ('withdrawn', '取下げ'), ('ended', '終了'), ('expired', '期限切れ')], max_length=10, verbose_name='状態')),
                ('at', models.DateTimeField(verbose_name='日時')),
                ('note', models.CharField(blank=True, max_length=400, verbose_name='備考')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='sharing.sharingrequest')),
                ('to_hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='相手の拠点')),
            ],
            options={
                'verbose_name': '申入れの経過',
                'verbose_name_plural': '申入れの経過',
            },
        ),
        migrations.AddIndex(
            model_name='sharingrequest',
            index=models.Index(fields=['hub', '-asked_at', '-id'], name='sharing_by_asking_hub'),
        ),
        migrations.AddIndex(
            model_name='sharingrequest',
            index=models.Index(fields=['to_hub', '-asked_at', '-id'], name='sharing_by_asked_hub'),
        ),
        migrations.AddIndex(
            model_name='sharingrequest',
            index=models.Index(fields=['hub', 'corporate_number'], name='sharing_by_number'),
        ),
        migrations.AddConstraint(
            model_name='sharingrequest',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='sharing_sharingrequest_wall', or_columns=('to_hub_id',), or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='sharingrequest',
            constraint=models.CheckConstraint(condition=models.Q(('hub', models.F('to_hub')), _negated=True), name='sharing_sharingrequest_is_between_two_hubs'),
        ),
        migrations.AddConstraint(
            model_name='sharingrequest',
            constraint=models.UniqueConstraint(fields=('id', 'hub', 'to_hub'), name='sharing_and_hubs'),
        ),
        migrations.AddConstraint(
            model_name='sharingrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('asked', 'accepted'))), fields=('hub', 'to_hub', 'corporate_number'), name='one_live_request_per_client_and_hubs'),
        ),
        migrations.AddConstraint(
            model_name='sharingrequest',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['joint', 'transfer'])), name='sharing_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='sharingrequest',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'accepted', 'declined', 'withdrawn', 'ended', 'expired'])), name='sharing_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='sharingrequest',
            constraint=models.CheckConstraint(condition=models.Q(('consent_how__in', ['written', 'mail', 'spoken'])), name='sharing_consent_is_known'),
        ),
        migrations.AddConstraint(
            model_name='sharingrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('answered_by__isnull', False)), models.Q(('answered_at__isnull', True), ('answered_by__isnull', True)), _connector='OR'), name='an_answer_has_a_person'),
        ),
        migrations.AddConstraint(
            model_name='sharingrequest',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_request_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='sharingrequest',
            constraint=models.CheckConstraint(condition=models.Q(('corporate_number__regex', '^[1-9][0-9]{12}$')), name='a_request_names_a_whole_number'),
        ),
        migrations.AddConstraint(
            model_name='sharingrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('state__in', ('accepted', 'declined', 'ended'))), models.Q(models.Q(('state__in', ('accepted', 'declined', 'ended')), _negated=True), ('answered_at__isnull', True)), _connector='OR'), name='answered_when_accepted_or_declined'),
        ),
        migrations.AddConstraint(
            model_name='sharingrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), _negated=True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='a_declined_sharing_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='sharingrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state__in', ('asked', 'accepted'))), models.Q(models.Q(('state__in', ('asked', 'accepted')), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='what_is_over_ended_at_a_moment'),
        ),
        migrations.AddConstraint(
            model_name='sharingrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ends_on__isnull', False), ('kind', 'joint')), models.Q(('ends_on__isnull', True), ('kind', 'transfer'), ('starts_on__isnull', True)), _connector='OR'), name='joint_support_has_a_last_day'),
        ),
        migrations.AddConstraint(
            model_name='sharingrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('kind', 'joint'), _negated=True), ('state', 'declined'), models.Q(('ends_on__gte', models.F('starts_on')), ('ends_on__lte', django.db.models.expressions.CombinedExpression(models.F('starts_on'), '+', models.Value(datetime.timedelta(days=365)))), ('starts_on__isnull', False)), _connector='OR'), name='joint_support_lasts_a_year_at_most'),
        ),
        migrations.AddConstraint(
            model_name='handedover',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='sharing_handedover_wall', or_columns=('to_hub_id',), or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='handedover',
            constraint=models.CheckConstraint(condition=models.Q(('hub', models.F('to_hub')), _negated=True), name='sharing_handedover_is_between_two_hubs'),
        ),
        migrations.AddConstraint(
            model_name='handedover',
            constraint=foundation.constraints.SameHub(columns=['request_id', 'hub_id', 'to_hub_id'], name='what_is_handed_over_is_of_its_hubs_request', to_columns=['id', 'hub_id', 'to_hub_id'], to_table='sharing_sharingrequest'),
        ),
        migrations.AddConstraint(
            model_name='handedover',
            constraint=foundation.constraints.SameHub(columns=['received_case_id', 'hub_id'], name='what_is_handed_over_is_a_case_of_the_hub', to_columns=['id', 'hub_id'], to_table='consultations_case'),
        ),
        migrations.AddConstraint(
            model_name='handedover',
            constraint=models.UniqueConstraint(fields=('hub', 'request', 'given_number'), name='each_case_is_handed_over_once'),
        ),
        migrations.AddConstraint(
            model_name='handedover',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('received_at__isnull', False), ('received_case__isnull', False)), models.Q(('received_at__isnull', True), ('received_case__isnull', True)), _connector='OR'), name='a_receipt_has_its_case'),
        ),
        migrations.AddConstraint(
            model_name='handedover',
            constraint=models.CheckConstraint(condition=models.Q(('category__in', ['sales', 'turnaround', 'startup', 'succession', 'closure', 'other'])), name='handed_over_category_is_known'),
        ),
        migrations.AddConstraint(
            model_name='handedover',
            constraint=models.CheckConstraint(condition=models.Q(('enterprise_kind__in', ['corporation', 'sole', 'founder', 'association', 'other'])), name='handed_over_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='handedover',
            constraint=models.CheckConstraint(condition=models.Q(('summary', ''), _negated=True), name='what_is_handed_over_has_a_summary'),
        ),
        migrations.AddIndex(
            model_name='sharingstep',
            index=models.Index(fields=['hub', 'request'], name='sharingstep_by_request'),
        ),
        migrations.AddConstraint(
            model_name='sharingstep',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='sharing_sharingstep_wall', or_columns=('to_hub_id',), or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='sharingstep',
            constraint=models.CheckConstraint(condition=models.Q(('hub', models.F('to_hub')), _negated=True), name='sharing_sharingstep_is_between_two_hubs'),
        ),
        migrations.AddConstraint(
            model_name='sharingstep',
            constraint=foundation.constraints.SameHub(columns=['request_id', 'hub_id', 'to_hub_id'], name='a_sharing_step_is_of_its_hubs_request', to_columns=['id', 'hub_id', 'to_hub_id'], to_table='sharing_sharingrequest'),
        ),
        migrations.AddConstraint(
            model_name='sharingstep',
            constraint=models.CheckConstraint(condition=models.Q(('move__in', ['ask', 'accept', 'decline', 'withdraw', 'receive', 'end', 'expire'])), name='sharing_move_is_known'),
        ),
    ]
