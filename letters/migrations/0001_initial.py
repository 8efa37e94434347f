
import django.db.models.deletion
import foundation.constraints
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('hubs', '0002_appointment_history'),
    ]

    operations = [
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120, verbose_name='用件')),
                ('to', models.CharField(blank=True, max_length=254, verbose_name='宛先')),
                ('subject', models.CharField(blank=True, max_length=200, verbose_name='件名')),
                ('body', models.TextField(blank=True, verbose_name='本文')),
                ('calendar', models.TextField(blank=True, verbose_name='予定')),
                ('message_id', models.CharField(max_length=120)),
                ('state', models.CharField(choices=[('queued', '送信待ち'), ('sent', '送信済み'), ('failed', '送信できませんでした')], default='queued', max_length=10, verbose_name='状態')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='試行回数')),
                ('next_try_at', models.DateTimeField(null=True, verbose_name='次の送信日時')),
                ('problem', models.CharField(blank=True, max_length=200, verbose_name='送れなかった理由')),
                ('posted_at', models.DateTimeField(verbose_name='作成日時')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='送信日時')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='終了日時')),
                ('wiped_at', models.DateTimeField(null=True, verbose_name='内容の削除日時')),
                ('hub', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub')),
            ],
            options={
                'verbose_name': '送信する手紙',
                'verbose_name_plural': '送信する手紙',
                'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['hub', 'next_try_at'], name='letter_by_try'), models.Index(condition=models.Q(('wiped_at__isnull', True)), fields=['hub', 'ended_at'], name='letter_by_end')],
                'constraints': [foundation.constraints.Wall(append_only=False, column='hub_id', name='letters_letter_wall', or_none=True, or_own='', sees='records'), models.UniqueConstraint(fields=('hub', 'key'), name='one_letter_per_hub_and_key', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'sent', 'failed'])), name='letter_state_is_known'), models.CheckConstraint(condition=models.Q(('subject__regex', '^[^[:cntrl:]]*$'), ('message_id__regex', '^[^[:cntrl:]]*$')), name='a_header_is_one_line'), models.CheckConstraint(condition=models.Q(('to__regex', '^[^[:cntrl:][:space:]<>()\\[\\],;:"@]+@[^[:cntrl:][:space:]<>()\\[\\],;:"@]+$'), models.Q(('to', ''), ('wiped_at__isnull', False)), _connector='OR'), name='a_letter_goes_to_one_address'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('next_try_at__isnull', False), ('state', 'queued')), models.Q(models.Q(('state', 'queued'), _negated=True), ('ended_at__isnull', False), ('next_try_at__isnull', True)), _connector='OR'), name='a_waiting_letter_has_a_next_try'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='a_sent_letter_has_its_moment'), models.CheckConstraint(condition=models.Q(('wiped_at__isnull', True), models.Q(('body', ''), ('calendar', ''), ('ended_at__isnull', False), ('subject', ''), ('to', '')), _connector='OR'), name='a_wiped_letter_says_nothing')],
            },
        ),
    ]
