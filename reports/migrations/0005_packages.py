
import django.contrib.postgres.fields
import django.db.models.deletion
import foundation.constraints
from django.conf import settings
from django.db import migrations, models

KEEP = """
CREATE TRIGGER keep_files BEFORE UPDATE OR DELETE ON reports_packagefile
    FOR EACH STATEMENT EXECUTE FUNCTION metrics_keep_frozen();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('hubs', '0002_appointment_history'),
        ('jobs', '0002_attempts'),
        ('metrics', '0006_saved_tables'),
        ('reports', '0004_before_and_around_submission'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Package',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('month', '月次'), ('year', '年次')], max_length=10, verbose_name='種類')),
                ('first', models.DateField(verbose_name='対象期間の初日')),
                ('version', models.PositiveSmallIntegerField(verbose_name='版')),
                ('told', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('carried', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('summary', models.JSONField(default=list, verbose_name='概要')),
                ('files_due', models.PositiveSmallIntegerField(verbose_name='ファイル数')),
                ('requested_at', models.DateTimeField(verbose_name='依頼日時')),
                ('made_at', models.DateTimeField(null=True, verbose_name='作成日時')),
                ('freeze', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='packages', to='metrics.freeze')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jobs.job')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '報告パッケージ',
                'verbose_name_plural': '報告パッケージ',
            },
        ),
        migrations.CreateModel(
            name='PackageFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.CharField(max_length=60, verbose_name='版')),
                ('form', models.CharField(choices=[('xlsx', 'Excel(.xlsx)'), ('pdf', 'PDF(.pdf)'), ('zip', 'データ(.csv・.json)'), ('manifest', '目録(manifest.json)'), ('signature', '目録の署名(manifest.json.sig)')], max_length=12, verbose_name='形式')),
                ('path', models.CharField(max_length=200, verbose_name='パッケージ内の名前')),
                ('stored', models.FileField(max_length=200, upload_to='packages/', verbose_name='ファイル')),
                ('bytes', models.PositiveBigIntegerField(verbose_name='大きさ')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('made_at', models.DateTimeField(verbose_name='作成日時')),
                ('bureau', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.bureau')),
                ('hub', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub')),
                ('package', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='reports.package')),
            ],
            options={
                'verbose_name': 'パッケージのファイル',
                'verbose_name_plural': 'パッケージのファイル',
            },
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('month', '月次'), ('year', '年次')], max_length=10, verbose_name='知らせるもの')),
                ('since', models.DateTimeField(verbose_name='登録日時')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'メール通知の登録',
                'verbose_name_plural': 'メール通知の登録',
            },
        ),
        migrations.AddConstraint(
            model_name='package',
            constraint=models.UniqueConstraint(fields=('kind', 'first', 'version'), name='one_package_per_period_and_version'),
        ),
        migrations.AddConstraint(
            model_name='package',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['month', 'year'])), name='package_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='package',
            constraint=models.CheckConstraint(condition=models.Q(('first__day', 1), ('version__gte', 1)), name='a_package_begins_on_a_first'),
        ),
        migrations.AddIndex(
            model_name='packagefile',
            index=models.Index(fields=['hub', 'package'], name='packagefile_by_hub'),
        ),
        migrations.AddConstraint(
            model_name='packagefile',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='reports_packagefile_wall', or_none=True, or_own='', sees='figures'),
        ),
        migrations.AddConstraint(
            model_name='packagefile',
            constraint=models.UniqueConstraint(fields=('hub', 'package', 'edition', 'form'), name='one_file_per_edition_and_format', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='packagefile',
            constraint=models.UniqueConstraint(fields=('hub', 'package', 'path'), name='one_file_per_path', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='packagefile',
            constraint=models.CheckConstraint(condition=models.Q(('form__in', ['xlsx', 'pdf', 'zip', 'manifest', 'signature'])), name='package_format_is_known'),
        ),
        migrations.AddConstraint(
            model_name='packagefile',
            constraint=models.CheckConstraint(condition=models.Q(('hub__isnull', True), ('bureau__isnull', True), _connector='OR'), name='an_edition_is_of_a_hub_or_a_bureau'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.UniqueConstraint(fields=('user', 'what'), name='one_subscription_per_user_and_kind'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('what__in', ['month', 'year'])), name='subscription_kind_is_known'),
        ),
        migrations.RunSQL(KEEP, "DROP TRIGGER keep_files ON reports_packagefile"),
    ]
