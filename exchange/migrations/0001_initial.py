"""Imports: runs, rows, what they made, mappings."""

import django.db.models.deletion
import foundation.constraints
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('hubs', '0002_appointment_history'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('enterprises', '事業者'), ('cases', '案件'), ('consultations', '相談記録')], max_length=20, verbose_name='種類')),
                ('source', models.CharField(max_length=40, verbose_name='移行元')),
                ('file_name', models.CharField(max_length=120, verbose_name='ファイル名')),
                ('file', models.FileField(blank=True, upload_to='imports/%Y/%m/', verbose_name='ファイル')),
                ('file_bytes', models.PositiveIntegerField(verbose_name='大きさ')),
                ('sha256', models.CharField(max_length=64)),
                ('headings', models.JSONField(verbose_name='見出し')),
                ('preview', models.JSONField(verbose_name='先頭の行')),
                ('mapping', models.JSONField(default=dict, verbose_name='列の対応')),
                ('state', models.CharField(choices=[('uploaded', '列の対応付け'), ('checking', '確認中'), ('checked', '確認済み'), ('committing', '取込中'), ('done', '取込済み')], max_length=20, verbose_name='状態')),
                ('worker', models.CharField(blank=True, max_length=40)),
                ('good_count', models.PositiveIntegerField(default=0, verbose_name='取り込める行')),
                ('bad_count', models.PositiveIntegerField(default=0, verbose_name='誤りのある行')),
                ('known_count', models.PositiveIntegerField(default=0, verbose_name='取込済みの行')),
                ('made_count', models.PositiveIntegerField(default=0, verbose_name='取り込んだ行')),
                ('uploaded_at', models.DateTimeField(verbose_name='受付日時')),
                ('wiped_at', models.DateTimeField(null=True, verbose_name='内容の削除日時')),
                ('hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '取込',
                'verbose_name_plural': '取込',
            },
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='行')),
                ('cells', models.JSONField(verbose_name='内容')),
                ('state', models.CharField(choices=[('good', '取り込める'), ('bad', '誤りがある'), ('known', '取込済み'), ('made', '取り込んだ')], max_length=10, verbose_name='状態')),
                ('problems', models.JSONField(default=list, verbose_name='誤り')),
                ('hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='exchange.importrun')),
            ],
            options={
                'verbose_name': '取込の行',
                'verbose_name_plural': '取込の行',
            },
        ),
        migrations.CreateModel(
            name='ImportedRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_number', models.PositiveIntegerField(verbose_name='行')),
                ('what', models.CharField(choices=[('enterprise', '事業者'), ('case', '案件'), ('consultation', '相談記録')], max_length=20, verbose_name='種類')),
                ('source', models.CharField(max_length=40, verbose_name='移行元')),
                ('external_id', models.CharField(max_length=120, verbose_name='移行元の番号')),
                ('record_id', models.BigIntegerField()),
                ('hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='made', to='exchange.importrun')),
            ],
            options={
                'verbose_name': '取り込んだ記録',
                'verbose_name_plural': '取り込んだ記録',
            },
        ),
        migrations.CreateModel(
            name='ImportMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('enterprises', '事業者'), ('cases', '案件'), ('consultations', '相談記録')], max_length=20, verbose_name='種類')),
                ('source', models.CharField(max_length=40, verbose_name='移行元')),
                ('headings', models.JSONField(verbose_name='列の対応')),
                ('hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点')),
            ],
            options={
                'verbose_name': '取込の列の対応',
                'verbose_name_plural': '取込の列の対応',
                'constraints': [foundation.constraints.Wall(append_only=False, column='hub_id', name='exchange_importmapping_wall', or_none=False, or_own='', sees='records'), models.UniqueConstraint(fields=('hub', 'kind', 'source'), name='one_mapping_per_hub_kind_and_source'), models.CheckConstraint(condition=models.Q(('kind__in', ['enterprises', 'cases', 'consultations'])), name='import_mapping_kind_is_known')],
            },
        ),
        migrations.AddIndex(
            model_name='importrun',
            index=models.Index(fields=['hub', '-uploaded_at'], name='import_by_hub'),
        ),
        migrations.AddConstraint(
            model_name='importrun',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='exchange_importrun_wall', or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='importrun',
            constraint=models.UniqueConstraint(fields=('id', 'hub'), name='import_and_hub'),
        ),
        migrations.AddConstraint(
            model_name='importrun',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['enterprises', 'cases', 'consultations'])), name='import_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='importrun',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['uploaded', 'checking', 'checked', 'committing', 'done'])), name='import_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='importrun',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='an_import_has_a_source'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(fields=['hub', 'run', 'state', 'number'], name='import_row_by_state'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='exchange_importrow_wall', or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=foundation.constraints.SameHub(columns=['run_id', 'hub_id'], name='an_import_row_is_of_its_hubs_run', to_columns=['id', 'hub_id'], to_table='exchange_importrun'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.UniqueConstraint(fields=('hub', 'run', 'number'), name='one_import_row_per_number'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['good', 'bad', 'known', 'made'])), name='import_row_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='importedrecord',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='exchange_importedrecord_wall', or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='importedrecord',
            constraint=foundation.constraints.SameHub(columns=['run_id', 'hub_id'], name='an_imported_record_is_of_its_hubs_run', to_columns=['id', 'hub_id'], to_table='exchange_importrun'),
        ),
        migrations.AddConstraint(
            model_name='importedrecord',
            constraint=models.UniqueConstraint(fields=('hub', 'what', 'source', 'external_id'), name='one_record_per_external_id'),
        ),
        migrations.AddConstraint(
            model_name='importedrecord',
            constraint=models.CheckConstraint(condition=models.Q(('what__in', ['enterprise', 'case', 'consultation'])), name='an_import_makes_known_things'),
        ),
        migrations.AddConstraint(
            model_name='importedrecord',
            constraint=models.CheckConstraint(condition=models.Q(('external_id', ''), _negated=True), name='an_imported_record_has_its_number'),
        ),
    ]
