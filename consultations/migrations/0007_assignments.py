"""Who may take how much, and who was given what."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import foundation.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("consultations", "0006_duplicates"),
        ("hubs", "0002_appointment_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='日時')),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='実施者')),
                ('giver', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='引き継ぐ人')),
                ('hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点')),
            ],
            options={
                'verbose_name': '一括の引き継ぎ',
                'verbose_name_plural': '一括の引き継ぎ',
            },
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('route', models.CharField(choices=[('case', '主担当の変更'), ('booking', '予約'), ('handover', '引き継ぎ'), ('transfer', '拠点間の移管'), ('own', '本人が受付')], max_length=10, verbose_name='経路')),
                ('on', models.DateField(verbose_name='日付')),
                ('reference', models.CharField(blank=True, max_length=40, verbose_name='対象')),
                ('at', models.DateTimeField(verbose_name='日時')),
                ('released_at', models.DateTimeField(null=True, verbose_name='取消日時')),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='割り当てた人')),
                ('case', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='consultations.case', verbose_name='案件')),
                ('coordinator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='コーディネーター')),
                ('hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点')),
                ('released_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('handover', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='consultations.handover')),
            ],
            options={
                'verbose_name': '割当',
                'verbose_name_plural': '割当',
            },
        ),
        migrations.CreateModel(
            name='Capacity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekly_cap', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='週の上限(件)')),
                ('paused_from', models.DateField(blank=True, null=True, verbose_name='割当停止の初日')),
                ('paused_until', models.DateField(blank=True, null=True, verbose_name='割当停止の最終日')),
                ('set_at', models.DateTimeField(verbose_name='設定日時')),
                ('coordinator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='コーディネーター')),
                ('hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点')),
                ('set_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='設定者')),
            ],
            options={
                'verbose_name': '受けられる件数',
                'verbose_name_plural': '受けられる件数',
                'constraints': [foundation.constraints.Wall(append_only=False, column='hub_id', name='consultations_capacity_wall', or_none=False, or_own='', sees='records'), models.UniqueConstraint(fields=('hub', 'coordinator'), name='one_capacity_per_hub_and_coordinator'), models.CheckConstraint(condition=models.Q(('paused_until__isnull', True), ('paused_until__gte', models.F('paused_from')), _connector='OR'), name='a_pause_ends_after_it_began'), models.CheckConstraint(condition=models.Q(('paused_from__isnull', False), ('paused_until__isnull', True), _connector='OR'), name='a_pause_has_a_first_day')],
            },
        ),
        migrations.AddIndex(
            model_name='handover',
            index=models.Index(fields=['hub', '-at'], name='handover_by_hub'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='consultations_handover_wall', or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.UniqueConstraint(fields=('id', 'hub'), name='handover_and_hub'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(condition=models.Q(('released_at__isnull', True)), fields=['hub', 'on', 'coordinator'], name='assignment_by_week'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(condition=models.Q(('case__isnull', False)), fields=['hub', 'case'], name='assignment_by_case'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(condition=models.Q(('handover__isnull', False)), fields=['hub', 'handover'], name='assignment_by_handover'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='consultations_assignment_wall', or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(condition=models.Q(('released_at__isnull', True), models.Q(('reference', ''), _negated=True)), fields=('hub', 'reference'), name='one_standing_assignment_per_hub_and_reference'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('route__in', ['case', 'booking', 'handover', 'transfer', 'own'])), name='assignment_route_is_known'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('released_by__isnull', True), ('released_at__isnull', False), _connector='OR'), name='who_takes_back_does_so_at_a_moment'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=foundation.constraints.SameHub(columns=['case_id', 'hub_id'], name='an_assignment_is_of_its_hubs_case', to_columns=['id', 'hub_id'], to_table='consultations_case'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=foundation.constraints.SameHub(columns=['handover_id', 'hub_id'], name='an_assignment_is_of_its_hubs_handover', to_columns=['id', 'hub_id'], to_table='consultations_handover'),
        ),
    ]
