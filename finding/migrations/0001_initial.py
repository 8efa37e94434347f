"""Saved views."""

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
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='名前')),
                ('list', models.CharField(max_length=20, verbose_name='一覧')),
                ('query', models.CharField(max_length=600, verbose_name='条件')),
                ('is_shared', models.BooleanField(default=False, verbose_name='拠点で共有する')),
                ('saved_at', models.DateTimeField(verbose_name='保存日時')),
                ('hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='保存した人')),
            ],
            options={
                'verbose_name': '保存した表示',
                'verbose_name_plural': '保存した表示',
                'indexes': [models.Index(fields=['hub', 'list'], name='saved_view_by_list')],
                'constraints': [foundation.constraints.Wall(append_only=False, column='hub_id', name='finding_savedview_wall', or_none=False, or_own='', sees='records'), models.UniqueConstraint(fields=('hub', 'owner', 'list', 'name'), name='one_view_per_owner_list_and_name'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('query', ''), _negated=True)), name='a_saved_view_has_name_and_filters')],
            },
        ),
    ]
