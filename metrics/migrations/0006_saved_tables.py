"""Cross tables that somebody has saved."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0005_spans_of_a_quarter'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedTable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='名前')),
                ('query', models.CharField(max_length=4000, verbose_name='条件')),
                ('is_shared', models.BooleanField(default=False, verbose_name='本部で共有する')),
                ('saved_at', models.DateTimeField(verbose_name='保存日時')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='保存した人')),
            ],
            options={
                'verbose_name': '保存したクロス集計',
                'verbose_name_plural': '保存したクロス集計',
                'constraints': [models.UniqueConstraint(fields=('owner', 'name'), name='one_table_per_owner_and_name'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('query', ''), _negated=True)), name='a_saved_table_has_name_and_question')],
            },
        ),
    ]
